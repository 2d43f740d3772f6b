"""Which machines may call? Tokens: shown once, stored as a salted hash."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

import psycopg
import uuid_utils
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

ROLES = ("officer", "coordinator", "manager", "auditor", "admin")
PREFIX = "ledger"
# 256 random bits: a fast hash of them cannot be searched. The salt keeps equal ones apart.
SECRET_BYTES = 32


class Grant(Struct, frozen=True, kw_only=True):
    """A credential: what it is called, its role, and the one project it is granted for."""

    id: str
    name: str
    role: str
    project: str | None
    created_at: datetime
    revoked_at: datetime | None


def _hash(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()


def _parts(token: str) -> tuple[str, str] | None:
    """The id and the secret in a token's text."""
    prefix, _, rest = token.partition("_")
    id, _, secret = rest.partition("_")
    if prefix != PREFIX or len(id) != 32 or not secret or not id.isalnum() or not id.isascii():
        return None
    return id, secret


_COLUMNS = "id::text, name, role, project::text, created_at, revoked_at"


def _grant(row: tuple[Any, ...]) -> Grant:
    names = ("id", "name", "role", "project", "created_at", "revoked_at")
    return Grant(**dict(zip(names, row, strict=True)))


class Tokens:
    """The credentials in the database."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool

    async def create(self, name: str, role: str, project: str | None = None) -> str:
        """A new token; its text cannot be had again."""
        id, secret = uuid_utils.uuid7(), secrets.token_urlsafe(SECRET_BYTES)
        salt = secrets.token_bytes(16)
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO access.tokens (id, name, role, project, salt, hash)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (str(id), name, role, project, salt, _hash(salt, secret)),
            )
        return f"{PREFIX}_{id.hex}_{secret}"

    async def verify(self, token: str) -> Grant | None:
        """The grant behind a token's text, unless it is unknown, wrong or revoked."""
        parts = _parts(token)
        if parts is None:
            return None
        try:
            async with self._pool.connection() as connection:
                found = await connection.execute(
                    f"SELECT {_COLUMNS}, salt, hash FROM access.tokens"
                    " WHERE id = %s AND revoked_at IS NULL",
                    (parts[0],),
                )
                row = await found.fetchone()
        except psycopg.DataError:
            return None
        if row is None or not secrets.compare_digest(_hash(row[6], parts[1]), row[7]):
            return None
        return _grant(row[:6])

    async def grant(self, id: str) -> Grant | None:
        """The credential of that id, while it is in force."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS} FROM access.tokens WHERE id = %s AND revoked_at IS NULL",
                (id,),
            )
            row = await found.fetchone()
        return None if row is None else _grant(row)

    async def all(self) -> list[Grant]:
        """Every credential, the newest last."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS} FROM access.tokens ORDER BY created_at, id"
            )
            return [_grant(row) for row in await found.fetchall()]

    async def revoke(self, id: str) -> bool:
        """Ends a credential at once; False where there is none, or none in force, of that id."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.tokens SET revoked_at = now()"
                " WHERE id::text = %s AND revoked_at IS NULL",
                (id,),
            )
            return found.rowcount == 1
