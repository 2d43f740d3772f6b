"""Who asks others to vouch for the log? One loop beside the sealer, in a thread of its own.

Only one process asks at a time: it holds a lock in the database. Whatever another body does or
does not do, the log is sealed on.
"""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from ledger.attestations.asking import TIMEOUT, Asking
from ledger.attestations.cosigning import Cosigning
from ledger.attestations.outside import Outside
from ledger.attestations.stamping import Stamping
from ledger.event_store.connections import options
from ledger.integrity.published import PublishedTree

TURN_SECONDS = 2.0  # how often is asked whether another process has gone
AGAIN_SECONDS = 1.0  # after the database was away
_LOCK = 0x77697473  # "wits": one process asks for a database

log = structlog.get_logger(__name__)


class Attesting:
    """Shows the log to those outside, until it is stopped."""

    def __init__(self, url: str, keys: Path, outside: Outside) -> None:
        self._url, self._keys = url, keys
        self._outside = outside
        self._asking: list[Asking] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Runs the loop in a thread of its own, if there is anybody to ask."""
        if self._outside.witnesses or self._outside.authority:
            self._thread = threading.Thread(target=self.run, name="attesting", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the loop; what is under way is left."""
        self._stopping.set()
        if self._loop is not None and self._main is not None:
            with suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(self._main.cancel)
        if self._thread is not None:
            self._thread.join()

    def failures(self) -> dict[str, str]:
        """Why somebody could not be asked last, by the name of the witness or by the address."""
        found = {one.name: one.failure for one in self._asking}
        return {name: failure for name, failure in found.items() if failure is not None}

    def run(self) -> None:
        """The loop; it connects again whenever the database was away."""
        with suppress(asyncio.CancelledError):
            asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        while not self._stopping.is_set():
            try:
                await self._connected()
            except* (psycopg.Error, PoolTimeout, OSError) as group:
                log.warning("attesting.interrupted", error=type(group.exceptions[0]).__name__)
            except* Exception:
                log.exception("attesting.failed")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _connected(self) -> None:
        tree = PublishedTree(self._url, self._keys, readers=2)
        writing = await psycopg.AsyncConnection.connect(self._url, **options("ledger_sealer"))
        async with writing, httpx.AsyncClient(timeout=TIMEOUT) as http:
            await self._turn(writing)
            await tree.open()
            try:
                await self._ask(http, tree, writing)
            finally:
                await tree.close()

    async def _turn(self, connection: psycopg.AsyncConnection) -> None:
        """Waits until no other process asks."""
        while True:
            found = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
            row = await found.fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(TURN_SECONDS)

    async def _ask(
        self, http: httpx.AsyncClient, tree: PublishedTree, writing: psycopg.AsyncConnection
    ) -> None:
        witnesses, authority = self._outside
        self._asking = [Cosigning(http, tree, writing, one) for one in witnesses]
        if authority is not None:
            self._asking.append(Stamping(http, tree, writing, authority))
        async with asyncio.TaskGroup() as tasks:
            for one in self._asking:
                tasks.create_task(one.run())
