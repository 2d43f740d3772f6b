"""Which machines may call? Tokens: shown once, stored as a salted hash.

What a token may do its grant in the log says (`ledger.access.granted`); one without a record of its
own there has the role that stands beside it.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils
from msgspec import Struct
from msgspec.structs import replace
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ledger.access.granted import VERSION, Granted
from ledger.event_store.together import Together

ROLES = ("officer", "coordinator", "manager", "auditor", "admin")
PREFIX = "ledger"
# 256 random bits: a fast hash of them cannot be searched. The salt keeps equal ones apart.
SECRET_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)  # `used_at` is no finer, so that reading does not write


class Token(Struct, frozen=True, kw_only=True):
    """A credential: what it is called, its role, and the one project it is granted for."""

    id: str
    name: str
    role: str
    project: str | None
    created_at: datetime
    expires_at: datetime | None
    rotated_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = (
    "t.id::text, t.name, t.role, t.project::text, t.created_at, t.expires_at, t.rotated_at,"
    " t.used_at, t.revoked_at"
)
_WIDTH = len(Token.__struct_fields__)
_IN_FORCE = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())"
_SECRETS = (
    "t.salt, t.hash, t.former_salt, t.former_hash, coalesce(t.former_ends_at > now(), false),"
    " t.used_at IS NULL OR t.used_at < now() - %(often)s"
)


def _hash(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()


def _new_secret() -> tuple[str, bytes, bytes]:
    """A secret, its salt and its hash."""
    secret, salt = secrets.token_urlsafe(SECRET_BYTES), secrets.token_bytes(16)
    return secret, salt, _hash(salt, secret)


def _parts(token: str) -> tuple[str, str] | None:
    """The id and the secret in a token's text."""
    prefix, _, rest = token.partition("_")
    id, _, secret = rest.partition("_")
    if prefix != PREFIX or len(id) != 32 or not secret or not id.isalnum() or not id.isascii():
        return None
    return id, secret


def _text(id: str, secret: str) -> str:
    return f"{PREFIX}_{id.replace('-', '')}_{secret}"


def _token(row: tuple[Any, ...]) -> Token:
    return Token(**dict(zip(Token.__struct_fields__, row, strict=True)))


def _matches(row: tuple[Any, ...], secret: str) -> bool:
    """Whether the secret is the one in use, or the one before while that may still be used."""
    salt, hashed, former_salt, former_hash, former_counts = row[:5]
    if secrets.compare_digest(_hash(salt, secret), hashed):
        return True
    return bool(former_counts) and secrets.compare_digest(_hash(former_salt, secret), former_hash)


class Tokens:
    """The tokens in the database."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]", granted: Granted) -> None:
        self._pool = pool
        self._granted = granted
        # Asked for by every request, and anew each time: a token that is revoked ends at once.
        self._rows = Together(self._look_up)

    async def create(
        self,
        name: str,
        role: str,
        project: str | None = None,
        *,
        id: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """A new token; its text cannot be had again."""
        id = id or str(uuid_utils.uuid7())
        secret, salt, hashed = _new_secret()
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO access.tokens (id, name, role, project, salt, hash, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (id, name, role, project, salt, hashed, expires_at),
            )
        return _text(id, secret)

    async def verify(self, token: str) -> Token | None:
        """The token of that text with what it may do now; None: unknown, wrong or not in force."""
        parts = _parts(token)
        return None if parts is None else await self._in_force(*parts)

    async def in_force(self, id: str) -> Token | None:
        """The token of that id with what it may do now; None: unknown or not in force."""
        return await self._in_force(id, None)

    async def _in_force(self, id: str, secret: str | None) -> Token | None:
        try:
            row = await self._rows.get(UUID(id))
        except ValueError:
            return None
        if row is None or (secret is not None and not _matches(row[_WIDTH:], secret)):
            return None
        if secret is not None and row[-2]:
            async with self._pool.connection() as connection:
                await connection.execute(
                    "UPDATE access.tokens SET used_at = now() WHERE id = %s", (row[0],)
                )
        return await self._with_grant(_token(row[:_WIDTH]), row[-1])

    async def _look_up(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[Any, ...]]:
        """The rows of those tokens that are in force now."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS}, {_SECRETS}, {VERSION.format(holder='t.id')}"
                f" FROM access.tokens AS t WHERE t.id = ANY(%(ids)s) AND {_IN_FORCE}",
                {"ids": list(ids), "often": NOTED_EVERY},
            )
            return {UUID(row[0]): row for row in await found.fetchall()}

    async def _with_grant(self, token: Token, version: int) -> Token | None:
        if not version:
            return token
        grants = await self._granted.to(token.id, version)
        for one in grants.values():
            return replace(token, role=one.role, project=one.project)
        return None

    async def rotate(self, id: str, keep: timedelta = timedelta(0)) -> str | None:
        """A new secret for a token in force; the one before may be used for so long still.

        Answers the token's new text, which cannot be had again; None: there is none such.
        """
        secret, salt, hashed = _new_secret()
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.tokens AS t SET former_salt = t.salt, former_hash = t.hash,"
                " former_ends_at = now() + %(keep)s, salt = %(salt)s, hash = %(hash)s,"
                f" rotated_at = now() WHERE t.id = %(id)s AND {_IN_FORCE}",
                {"id": id, "keep": keep, "salt": salt, "hash": hashed},
            )
            return _text(id, secret) if found.rowcount == 1 else None

    async def all(self) -> list[Token]:
        """Every token, the newest last."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS} FROM access.tokens AS t ORDER BY t.created_at, t.id"
            )
            return [_token(row) for row in await found.fetchall()]

    async def revoke(self, id: str) -> bool:
        """Ends a token at once; False where there is none, or none unrevoked, of that id."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.tokens SET revoked_at = now()"
                " WHERE id::text = %s AND revoked_at IS NULL",
                (id,),
            )
            return found.rowcount == 1
