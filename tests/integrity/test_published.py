"""A proof is made of tiles that are kept, and holds whatever the tree grew by meanwhile."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from ledger.integrity import published
from ledger.integrity.proofs import verify_consistency, verify_inclusion
from ledger.integrity.published import PublishedTree
from ledger.integrity.sealing import Sealer
from ledger.integrity.tiles import Tile
from tests.integrity.growing import record, roots


class Counting(PublishedTree):
    """Knows how many tiles it had to ask for."""

    asked = 0

    async def _tiles(self, wanted: Iterable[Tile]) -> Mapping[Tile, bytes]:
        wanted = list(wanted)
        self.asked += len(wanted)
        return await super()._tiles(wanted)


CHANCE = random.Random(7)


async def _prove(tree: PublishedTree, url: str, sizes: Iterable[int]) -> None:
    known = roots(url)
    for size in sizes:
        index = CHANCE.randrange(size)
        leaf, path = await tree.inclusion(index, size)
        verify_inclusion(leaf, index, size, path, known[size])
        first = CHANCE.randrange(1, size + 1)
        path = await tree.consistency(first, size)
        verify_consistency(first, size, known[first], known[size], path)


@pytest.mark.parametrize("kept", [1, 4_096])
def test_proofs_hold_while_the_tree_grows(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(published, "TILES_KEPT", kept)

    async def grow_and_prove() -> None:
        tree, size = Counting(database_url, tmp_path / "keys", readers=1), 0
        await tree.open()
        try:
            for more in (1, 254, 2, 300, 40):
                await asyncio.to_thread(record, database_url, more)
                size = await asyncio.to_thread(Sealer(database_url, tmp_path / "keys").catch_up)
                await _prove(tree, database_url, CHANCE.choices(range(1, size + 1), k=20))
                with pytest.raises(LookupError):
                    await tree.inclusion(size, size + 1)
            await _prove(tree, database_url, [size])
            before = tree.asked
            await _prove(tree, database_url, [size] * 5)
            assert (tree.asked == before) == (kept > 1)
        finally:
            await tree.close()

    asyncio.run(grow_and_prove())
