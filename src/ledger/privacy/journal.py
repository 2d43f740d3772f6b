"""Who read whose personal data? Each answer waits until that is written; many are written together.

Written without waiting for the disk: the end of this process loses nothing, the end of the
database's machine at most its last moments.
"""

import asyncio
from collections.abc import Collection
from typing import Any, NamedTuple

from msgspec import Struct, field
from psycopg_pool import AsyncConnectionPool

from ledger.event_store.connections import options

PAGE_LIMIT = 500


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads personal data, and in which request; `told`: of whom the journal knows it."""

    id: str
    name: str
    path: str
    request_id: str
    told: set[str] = field(default_factory=set)


class Read(Struct, frozen=True, kw_only=True):
    """That somebody saw a person's data."""

    id: str
    read_at: str
    reader: str
    reader_name: str
    path: str
    request_id: str


class _Entry(NamedTuple):
    row: tuple[Any, ...]
    done: "asyncio.Future[None]"


_INSERT = """
INSERT INTO journal.reads (reader, reader_name, path, request_id, persons)
VALUES (%s, %s, %s, %s, %s::uuid[])"""
_FIND = """
SELECT id::text, to_char(read_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    reader, reader_name, path, request_id
FROM journal.reads
WHERE persons @> ARRAY[%(person)s::uuid] AND (%(before)s::bigint IS NULL OR reads.id < %(before)s)
ORDER BY reads.id DESC LIMIT %(limit)s"""


class Journal:
    """The journal of reads."""

    def __init__(self, url: str) -> None:
        settings = options("ledger_vault")
        settings["options"] += " -c synchronous_commit=off"
        self._pool = AsyncConnectionPool(url, kwargs=settings, min_size=1, max_size=2, open=False)
        self._waiting: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connects."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Writes what waits and lets go of the connections."""
        if self._writing is not None:
            await self._writing
        await self._pool.close()

    async def record(self, reader: Reader, persons: Collection[str]) -> None:
        """Returns when it is written that the reader sees these persons' data."""
        new = sorted(set(persons) - reader.told)
        if not new:
            return
        row = (reader.id, reader.name, reader.path, reader.request_id, new)
        entry = _Entry(row, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="journal")
        await entry.done
        reader.told.update(new)

    async def reads_of(
        self, person: str, *, limit: int = PAGE_LIMIT, before: int | None = None
    ) -> list[Read]:
        """Who read that person's data, the latest first; `before`: only earlier entries."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                _FIND.encode(), {"person": person, "before": before, "limit": limit}
            )
            names = Read.__struct_fields__
            return [Read(**dict(zip(names, row, strict=True))) for row in await found.fetchall()]

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                async with self._pool.connection() as connection, connection.transaction():
                    rows = [one.row for one in batch]
                    await connection.cursor().executemany(_INSERT.encode(), rows)
            except Exception as error:  # noqa: BLE001 - every waiter must get its answer
                for one in batch:
                    if not one.done.done():
                        one.done.set_exception(error)
            else:
                for one in batch:
                    if not one.done.done():
                        one.done.set_result(None)
