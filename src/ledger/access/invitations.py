"""How does somebody get a first password, or another one? By a link that works once.

An admin never knows a password: he hands over the link, and whoever opens it chooses one.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

import uuid_utils
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

LASTS = timedelta(days=3)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class Invitations:
    """The links in the database, as hashes."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool

    async def make(self, account: str) -> str:
        """A new link's text; those before it are worth nothing from now on."""
        id, secret = uuid_utils.uuid7(), secrets.token_urlsafe(32)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM access.invitations WHERE account = %s OR ends_at < now() - %s",
                (account, LASTS),
            )
            await connection.execute(
                "INSERT INTO access.invitations (id, account, hash, ends_at)"
                " VALUES (%s, %s, %s, now() + %s)",
                (str(id), account, _hash(secret), LASTS),
            )
        return f"{id.hex}_{secret}"

    async def account(self, text: str) -> str | None:
        """The account that a link is for, while it can be used."""
        return await self._look(text, "SELECT account::text FROM access.invitations")

    async def use(self, text: str) -> str | None:
        """Uses a link up; the account that it was for. Of many at once one gets it."""
        return await self._look(
            text, "UPDATE access.invitations SET used_at = now()", " RETURNING account::text"
        )

    async def _look(self, text: str, what: str, then: str = "") -> str | None:
        id, _, secret = text.partition("_")
        try:
            key = str(UUID(id))
        except ValueError:
            return None
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"{what} WHERE id = %s AND hash = %s AND used_at IS NULL AND ends_at > now()"
                + then,
                (key, _hash(secret)),
            )
            row = await found.fetchone()
        return None if row is None else str(row[0])
