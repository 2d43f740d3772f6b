"""How is evidence kept and found again? Bytes go to the store, what is known of them to the log."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

import structlog
from msgspec import Struct
from msgspec.structs import replace
from obstore.exceptions import BaseError
from psycopg_pool import AsyncConnectionPool

from ledger.documents.looks import HEAD_BYTES, TAIL_BYTES, decent, media_type
from ledger.documents.store import Store
from ledger.event_store.connections import options
from ledger.kernel.errors import Invalid, TooLarge

SIZE_LIMIT_BYTES = 50 * 1024 * 1024
SWEEP_EVERY = timedelta(hours=1)
LEFT_BEHIND = timedelta(days=1)  # nobody takes that long to send a document
log = structlog.get_logger(__name__)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Stored(Struct, frozen=True, kw_only=True):
    """A document that is kept; `new`: it was not there before."""

    sha256: str
    size: int
    media_type: str
    name: str
    stored_at: datetime
    stored_by: str
    new: bool = False


class Received(NamedTuple):
    """Bytes that are taken in: where they wait, and what they are."""

    place: str
    digest: str
    size: int
    media_type: str


def digest_in(text: str) -> str | None:
    """The digest that the text is, in lower case; None where it is none."""
    found = text.lower()
    return found if _DIGEST.fullmatch(found) else None


class Documents:
    """Evidence by its digest; never overwritten, never removed."""

    def __init__(self, url: str, place: str, *, limit_bytes: int = SIZE_LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._store = Store(place)
        self._sweep_at = 0.0
        self._pool = AsyncConnectionPool(
            url, kwargs=options("ledger_writer"), min_size=0, max_size=4, open=False
        )

    async def open(self) -> None:
        """Makes ready; connects when a document comes."""
        await self._pool.open()

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()

    async def put(
        self, chunks: AsyncIterator[bytes] | bytes, *, name: str, by: str, project: str | None
    ) -> Stored:
        """Keeps a document as it comes in; the same bytes are kept once.

        Raises `TooLarge`, and `Invalid` where there are no bytes at all.
        """
        received = await self.receive(chunks)
        try:
            return await self.keep(received, name=name, by=by, project=project)
        except BaseException:
            await self.drop(received)
            raise

    async def receive(self, chunks: AsyncIterator[bytes] | bytes) -> Received:
        """Takes a document in without keeping it yet; it must be kept or dropped.

        Raises `TooLarge`, and then, as after every error, nothing of it is there.
        """
        await self._sweep()
        reading = _Reading(self.limit_bytes)
        place = await self._store.receive(reading.through(chunks))
        return Received(
            place, reading.digest.hexdigest(), reading.size, media_type(reading.head, reading.tail)
        )

    async def _sweep(self) -> None:
        """Now and then, removes what killed processes have left behind."""
        if monotonic() < self._sweep_at:
            return
        self._sweep_at = monotonic() + SWEEP_EVERY.total_seconds()
        try:
            swept = await self._store.sweep(LEFT_BEHIND)
        except (OSError, BaseError) as error:  # no reason to refuse a document
            log.warning("documents.not_swept", error=type(error).__name__)
        else:
            if swept:
                log.info("documents.swept", left_behind=swept)

    async def keep(self, received: Received, *, name: str, by: str, project: str | None) -> Stored:
        """Keeps what was taken in. Raises `Invalid` where there are no bytes at all."""
        if not received.size:
            raise Invalid.field("file", "is empty")
        await self._store.settle(received.place, _path(received.digest))
        return await self._record(received, decent(name), by, project)

    async def drop(self, received: Received) -> None:
        """Forgets what was taken in and not kept."""
        await self._store.drop(received.place)

    async def known(self, sha256: str, project: str | None = None) -> Stored | None:
        """What is kept under that digest; `project`: by the name that this project gave it."""
        async with self._pool.connection() as connection:
            found = await connection.execute(_KNOWN, (project, bytes.fromhex(sha256)))
            row = await found.fetchone()
        return None if row is None else Stored(
            sha256=sha256, size=row[0], media_type=row[1], name=row[2], stored_at=row[3],
            stored_by=row[4],
        )  # fmt: skip

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The document's bytes, in chunks. Raises `FileNotFoundError`."""
        async for chunk in self._store.read(_path(sha256)):
            yield chunk

    async def bytes_of(self, sha256: str) -> bytes:
        """All bytes of a document that is known to be small. Raises `FileNotFoundError`."""
        found = b"".join([chunk async for chunk in self.get(sha256)])
        if hashlib.sha256(found).hexdigest() != sha256:
            raise OSError(f"the bytes kept under {sha256} are not those that were stored")
        return found

    async def _record(self, received: Received, name: str, by: str, project: str | None) -> Stored:
        row = {
            "digest": bytes.fromhex(received.digest),
            "size": received.size,
            "kind": received.media_type,
            "name": name,
            "by": by,
            "project": project,
        }
        async with self._pool.connection() as connection:
            made = await (await connection.execute(_RECORD, row)).fetchone()
        found = await self.known(received.digest, project)
        assert found is not None
        return replace(found, new=bool(made and made[0]))


class _Reading:
    """Watches a document go by: its size, its digest, how it begins and ends."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self.size = 0
        self.digest: Any = hashlib.sha256()
        self.head = self.tail = b""

    async def through(self, chunks: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
        """The same chunks. Raises `TooLarge` as soon as they are too many."""
        async for chunk in _several(chunks):
            self.size += len(chunk)
            if self.size > self._limit_bytes:
                raise TooLarge(what=f"a document has at most {self._limit_bytes:,} bytes.")
            self.digest.update(chunk)
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            self.tail = (self.tail + chunk)[-TAIL_BYTES:]
            yield chunk


async def _several(chunks: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(chunks, bytes):
        yield chunks
    else:
        async for chunk in chunks:
            yield chunk


def _path(digest: str) -> str:
    """Two levels, so that no folder gets too many files."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


# While the head is locked no event gets the position that is promised to the document.
_RECORD = """
WITH head AS (
    SELECT position + 1 AS position FROM log.head FOR SHARE
), stored AS (
    INSERT INTO log.documents
        (sha256, size, media_type, name, stored_at, stored_by, project, position)
    SELECT %(digest)s, %(size)s, %(kind)s, %(name)s, now(), %(by)s, %(project)s::uuid, position
    FROM head
    ON CONFLICT DO NOTHING
    RETURNING sha256
), uploaded AS (
    INSERT INTO log.uploads (sha256, project, name, uploaded_at, uploaded_by)
    SELECT %(digest)s, %(project)s::uuid, %(name)s, now(), %(by)s
    WHERE %(project)s::uuid IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING sha256
)
SELECT EXISTS (SELECT FROM stored UNION ALL SELECT FROM uploaded)"""
_KNOWN = """
SELECT d.size, d.media_type, coalesce(u.name, d.name), coalesce(u.uploaded_at, d.stored_at),
    coalesce(u.uploaded_by, d.stored_by)
FROM log.documents AS d
LEFT JOIN log.uploads AS u ON u.sha256 = d.sha256 AND u.project = %s::uuid
WHERE d.sha256 = %s"""
