"""Who vouches for a text? Notes signed by named keys (C2SP signed-note, tlog-cosignature)."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = 0x01  # signs the text
COSIGNATURE = 0x04  # signs the time and the text, for a witness of a checkpoint
NOTE_LIMIT_BYTES = 1_000_000
SIGNATURE_LIMIT = 100
KEY_BYTES, ID_BYTES, TIME_BYTES, SIGNED_BYTES = 32, 4, 8, 64
DASH = "\N{EM DASH}"
_LINE = re.compile(f"{DASH} ([^ ]+) ([A-Za-z0-9+/]+={{0,2}})")
_ANSWERS_TO = {ED25519: SIGNED_BYTES, COSIGNATURE: TIME_BYTES + SIGNED_BYTES}


class NoteRefused(Exception):
    """The note, or a key, cannot be relied on; the message says why."""


class Signature(NamedTuple):
    """One line below a note's text: whose it is, and what the key made of the text."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """The line, without its end."""
        return f"{DASH} {self.name} {b64encode(self.key_id + self.blob).decode()}"


class Verifier(NamedTuple):
    """A public key with its name: what a reader must know of a signer."""

    name: str
    key: bytes
    algorithm: int = ED25519

    @property
    def key_id(self) -> bytes:
        """What signatures call the key by, together with its name."""
        told = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.key
        return hashlib.sha256(told).digest()[:ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as text: name, id and key."""
        material = b64encode(bytes([self.algorithm]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def made(self, signature: Signature) -> bool:
        """Whether the signature says that it is this key's; not whether that is true."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> None:
        """Raises `NoteRefused` unless this key signed that text."""
        blob = signature.blob
        if not self.made(signature) or len(blob) != _ANSWERS_TO[self.algorithm]:
            raise NoteRefused(f"not a signature of {self.name}")
        signed = text.encode()
        if self.algorithm == COSIGNATURE:
            signed = _with_time(text, cosigned_at(signature))
        try:
            public = Ed25519PublicKey.from_public_bytes(self.key)
            public.verify(blob[-SIGNED_BYTES:], signed)
        except (InvalidSignature, ValueError):
            raise NoteRefused(f"the signature of {self.name} is wrong") from None


class Signer:
    """A private key with its name."""

    def __init__(self, name: str, key: Ed25519PrivateKey, algorithm: int = ED25519) -> None:
        self._key = key
        public = key.public_key().public_bytes_raw()
        self.verifier = Verifier(_checked_name(name), public, algorithm)

    def sign(self, text: str, at: int = 0) -> Signature:
        """The signature of a text; `at`: when a witness cosigns, in seconds since 1970."""
        told, key_id = self.verifier.name, self.verifier.key_id
        if self.verifier.algorithm == COSIGNATURE:
            time = at.to_bytes(TIME_BYTES, "big")
            return Signature(told, key_id, time + self._key.sign(_with_time(text, at)))
        return Signature(told, key_id, self._key.sign(text.encode()))


class Note(NamedTuple):
    """A text, which ends with a line's end, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def write(self) -> bytes:
        """The note as it is stored and sent."""
        lines = "".join(f"{one.line()}\n" for one in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def signed_by(self, known: Iterable[Verifier]) -> list[Verifier]:
        """Those of the known keys that signed the text.

        Raises `NoteRefused` where none did, or where one of their signatures is wrong.
        """
        keys = {(one.name, one.key_id): one for one in known}
        found = dict[Verifier, None]()
        for signature in self.signatures:
            verifier = keys.get((signature.name, signature.key_id))
            if verifier is not None:
                verifier.verify(self.text, signature)
                found[verifier] = None
        if not found:
            raise NoteRefused("no known key has signed the note")
        return list(found)


class Vouched(NamedTuple):
    """A witness has cosigned, by its clock at `at`, in seconds since 1970."""

    witness: Verifier
    at: int

    def told(self) -> str:
        """Who, and when."""
        return (
            f"{self.witness.name} on {datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M:%S} UTC"
        )


def vouched(note: Note, witnesses: Iterable[Verifier]) -> list[Vouched]:
    """Which of these witnesses have cosigned a checkpoint.

    Raises `NoteRefused` where one of their signatures is wrong.
    """
    keys = {(one.name, one.key_id): one for one in witnesses if one.algorithm == COSIGNATURE}
    found = dict[Verifier, Vouched]()
    for signature in note.signatures:
        if (witness := keys.get((signature.name, signature.key_id))) is not None:
            witness.verify(note.text, signature)
            found[witness] = Vouched(witness, cosigned_at(signature))
    return list(found.values())


def sign(text: str, signers: Iterable[Signer]) -> Note:
    """The text with their signatures."""
    return Note(text, tuple(one.sign(text) for one in signers))


def parse(stored: bytes) -> Note:
    """The note in these bytes. Raises `NoteRefused` where they are none."""
    if len(stored) > NOTE_LIMIT_BYTES:
        raise NoteRefused("the note is too long")
    try:
        whole = stored.decode()
    except UnicodeDecodeError:
        raise NoteRefused("the note is not UTF-8") from None
    if any(character < " " and character != "\n" for character in whole):
        raise NoteRefused("the note holds control characters")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NoteRefused("the note has no signatures")
    found = tuple(read_signature(line) for line in lines[:-1].split("\n"))
    if len(found) > SIGNATURE_LIMIT:
        raise NoteRefused("the note has too many signatures")
    return Note(text + "\n", found)


def read_signature(line: str) -> Signature:
    """The signature in a line, without its end. Raises `NoteRefused`."""
    if (read := _LINE.fullmatch(line)) is None:
        raise NoteRefused("a line below the note is no signature")
    name, material = _checked_name(read[1]), _bytes(read[2])
    if len(material) <= ID_BYTES:
        raise NoteRefused("a signature is too short")
    return Signature(name, material[:ID_BYTES], material[ID_BYTES:])


def read_vkey(text: str) -> Verifier:
    """The verifier key in its text form. Raises `NoteRefused`."""
    name, *rest = text.strip().split("+", 2)
    if len(rest) != 2:
        raise NoteRefused("a verifier key is written name+id+key")
    key_id, material = rest[0], _bytes(rest[1])
    if len(material) != 1 + KEY_BYTES or material[0] not in _ANSWERS_TO:
        raise NoteRefused("the verifier key is not one of Ed25519")
    verifier = Verifier(_checked_name(name), material[1:], material[0])
    if verifier.key_id.hex() != key_id:
        raise NoteRefused("the verifier key does not have the id that it names")
    return verifier


def cosigned_at(signature: Signature) -> int:
    """When a witness cosigned, in seconds since 1970."""
    return int.from_bytes(signature.blob[:TIME_BYTES], "big")


def _with_time(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(one.isspace() or one < " " for one in name):
        raise NoteRefused("a key's name has no spaces and no plus sign")
    return name


def _bytes(text: str) -> bytes:
    """Base64 in its one written form."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        raise NoteRefused("what should be base64 is not") from None
    if b64encode(found).decode() != text:
        raise NoteRefused("what should be base64 is not")
    return found
