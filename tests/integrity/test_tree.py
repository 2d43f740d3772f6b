"""The tree's hashes are those that the standard's authors published."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.integrity.tree import Frontier, node_hash

# The leaves and roots of certificate-transparency's own tests (RFC 6962, RFC 9162).
LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def hashed(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def grown(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(hashed(leaf))
    return frontier


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashed(leaves[0])
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_published_leaves_have_the_published_roots(size: int) -> None:
    frontier = grown([bytes.fromhex(leaf) for leaf in LEAVES[:size]])
    assert (frontier.size, frontier.root().hex()) == (size, ROOTS[size])


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_grown_tree_is_the_tree_of_the_definition(leaves: list[bytes]) -> None:
    frontier = grown(leaves)
    assert frontier.root() == by_definition(leaves)
    assert len(frontier.peaks) == len(leaves).bit_count()


def test_a_copy_goes_on_without_the_original() -> None:
    frontier = grown([b"a", b"b", b"c"])
    before, copy = frontier.root(), frontier.copy()
    copy.append(hashed(b"d"))
    assert (frontier.size, frontier.root()) == (3, before)
    assert copy.root() == by_definition([b"a", b"b", b"c", b"d"])
