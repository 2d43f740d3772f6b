"""How is a zip sent while it is made? Member by member; the same members give the same bytes."""

import asyncio
import hashlib
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, cast

FEW_BYTES = 256 * 1024


class _Outgoing:
    """What the zip wrote and nobody has taken yet. It cannot go back, so nothing is kept."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, some: bytes) -> int:
        self._waiting.append(bytes(some))
        return len(some)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


class Archive:
    """A zip whose members all bear the same time; `digests` is what went into it."""

    def __init__(self, made_at: datetime) -> None:
        self.digests: dict[str, str] = {}
        self._made_at = made_at
        self._out = _Outgoing()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._out), "w")

    async def member(
        self, name: str, chunks: AsyncIterator[bytes] | bytes, *, large: bool = False
    ) -> AsyncIterator[bytes]:
        """Adds a member; yields what the zip has grown by. `large`: it may pass 2 GiB."""
        digest = hashlib.sha256()
        with self._zip.open(self._named(name), "w", force_zip64=large) as member:
            async for chunk in _several(chunks):
                digest.update(chunk)
                await asyncio.to_thread(member.write, chunk)
                if grown := self._out.take():
                    yield grown
        self.digests[name] = digest.hexdigest()
        yield self._out.take()

    def end(self) -> bytes:
        """The list of the members, with which the zip ends."""
        self._zip.close()
        return self._out.take()

    def _named(self, name: str) -> zipfile.ZipInfo:
        made = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        made.compress_type = zipfile.ZIP_DEFLATED
        made.create_system = 3  # the same on every machine: the rights below are those of Unix
        made.external_attr = 0o100644 << 16
        return made


async def _several(chunks: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(chunks, bytes):
        yield chunks
    else:
        async for chunk in chunks:
            yield chunk
