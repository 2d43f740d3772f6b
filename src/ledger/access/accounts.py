"""Which people have an account? Their short names, and beside the log who they are.

What is recorded bears the short name. The full name and e-mail stand here only, so they can be
erased without touching the log.
"""

import re
from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ledger.access.granted import VERSION
from ledger.access.secret import AccessKey
from ledger.kernel.errors import Collision, Invalid, Refusal

NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,59}$"
NOBODY = "00000000-0000-0000-0000-000000000000"
# What the ledger itself calls whoever is nobody's account.
RESERVED = frozenset({"operator", "ledger", "system"})


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who signs in; `issuer` says by which identity provider, if by one."""

    id: str
    name: str
    display_name: str | None
    email: str | None
    issuer: str | None
    has_password: bool
    has_second_factor: bool
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


class NameTaken(Refusal):
    """There is an account called {name} already."""


_FIELDS = Account.__struct_fields__
_COLUMNS = (
    "a.id::text, a.name, a.display_name, a.email, a.issuer, a.password IS NOT NULL,"
    " EXISTS (SELECT FROM access.second_factors AS f"
    " WHERE f.account = a.id AND f.confirmed_at IS NOT NULL),"
    " a.created_at, a.signed_in_at, a.disabled_at"
)


def _account(row: tuple[Any, ...]) -> Account:
    return Account(**dict(zip(_FIELDS, row, strict=True)))


def check_name(name: str) -> str:
    """The name in its one form. Raises `Invalid`."""
    tidy = name.strip().lower()
    if not re.fullmatch(NAME_PATTERN, tidy):
        raise Invalid.field(
            "name", "2 to 60 small letters without marks, digits, dots, hyphens and underscores"
        )
    if tidy in RESERVED:
        raise Invalid.field("name", "is what the ledger itself is called")
    return tidy


class Accounts:
    """The accounts in the database."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]", key: AccessKey) -> None:
        self._pool = pool
        self._key = key

    async def create(
        self,
        id: str,
        name: str,
        *,
        display_name: str | None = None,
        email: str | None = None,
        subject: tuple[str, str] | None = None,
    ) -> None:
        """A new account without a password; `subject`: the provider and its name of the person.

        Of that name only a keyed hash is kept: it may be a number of the person. Raises
        `NameTaken`, also where the person has an account.
        """
        issuer, known_as = (subject[0], self._known_as(*subject)) if subject else (None, None)
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    "INSERT INTO access.accounts (id, name, display_name, email, issuer, subject)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    (id, name, display_name, email, issuer, known_as),
                )
        except psycopg.errors.UniqueViolation:
            raise NameTaken(name=name, collides=Collision("accounts", name)) from None

    async def all(self, after: str = "", limit: int = 10_000) -> list[Account]:
        """The accounts by name, those after that one."""
        return await self._find("a.name > %s ORDER BY a.name LIMIT %s", after, limit)

    async def of_id(self, id: str) -> Account | None:
        """The account of that id."""
        return await self._first("a.id = %s", id)

    async def of_name(self, name: str) -> Account | None:
        """The account that signs in by that name."""
        return await self._first("a.name = %s", name.strip().lower())

    async def of_subject(self, issuer: str, subject: str) -> Account | None:
        """The account of that person of an identity provider."""
        known_as = self._known_as(issuer, subject)
        return await self._first("a.issuer = %s AND a.subject = %s", issuer, known_as)

    def _known_as(self, issuer: str, subject: str) -> str:
        return self._key.digest("subject", f"{issuer}\0{subject}", 32).hex()

    async def in_force(self, id: str) -> tuple[Account, int] | None:
        """An account that is not disabled, and the version of its stream."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS}, {VERSION.format(holder='a.id')} FROM access.accounts AS a"
                " WHERE a.id = %s AND a.disabled_at IS NULL",
                (id,),
            )
            row = await found.fetchone()
        return None if row is None else (_account(row[:-1]), row[-1])

    async def password(self, id: str) -> str | None:
        """What is kept of the account's password."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT password FROM access.accounts WHERE id = %s", (id,)
            )
            row = await found.fetchone()
        return None if row is None else row[0]

    async def set_password(self, id: str, kept: str) -> None:
        """From now on that is kept of the account's password."""
        await self._change(id, "password = %(kept)s, password_set_at = now()", kept=kept)

    async def signed_in(self, id: str) -> None:
        """Notes that somebody signed in."""
        await self._change(id, "signed_in_at = now()")

    async def describe(self, id: str, display_name: str | None, email: str | None) -> bool:
        """Who the account is; nothing erases it. False: there is none of that id."""
        change = "display_name = %(display_name)s, email = %(email)s"
        return await self._change(id, change, display_name=display_name, email=email)

    async def disable(self, id: str) -> bool:
        """Nobody signs in by it any more; False: there is none, or it is disabled."""
        return await self._change(id, "disabled_at = now()", "disabled_at IS NULL")

    async def enable(self, id: str) -> bool:
        """It may be signed in by again; False: there is none, or it is not disabled."""
        return await self._change(id, "disabled_at = NULL", "disabled_at IS NOT NULL")

    async def _change(self, id: str, change: str, where: str = "true", **params: Any) -> bool:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"UPDATE access.accounts SET {change} WHERE id = %(id)s AND {where}",
                {**params, "id": id},
            )
            return found.rowcount == 1

    async def _find(self, where: str, *params: Any) -> list[Account]:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS} FROM access.accounts AS a WHERE {where}", params
            )
            return [_account(row) for row in await found.fetchall()]

    async def _first(self, where: str, *params: Any) -> Account | None:
        found = await self._find(where, *params)
        return found[0] if found else None
