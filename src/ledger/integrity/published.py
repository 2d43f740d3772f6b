"""What may others read of the tree? Its last checkpoint, its tiles, and any proof made of them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from psycopg_pool import AsyncConnectionPool

from ledger.event_store.connections import options
from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.continuations import Continuation
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Verifier, parse
from ledger.integrity.proofs import Range, consistency_ranges, inclusion_ranges
from ledger.integrity.tiles import Tile, hash_of_range, needed
from ledger.integrity.tree import HASH_BYTES

LOOK_AGAIN_SECONDS = 0.05
TILES_KEPT = 4_096  # 32 MB, the whole tree over a million events
MAX_SIZE = 2**63 - 1
# Of each witness what it signed last; a witness may sign one size several times.
_WITH_COSIGNATURES = """
SELECT c.note, coalesce((
    SELECT string_agg(w.note_line || E'\\n', '' ORDER BY w.name)
    FROM (SELECT DISTINCT ON (name) name, note_line FROM tree.cosignatures
          WHERE size = c.size ORDER BY name, received_at DESC) AS w), '')
FROM tree.checkpoints AS c WHERE c.size = ({})"""
_NEWEST = "SELECT max(size) FROM tree.checkpoints"
_LARGEST = "SELECT max(size) FROM tree.checkpoints WHERE size BETWEEN %s AND %s"
_VOUCHED_FOR = """
SELECT size FROM (
    SELECT size, name FROM tree.cosignatures WHERE size BETWEEN %s AND %s
    ORDER BY size DESC LIMIT 200) AS few
GROUP BY size ORDER BY count(DISTINCT name) DESC, size DESC LIMIT 1"""
_LAST_COSIGNED = """
SELECT size, received_at > now() - interval '1 hour' FROM tree.cosignatures
ORDER BY size DESC LIMIT 1"""


class SignedTree(NamedTuple):
    """A checkpoint, the note that was signed of it, and the lines of its witnesses below it."""

    checkpoint: Checkpoint
    note: bytes
    cosignatures: str = ""

    @property
    def whole(self) -> bytes:
        """The note as it is served."""
        return self.note + self.cosignatures.encode()


class _Kept:
    """The tiles that were read last. They only ever grow, so what one has holds for good."""

    def __init__(self) -> None:
        self._tiles: dict[Tile, bytes] = {}

    def of(self, wanted: Mapping[Tile, int]) -> dict[Tile, bytes]:
        """Those that have as many hashes as are wanted of each."""
        found = {}
        for tile, width in wanted.items():
            hashes = self._tiles.pop(tile, b"")  # and back, as the one that was used last
            if len(hashes) >= width * HASH_BYTES:
                self._tiles[tile] = found[tile] = hashes
        return found

    def keep(self, tiles: Mapping[Tile, bytes]) -> None:
        """Keeps these, and drops those that were not used for longest."""
        self._tiles.update(tiles)
        for tile in list(islice(self._tiles, max(len(self._tiles) - TILES_KEPT, 0))):
            del self._tiles[tile]


class PublishedTree:
    """The tree over the log as it was sealed, for asynchronous readers."""

    def __init__(self, url: str, keys: Path, *, readers: int = 4) -> None:
        self._folder = KeyFolder(keys)
        self._kept = _Kept()
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

    def continuations(self) -> list[Continuation]:
        """How the log went on after events were lost, the oldest first. Raises `KeysRefused`."""
        return self._folder.continuations()

    def statements(self) -> list[bytes]:
        """The same, as they are signed."""
        return self._folder.continued.stored()

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

    async def newest(self) -> SignedTree | None:
        """The last checkpoint; None before anything was signed."""
        return await self._signed(_NEWEST, ())

    async def vouched_for(self, least: int, upto: int = MAX_SIZE) -> SignedTree | None:
        """Of those between the sizes, the checkpoint with most witnesses, then the largest one.

        None where none of that size was signed. Only the last cosignatures are looked through.
        """
        # What a log signed that has ended says less than what the one signs that goes on.
        begun = max((one.kept.size + 1 for one in self.continuations()), default=0)
        found = await self._signed(_VOUCHED_FOR, (max(least, begun), upto))
        return found or await self._signed(_LARGEST, (least, upto))

    async def largest(self, upto: int) -> SignedTree | None:
        """The last checkpoint of at most so many events, and at least one."""
        return await self._signed(_LARGEST, (1, upto))

    async def wait_for_witness(self, least: int, seconds: float) -> None:
        """Waits at most so long for a cosignature from `least` events on, if one may be coming."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(_LAST_COSIGNED)).fetchone()
            size, lately = row or (None, False)
            if not lately or size >= least:
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS * 4)

    async def _signed(self, size: str, values: tuple[int, ...]) -> SignedTree | None:
        async with self._pool.connection() as connection:
            found = await connection.execute(_WITH_COSIGNATURES.format(size).encode(), values)
            row = await found.fetchone()
        if row is None:
            return None
        note = bytes(row[0])
        return SignedTree(read_checkpoint(parse(note).text), note, row[1])

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of what is kept beside the tree."""
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

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
        wanted = needed(ranges)
        tiles = self._kept.of(wanted)
        if missing := wanted.keys() - tiles.keys():
            found = await self._tiles(missing)
            self._kept.keep(found)
            tiles.update(found)
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
