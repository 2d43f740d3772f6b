"""Which files were checked and wait to be recorded? What each dry run found, and what was recorded.

Who commits holds the import's row: a second commit waits, and then answers what the first one did.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from msgspec import Struct
from psycopg.types.json import Jsonb

from ledger.event_store.connections import options
from ledger.imports.expenditures import Outcome
from ledger.imports.wording import Lang


class ImportReceipt(Struct, frozen=True, kw_only=True):
    """What a commit recorded, and where the log ended then."""

    id: str
    project: str
    recorded: int
    known: int
    position: int


class Kept(Struct, frozen=True, kw_only=True):
    """A file that was checked."""

    id: str
    project: str
    digest: str
    name: str
    line: str | None
    lang: Lang
    created_at: datetime | None = None  # when it was kept, once it is
    outcome: Outcome
    receipt: ImportReceipt | None = None


class KeptImports:
    """The imports in the database. Files come seldom: each call connects by itself."""

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        made = await psycopg.AsyncConnection.connect(self._url, **options("ledger_writer"))
        async with made:
            yield made

    async def add(self, kept: Kept, by: str) -> None:
        """Keeps what a dry run found."""
        row = msgspec.structs.asdict(kept) | {"by": by, "outcome": _jsonb(kept.outcome)}
        async with self._connection() as connection:
            await connection.execute(_ADD, row)

    async def get(self, id: str, scope: str | None) -> Kept | None:
        """The import of that id, unless it is of another project than `scope`."""
        async with self._connection() as connection:
            return await _found(connection, _GET, id, scope)

    @asynccontextmanager
    async def held(self, id: str, scope: str | None) -> AsyncIterator["Held"]:
        """The import, for whoever commits it: nobody else does so meanwhile."""
        async with self._connection() as connection, connection.transaction():
            kept = await _found(connection, _GET + " FOR UPDATE", id, scope)
            yield Held(connection, kept)


class Held:
    """An import that is being committed; None where there is no such one."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], kept: Kept | None) -> None:
        self._connection = connection
        self.kept = kept

    async def committed(self, receipt: ImportReceipt) -> None:
        """Keeps what was recorded."""
        await self._connection.execute(
            "UPDATE intake.imports SET receipt = %s, committed_at = now() WHERE id = %s::uuid",
            (_jsonb(receipt), receipt.id),
        )


async def _found(
    connection: psycopg.AsyncConnection[Any], query: str, id: str, scope: str | None
) -> Kept | None:
    found = await connection.execute(query.encode(), {"id": id, "scope": scope})
    row = await found.fetchone()
    if row is None:
        return None
    names = ("id", "project", "digest", "name", "line", "lang", "created_at", "outcome", "receipt")
    return msgspec.convert(dict(zip(names, row, strict=True)), Kept)


def _jsonb(value: Struct) -> Jsonb:
    return Jsonb(value, dumps=msgspec.json.encode)


_ADD = """
INSERT INTO intake.imports (id, project, digest, name, line, lang, brought_by, outcome)
VALUES (%(id)s, %(project)s, %(digest)s, %(name)s, %(line)s, %(lang)s, %(by)s, %(outcome)s)"""
_GET = """
SELECT id::text, project::text, digest, name, line, lang, created_at, outcome, receipt
FROM intake.imports
WHERE id = %(id)s::uuid AND (%(scope)s::uuid IS NULL OR project = %(scope)s)"""
