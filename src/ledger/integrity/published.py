"""What may others read of the tree? Its last checkpoint, its tiles, and any proof made of them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from psycopg_pool import AsyncConnectionPool

from ledger.event_store.connections import options
from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Verifier, parse
from ledger.integrity.proofs import Range, consistency_ranges, inclusion_ranges
from ledger.integrity.tiles import Tile, hash_of_range, needed

LOOK_AGAIN_SECONDS = 0.05


class SignedTree(NamedTuple):
    """A checkpoint and the note that was signed of it, with the lines of its witnesses."""

    checkpoint: Checkpoint
    note: bytes


class PublishedTree:
    """The tree over the log as it was sealed, for asynchronous readers."""

    def __init__(self, url: str, keys: Path, *, readers: int = 4) -> None:
        self._folder = KeyFolder(keys)
        self._pool = AsyncConnectionPool(
            url,
            kwargs=options("ledger_reader", read_only=True),
            min_size=1,
            max_size=readers,
            open=False,
        )

    async def open(self) -> None:
        """Connects."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()

    def verifiers(self) -> list[Verifier]:
        """The public keys of the log, the newest first."""
        return self._folder.verifiers()

    async def size(self) -> int:
        """How many events the tree covers; -1 before anything was signed."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT coalesce(max(size), -1) FROM tree.checkpoints", prepare=True
            )
            row = await found.fetchone()
        return int(row[0]) if row else -1

    async def wait_for(self, size: int, seconds: float) -> int:
        """Waits at most so long for the tree to cover so many events; how many it covers then."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (found := await self.size()) < size and loop.time() < until:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return found

    async def signed(self) -> SignedTree | None:
        """The last checkpoint; None before anything was signed."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT c.note, coalesce(string_agg(w.note_line || E'\\n', '' ORDER BY w.name), '')"
                " FROM (SELECT size, note FROM tree.checkpoints ORDER BY size DESC LIMIT 1) AS c"
                " LEFT JOIN tree.cosignatures AS w USING (size) GROUP BY c.note"
            )
            row = await found.fetchone()
        if row is None:
            return None
        note = bytes(row[0]) + row[1].encode()
        return SignedTree(read_checkpoint(parse(note).text), note)

    async def tile(self, tile: Tile) -> bytes | None:
        """The hashes of a tile as far as it is filled."""
        return (await self._tiles([tile])).get(tile)

    async def inclusion(self, index: int, size: int) -> tuple[bytes, list[bytes]]:
        """The hash of a leaf, and the proof that it stands in the tree of `size`.

        Raises `LookupError` where the tree has not come to that size.
        """
        leaf, *path = await self._hashes([(index, index + 1), *inclusion_ranges(index, size)])
        return leaf, path

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the tree of `second` goes on from that of `first`.

        Raises `LookupError` where the tree has not come to that size.
        """
        return await self._hashes(consistency_ranges(first, second))

    async def _hashes(self, ranges: Sequence[Range]) -> list[bytes]:
        tiles = await self._tiles(needed(ranges))
        return [hash_of_range(tiles, start, end) for start, end in ranges]

    async def _tiles(self, wanted: Iterable[Tile]) -> Mapping[Tile, bytes]:
        """Those tiles, in one question."""
        levels, numbers = zip(*wanted, strict=True) if wanted else ((), ())
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(
                "SELECT level, n, hashes FROM tree.tiles"
                " JOIN unnest(%s::int2[], %s::int8[]) AS wanted (level, n) USING (level, n)",
                (list(levels), list(numbers)),
                prepare=True,
            )
            return {Tile(level, n): hashes for level, n, hashes in await cursor.fetchall()}
