"""Proofs are those that the standard's authors published, and nothing else is one."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.integrity.proofs import (
    ProofRefused,
    consistency_path,
    inclusion_path,
    verify_consistency,
    verify_inclusion,
)
from ledger.integrity.tree import node_hash
from tests.integrity.trees import PUBLISHED, hashed, leaves, root

HASHES = [hashed(leaf) for leaf in PUBLISHED]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
G = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
H = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
I = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"  # noqa: E741
J = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"


def ranged(hashes: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda start, end: root(hashes[start:end])


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, F]), (2, 3, [G]), (1, 5, [H, B, D])],
)
def test_the_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    found = inclusion_path(index, size, ranged(HASHES))
    assert [one.hex() for one in found] == path
    verify_inclusion(HASHES[index], index, size, found, root(HASHES[:size]))


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [I, E, F]), (2, 5, [B, D]), (6, 7, [I, J, F])],
)
def test_the_published_consistency_proofs(first: int, second: int, path: list[str]) -> None:
    found = consistency_path(first, second, ranged(HASHES))
    assert [one.hex() for one in found] == path
    verify_consistency(first, second, root(HASHES[:first]), root(HASHES[:second]), found)


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    second = draw(st.integers(1, 200))
    return draw(st.integers(1, second)), second


@settings(deadline=None)
@given(sizes())
def test_every_leaf_of_every_tree_is_proved(drawn: tuple[int, int]) -> None:
    place, size = drawn
    hashes = leaves(size)
    path = inclusion_path(place - 1, size, ranged(hashes))
    assert len(path) <= size.bit_length()
    verify_inclusion(hashes[place - 1], place - 1, size, path, root(hashes))


@settings(deadline=None)
@given(sizes())
def test_every_tree_is_proved_to_go_on_from_every_earlier_one(drawn: tuple[int, int]) -> None:
    first, second = drawn
    hashes = leaves(second)
    path = consistency_path(first, second, ranged(hashes))
    verify_consistency(first, second, root(hashes[:first]), root(hashes), path)


def spoiled(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    """The proof with a bit flipped, a hash too few, too many, twice, too short or elsewhere."""
    at = draw(st.integers(0, len(proof) - 1))
    byte, bit = draw(st.integers(0, 31)), draw(st.integers(0, 7))
    flipped = bytearray(proof[at])
    flipped[byte] ^= 1 << bit
    return draw(
        st.sampled_from([
            [*proof[:at], bytes(flipped), *proof[at + 1 :]],
            [*proof[:at], *proof[at + 1 :]],
            [*proof[:at], proof[at], *proof[at:]],
            [*proof[:at], proof[at][:-1], *proof[at + 1 :]],
            [*proof[:at], proof[at] + b"\x00", *proof[at + 1 :]],
            [*proof[1:], proof[0]] if proof[0] != proof[-1] else [],
            [*proof, b""],
        ])
    )  # fmt: skip


@settings(deadline=None)
@given(st.data(), sizes())
def test_no_spoiled_inclusion_proof_is_accepted(
    data: st.DataObject, drawn: tuple[int, int]
) -> None:
    place, size = drawn
    hashes = leaves(size)
    path = inclusion_path(place - 1, size, ranged(hashes))
    # The leaf and the root are spoiled like the path's own hashes.
    whole = [hashes[place - 1], *path, root(hashes)]
    bad = data.draw(st.composite(spoiled)(whole))
    if len(bad) >= 2 and bad != whole:
        with pytest.raises(ProofRefused):
            verify_inclusion(bad[0], place - 1, size, bad[1:-1], bad[-1])


@settings(deadline=None)
@given(st.data(), sizes())
def test_no_spoiled_consistency_proof_is_accepted(
    data: st.DataObject, drawn: tuple[int, int]
) -> None:
    first, second = drawn
    hashes = leaves(second)
    path = consistency_path(first, second, ranged(hashes))
    whole = [root(hashes[:first]), *path, root(hashes)]
    bad = data.draw(st.composite(spoiled)(whole))
    if len(bad) >= 2 and bad != whole:
        with pytest.raises(ProofRefused):
            verify_consistency(first, second, bad[0], bad[-1], bad[1:-1])


@settings(deadline=None)
@given(sizes(), st.integers(-300, 300))
def test_a_leaf_stands_in_no_other_place(drawn: tuple[int, int], other: int) -> None:
    place, size = drawn
    hashes = leaves(size)
    path = inclusion_path(place - 1, size, ranged(hashes))
    if other != place - 1:
        with pytest.raises(ProofRefused):
            verify_inclusion(hashes[place - 1], other, size, path, root(hashes))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (8, 8), (-1, 8), (0, -1)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ProofRefused, match="no leaf"):
        inclusion_path(index, size, ranged(HASHES))
    with pytest.raises(ProofRefused, match="no leaf"):
        verify_inclusion(HASHES[0], index, size, [], HASHES[0])


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 8), (8, 7), (-1, 3)])
def test_no_tree_goes_on_from_nothing_or_from_a_larger_one(first: int, second: int) -> None:
    with pytest.raises(ProofRefused, match="does not go on"):
        consistency_path(first, second, ranged(HASHES))
    with pytest.raises(ProofRefused, match="does not go on"):
        verify_consistency(first, second, HASHES[0], HASHES[0], [])


def test_the_sides_of_a_node_cannot_be_swapped() -> None:
    left, right = HASHES[:2]
    verify_inclusion(left, 0, 2, [right], node_hash(left, right))
    with pytest.raises(ProofRefused, match="root"):
        verify_inclusion(left, 0, 2, [right], node_hash(right, left))
    with pytest.raises(ProofRefused, match="root"):
        verify_inclusion(right, 0, 2, [left], node_hash(left, right))


def test_the_roots_of_two_trees_cannot_be_swapped() -> None:
    path = consistency_path(3, 7, ranged(HASHES))
    first, second = root(HASHES[:3]), root(HASHES[:7])
    verify_consistency(3, 7, first, second, path)
    with pytest.raises(ProofRefused, match="root"):
        verify_consistency(3, 7, second, first, path)


def test_two_roots_of_one_size_are_no_consistency() -> None:
    with pytest.raises(ProofRefused, match="two roots"):
        verify_consistency(8, 8, HASHES[0], HASHES[1], [])
