"""What do the log's tests write? Invented events, and how they find them again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent

from ledger.event_store.codec import Provenance
from ledger.event_store.connections import writer
from ledger.event_store.group_commit import Connect, GroupWriter
from ledger.event_store.log import EventLog, Pending
from ledger.event_store.recorder import plain_stamp
from ledger.kernel.messages import Event


class Said(Event, frozen=True, kw_only=True):
    """Somebody said something."""

    event_name: ClassVar[str] = "test.said"

    text: str
    about: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it


class Written(NamedTuple):
    """A row of the log."""

    position: int
    stream: UUID
    version: int
    type: str
    recorded_at: datetime
    leaf: bytes


def said(stream: UUID, version: int, text: str = "x", **provenance: object) -> Pending:
    """An event for that place of the stream."""
    given = {"effective_on": date(2019, 5, 13), "recorded_by": "somebody", "request_id": "r-1"}
    return Pending(
        str(stream),
        version,
        Said(text=text),
        Provenance(**(given | provenance)),  # type: ignore[arg-type]
    )


def plain(stream: UUID, version: int, state: bytes = b"x", topic: str = "t") -> StoredEvent:
    """An event without a leaf's form."""
    return StoredEvent(stream, version, topic, state)


def streams(count: int) -> list[UUID]:
    """New streams."""
    return [uuid4() for _ in range(count)]


def written(url: str) -> list[Written]:
    """The whole log, in the order of positions."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT position, stream, version, type, recorded_at, leaf FROM log.events"
            " ORDER BY position"
        )
        return [Written(*row) for row in rows]


def heads(rows: Sequence[Written]) -> Mapping[UUID, int]:
    """The version of each stream."""
    return {row.stream: row.version for row in rows}


def head(url: str) -> int:
    """The position that the log itself says it has reached."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT position FROM log.head").fetchone()
    assert row is not None
    return int(row[0])


@asynccontextmanager
async def group_writer(url: str, connect: Connect | None = None) -> AsyncIterator[GroupWriter]:
    """A writer of plain states."""
    made = GroupWriter(connect or (lambda: writer(url)), plain_stamp)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def event_log(url: str) -> AsyncIterator[EventLog]:
    """An open log."""
    log = EventLog(url)
    await log.open()
    try:
        yield log
    finally:
        await log.close()
