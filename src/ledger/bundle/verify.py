#!/usr/bin/env python3
"""Does this bundle hold? It is checked here from the first byte to the last, without network.

    python -I verify.py                      in the unpacked folder
    python -I verify.py BUNDLE.zip           on the file as it was handed over
    python -I verify.py BUNDLE.zip --key K   with a key that you have from somebody else
    ... --witness W                          and the key of a witness, who must have signed too

Needs Python 3.9 or newer and nothing else. It writes nothing. The last line says whether all of it
holds; the lines before it say what does not, with the position in the log. Exit code: 0 it holds,
1 it does not, 2 it was called wrongly.

What is checked, in this order (each step is a function with that number):

  1. verifier_key   the public key; compare its fingerprint with one that you got elsewhere.
  2. checkpoint     "the log had so many events, with this root", signed by that key; and by the
     witness_keys   witnesses, who are other bodies that saw the log grow (if there are any).
     proofs/        stamped: the checkpoint that an authority has put the time to, in the file
                    stamp (RFC 3161), if one has; `openssl ts` checks that with its certificate.
     continued/     what is said of events that were lost, if the log went on after a restore.
  3. manifest       what the bundle consists of, with the SHA-256 of each file, signed likewise.
  4. events.jsonl   the events, hashed one by one; proofs/hashes.txt has the hashes of all other
     proofs/        events of the log. From them its root is computed (RFC 9162, section 2.1.1).
  5. documents/     the evidence that the events name by its SHA-256.
  6. projections/   the project's sums, computed anew from the events, against the tables; and
  7.                who was in which team on the day, and how each milestone stood.

Agreements, indicators and findings are not computed anew here: their tables are what the issuer has
signed in the manifest.

`-I` keeps Python from importing anything that lies beside this file.
"""

from __future__ import annotations

import argparse
import base64
import csv
import gc
import hashlib
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "ledger bundle 1"
HERE = "the bundle"
STAMPED, STAMP = "proofs/stamped", "proofs/stamp"
SMALL_FILE = 64 * 1024 * 1024  # no signed text is longer; what is, was made to do harm
LEAF_LIMIT = 65_535  # bytes of an event
RANGE = 256  # after so many hashes their common hash stands in proofs/hashes.txt
CHUNK = 1024 * 1024
STRAY = (".DS_Store", "Thumbs.db", "desktop.ini")  # what desktops leave in folders
SHOWN, LONGEST = 100, 500  # so many troubles are printed, and so much of each


class Wrong(Exception):
    """Something that does not hold, and where."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


class Troubles:
    """Everything that was found not to hold."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, where: str, what: str) -> None:
        """One more."""
        self.lines.append(f"{where}: {what}")

    def found_in(self, where: str, check: Callable[..., Any], *given: Any) -> Any:
        """The outcome of a check; None where it could not be finished, which is a trouble too.

        What is checked may be made to break the check, so nothing at all gets past here.
        """
        try:
            return check(*given)
        except Wrong as error:
            self.lines.append(str(error))
        except Exception as error:  # noqa: BLE001 - a file that breaks the check does not hold
            self.add(where, f"cannot be checked: {type(error).__name__}: {error}")
        return None


# --- Signatures: Ed25519, RFC 8032 section 5.1 ----------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
NEUTRAL: Point = (0, 1, 1, 0)


def plus(a: Point, b: Point) -> Point:
    """The sum of two points of the curve."""
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three = 2 * a[3] * b[3] * D % P
    four = 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    """A point added to itself so many times. Nothing here is secret, so time may tell."""
    found = NEUTRAL
    while factor:
        if factor & 1:
            found = plus(found, point)
        point = plus(point, point)
        factor >>= 1
    return found


def same(a: Point, b: Point) -> bool:
    """Whether two ways to write a point mean the same one."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def x_of(y: int, odd: int) -> int | None:
    """The x that belongs to a y; None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x & 1 != odd else x


def point_in(text: bytes) -> Point | None:
    """The point that these 32 bytes mean; None where they are not the one way to write a point."""
    number = int.from_bytes(text, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    x = x_of(y, odd) if len(text) == 32 and y < P else None
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point_in(BASE_Y.to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key made this signature of the message.

    Stricter than some: a key of small order, which fits to many messages, is refused, and so is a
    second way to write a key, a point or a number.
    """
    key, commitment = point_in(public), point_in(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or BASE is None or len(signature) != 64 or s >= L:
        return False
    if same(times(8, key), NEUTRAL):
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % L
    return same(times(s, BASE), plus(commitment, times(challenge, key)))


# --- Signed notes: C2SP signed-note, tlog-checkpoint, tlog-cosignature ----------------------------

ED25519, COSIGNATURE = b"\x01", b"\x04"  # kinds of keys: of a log, of a witness
MARK = "\u2014 "  # how a line with a signature begins


def decoded(text: str) -> bytes:
    """The bytes of a text in base 64, written in the one right way."""
    found = base64.b64decode(text.encode(), validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError("it is not in base 64")
    return found


def parts_of(where: str, note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and the signatures below it: whose, and the bytes. Raises `Wrong`."""
    text, blank, lines = note.decode().rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Wrong(where, "is not a signed text")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line[len(MARK) :].partition(" ")
        if not line.startswith(MARK) or not name or not encoded:
            raise Wrong(where, "has a line among its signatures that is none")
        signatures.append((name, decoded(encoded)))
    return text + "\n", signatures


class Key:
    """A public key as auditors exchange it: name+fingerprint+key."""

    def __init__(self, text: str, kind: bytes = ED25519) -> None:
        self.text = text
        self.name, fingerprint, encoded = text.split("+", 2)
        self.id, key = bytes.fromhex(fingerprint), decoded(encoded)
        self.public = key[1:]
        named = hashlib.sha256(self.name.encode() + b"\n" + key).digest()[:4]
        if key[:1] != kind or len(key) != 33 or named != self.id or not self.name:
            raise ValueError("it is not a key of this kind with its fingerprint")

    @property
    def fingerprint(self) -> str:
        """What two people compare over the telephone."""
        return hashlib.sha256(self.public).hexdigest()

    def made(self, where: str, note: bytes) -> tuple[str, list[bytes]]:
        """The text of a note, and what this key is said to have made of it."""
        text, signatures = parts_of(where, note)
        made = [one[4:] for name, one in signatures if (name, one[:4]) == (self.name, self.id)]
        if not made:
            raise Wrong(where, f"is not signed by {self.name} with the key {self.id.hex()}")
        return text, made

    def opened(self, where: str, note: bytes) -> str:
        """The text of a note that this key signed. Raises `Wrong`."""
        text, made = self.made(where, note)
        if not all(is_signed(self.public, text.encode(), one) for one in made):
            raise Wrong(where, f"the signature of {self.name} does not fit: text or key is another")
        return text


class WitnessKey(Key):
    """The public key of a witness: of somebody else, who saw that the log only grew."""

    def __init__(self, text: str) -> None:
        super().__init__(text, COSIGNATURE)

    def cosigned(self, where: str, note: bytes) -> int:
        """When the witness saw it, in seconds since 1970, by its own clock. Raises `Wrong`."""
        text, made = self.made(where, note)
        for one in made:
            at = int.from_bytes(one[:8], "big")
            if not is_signed(self.public, f"cosignature/v1\ntime {at}\n{text}".encode(), one[8:]):
                raise Wrong(where, f"the cosignature of {self.name} does not fit")
        return max(int.from_bytes(one[:8], "big") for one in made)


# --- The tree: RFC 9162 section 2.1.1 -------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of an event: of the bytes of its line, without the end of the line."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees; its first byte tells it from a leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """The root over some leaves, from their hashes, as the standard writes it down."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)  # the largest power of 2 that is smaller
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


class Tree:
    """The root of a long list that is not kept: 256 leaves are joined once they are there."""

    def __init__(self) -> None:
        self.size = 0
        self.joined = b""  # the hash of the last 256 leaves that are complete
        self._waiting: list[bytes] = []  # the leaves after those
        self._peaks: list[bytes] = []  # the complete subtrees before those, the largest first

    def append(self, leaf: bytes) -> None:
        """Adds the hash of the next event."""
        self.size += 1
        self._waiting.append(leaf)
        if len(self._waiting) == RANGE:
            self.joined = subtree = root_of(self._waiting)
            self._waiting = []
            ranges = self.size // RANGE - 1
            while ranges & 1:  # equal subtrees are joined, as a sum carries
                subtree = node_hash(self._peaks.pop(), subtree)
                ranges >>= 1
            self._peaks.append(subtree)

    def root(self) -> bytes:
        """The hash of all of it."""
        parts = self._peaks + ([root_of(self._waiting)] if self._waiting else [])
        if not parts:
            return root_of([])
        found = parts[-1]
        for part in reversed(parts[:-1]):
            found = node_hash(part, found)
        return found


# --- The files of the bundle ----------------------------------------------------------------------


class Files:
    """The bundle's files, in a zip or in the folder into which it was unpacked."""

    def __init__(self, place: Path) -> None:
        self.zip = None if place.is_dir() else zipfile.ZipFile(place)
        self.folder = place
        if self.zip is not None:
            inside = [one.filename for one in self.zip.infolist() if not one.is_dir()]
        else:
            found = (one for one in place.rglob("*") if not one.is_dir())
            inside = [one.relative_to(place).as_posix() for one in found if one.name not in STRAY]
        self.names = Counter(inside)

    def open(self, name: str) -> BinaryIO:
        """A file to be read. Raises `Wrong` where it is missing."""
        if name not in self.names:
            raise Wrong(name, "is missing")
        if self.zip is not None:
            inside: Any = self.zip.open(name)
            return io.BufferedReader(inside, CHUNK)
        return (self.folder / name).open("rb")

    def small(self, name: str) -> bytes:
        """All bytes of a file that has to be short."""
        with self.open(name) as file:
            found = file.read(SMALL_FILE + 1)
        if len(found) > SMALL_FILE:
            raise Wrong(name, "is far too long")
        return found

    def digest(self, name: str) -> str:
        """The SHA-256 of a file."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                digest.update(chunk)
        return digest.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file without their ends."""
        with self.open(name) as file:
            lines = iter(lambda: file.readline(LEAF_LIMIT + 2), b"")
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    raise Wrong(f"{name}, line {number}", "has no end, or is too long")
                yield line[:-1]

    def table(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows of a table with the number of their line."""
        with self.open(name) as file:
            reader = csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""), strict=True)
            for row in reader:
                yield (
                    reader.line_num,
                    {k: unquoted(v) if v[:1] == "'" else v for k, v in row.items()},
                )


def unquoted(cell: str) -> str:
    """A text that a spreadsheet would compute has an apostrophe before it."""
    return cell[1:] if re.match(r"'\s*[=+@-]", cell) else cell


# --- 1. The key -----------------------------------------------------------------------------------


def check_key(files: Files, given: str | None) -> Key:
    """The key that decides: the one that was given, or else the one in the bundle."""
    inside = files.small("verifier_key").decode().strip()
    if given is not None and inside != given:
        raise Wrong("verifier_key", "is not the key that you gave: the bundle is signed by another")
    return Key(inside)


# --- 2. The checkpoint ----------------------------------------------------------------------------


class Checkpoint:
    """How long the log was, and what it hashed to."""

    def __init__(self, text: str) -> None:
        self.origin, size, root = text.split("\n")[:3]
        self.size, self.root = int(size), decoded(root)
        if str(self.size) != size or self.size < 1 or len(self.root) != 32:
            raise Wrong("checkpoint", "has no size and root")


def check_checkpoint(files: Files, key: Key) -> Checkpoint:
    """The checkpoint, which the key must have signed."""
    found = Checkpoint(key.opened("checkpoint", files.small("checkpoint")))
    if found.origin != key.name:
        raise Wrong("checkpoint", f"is of the log {found.origin}, the key is of {key.name}")
    return found


def check_witnesses(files: Files, given: list[str], troubles: Troubles) -> list[str]:
    """Who else has signed the checkpoint, and when: all that were given, or those of the bundle.

    Where none is given, the keys are those that the issuer of the bundle calls its witnesses'.
    """
    keys = [(text, True) for text in given]
    if not given and "witness_keys" in files.names:
        keys = [(text, False) for text in files.small("witness_keys").decode().splitlines()]
    note, found = files.small("checkpoint"), []
    there = {(name, one[:4]) for name, one in parts_of("checkpoint", note)[1]}
    for text, needed in keys:
        key = troubles.found_in("witness", WitnessKey, text)
        if key is None or not (needed or (key.name, key.id) in there):
            continue
        at = troubles.found_in("checkpoint", key.cosigned, "checkpoint", note)
        if at is not None:
            found.append(
                f"{key.name} on {datetime.fromtimestamp(at, timezone.utc):%Y-%m-%d %H:%M} UTC"
            )
    return found


def check_stamp(files: Files) -> Checkpoint | None:
    """The earlier checkpoint that a timestamp is of; its root is compared with that of the log.

    The timestamp itself is checked with `openssl ts`; here only that it is of this checkpoint: the
    SHA-256 of the signed text stands in it.
    """
    if STAMPED not in files.names and STAMP not in files.names:
        return None
    note = files.small(STAMPED)
    if hashlib.sha256(note).digest() not in files.small(STAMP):
        raise Wrong(STAMP, f"is not of {STAMPED}")
    return Checkpoint(parts_of(STAMPED, note)[0])


def continued(files: Files) -> list[str]:
    """What is said of events that were lost before this log went on from another one."""
    found = []
    for name in sorted(one for one in files.names if one.startswith("continued/")):
        text, _ = parts_of(name, files.small(name))
        said = dict(line.split(" ", 1) for line in text.rstrip("\n").split("\n"))
        first, last = int(said["kept"].split(" ")[0]) + 1, said["signed"].split(" ")[0]
        found.append(
            f"The events {first} to {last} of the log {said['ended']} were signed and are lost;"
            f" {said['continued']} goes on from it. {said['by']}, {said['at']}: {said['reason']}"
        )
    return found


# --- 3. The manifest ------------------------------------------------------------------------------


class Manifest:
    """What the maker of the bundle signed: what it is about, and the SHA-256 of each file."""

    def __init__(self, text: str) -> None:
        first, *lines = text.rstrip("\n").split("\n")
        if first != FORMAT:
            raise Wrong("manifest", f"is of another kind: {first}")
        self.files: dict[str, str] = {}
        self.said: dict[str, str] = {}
        for line in lines:
            name, value = line.split(" ", 1)
            if re.fullmatch(r"[0-9a-f]{64}", name):
                self.files[value[1:]] = name
            else:
                self.said[name] = value
        self.project, self.day = self.said["project"], self.said["valid_at"]
        self.size, self.events = int(self.said["size"]), int(self.said["events"])
        self.has_documents = self.said["documents"] == "included"


def check_manifest(files: Files, key: Key, troubles: Troubles) -> Manifest:
    """The manifest, which the key must have signed; every file is as it says, and no other."""
    manifest = Manifest(key.opened("manifest", files.small("manifest")))
    for name in sorted(one for one, count in files.names.items() if count > 1):
        troubles.add(name, "is in the bundle twice")
    for name in sorted(set(files.names) - set(manifest.files) - {"manifest"}):
        troubles.add(name, "does not belong to the bundle")
    for name, digest in manifest.files.items():
        found = troubles.found_in(name, files.digest, name)
        if found is not None and found != digest:
            troubles.add(name, f"was changed: its SHA-256 is {found}, signed is {digest}")
    return manifest


def check_agreement(manifest: Manifest, checkpoint: Checkpoint) -> None:
    """Both signed texts are about the same state of the log."""
    signed = (manifest.size, manifest.said["root"])
    if signed != (checkpoint.size, checkpoint.root.hex()):
        raise Wrong("manifest", "was made for another checkpoint than the one in the bundle")


# --- 4. The events and the root -------------------------------------------------------------------

Event = dict[str, Any]
Learn = Callable[[Event], None]


Gaps = list[tuple[str, int, str]]  # where, how many versions are missing, what would be wrong


def events_in(files: Files, gaps: Gaps, troubles: Troubles) -> Iterator[tuple[Event, bytes]]:
    """The events in the order of the file, each with its hash.

    Of a document that other projects charge too, what concerns these is withheld: a gap; and so is
    the event by which another project entered a person.
    """
    last, time = 0, ""
    versions: dict[str, int] = {}
    for number, line in enumerate(files.lines("events.jsonl"), 1):
        event = json.loads(line)
        position, where = event["position"], f"position {event['position']}"
        if position <= last:
            troubles.add(where, f"stands in events.jsonl (line {number}) after position {last}")
            continue
        if event["recorded_at"] < time:
            troubles.add(where, "was recorded before the event that stands before it")
        version = versions.get(event["stream"], 0) + 1
        if event["version"] != version:
            found = f"is version {event['version']} of {event['stream']}"
            what, missing = (
                f"{found}: version {version} should come next",
                event["version"] - version,
            )
            if missing > 0 and event["type"].startswith(("expenditure.", "person.")):
                gaps.append((where, missing, what))
            else:
                troubles.add(where, what)
        versions[event["stream"]] = event["version"]
        last, time = position, event["recorded_at"]
        yield event, leaf_hash(line)


EVENT, WITHHELD, OTHER, COMMON = "event", "withheld", "", "range"


def hashes_in(files: Files, troubles: Troubles) -> Iterator[tuple[int, bytes, str]]:
    """Of each position its hash, and whether its event is in the bundle or is another project's.

    WITHHELD: it is of a stream of this project, and concerns others.
    COMMON: it is the common hash of the 256 positions up to there.
    """
    expected = 1
    for number, line in enumerate(files.lines("proofs/hashes.txt"), 1):
        place, text, *mark = line.decode().split(" ")
        if "-" in place:
            yield int(place.partition("-")[2]), bytes.fromhex(text), COMMON
            continue
        if int(place) != expected:
            at = f"proofs/hashes.txt, line {number}"
            troubles.add(at, f"has position {place} where position {expected} should stand")
            raise Wrong(
                "proofs/hashes.txt", f"position {min(expected, int(place))} breaks the order"
            )
        yield expected, bytes.fromhex(text), mark[0] if mark else OTHER
        expected += 1


class Walk:
    """A walk along both files at once, position by position."""

    def __init__(self, files: Files, learn: Learn, troubles: Troubles, early: int) -> None:
        self.tree, self.events, withheld = Tree(), 0, 0
        self.early_root = b""  # the root that the log had at the size `early`
        self._learn, self.troubles = learn, troubles
        gaps: Gaps = []
        self._own = events_in(files, gaps, troubles)
        self._next = next(self._own, None)
        for position, listed, what in hashes_in(files, troubles):
            withheld += what == WITHHELD
            if what != COMMON:
                self.tree.append(self._digest(position, listed, what))
                if position == early:
                    self.early_root = self.tree.root()
            elif self.tree.joined != listed:
                of = f"positions {position - RANGE + 1}-{position}"
                troubles.add(of, "one of their hashes was changed")
        if sum(missing for _, missing, _ in gaps) > withheld:
            for where, _, what in gaps:
                troubles.add(where, what)

    def _digest(self, position: int, listed: bytes, what: str) -> bytes:
        """The hash of what stands there: of the event itself, where it is in the bundle."""
        where = f"position {position}"
        if self._next is None or self._next[0]["position"] != position:
            if what == EVENT:
                self.troubles.add(where, "the event is missing in events.jsonl")
            return listed
        event, digest = self._next
        self._next = next(self._own, None)
        self.events += 1
        self.troubles.found_in(where, self._learn, event)
        if digest != listed:
            self.troubles.add(where, "the event is not the one that was hashed")
        if what != EVENT:
            self.troubles.add(where, "is not an event that was put into the bundle")
        return digest

    def beyond(self) -> int | None:
        """The position of an event for which there is no hash."""
        return None if self._next is None else int(self._next[0]["position"])


def check_log(
    files: Files, checkpoint: Checkpoint, manifest: Manifest, learn: Learn, troubles: Troubles
) -> Checkpoint | None:
    """The events of the bundle together with all other hashes give the signed root.

    So do the first of them what was stamped, if anything was. Each event is handed to `learn`.
    """
    known = len(troubles.lines)
    stamped: Checkpoint | None = troubles.found_in(STAMP, check_stamp, files)
    walk = Walk(files, learn, troubles, stamped.size if stamped else 0)
    if walk.events != manifest.events:
        what = f"there are {walk.events} events of {manifest.events}"
        troubles.add("events.jsonl", what)
    size, root = walk.tree.size, walk.tree.root()
    if (position := walk.beyond()) is not None:
        troubles.add(f"position {position}", "lies beyond the checkpoint")
    if size != checkpoint.size:
        at = f"position {min(size, checkpoint.size) + 1}"
        troubles.add(at, f"there are {size} hashes; the checkpoint is of {checkpoint.size}")
    elif root != checkpoint.root:
        where = "see above" if len(troubles.lines) > known else "an event or a hash was changed"
        troubles.add("the root", f"is {root.hex()}, signed is another: {where}")
    elif stamped and walk.early_root != stamped.root:
        troubles.add(STAMPED, "has another root than the log had at that size")
    return stamped


# --- 5. The documents -----------------------------------------------------------------------------

SHARED = ("institution.", "person.")  # kept once for all projects, with evidence of their own


def note_evidence(event: Event, named: dict[str, int]) -> None:
    """Writes down the digests that an event of the project names, and where it did so first."""
    if not event["type"].startswith(SHARED):
        for digest in event["evidence"]:
            named.setdefault(digest, event["position"])


def check_documents(
    files: Files, manifest: Manifest, named: dict[str, int], troubles: Troubles
) -> int:
    """Every document that the project's events name is there, and is the one that they name."""
    rows = files.table("projections/documents.csv")
    kept = {row["sha256"] for _, row in rows if row["stored"] == "yes"}
    inside = {one[len("documents/") :] for one in files.names if one.startswith("documents/")}
    for digest in sorted(inside):
        where = f"documents/{digest}"
        if digest not in named:
            troubles.add(where, "is named by no event of the project")
        elif troubles.found_in(where, files.digest, where) != digest:
            at = f"{where}, named at position {named[digest]}"
            troubles.add(at, "is not the document that was named: its bytes were changed")
    missing = (set(named) & kept) - inside if manifest.has_documents else ()
    for digest in sorted(missing):
        troubles.add(f"documents/{digest}", f"named at position {named[digest]}: is missing")
    return len(inside)


# --- 6. The sums ----------------------------------------------------------------------------------

Facts = list[tuple[str, int, dict[str, Any]]]  # from which day, by which event, what holds
Rows = dict[tuple[str, ...], dict[str, str]]  # of a table, by what names a row
NONE = Decimal("0.00")
MEASURES = ("planned", "recorded", "claimed", "approved", "disallowed")
FROZEN, APPROVED = ("submitted", "approved", "paid"), ("approved", "paid")


def on_day(facts: Facts, day: str) -> dict[str, Any]:
    """What holds on a day: each fact from its day on, until one with a later day says otherwise."""
    row: dict[str, Any] = {}
    for since, _, values in sorted(facts, key=lambda fact: fact[:2]):
        if since <= day:
            row.update(values)
    return row


def total(amounts: Iterable[str | None]) -> Decimal:
    """The sum of amounts; what is not known adds nothing."""
    return sum((Decimal(one) for one in amounts if one is not None), NONE)


class Books:
    """What the events say of the project's money; each method is one kind of event."""

    def __init__(self, project: str, day: str) -> None:
        self.project, self.day = project, day
        self.charges: dict[tuple[str, str], Facts] = {}  # expenditure, charge
        self.refused: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.claims: dict[str, Facts] = {}
        self.lines: dict[tuple[str, int, str], Facts] = {}  # claim, which submission, charge
        self.paid: dict[str, list[str]] = {}
        self.budgets: dict[int, list[dict[str, Any]]] = {}  # by edition
        self.shifts: list[dict[str, Any]] = []

    def take(self, event: Event) -> None:
        """Writes an event into the books, if it is about money."""
        kind, _, name = event["type"].partition(".")
        take = getattr(self, f"_{kind}_{name.replace('-', '_')}", None)
        if take is not None:
            self.event = event
            take(event["data"])

    def _now(self) -> bool:
        return bool(self.event["effective_on"] <= self.day)

    def _fact(self, facts: Facts, values: dict[str, Any], since: str | None = None) -> None:
        facts.append((since or self.event["effective_on"], self.event["position"], values))

    def _of_charge(self, charge: str, values: dict[str, Any], since: str | None = None) -> None:
        key = (self.event["stream"], charge)
        self._fact(self.charges.setdefault(key, []), values, since)

    def _of_claim(self, **values: Any) -> None:
        self._fact(self.claims.setdefault(self.event["stream"], []), values)

    def _expenditure_recorded(self, data: dict[str, Any]) -> None:
        for one in data["charges"]:
            self._expenditure_charged(one)

    def _expenditure_charged(self, data: dict[str, Any]) -> None:
        self._of_charge(data["charge"], {"eu_amount": None, "claim": None, **data})

    def _expenditure_charge_corrected(self, data: dict[str, Any]) -> None:
        # What was mistyped was never true: the right value holds since it was stated.
        self._of_charge(data["charge"], data, data["since"])

    def _expenditure_charge_adjusted(self, data: dict[str, Any]) -> None:
        # What the issuer changed was true before, and is otherwise from that day on.
        self._of_charge(data["charge"], data, data["since"])

    def _expenditure_charge_withdrawn(self, data: dict[str, Any]) -> None:
        self._of_charge(data["charge"], {"withdrawn": True})

    def _expenditure_charges_claimed(self, data: dict[str, Any]) -> None:
        for charge in data["charges"]:
            self._of_charge(charge, {"claim": data["claim"]})

    def _expenditure_charges_released(self, data: dict[str, Any]) -> None:
        for charge in data["charges"]:
            self._of_charge(charge, {"claim": None})

    def _refuse(self, data: dict[str, Any], sign: str = "") -> None:
        if self._now():
            row = {name: sign + data[name] for name in ("amount", "eu_amount")}
            key = (self.event["stream"], data["charge"])
            self.refused.setdefault(key, []).append({**row, "project": data["project"]})

    def _expenditure_charge_reduced(self, data: dict[str, Any]) -> None:
        self._refuse(data)

    def _expenditure_financially_corrected(self, data: dict[str, Any]) -> None:
        self._refuse(data)

    def _expenditure_charge_reinstated(self, data: dict[str, Any]) -> None:
        self._refuse(data, "-")

    def _claim_opened(self, data: dict[str, Any]) -> None:
        self._of_claim(project=data["project"], status="draft", submission=0)

    def _claim_submitted(self, data: dict[str, Any]) -> None:
        self._of_claim(status="submitted", submission=data["submission"])

    def _claim_returned(self, _data: dict[str, Any]) -> None:
        self._of_claim(status="returned")

    def _claim_approved(self, _data: dict[str, Any]) -> None:
        self._of_claim(status="approved")

    def _claim_paid(self, data: dict[str, Any]) -> None:
        self._of_claim(status="paid")
        if self._now():
            self.paid.setdefault(self.event["stream"], []).append(data["amount"])

    def _claim_lines_frozen(self, data: dict[str, Any]) -> None:
        for one in data["lines"]:
            key = (self.event["stream"], data["submission"], one["charge"])
            asked = {"eu_amount": None, **one}
            approved = {"approved": asked["eligible"], "approved_eu": asked["eu_amount"]}
            self._fact(self.lines.setdefault(key, []), {**asked, **approved})

    def _claim_lines_reduced(self, data: dict[str, Any]) -> None:
        for one in data["lines"]:
            key = (self.event["stream"], data["submission"], one["charge"])
            less = {"approved": one["eligible"], "approved_eu": one.get("eu_amount")}
            self._fact(self.lines.setdefault(key, []), less)

    def _project_budget_set(self, data: dict[str, Any]) -> None:
        if self._now() and self.event["stream"] == self.project:
            self.budgets[data["edition"]] = data["lines"]

    def _project_budget_shifted(self, data: dict[str, Any]) -> None:
        if self._now() and self.event["stream"] == self.project:
            self.shifts.append(data)


def left(amount: str | None, refused: Decimal) -> Decimal | None:
    """An amount without what was refused of it."""
    return None if amount is None else Decimal(amount) - refused


class Sums:
    """The project's numbers on the day, from the books alone."""

    def __init__(self, books: Books) -> None:
        self.books, self.day = books, books.day
        self.by_line: dict[str, dict[str, Decimal]] = {}
        self.charges: Rows = {}
        self.claims: Rows = {}
        self.claim_lines: Rows = {}
        self._plan()
        self._spend()
        for claim, facts in books.claims.items():
            row = on_day(facts, self.day)
            if row.get("project") == books.project:
                self._claim(claim, row)

    def _add(self, line: str, measure: str, amount: Decimal | None) -> None:
        row = self.by_line.setdefault(line, dict.fromkeys(MEASURES, NONE))
        row[measure] += amount or NONE

    def _plan(self) -> None:
        edition = max(self.books.budgets, default=0)
        for one in self.books.budgets.get(edition, []):
            self._add(one["line"], "planned", Decimal(one["amount"]))
        for one in self.books.shifts:
            if one["edition"] == edition:
                self._add(one["from_line"], "planned", -Decimal(one["amount"]))
                self._add(one["to_line"], "planned", Decimal(one["amount"]))

    def _spend(self) -> None:
        for key, facts in self.books.charges.items():
            row = on_day(facts, self.day)
            if row.get("project") != self.books.project:
                continue
            refusals = self.books.refused.get(key, [])
            here = [one["amount"] for one in refusals if one["project"] == self.books.project]
            if not row.get("withdrawn"):
                self._add(row["budget_line"], "recorded", Decimal(row["eligible"]))
                self._add(row["budget_line"], "disallowed", total(here))
            self.charges[key] = written(
                eligible=row["eligible"],
                eu_amount=row["eu_amount"],
                disallowed=total(one["amount"] for one in refusals),
            )

    def _claim(self, claim: str, row: dict[str, Any]) -> None:
        approved = row["status"] in APPROVED
        lines = self._frozen(claim, row) if row["status"] in FROZEN else self._open(claim)
        for charge, one in lines:
            self._add(one["budget_line"], "claimed", Decimal(one["eligible"]))
            if approved:
                self._add(one["budget_line"], "approved", Decimal(one["approved"]))
            self.claim_lines[claim, charge] = written(
                eligible=one["eligible"],
                eu_amount=one["eu_amount"],
                approved=one["approved"] if approved else None,
            )
        self.claims[(claim,)] = {
            "status": row["status"],
            **written(
                eligible=total(one["eligible"] for _, one in lines),
                eu_amount=total(one["eu_amount"] for _, one in lines),
                approved=total(one["approved"] for _, one in lines) if approved else None,
                paid=total(self.books.paid.get(claim, [])),
            ),
        }

    def _frozen(self, claim: str, row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """The charges of a claim as it was submitted."""
        found = []
        for (of, submission, charge), facts in self.books.lines.items():
            if (of, submission) == (claim, row["submission"]):
                found.append((charge, on_day(facts, self.day)))
        return found

    def _open(self, claim: str) -> list[tuple[str, dict[str, Any]]]:
        """The charges of a claim that may still change, as they stand."""
        found = []
        for key, facts in self.books.charges.items():
            row = on_day(facts, self.day)
            if row.get("claim") == claim and not row.get("withdrawn"):
                refused = self.books.refused.get(key, [])
                row["eligible"] = left(row["eligible"], total(one["amount"] for one in refused))
                union = total(one["eu_amount"] for one in refused)
                found.append((key[1], {**row, "eu_amount": left(row["eu_amount"], union)}))
        return found


def written(**amounts: Any) -> dict[str, str]:
    """Amounts as the tables have them; empty where there is none."""
    return {k: "" if v is None else f"{Decimal(v):.2f}" for k, v in amounts.items()}


def compare(
    files: Files,
    name: str,
    keys: tuple[str, ...],
    expected: Rows,
    troubles: Troubles,
) -> None:
    """The rows of a table say what the events say, each once, and none is missing."""
    seen = set()
    path = f"projections/{name}.csv"
    for number, row in files.table(path):
        key = tuple(row[one] for one in keys)
        where = f"{path}, line {number} (position {row['position']})"
        if key in seen or key not in expected:
            troubles.add(where, "stands there twice" if key in seen else "follows from no event")
            continue
        seen.add(key)
        for column, right in expected[key].items():
            if row[column] not in (right, unquoted(right)):
                troubles.add(where, f"{column} is {row[column]}, the events say {right}")
    for key in expected.keys() - seen:
        troubles.add(path, f"the row of {' '.join(key)} is missing")


def check_sums(files: Files, books: Books, troubles: Troubles) -> Sums:
    """The tables' amounts are those that the events give."""
    sums = Sums(books)
    lines: Rows = {(line,): written(**row) for line, row in sums.by_line.items()}
    compare(files, "budget", ("line",), lines, troubles)
    compare(files, "expenditures", ("expenditure", "charge"), sums.charges, troubles)
    compare(files, "claims", ("claim",), sums.claims, troubles)
    compare(files, "claim_lines", ("claim", "charge"), sums.claim_lines, troubles)
    return sums


# --- 7. Teams and milestones on a day -------------------------------------------------------------


class Stages:
    """What the events say of who is in which team, and of the project's milestones."""

    TEAM = ("kind", "name", "voivodeship", "county", "commune", "agreement")

    def __init__(self, project: str, day: str) -> None:
        self.project, self.day = project, day
        self.teams: Rows = {}
        self.members: dict[tuple[str, str], dict[str, Any]] = {}
        self.planned: dict[str, Facts] = {}

    def take(self, event: Event) -> None:
        """Notes an event, if it is about a team or a milestone."""
        stream, data, on = event["stream"], event["data"], event["effective_on"]
        kind = event["type"]
        if kind == "team.established" and data["project"] == self.project:
            said = {name: data.get(name) or "" for name in self.TEAM}
            self.teams[(stream,)] = {**said, "established_on": on, "dissolved_on": ""}
        elif kind.startswith("project.milestone-") and stream == self.project:
            what = {"completed_on": on} if kind.endswith("-completed") else {}
            what = {"approved_on": on} if kind.endswith("-approved") else what
            facts = self.planned.setdefault(str(data["number"]), [])
            facts.append((on, event["position"], {**data, **what}))
        elif (stream,) in self.teams:
            self._of_team(kind, stream, data, on)

    def _of_team(self, kind: str, team: str, data: dict[str, Any], on: str) -> None:
        if kind == "team.member-appointed":
            self.members[team, data["appointment"]] = {**data, "since": on, "until": ""}
        elif kind == "team.member-dismissed":
            self.members[team, data["appointment"]]["until"] = on
        elif kind == "team.appointment-voided":  # it was never true
            del self.members[team, data["appointment"]]
        elif kind == "team.dissolved":
            if on <= self.day:
                self.teams[(team,)]["dissolved_on"] = on
            for appointment in data["appointments"]:
                self.members[team, appointment]["until"] = on

    def in_teams(self) -> Rows:
        """Who is in a team on the day: from that of the appointment to the one before its end."""
        columns = ("institution", "person", "role", "since", "until")
        return {
            key: {name: one.get(name) or "" for name in columns}
            for key, one in self.members.items()
            if one["since"] <= self.day and not (one["until"] and one["until"] <= self.day)
        }

    def milestones(self) -> Rows:
        """Each milestone and how it stands on the day."""
        columns = ("name", "starts_on", "ends_on", "completed_on", "approved_on", "approved_by")
        found: Rows = {}
        for number, facts in self.planned.items():
            row = on_day(facts, self.day)
            if "name" in row:
                told = {name: row.get(name) or "" for name in columns}
                found[(number,)] = {**told, "status": self._status(told)}
        return found

    def _status(self, row: dict[str, str]) -> str:
        if row["approved_on"] or row["completed_on"]:
            return "approved" if row["approved_on"] else "completed"
        if self.day < row["starts_on"]:
            return "planned"
        return "in_progress" if self.day <= row["ends_on"] else "overdue"


def check_stages(files: Files, stages: Stages, troubles: Troubles) -> int:
    """The tables of teams and milestones say what the events give; how many are in teams."""
    members, milestones = stages.in_teams(), stages.milestones()
    begun = {key: one for key, one in stages.teams.items() if one["established_on"] <= stages.day}
    compare(files, "teams", ("team",), begun, troubles)
    compare(files, "team_members", ("team", "appointment"), members, troubles)
    compare(files, "milestones", ("number",), milestones, troubles)
    return len(members)


# --- All of it ------------------------------------------------------------------------------------


def verify(
    place: Path, given: str | None, troubles: Troubles, witnesses: list[str] | None = None
) -> str:
    """Checks everything; what holds, in words."""
    files = troubles.found_in(HERE, Files, place)
    key = files and troubles.found_in("verifier_key", check_key, files, given)
    checkpoint = key and troubles.found_in("checkpoint", check_checkpoint, files, key)
    manifest = key and troubles.found_in("manifest", check_manifest, files, key, troubles)
    if checkpoint is None or manifest is None:
        return ""
    cosigned = troubles.found_in("checkpoint", check_witnesses, files, witnesses or [], troubles)
    troubles.found_in("manifest", check_agreement, manifest, checkpoint)
    books = Books(manifest.project, manifest.day)
    stages = Stages(manifest.project, manifest.day)
    named: dict[str, int] = {}

    def learn(event: Event) -> None:
        note_evidence(event, named)
        books.take(event)
        stages.take(event)

    troubles.found_in("continued", continued, files)
    given_log = (files, checkpoint, manifest, learn, troubles)
    stamped = troubles.found_in("events.jsonl", check_log, *given_log)
    given_evidence = (files, manifest, named, troubles)
    documents = troubles.found_in("documents", check_documents, *given_evidence)
    sums = troubles.found_in("projections", check_sums, files, books, troubles)
    members = troubles.found_in("projections", check_stages, files, stages, troubles)
    if troubles.lines:
        return ""
    return (
        f"{manifest.events} events of a log of {checkpoint.size}, root {checkpoint.root.hex()},"
        f" {documents} documents, {len(sums.by_line)} budget lines, {len(sums.charges)} charges,"
        f" {len(sums.claims)} claims, {members} members of teams on {manifest.day}"
        f"{f', its first {stamped.size} events stamped' if stamped else ''}"
        f"{', cosigned by ' if cosigned else ''}{', '.join(cosigned)}"
    )


def key_in(text: str) -> str:
    """A key that was typed, or the one in the file that was named."""
    try:
        return text if "+" in text else Path(text).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be read: {error}") from None


def say(text: str) -> None:
    """A line, and one line only, whatever the bundle would like to have printed."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    print(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ...")


def main() -> int:
    """Reads what was typed, checks, and says what came of it."""
    parser = argparse.ArgumentParser(description="Checks a bundle of the ledger.")
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--key", type=key_in, help="the log's key, or a file with it")
    told = "a witness's key, or a file with it: it must have cosigned; may be repeated"
    parser.add_argument("--witness", type=key_in, action="append", help=told)
    asked = parser.parse_args()
    if not asked.bundle.exists():
        parser.error(f"there is no {asked.bundle}")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    gc.disable()  # what is read is kept to the end: looking for what is not takes half the time
    troubles = Troubles()
    held = verify(asked.bundle, asked.key, troubles, asked.witness)
    for line in troubles.lines[:SHOWN]:
        say(f"- {line}")
    if len(troubles.lines) > SHOWN:
        say(f"- and {len(troubles.lines) - SHOWN} more")
    if troubles.lines:
        say(f"NIE ZGADZA SIĘ / DOES NOT HOLD: {len(troubles.lines)} found.")
        return 1
    if asked.key is None:
        key = Key(Files(asked.bundle).small("verifier_key").decode().strip())
        say(f"The key was taken from the bundle itself: {key.text}")
        say(f"Compare its fingerprint with one from elsewhere: SHA-256 {key.fingerprint}")
    if ", cosigned by " in held and not asked.witness:
        say("The witnesses' keys were taken from the bundle too: see --witness.")
    if " events stamped" in held:
        say(
            f"The time is checked with: openssl ts -verify -data {STAMPED} -in {STAMP} -CAfile CERT"
        )
    for line in continued(Files(asked.bundle)):
        say(f"NB: {line}")
    say(f"ZGADZA SIĘ / HOLDS: {held}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
