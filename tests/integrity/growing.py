"""A log that grows without the application, for whoever seals it."""

import hashlib
from pathlib import Path
from uuid import uuid4

import psycopg

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import parse
from ledger.integrity.tree import Frontier


def record(url: str, count: int, what: str = "event") -> None:
    """Appends so many events in one transaction, and tells who listens."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT position FROM log.head FOR UPDATE").fetchone()
        assert row is not None
        with connection.cursor().copy(
            "COPY log.events (position, stream, version, type, recorded_at, leaf) FROM STDIN"
        ) as copy:
            for position in range(row[0] + 1, row[0] + count + 1):
                leaf = b'{"position":%d,"what":"%b"}' % (position, what.encode())
                copy.write_row((position, uuid4(), 1, "t", "2026-01-01", leaf))
        head = row[0] + count
        connection.execute("UPDATE log.head SET position = %s, recorded_at = now()", (head,))
        connection.execute("SELECT pg_notify('ledger_log', %s)", (str(head),))


def roots(url: str) -> list[bytes]:
    """The root of every size of the log, from 0, hashed from its leaves."""
    frontier = Frontier()
    found = [frontier.root()]
    with psycopg.connect(url) as connection:
        for (leaf,) in connection.execute("SELECT leaf FROM log.events ORDER BY position"):
            frontier.append(hashlib.sha256(b"\x00" + leaf).digest())
            found.append(frontier.root())
    return found


def checkpoints(url: str, keys: Path) -> list[Checkpoint]:
    """Every checkpoint in the database, the smallest first; each is signed."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT size, root, note FROM tree.checkpoints ORDER BY size"
        ).fetchall()
    found = []
    for size, root, stored in rows:
        note = parse(bytes(stored))
        assert note.signed_by(KeyFolder(keys).verifiers())
        found.append(read_checkpoint(note.text))
        assert (found[-1].size, found[-1].root) == (size, bytes(root))
    return found


def all_are_of_this_log(url: str, keys: Path) -> list[Checkpoint]:
    """Every checkpoint has the root that the log has at its size; the file says the last one."""
    known, found = roots(url), checkpoints(url, keys)
    assert found
    for one in found:
        assert one.root == known[one.size]
    assert KeyFolder(keys).last() == found[-1]
    return found


def as_owner(url: str, *statements: str) -> None:
    """What somebody with the database's password does, past every trigger."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            if statement.startswith("ALTER"):
                connection.execute(statement.encode())
                continue
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement.encode())


def tables(*names: str) -> tuple[str, ...]:
    """Switches off what protects these tables."""
    return tuple(f"ALTER TABLE {name} DISABLE TRIGGER ALL" for name in names)
