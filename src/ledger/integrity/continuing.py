"""What was lost, and how does another log go on? Decided once, written down, and then carried out.

First the plan is written beside the keys: the signed statement and the key of the log that goes on.
From then on nothing is sealed until the plan is carried out. Whatever is killed when, it is carried
out from where it was left.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.continuations import Continuation, read_continuation
from ledger.integrity.key_files import KeysRefused, SealingRefused, make, write
from ledger.integrity.keys import LOCAL, ForkRefused, KeyFolder
from ledger.integrity.note import NoteRefused, parse, sign
from ledger.integrity.tree import EMPTY_ROOT, Frontier, leaf_hash

PAGE = 4_096


class NothingLost(SealingRefused):
    """The log can be sealed on as it is."""


class Lost(NamedTuple):
    """What is known to be as it was signed, what the log had come to, and what there is now."""

    kept: Checkpoint
    signed: Checkpoint
    restored: int


class Plan(NamedTuple):
    """What is being done: the statement, as it is signed, and the new key."""

    continuation: Continuation
    note: bytes
    key: bytes


def judge(connection: psycopg.Connection, folder: KeyFolder) -> Lost:
    """What was lost, by the events, the checkpoints in the database and the file beside the key.

    Raises `NothingLost`, and `ForkRefused` where this is not a backup of the log.
    """
    signed = folder.last()
    if signed is None:
        raise NothingLost("nothing was signed yet")
    kept = _kept(connection, folder, signed)
    roots, size = _walk(connection, [kept.size, signed.size])
    if roots.get(kept.size) != kept.root:
        raise ForkRefused(
            f"the events do not have the root that was signed for size {kept.size}: the database"
            " was changed, not only restored; see `ledger verify`"
        )
    if roots.get(signed.size) == signed.root:
        raise NothingLost("the log has everything that was signed: it is sealed on by itself")
    if kept.size >= signed.size:
        raise ForkRefused(f"the database knows a checkpoint of size {kept.size} that is later")
    return Lost(kept, signed, size)


def _kept(connection: psycopg.Connection, folder: KeyFolder, signed: Checkpoint) -> Checkpoint:
    """The last checkpoint in the database, which one of our keys has signed."""
    row = connection.execute(
        "SELECT size, root, note FROM tree.checkpoints ORDER BY size DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Checkpoint(signed.origin, 0, EMPTY_ROOT)
    try:
        note = parse(bytes(row[2]))
        note.signed_by(folder.verifiers())
        found = read_checkpoint(note.text)
    except NoteRefused as error:
        raise ForkRefused(f"the last checkpoint in the database does not hold: {error}") from None
    if (found.size, found.root) != (row[0], bytes(row[1])):
        raise ForkRefused(f"the checkpoint of size {row[0]} is not the one that was signed")
    return found._replace(origin=signed.origin)


def _walk(connection: psycopg.Connection, sizes: Sequence[int]) -> tuple[dict[int, bytes], int]:
    """The roots at those sizes, and how many events there are."""
    frontier, roots = Frontier(), dict[int, bytes]()
    roots[0] = frontier.root()
    with connection.transaction(), connection.cursor("events", binary=True) as cursor:
        cursor.execute(b"SELECT position, leaf FROM log.events ORDER BY position")
        while page := cursor.fetchmany(PAGE):
            for position, leaf in page:
                if position != frontier.size + 1:
                    raise ForkRefused(f"the event at position {frontier.size + 1} is missing")
                frontier.append(leaf_hash(leaf))
                if position in sizes:
                    roots[position] = frontier.root()
    return roots, frontier.size


def next_name(origin: str) -> str:
    """What a log is called that goes on from another: the number after its name grows."""
    name, slash, number = origin.rpartition("/")
    if slash and re.fullmatch("[0-9]{1,3}", number):
        return f"{name}/{int(number) + 1}"
    return f"{origin}/2"


def plan(folder: KeyFolder, lost: Lost, *, by: str, reason: str, name: str | None) -> Plan:
    """Writes down what is to be done; it can only be finished then. Raises `KeysRefused`."""
    keys = folder.keys()
    known = {one.name for one in folder.verifiers()}
    name = name or next_name(keys.origin)
    if name in known:
        raise KeysRefused(f"a log {name} was signed here already: another name is needed")
    signer, key = make(name, LOCAL)
    continuation = Continuation(
        kept=lost.kept,
        signed=lost.signed,
        restored=lost.restored,
        verifier=signer.verifier,
        by=by,
        at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        reason=reason,
    )
    note = sign(continuation.text(), [*keys.signers, signer]).write()
    read_continuation(note, folder.verifiers())
    write(folder.continued.plan, key + note)
    return Plan(continuation, note, key)


def planned(folder: KeyFolder) -> Plan | None:
    """What was begun and not finished. Raises `KeysRefused`."""
    try:
        key, _, note = folder.continued.plan.read_bytes().partition(b"\n")
        return Plan(read_continuation(note, folder.verifiers()), note, key + b"\n")
    except FileNotFoundError:
        return None
    except (OSError, NoteRefused) as error:
        raise KeysRefused(f"{folder.continued.plan} cannot be read: {error}") from None


def carry_out(folder: KeyFolder, made: Plan) -> None:
    """Changes the keys; it may be done again from the beginning at any time, and is then done."""
    continued, at = made.continuation, folder.continued
    at.notes.mkdir(mode=0o700, exist_ok=True)
    at.ended.mkdir(mode=0o700, exist_ok=True)
    if made.note not in at.stored():
        number = len(at.stored()) + 1
        write(at.notes / f"{number:04}.note", made.note, 0o644)
    for path in (folder.path / "log.key", *sorted((folder.path / "old").glob("*.key"))):
        folder.end(path, continued.signed.origin)
    vkeys = [continued.verifier, *(v for v in folder.verifiers() if v != continued.verifier)]
    write(folder.path / "log.vkey", "".join(f"{v.vkey}\n" for v in vkeys).encode(), 0o644)
    begins = continued.kept._replace(origin=continued.verifier.name)
    write(folder.path / "log.last", begins.text().encode())
    write(folder.path / "log.key", made.key)
    at.plan.unlink()
