"""Where do the bytes lie? In a directory, or in a bucket, by the same calls."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url

PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes as a part
PARTS_AT_ONCE = 2  # on their way to the disk or the bucket, for each upload
CHUNK_BYTES = 256 * 1024
INCOMING = "incoming"


class Store:
    """Objects that are written once; nothing is connected or created before it is needed."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._opened: Any = None

    def _store(self) -> Any:
        if self._opened is None:
            self._opened = _bucket(self._place) if "://" in self._place else _folder(self._place)
        return self._opened

    async def receive(self, chunks: AsyncIterator[bytes]) -> str:
        """Writes what comes to a temporary place and answers it; after an error nothing is there.

        Not under its final name: a crash must leave no half document under a digest.
        """
        place = f"{INCOMING}/{uuid4().hex}"
        async with obstore.open_writer_async(
            self._store(), place, buffer_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
        ) as writer:
            async for chunk in chunks:
                await writer.write(chunk)
        return place

    async def settle(self, place: str, path: str) -> None:
        """Gives what was received its name, unless the same bytes have it already."""
        store = self._store()
        local = None if "://" in self._place else Path(self._place)
        if local:
            await asyncio.to_thread(_sync, local / place)
        try:
            await obstore.rename_async(store, place, path, overwrite=False)
        except AlreadyExistsError:
            await self.drop(place)
        if local:
            folder = (local / path).parent
            await asyncio.to_thread(_sync, folder, folder.parent, local)

    async def drop(self, place: str) -> None:
        """Removes what was received and is not wanted, if it is still there."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store(), place)

    async def sweep(self, older_than: timedelta) -> int:
        """Removes what was received so long ago and never got a name; how many there were.

        A process that was killed leaves it behind. Whoever still receives is not that slow.
        """
        before = datetime.now(UTC) - older_than
        if "://" not in self._place:
            return await asyncio.to_thread(_swept, Path(self._place) / INCOMING, before)
        old = [
            one["path"]
            async for page in obstore.list(self._store(), prefix=INCOMING)
            for one in page
            if one["last_modified"] < before
        ]
        for path in old:
            await self.drop(path)
        return len(old)

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """The object's bytes in chunks. Raises `FileNotFoundError`."""
        found = await obstore.get_async(self._store(), path)
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)


def _folder(place: str) -> LocalStore:
    Path(place).mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(place)


def _swept(folder: Path, before: datetime) -> int:
    """Files of any name: what was being written has one that the store itself does not list."""
    found = 0
    for path in folder.iterdir() if folder.exists() else ():
        with suppress(FileNotFoundError):  # another process sweeps as well
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                found += 1
    return found


def _bucket(place: str) -> Any:
    # S3 has no conditional copy of its own; this way of doing it never overwrites.
    more: dict[str, Any] = {}
    if place.startswith("s3://"):
        more["config"] = {"copy_if_not_exists": "multipart"}
    return from_url(place, **more)


def _sync(*paths: Path) -> None:
    """What is recorded as stored must outlast a power failure."""
    for path in paths:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
