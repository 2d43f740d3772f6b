"""How is a zip sent while it is made? Member by member; the same members give the same bytes."""

import asyncio
import hashlib
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import IO, cast

Chunks = AsyncIterator[bytes] | Iterable[bytes] | bytes


class Kept:
    """Bytes that wait until they are sent: packed, as they may be many, and in the order given."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1)
        self._packed: list[bytes] = []

    def add(self, some: bytes) -> None:
        """More of them, at the end."""
        self._packed.append(self._packer.compress(some))

    def chunks(self) -> Iterator[bytes]:
        """All of them, once; nothing can be added afterwards."""
        self._packed.append(self._packer.flush())
        unpacker = zlib.decompressobj()
        for packed in self._packed:
            yield unpacker.decompress(packed)


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
        self, name: str, chunks: Chunks, *, large: bool = False
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


async def _several(chunks: Chunks) -> AsyncIterator[bytes]:
    if isinstance(chunks, bytes):
        yield chunks
    elif isinstance(chunks, AsyncIterator):
        async for chunk in chunks:
            yield chunk
    else:
        for chunk in chunks:
            yield chunk
