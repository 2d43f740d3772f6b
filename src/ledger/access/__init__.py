"""Who may call? Tokens for machines, sessions for people; no secret is kept as it is.

`Access` is the credentials of one database, behind one pool of connections.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg_pool import AsyncConnectionPool

from ledger.access.granted import Granted
from ledger.access.sessions import Session, Sessions
from ledger.access.tokens import ROLES, Token, Tokens
from ledger.event_store.connections import options

__all__ = ["ROLES", "Access", "Session", "Sessions", "Token", "Tokens", "connected"]


class Access:
    """The credentials in the database, each kind in its own object."""

    def __init__(self, url: str) -> None:
        self._pool = AsyncConnectionPool(
            url, kwargs=options("ledger_writer"), min_size=1, max_size=4, open=False
        )
        self.granted = Granted(self._pool)
        self.tokens = Tokens(self._pool, self.granted)
        self.sessions = Sessions(self._pool)

    async def open(self) -> None:
        """Connects."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Tokens]:
    """The tokens, connected while the context lasts."""
    access = Access(url)
    try:
        await access.open()
        yield access.tokens
    finally:
        await access.close()
