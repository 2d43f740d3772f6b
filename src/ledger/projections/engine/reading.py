"""How is a read model asked? SQL at (valid_at, known_at) on read-only connections.

In a query's text `{appointments}` stands for the rows of that table which were true on
`%(valid_at)s` as known at position `%(known_at)s`, `{appointments:ever}` for those known then
whatever the day, and `{events:log}` for the log's events up to then, without their leaves.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct

from ledger.event_store.connections import options
from ledger.event_store.readers import Readers
from ledger.kernel.errors import NotNow
from ledger.projections.engine.fold import CHANNEL
from ledger.projections.engine.model import read_models
from ledger.projections.engine.tables import SCHEMA

WAIT_SECONDS = 5.0
# What is searched for. The leaf itself may tell of several projects: see `ledger.queries.leaves`.
EVENT_COLUMNS = "position, stream, version, type, effective_on, recorded_at, recorded_by"
LOOK_AGAIN_SECONDS = 0.25  # even if a notice was lost
BELIEVED_SECONDS = 1.0


class _Seen(NamedTuple):
    """Where the books stood when we last asked, having heard of so many moves."""

    position: int
    moves: int
    at: float


class Moment(Struct, frozen=True):
    """A place on both axes of time: the world on a day, as the log knew it at a position."""

    valid_at: date
    known_at: int


@cache
def at_moment(text: str) -> bytes:
    """The SQL of a query, with its tables cut to the rows of a moment."""
    return re.sub(r"\{(\w+)(?::(\w+))?\}", _cut, text).encode()


def _cut(found: re.Match[str]) -> str:
    table, how = f"{SCHEMA}.{found[1]}", found[2]
    known = "known_from <= %(known_at)s AND %(known_at)s < known_to"
    match how:
        case None:
            valid = "alive AND valid_from <= %(valid_at)s AND %(valid_at)s < valid_to"
            return f"(SELECT * FROM {table} WHERE {valid} AND {known})"
        case "ever":
            return f"(SELECT * FROM {table} WHERE alive AND {known})"
        case "log":
            columns = EVENT_COLUMNS if found[1] == "events" else "*"
            return f"(SELECT {columns} FROM log.{found[1]} WHERE position <= %(known_at)s)"
        case _:
            raise ValueError(found[0])


class Reading:
    """The read side of a process: a pool of read-only connections, and how far the books are."""

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self._url = url
        self._readers = Readers(url, readers=readers)
        self._moved = asyncio.Condition()
        self._moves = 0  # how often we heard that the books moved on
        self._listening = False
        self._last = _Seen(-1, -1, 0.0)
        self._generation = 0
        self._listener: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connects, and listens for the projections' progress."""
        await self._readers.open()
        self._listener = asyncio.create_task(self._listen(), name="read-listener")

    async def close(self) -> None:
        """Lets go of the connections."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        await self._readers.close()

    async def position(self) -> int:
        """The position up to which every read model has folded the log; -1: some are not made."""
        return (await self._stand())[0]

    @property
    def generation(self) -> int:
        """How often read models were made anew, when it was last asked for their position."""
        return self._generation

    async def _stand(self) -> tuple[int, int]:
        names = [model.name for model in read_models()]
        found = await self.rows(
            "SELECT CASE WHEN count(*) = %(count)s THEN min(position) ELSE -1 END,"
            " coalesce(sum(generation), 0)::bigint"
            " FROM read.checkpoints WHERE model = ANY(%(names)s)",
            {"names": names, "count": len(names)},
        )
        position, self._generation = found[0]
        return position, self._generation

    async def reached(self) -> int:
        """The position as last asked for, while nothing was heard since."""
        now = asyncio.get_running_loop().time()
        last = self._last
        if self._listening and last.moves == self._moves and now - last.at < BELIEVED_SECONDS:
            return last.position
        moves = self._moves  # before asking: what is heard meanwhile makes us ask again
        self._last = _Seen(await self.position(), moves, now)
        return self._last.position

    async def rows(
        self,
        text: str,
        params: Mapping[str, Any] | None = None,
        *,
        plan_once: bool = True,
        scope: str | None = None,
    ) -> list[tuple[Any, ...]]:
        """The rows of a query; see the module's text for what may stand in braces.

        `plan_once` suits questions about one object; what spans a project is planned each time,
        for the values that are asked. `scope`: nothing but what that project may see.
        """
        async with self._readers.connection(scope) as connection:
            found = await connection.execute(at_moment(text), params, prepare=plan_once)
            return await found.fetchall()

    async def wait_for(self, position: int, seconds: float | None = None) -> int:
        """Waits until the read models reach `position`; where they are then.

        Raises `NotNow` when the time (else `WAIT_SECONDS`) is over.
        """
        reached = await self.approach(position, WAIT_SECONDS if seconds is None else seconds)
        if reached < position:
            raise NotNow(why=f"the read models stand at {reached}, not yet at {position}.")
        return reached

    async def approach(self, position: int, seconds: float) -> int:
        """Waits at most so long for the read models to reach `position`; where they are then."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        moves, reached = self._moves, await self.reached()
        while reached < position and loop.time() < until:
            await self.next_move(moves)
            moves, reached = self._moves, await self.reached()
        return reached

    async def next_move(self, moves: int | None = None) -> None:
        """Returns when the read models have moved on (since `moves`), or after a short while."""
        seen = self._moves if moves is None else moves
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self._moves != seen)

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                connection = await psycopg.AsyncConnection.connect(
                    self._url, **options("ledger_reader", read_only=True)
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    await self._heard(listening=True)
                    async for _ in connection.notifies():
                        await self._heard(listening=True)
            await self._heard(listening=False)
            await asyncio.sleep(0.5)

    async def _heard(self, *, listening: bool) -> None:
        self._listening = listening
        self._moves += 1
        async with self._moved:
            self._moved.notify_all()
