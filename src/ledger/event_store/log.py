"""What does the application ask of the log? Append, read a stream, read on, find an answer."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from ledger.event_store.append import RequestKey, Stored
from ledger.event_store.codec import (
    LEAF_LIMIT_BYTES,
    STAMP_LIMIT_BYTES,
    LeafEvent,
    Provenance,
    fragments,
    stamp,
)
from ledger.event_store.connections import writer
from ledger.event_store.group_commit import GroupWriter
from ledger.event_store.readers import Readers
from ledger.kernel.errors import TooLarge
from ledger.kernel.messages import Event

PAGE = 1_000


class Pending(NamedTuple):
    """An event that is decided but not stored yet."""

    stream: str
    version: int
    event: Event
    provenance: Provenance


class Leaf(NamedTuple):
    """A stored event: its position and its exact bytes."""

    position: int
    bytes: bytes


class Answered(NamedTuple):
    """A request that was recorded before: what it asked and where its events stand."""

    digest: bytes
    positions: Sequence[int]


class EventLog:
    """The log, for asynchronous callers."""

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self._writer = GroupWriter(lambda: writer(url), stamp)
        self._readers = Readers(url, readers=readers)

    async def open(self) -> None:
        """Connects; raises where the database cannot be reached."""
        await self._readers.open()

    async def close(self) -> None:
        """Writes what waits and lets go of the connections."""
        await self._writer.close()
        await self._readers.close()

    @property
    def recorded(self) -> int:
        """The last position that this process knows to be recorded; 0 before its first append."""
        return self._writer.recorded

    async def append(
        self,
        events: Sequence[Pending],
        guards: Mapping[str, int],
        requests: Sequence[RequestKey] = (),
    ) -> Stored:
        """Writes all or none; see `GroupWriter.append`. Raises `TooLarge` for a leaf too long."""
        return await self.append_stored([stored_event(one) for one in events], guards, requests)

    async def append_stored(
        self,
        events: Sequence[LeafEvent],
        guards: Mapping[str, int],
        requests: Sequence[RequestKey] = (),
    ) -> Stored:
        """Writes all or none of events that are encoded already."""
        return await self._writer.append(
            events, {UUID(stream): version for stream, version in guards.items()}, requests
        )

    async def stream(self, stream: str, after: int = 0, upto: int | None = None) -> list[Leaf]:
        """The events of a stream with versions in (after, upto]."""
        return await self._leaves(
            "WHERE stream = %s AND version > %s AND version <= %s ORDER BY version",
            (stream, after, upto if upto is not None else 2**62),
        )

    async def streams(self, after: Mapping[str, int]) -> list[Leaf]:
        """The events of several streams after a version of each; each stream's in order."""
        return await self._leaves(
            "JOIN unnest(%s::uuid[], %s::int8[]) AS known (stream, version) USING (stream)"
            " WHERE events.version > known.version ORDER BY stream, events.version",
            (list(after), list(after.values())),
        )

    async def at(self, positions: Sequence[int]) -> list[Leaf]:
        """The events at these positions, in ascending order."""
        return await self._leaves("WHERE position = ANY(%s) ORDER BY position", (list(positions),))

    async def pages(self, after: int, upto: int | None = None) -> AsyncIterator[list[Leaf]]:
        """The log from `after` on, page by page."""
        while True:
            page = await self._leaves(
                "WHERE position > %s AND position <= %s ORDER BY position LIMIT %s",
                (after, upto if upto is not None else 2**62, PAGE),
            )
            if not page:
                return
            yield page
            after = page[-1].position

    async def head(self) -> int:
        """The last position."""
        row = await self._one("SELECT position FROM log.head", ())
        return int(row[0])

    async def position_at(self, moment: str) -> int:
        """The last position recorded at or before the RFC 3339 time."""
        row = await self._one("SELECT log.position_at(%s)", (moment,))
        return int(row[0])

    async def answered(self, caller: str, key: str) -> Answered | None:
        """The earlier request of that caller with that idempotency key."""
        async with self._readers.connection() as connection:
            found = await connection.execute(
                "SELECT digest, positions FROM log.requests WHERE caller = %s AND key = %s",
                (caller, key),
            )
            row = await found.fetchone()
        return None if row is None else Answered(bytes(row[0]), row[1])

    async def recorded_keys(self, caller: str, keys: Sequence[str]) -> set[str]:
        """Those of the caller's idempotency keys under which something was recorded."""
        async with self._readers.connection() as connection:
            found = await connection.execute(
                "SELECT key FROM log.requests WHERE caller = %s AND key = ANY(%s)",
                (caller, list(keys)),
            )
            return {row[0] for row in await found.fetchall()}

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of what is kept beside the events, for those who know it."""
        async with self._readers.connection() as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def _leaves(self, where: str, params: tuple[Any, ...]) -> list[Leaf]:
        async with self._readers.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(
                f"SELECT position, leaf FROM log.events {where}".encode(),
                params,
                prepare=True,
            )
            return [Leaf(row[0], bytes(row[1])) for row in await cursor.fetchall()]

    async def _one(self, statement: str, params: tuple[Any, ...]) -> tuple[Any, ...]:
        async with self._readers.connection() as connection:
            found = await connection.execute(statement.encode(), params)
            row: tuple[Any, ...] | None = await found.fetchone()
        assert row is not None
        return row


def stored_event(pending: Pending) -> LeafEvent:
    """The event as it goes into the log. Raises `TooLarge` for a leaf too long."""
    state = fragments(pending.stream, pending.version, pending.event, pending.provenance)
    if len(state) > LEAF_LIMIT_BYTES - STAMP_LIMIT_BYTES:
        raise TooLarge(what=f"one event holds at most {LEAF_LIMIT_BYTES} bytes")
    return LeafEvent(
        originator_id=UUID(pending.stream),
        originator_version=pending.version,
        topic=pending.event.event_name,
        state=state,
        effective_on=pending.provenance.effective_on,
        recorded_by=pending.provenance.recorded_by,
    )


def pages(
    connection: psycopg.Connection, after: int, limit: int, upto: int | None = None
) -> Iterator[list[Leaf]]:
    """The log from `after` on, for synchronous readers such as the fold engine."""
    cursor = connection.cursor(binary=True)
    while True:
        cursor.execute(
            "SELECT position, leaf FROM log.events WHERE position > %s AND position <= %s"
            " ORDER BY position LIMIT %s",
            (after, upto if upto is not None else 2**62, limit),
            prepare=True,
        )
        page = [Leaf(row[0], bytes(row[1])) for row in cursor.fetchall()]
        if not page:
            return
        yield page
        after = page[-1].position
