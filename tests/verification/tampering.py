"""What can a person do who has the database's password and time? Here it is done."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg

from ledger.event_store.codec import Provenance, fragments, stamp
from ledger.integrity.keys import KeyFolder
from ledger.integrity.sealing import Sealer
from ledger.kernel.messages import Event
from ledger.projections.engine.model import read_models
from ledger.verification import Kind, Report, Trust, verify

GUARDED = (
    "log.events", "log.documents", "log.uploads", "log.rules",
    "tree.tiles", "tree.checkpoints", "tree.cosignatures", "tree.timestamps",
)  # fmt: skip


FOLDED = "institution_register"


class Ledger(NamedTuple):
    """A database, the folder of its keys and the folder of its documents."""

    url: str
    keys: Path
    documents: Path

    def verify(self, *, whole: bool = False, **trusted: Any) -> Report:
        """What `ledger verify` finds; `whole`: in all read models, not only in one."""
        folder = KeyFolder(self.keys)
        trust = Trust(keys=folder.verifiers(), last=folder.last(), **trusted)
        models = [one for one in read_models() if whole or one.name == FOLDED]
        return verify(self.url, trust, str(self.documents), models=models)

    def owner(self) -> psycopg.Connection:
        """Somebody who has the owner's password."""
        return psycopg.connect(self.url, autocommit=True)

    def size(self) -> int:
        """How many events there are."""
        with self.owner() as connection:
            return int(_one(connection, "SELECT count(*) FROM log.events")[0])


def _one(connection: psycopg.Connection, statement: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row


@contextmanager
def tampering(ledger: Ledger) -> Iterator[psycopg.Connection]:
    """The owner, while the triggers are switched off; afterwards nobody sees that they were."""
    with ledger.owner() as connection:
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        yield connection
        for table, trigger in connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}".encode())


def leaf_at(connection: psycopg.Connection, position: int) -> bytes:
    """The bytes of an event."""
    return bytes(_one(connection, "SELECT leaf FROM log.events WHERE position = %s", position)[0])


def write_leaf(connection: psycopg.Connection, position: int, leaf: bytes) -> None:
    """Other bytes for an event."""
    done = connection.execute(
        "UPDATE log.events SET leaf = %s WHERE position = %s", (leaf, position)
    )
    assert done.rowcount == 1


def forge(connection: psycopg.Connection, position: int) -> None:
    """Changes what an event says: neatly, and nothing that a column repeats."""
    leaf = leaf_at(connection, position)
    forged = re.sub(rb'"request_id":"[^"]*"', b'"request_id":"another"', leaf)
    assert forged != leaf
    write_leaf(connection, position, forged)


def moved(leaf: bytes, position: int) -> bytes:
    """The same event with another position in it."""
    return re.sub(rb'\A\{"position":\d+', b'{"position":%d' % position, leaf)


def renumber(connection: psycopg.Connection, start: int, by: int) -> None:
    """Moves all events from `start` on, in their columns and in their bytes."""
    rows = connection.execute(
        "SELECT position, leaf FROM log.events WHERE position >= %s ORDER BY position", (start,)
    ).fetchall()
    connection.execute(
        "UPDATE log.events SET position = position + 1000000 WHERE position >= %s", (start,)
    )
    for position, leaf in rows:
        connection.execute(
            "UPDATE log.events SET position = %s, leaf = %s WHERE position = %s",
            (position + by, moved(bytes(leaf), position + by), position + 1_000_000),
        )
    connection.execute("UPDATE log.head SET position = position + %s", (by,))


def insert(connection: psycopg.Connection, position: int, event: Event) -> None:
    """An event of a new stream, as the ledger would have written it there."""
    at = _one(
        connection,
        "SELECT to_char(max(recorded_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        " FROM log.events WHERE position < %s",
        position,
    )[0]
    stream = str(uuid4())
    provenance = Provenance(
        effective_on=date(2020, 1, 1), recorded_by="load", request_id="a request"
    )
    leaf = stamp(fragments(stream, 1, event, provenance), position, at)
    connection.execute(
        "INSERT INTO log.events (position, stream, version, type, effective_on, recorded_at,"
        " recorded_by, leaf) VALUES (%s, %s, 1, %s, '2020-01-01', %s, 'load', %s)",
        (position, stream, event.event_name, at, leaf),
    )


def append(ledger: Ledger, event: Event) -> None:
    """An event more, with the head that goes with it: past the service, but as it would do it."""
    with ledger.owner() as connection, connection.transaction():
        last = int(_one(connection, "SELECT position FROM log.head")[0])
        insert(connection, last + 1, event)
        connection.execute(
            "UPDATE log.head SET position = %s, recorded_at ="
            " (SELECT recorded_at FROM log.events WHERE position = %s)",
            (last + 1, last + 1),
        )


def forget_tree(connection: psycopg.Connection) -> None:
    """Nothing is left of what was sealed."""
    connection.execute("TRUNCATE tree.tiles, tree.cosignatures, tree.timestamps, tree.checkpoints")


def reseal(ledger: Ledger, keys: Path) -> None:
    """The tree is made anew and signed with other keys."""
    Sealer(ledger.url, keys).catch_up()


def kinds(report: Report) -> set[tuple[str, Kind]]:
    """Which check found what."""
    return {(check.name, one.kind) for check in report.checks for one in check.differences}


def first(report: Report) -> tuple[Kind, int | None]:
    """What the last line says."""
    assert not report.ok, report
    found = report.differences[0]
    return found.kind, found.position
