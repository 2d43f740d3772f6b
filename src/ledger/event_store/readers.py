"""Whose rows does a connection see? All of them, or those of one project only.

Who is confined to a project is answered over connections of a role of its own, for which the
database applies row-level security: what a query forgets to leave out is not there to be found.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from ledger.event_store.connections import options

OPEN_SECONDS = 30


class Readers:
    """The read-only connections of a process; those of one project are made when needed."""

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self._all = _pool(url, "ledger_reader", 1, readers)
        self._scoped = _pool(url, "ledger_scoped_reader", 0, readers)

    async def open(self) -> None:
        """Connects; raises where the database cannot be reached."""
        await self._all.open(wait=True, timeout=OPEN_SECONDS)
        await self._scoped.open()

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._scoped.close()
        await self._all.close()

    @asynccontextmanager
    async def connection(
        self, scope: str | None = None
    ) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """A connection that sees everything, or nothing but what the project `scope` may see."""
        if scope is None:
            async with self._all.connection() as connection:
                yield connection
            return
        async with self._scoped.connection() as connection, connection.transaction():
            # For this transaction only: the next one who gets the connection names its own.
            await connection.execute("SELECT set_config('ledger.project', %s, true)", (scope,))
            yield connection


def _pool(url: str, role: str, least: int, most: int) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(
        url, kwargs=options(role, read_only=True), min_size=least, max_size=most, open=False
    )
