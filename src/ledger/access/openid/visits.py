"""Whose sign-in went to the identity provider and is expected back? Bound to one browser.

What comes back with another browser's address, twice, or too late, is nobody's.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

LASTS = timedelta(minutes=10)


class Visit(NamedTuple):
    """What must come back (`state`, `nonce`), what only we know, and where to go on."""

    state: str
    nonce: str
    verifier: str
    back_to: str

    def challenge(self) -> str:
        """What the provider is shown of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class Visits:
    """The visits in the database."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool

    async def begin(self, back_to: str) -> tuple[str, Visit]:
        """A new visit, and what its browser carries meanwhile."""
        carried = secrets.token_urlsafe(32)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        visit = Visit(state, nonce, verifier, back_to)
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM access.provider_visits WHERE began_at < now() - %s", (LASTS,)
            )
            await connection.execute(
                "INSERT INTO access.provider_visits (hash, state, nonce, verifier, back_to)"
                " VALUES (%s, %s, %s, %s, %s)",
                (_hash(carried), *visit),
            )
        return carried, visit

    async def end(self, carried: str, state: str) -> Visit | None:
        """The visit of that browser, if that state is its own; it is over in any case."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "DELETE FROM access.provider_visits WHERE hash = %s AND began_at > now() - %s"
                " RETURNING state, nonce, verifier, back_to",
                (_hash(carried), LASTS),
            )
            row = await found.fetchone()
        if row is None or not secrets.compare_digest(row[0].encode(), state.encode()):
            return None
        return Visit(*row)
