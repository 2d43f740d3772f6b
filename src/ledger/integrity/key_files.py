"""How does what must not be lost, or not be seen, lie on a disk? Private keys in files."""

import hashlib
import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.integrity.note import ED25519, KEY_BYTES, NoteRefused, Signer

_PREFIX = "PRIVATE+KEY"  # the text form of private keys in Go's implementation of notes


class SealingRefused(Exception):
    """Nothing is signed; the message says why."""


class KeysRefused(SealingRefused):
    """The folder of keys cannot be used."""


def make(name: str | None, local: str, algorithm: int = ED25519) -> tuple[Signer, bytes]:
    """A new key, and what its file holds; without a name it is called after itself below `local`.

    Raises `KeysRefused` where nobody can be called so.
    """
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    name = name or f"{local}/{hashlib.sha256(public).hexdigest()[:8]}"
    try:
        signer = Signer(name, private, algorithm)
    except NoteRefused as error:
        raise KeysRefused(f"{name!r} cannot be a name: {error}") from None
    material = b64encode(bytes([algorithm]) + private.private_bytes_raw()).decode()
    return signer, f"{_PREFIX}+{name}+{signer.verifier.key_id.hex()}+{material}\n".encode()


def read_private(path: Path, algorithm: int = ED25519) -> Signer:
    """The key in a file that nobody but its owner may read. Raises `KeysRefused`."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeysRefused(f"{path} may be read by others: chmod 600")
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeysRefused(f"{path} cannot be read: {error}") from None
    parts = text.removeprefix(f"{_PREFIX}+").split("+", 2)
    try:
        name, key_id, material = parts
        seed = b64decode(material, validate=True)
        if seed[0] != algorithm or len(seed) != 1 + KEY_BYTES or not text.startswith(_PREFIX):
            raise ValueError
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(seed[1:]), algorithm)
        if signer.verifier.key_id.hex() != key_id:
            raise ValueError
    except (ValueError, IndexError, NoteRefused):
        raise KeysRefused(f"{path} holds no private key of this kind") from None
    return signer


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """All of it or nothing, and on the disk when this returns. One writer at a time."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(file, "wb") as writing:
        os.fchmod(file, mode)
        writing.write(content)
        writing.flush()
        os.fsync(file)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
