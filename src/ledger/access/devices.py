"""Which browsers does an account know? Those by which it was signed in before.

A cookie of its own says so; what others try elsewhere does not slow down who has it.
"""

import hashlib
import secrets
from datetime import timedelta

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

KEPT = timedelta(days=400)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class Devices:
    """The browsers in the database, as hashes."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool

    async def knows(self, text: str, account: str) -> bool:
        """Whether the account was signed in by that browser before."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.devices SET seen_at = now()"
                " WHERE hash = %s AND account = %s AND seen_at > now() - %s",
                (_hash(text), account, KEPT),
            )
            return found.rowcount == 1

    async def remember(self, account: str) -> str:
        """What the browser is to show from now on."""
        text = secrets.token_urlsafe(32)
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM access.devices WHERE seen_at < now() - %s", (KEPT,)
            )
            await connection.execute(
                "INSERT INTO access.devices (hash, account) VALUES (%s, %s)",
                (_hash(text), account),
            )
        return text

    async def forget(self, account: str) -> None:
        """No browser is known any more."""
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM access.devices WHERE account = %s", (account,))
