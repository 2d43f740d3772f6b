"""Tiles hold the tree: every range and every proof comes out of them, however the tree grew."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.integrity.proofs import consistency_ranges, inclusion_ranges
from ledger.integrity.tiles import (
    WIDTH,
    Address,
    Edge,
    Tile,
    address_path,
    bundle,
    hash_of_range,
    index_path,
    needed,
    read_address,
)
from ledger.integrity.tree import EMPTY_ROOT, Frontier
from tests.integrity.trees import leaves, root

MANY = 70_000  # the example of tlog-tiles
HASHES = leaves(MANY)


def grown(*batches: int) -> tuple[Edge, dict[Tile, bytes]]:
    """A tree that grew by batches of these sizes, and its tiles as they were stored."""
    edge, stored, at = Edge(), dict[Tile, bytes](), 0
    for batch in batches:
        edge.append(b"".join(HASHES[at : at + batch]))
        at += batch
        stored |= edge.changed()
    return edge, stored


LARGE, TILES = grown(MANY)


def test_a_tree_of_70_000_is_cut_into_the_tiles_of_the_specification() -> None:
    widths = {tile: len(hashes) // 32 for tile, hashes in TILES.items()}
    assert sum(tile.level == 0 for tile in widths) == 274
    assert widths[Tile(0, 273)] == 112
    assert widths[Tile(1, 0)] == 256
    assert widths[Tile(1, 1)] == 17
    assert widths[Tile(2, 0)] == 1
    assert len(widths) == 274 + 2 + 1


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    edge, tiles = grown(256)
    assert {tile: len(hashes) // 32 for tile, hashes in tiles.items()} == {
        Tile(0, 0): 256,
        Tile(1, 0): 1,
    }
    assert edge.root() == tiles[Tile(1, 0)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 700), max_size=8))
def test_however_it_grew_the_tree_is_the_same(batches: list[int]) -> None:
    edge, tiles = grown(*batches)
    frontier = Frontier()
    for one in HASHES[: sum(batches)]:
        frontier.append(one)
    assert (edge.size, edge.root()) == (frontier.size, frontier.root())
    assert tiles == grown(sum(batches))[1]


@settings(deadline=None)
@example(65_535, 600)
@example(65_536, 1)
@given(st.integers(0, 1_500), st.integers(0, 600))
def test_a_tree_that_was_put_down_is_taken_up_again(size: int, more: int) -> None:
    _, stored = grown(size)
    edge = Edge(size, stored)
    edge.append(b"".join(HASHES[size : size + more]))
    assert edge.root() == hash_of_range(TILES, 0, size + more)
    assert stored | edge.changed() == grown(size + more)[1]


def test_a_batch_changes_only_the_tiles_that_it_touches() -> None:
    edge = Edge(MANY - 10, TILES)
    edge.append(b"".join(HASHES[-10:]))
    assert set(edge.changed()) == {Tile(0, 273)}
    assert edge.changed() == {}


@settings(deadline=None)
@given(st.integers(1, 2_000), st.data())
def test_every_range_of_a_proof_is_hashed_from_few_tiles(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, size))
    ranges = inclusion_ranges(place - 1, size) + consistency_ranges(place, size)
    assert len(needed(ranges)) <= 6
    for start, end in ranges:
        assert hash_of_range(TILES, start, end) == root(HASHES[start:end])


def test_a_large_tree_has_the_root_of_the_definition() -> None:
    assert LARGE.root() == hash_of_range(TILES, 0, MANY) == root(HASHES)
    assert hash_of_range(TILES, 0, 0) == Edge().root() == EMPTY_ROOT


def test_a_tile_that_is_too_narrow_is_noticed() -> None:
    with pytest.raises(LookupError, match="narrow"):
        hash_of_range({Tile(0, 0): bytes(32)}, 0, 2)


@pytest.mark.parametrize(
    ("n", "path"),
    [(0, "000"), (67, "067"), (1_067, "x001/067"), (1_234_067, "x001/x234/067"), (999, "999")],
)
def test_numbers_stand_in_a_path_as_the_specification_says(n: int, path: str) -> None:
    assert index_path(n) == path
    assert read_address(f"0/{path}") == Address(0, n, WIDTH)
    assert read_address(f"entries/{path}.p/9") == Address(None, n, 9)


@given(st.sampled_from([None, 0, 1, 2]), st.integers(0, 10**8), st.integers(1, WIDTH))
def test_every_address_is_read_as_it_is_written(level: int | None, n: int, width: int) -> None:
    address = Address(level, n, width)
    assert read_address(address_path(address)) == address


@pytest.mark.parametrize(
    "text",
    ["", "0", "0/", "0/0", "0/00", "0/0000", "0/x000/000", "0/x001", "0/001/002", "00/000",
     "01/000", "64/000", "-1/000", "0/000.p/0", "0/000.p/00", "0/000.p/01", "0/000.p/256",
     "0/000.p/", "0/000.p", "0/000/", "/0/000", "entry/000", "0/٠٠٠", "0/000.p/٣", "0/000\n",
     "63/001", "0/../000",
     "0/x999/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_nothing_else_is_an_address(text: str) -> None:
    assert read_address(text) is None


def test_entries_stand_after_their_lengths() -> None:
    assert bundle([b"", b"ab", b"c" * 65_535]) == b"\0\0" + b"\0\2ab" + b"\xff\xff" + b"c" * 65_535
