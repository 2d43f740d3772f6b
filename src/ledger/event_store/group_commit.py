"""How do many appends become one commit? Whoever waits is written together, each judged alone.

One task owns the connection that writes. It takes all waiting appends, judges each against the
heads of the streams, stamps the accepted ones with positions and writes them in one statement
under the lock of the row `log.head`. The unique index stands behind the cached heads.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import structlog
from eventsourcing.persistence import StoredEvent

from ledger.event_store.append import KeyTaken, RequestKey, Stored, VersionConflict
from ledger.event_store.codec import written_time
from ledger.event_store.statements import (
    APPEND,
    BYTES_PER_STATEMENT,
    EVENTS_PER_STATEMENT,
    MORE,
    REQUEST,
    parts,
)

HEADS_CACHED = 200_000

log = structlog.get_logger(__name__)


class _Append(NamedTuple):
    events: Sequence[StoredEvent]
    guards: Mapping[UUID, int]
    requests: Sequence[RequestKey]
    size: int
    done: "asyncio.Future[Stored]"


class _Attempt(NamedTuple):
    """A batch stamped for a place in the log: stored there as a whole, or nowhere."""

    batch: list[_Append]
    events: list[StoredEvent]
    leaves: list[bytes]
    before: int
    at: datetime


Stamp = Callable[[bytes, int, str], bytes]
Connect = Callable[[], Any]


class GroupWriter:
    """The one writer of a process; `append` may be awaited by any number of tasks."""

    def __init__(self, connect: Connect, stamp: Stamp) -> None:
        self._connect = connect
        self._stamp = stamp
        self._waiting: list[_Append] = []
        self._wake = asyncio.Event()
        self._heads: OrderedDict[UUID, int] = OrderedDict()
        self._position = -1  # unknown until the log's head is read
        self._last_time = datetime.min.replace(tzinfo=UTC)
        self._connection: psycopg.AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def recorded(self) -> int:
        """The last position that is known to be recorded; 0 before the log was first read."""
        return max(self._position, 0)

    async def append(
        self,
        events: Sequence[StoredEvent],
        guards: Mapping[UUID, int] | None = None,
        requests: Sequence[RequestKey] = (),
    ) -> Stored:
        """Writes all of `events` or none.

        `guards` are versions of other streams that must still hold. Raises `VersionConflict`,
        `KeyTaken`, or psycopg's error where the database refuses the events themselves.
        """
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="group-commit")
        done = asyncio.get_running_loop().create_future()
        size = sum(len(e.state) for e in events)
        append = _Append(events, guards or {}, requests, size, done)
        self._waiting.append(append)
        self._wake.set()
        return await append.done

    async def close(self) -> None:
        """Writes what waits and lets go of the connection."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._connection is not None:
            await self._connection.close()

    async def _run(self) -> None:
        while True:
            if not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = self._take()
            try:
                await self._write(batch)
            except Exception as error:  # noqa: BLE001 - every waiter must get its answer
                log.error("append.failed", error=type(error).__name__)
                _fail(batch, error)

    def _take(self) -> list[_Append]:
        """The next appends that fit into one commit; a large one goes alone."""
        count = size = taken = 0
        for append in self._waiting:
            count += len(append.events)
            size += append.size
            if taken and (count > EVENTS_PER_STATEMENT or size > BYTES_PER_STATEMENT):
                break
            taken += 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch

    async def _write(self, batch: list[_Append]) -> None:
        """Writes the batch; what the database refuses is then tried one by one."""
        attempt: _Attempt | None = None
        for tries in range(60):
            try:
                connection = await self._ready()
                if attempt is not None and await self._was_stored(connection, attempt):
                    _resolve(attempt.batch, attempt.before, written_time(attempt.at))
                    return
                if attempt is None or attempt.before != self._position:
                    batch = await self._admit(connection, batch)
                    if not batch:
                        return
                    attempt = self._stamped(batch)
                if await self._commit(connection, attempt):
                    return
                await self._read_head(connection)  # another process wrote in between
            except Exception as error:  # noqa: BLE001 - one must not stop the rest
                if not _passes(error):
                    self._position = -1
                    self._heads.clear()
                    await self._isolate(batch, error)
                    return
                log.warning("append.reconnecting", error=type(error).__name__, attempt=tries)
                await self._disconnect()
                await asyncio.sleep(min(0.05 * 2**tries, 1.0))
        _fail(batch, TimeoutError("the log could not be written"))

    async def _admit(
        self, connection: psycopg.AsyncConnection, batch: Sequence[_Append]
    ) -> list[_Append]:
        """Those that somebody still waits for and that fit the heads of their streams."""
        waiting = [a for a in batch if not a.done.done()]
        await self._learn_heads(connection, waiting)
        refused = self._judge(waiting)
        if refused:  # a refusal must rest on what the log holds now, other processes' events too
            await self._read_head(connection)
            refused = self._judge(waiting)
        for append, stream in refused:
            _fail([append], VersionConflict(stream))
        return [a for a in waiting if not a.done.done()]

    async def _disconnect(self) -> None:
        connection, self._connection, self._position = self._connection, None, -1
        if connection is not None:
            await connection.close()

    async def _isolate(self, batch: list[_Append], error: Exception) -> None:
        """One bad append must not fail its neighbours."""
        if len(batch) > 1:
            for append in batch:
                await self._write([append])
        elif isinstance(error, psycopg.errors.UniqueViolation):
            await self._explain_violation(batch[0], error)
        else:
            _fail(batch, error)

    async def _explain_violation(
        self, append: _Append, error: psycopg.errors.UniqueViolation
    ) -> None:
        if (error.diag.constraint_name or "").startswith("requests"):
            _fail([append], KeyTaken())
        else:
            _fail([append], VersionConflict(append.events[0].originator_id))

    async def _ready(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await self._connect()
            self._position = -1
        if self._position < 0:
            self._heads.clear()
            await self._read_head(self._connection)
        return self._connection

    async def _read_head(self, connection: psycopg.AsyncConnection) -> None:
        """Learns where the log stands, and what others wrote since we last knew."""
        known, self._position = self._position, -1
        found = await (
            await connection.execute(
                "SELECT position, CASE WHEN position > 0 THEN recorded_at END FROM log.head"
            )
        ).fetchone()
        assert found is not None
        if known >= 0:
            rows = await connection.execute(
                "SELECT stream, max(version) FROM log.events"
                " WHERE position > %s AND position <= %s GROUP BY stream",
                (known, found[0]),
            )
            for stream, version in await rows.fetchall():
                self._heads[stream] = version
        self._position = found[0]
        self._last_time = found[1] or self._last_time

    async def _learn_heads(
        self, connection: psycopg.AsyncConnection, batch: Sequence[_Append]
    ) -> None:
        """Looks up the streams that are not cached; a stream's first event needs no look."""
        unknown = {
            e.originator_id
            for a in batch
            for e in a.events
            if e.originator_version > 1 and e.originator_id not in self._heads
        }
        unknown |= {s for a in batch for s in a.guards if s not in self._heads}
        if not unknown:
            return
        rows = await connection.execute(
            "SELECT s, (SELECT max(version) FROM log.events WHERE stream = s)"
            " FROM unnest(%b::uuid[]) AS s",
            (list(unknown),),
            prepare=True,
        )
        for stream, version in await rows.fetchall():
            if version is not None:
                self._heads[stream] = version

    def _judge(self, batch: Sequence[_Append]) -> list[tuple[_Append, UUID | str]]:
        """The appends that do not fit the heads, each with the stream that is in its way."""
        heads: dict[Any, int] = {}
        refused = []
        for append in batch:
            conflict = self._conflict(append, heads)
            if conflict is not None:
                refused.append((append, conflict))
                continue
            for event in append.events:
                heads[event.originator_id] = event.originator_version
        return refused

    def _conflict(self, append: _Append, heads: Mapping[UUID, int]) -> UUID | str | None:
        """The stream that is not where the append expects it."""
        own: dict[Any, int] = {}
        for guarded, version in append.guards.items():
            if heads.get(guarded, self._heads.get(guarded, 0)) != version:
                return guarded
        for event in append.events:
            stream: UUID = event.originator_id  # type: ignore[assignment]
            head = own.get(stream)
            if head is None:
                head = heads.get(stream, self._heads.get(stream))
            fits = (
                event.originator_version <= 1
                if head is None
                else (event.originator_version == head + 1)
            )
            if not fits:
                return stream
            own[stream] = event.originator_version
        return None

    def _stamped(self, batch: list[_Append]) -> _Attempt:
        """The batch with the positions and the time that come next."""
        before = self._position
        at = max(datetime.now(UTC), self._last_time)
        written = written_time(at)
        events = [e for a in batch for e in a.events]
        leaves = [
            self._stamp(e.state, position, written) for position, e in enumerate(events, before + 1)
        ]
        return _Attempt(batch, events, leaves, before, at)

    async def _commit(self, connection: psycopg.AsyncConnection, attempt: _Attempt) -> bool:
        """One commit for the whole batch; False where the log has moved on meanwhile."""
        batch, events, leaves, before, at = attempt
        requests = _request_rows(batch, before, at)
        done = await self._store(connection, events, leaves, requests, before, at)
        if done:
            self._position = before + len(events)
            self._last_time = at
            self._remember(events)
            _resolve(batch, before, written_time(at))
        return done

    async def _store(
        self,
        connection: psycopg.AsyncConnection,
        events: Sequence[StoredEvent],
        leaves: Sequence[bytes],
        requests: Sequence[tuple[Any, ...]],
        before: int,
        at: datetime,
    ) -> bool:
        first, *more = parts(events, leaves, before, at)
        first["last"] = before + len(events)
        if not more and not requests:
            return bool((await connection.execute(APPEND, first, prepare=True)).rowcount)
        async with connection.transaction():
            if not (await connection.execute(APPEND, first, prepare=True)).rowcount:
                return False
            for part in more:
                await connection.execute(MORE, part, prepare=True)
            for row in requests:
                await connection.execute(REQUEST, row, prepare=True)
        return True

    def _remember(self, events: Sequence[StoredEvent]) -> None:
        for event in events:
            stream: Any = event.originator_id
            self._heads[stream] = event.originator_version
            self._heads.move_to_end(stream)
        while len(self._heads) > HEADS_CACHED:
            self._heads.popitem(last=False)

    async def _was_stored(self, connection: psycopg.AsyncConnection, attempt: _Attempt) -> bool:
        """Whether an attempt without an answer was stored after all; the log itself knows.

        While the log stands where the attempt began it may still come in from the connection
        that was lost: then the same attempt is made again, and only one of the two can succeed.
        It was written in one commit or not at all, so its first event is proof enough.
        """
        if self._position <= attempt.before:
            return False
        first = attempt.events[0]
        found = await connection.execute(
            "SELECT leaf, recorded_at FROM log.events"
            " WHERE position = %s AND stream = %s AND version = %s",
            (attempt.before + 1, first.originator_id, first.originator_version),
        )
        return await found.fetchone() == (attempt.leaves[0], attempt.at)


def _passes(error: Exception) -> bool:
    """Whether it is the database that is away, and not the events that it refuses."""
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):
        return False
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | OSError)


def _request_rows(batch: Sequence[_Append], before: int, at: datetime) -> list[tuple[Any, ...]]:
    rows, first = [], before + 1
    for append in batch:
        for caller, key, digest, lasts in append.requests:
            rows.append((caller, key, digest, [first + n for n in lasts], at))
        first += len(append.events)
    return rows


def _resolve(batch: Sequence[_Append], before: int, written: str) -> None:
    position = before
    for append in batch:
        first, position = position + 1, position + len(append.events)
        if not append.done.done():
            append.done.set_result(Stored(first, position, written))


def _fail(batch: Sequence[_Append], error: BaseException) -> None:
    for append in batch:
        if not append.done.done():
            append.done.set_exception(error)
