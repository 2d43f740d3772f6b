"""How far are the read models behind the log while much comes in? Beside one event at a time.

The worker runs in a process of its own, as `ledger project`. An event's lag is the time from the
wish to record it to the word that every read model has folded it.
"""

import asyncio
import os
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import islice
from time import perf_counter

import psycopg
import uvloop

from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Figure, Timing, figure, timing
from ledger.benchmark.history import History
from ledger.event_store.connections import options, projector
from ledger.event_store.log import EventLog, Pending
from ledger.projections.engine.fold import CHANNEL
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild

PER_SECOND = 10_000
TICKS_PER_SECOND = 50  # so many times a second what is due is recorded
ALONE = 200  # events recorded one by one
PAUSE_SECONDS = 0.02  # after each of those
PATIENCE_SECONDS = 60.0


def measure_tail(server: str, seconds: float) -> Iterator[Figure]:
    """Records at a steady rate for a while, then waits until the read models are there."""
    count = int(PER_SECOND * seconds)
    events = iter(list(History().pending(count + ALONE)))
    with fresh_database(server) as url:
        with projector(url) as connection:
            rebuild(connection, read_models())  # empty ones, which the worker follows
        with _projecting(url), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            alone, many, recorded_s = runner.run(_measure(url, events, count))
    assert alone.p99_ms is not None
    assert many.p99_ms is not None
    yield figure(
        f"p99 of the read models' lag while {count / recorded_s:,.0f} events/s come in",
        Timing(many.p99_ms, many.p50_ms, many.p99_ms),
        unit="ms",
        baseline=("one event at a time", alone.p99_ms),
    )


@contextmanager
def _projecting(url: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger.cli", "project"],
        env={**os.environ, "LEDGER_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


class _Lags:
    """What was recorded and is not folded yet, and how long the rest took."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, float]] = deque()
        self._reached = 0
        self._seconds: list[float] = []
        self._moved = asyncio.Event()

    def recorded(self, position: int, began: float) -> None:
        """It is answered for; the read models may have been faster than the answer."""
        if position <= self._reached:
            self._seconds.append(perf_counter() - began)
        else:
            self._waiting.append((position, began))

    def folded(self, position: int) -> None:
        """All read models have come to that position."""
        now, self._reached = perf_counter(), position
        while self._waiting and self._waiting[0][0] <= position:
            self._seconds.append(now - self._waiting.popleft()[1])
        self._moved.set()

    async def caught_up(self) -> None:
        """Waits until nothing waits. Raises `TimeoutError`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._waiting:
                self._moved.clear()
                await self._moved.wait()

    def taken(self) -> Sequence[float]:
        """The lags since this was asked last."""
        found, self._seconds = self._seconds, []
        return found


async def _measure(url: str, events: Iterator[Pending], count: int) -> tuple[Timing, Timing, float]:
    lags, log = _Lags(), EventLog(url, readers=1)
    await log.open()
    try:
        async with _listening(url, lags):
            await _record(log, lags, next(events))  # from here on the worker is known to follow
            await lags.caught_up()
            lags.taken()
            for event in islice(events, ALONE - 1):
                await _record(log, lags, event)
                await lags.caught_up()
                await asyncio.sleep(PAUSE_SECONDS)
            alone = timing(lags.taken(), 1.0)
            seconds = await _steadily(log, lags, events, count)
            await lags.caught_up()
            return alone, timing(lags.taken(), 1.0), seconds
    finally:
        await log.close()


async def _record(log: EventLog, lags: _Lags, event: Pending) -> None:
    began = perf_counter()
    lags.recorded((await log.append([event], {})).first, began)


async def _steadily(log: EventLog, lags: _Lags, events: Iterator[Pending], count: int) -> float:
    """Records what is due, tick by tick; how long it took to record them all."""
    began, done = perf_counter(), 0
    while done < count:
        due = min(count, int((perf_counter() - began) * PER_SECOND) + 1) - done
        await asyncio.gather(*(_record(log, lags, event) for event in islice(events, due)))
        done += due
        await asyncio.sleep(1 / TICKS_PER_SECOND)
    return perf_counter() - began


@asynccontextmanager
async def _listening(url: str, lags: _Lags) -> AsyncIterator[None]:
    """Hears of every move of the read models."""

    async def listen(connection: psycopg.AsyncConnection) -> None:
        async for notice in connection.notifies():
            lags.folded(int(notice.payload))

    async with await psycopg.AsyncConnection.connect(url, **options("ledger_reader")) as connection:
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        task = asyncio.create_task(listen(connection))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
