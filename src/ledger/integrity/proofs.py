"""Does a leaf stand in a tree, and does a tree go on from another? RFC 9162, section 2.1.

A proof is a list of hashes of ranges of leaves. Which ranges these are follows from the sizes
alone, so that whoever keeps the tree can read all of them at once.
"""

from collections.abc import Callable, Iterator, Sequence

from ledger.integrity.tree import HASH_BYTES, node_hash

Range = tuple[int, int]  # leaves from the first number on, up to and without the second
HashOfRange = Callable[[int, int], bytes]


class ProofRefused(Exception):
    """The proof does not prove it; the message says why."""


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Whose hashes prove that the leaf `index` stands in a tree of `size`, the lowest first."""
    if not 0 <= index < size:
        raise ProofRefused(f"there is no leaf {index} in a tree of {size}")
    found, start, end = list[Range](), 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """Whose hashes prove that the tree of `second` leaves goes on from that of `first`."""
    _check_sizes(first, second)
    found, start, end = list[Range](), 0, second
    while first < end:
        middle = start + _split(end - start)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    if start > 0:  # else it is the first tree as a whole, whose root the reader has
        found.append((start, end))
    return found[::-1]


def inclusion_path(index: int, size: int, hash_of_range: HashOfRange) -> list[bytes]:
    """The proof that the leaf `index` stands in the tree of `size` (section 2.1.3.1)."""
    return [hash_of_range(*one) for one in inclusion_ranges(index, size)]


def consistency_path(first: int, second: int, hash_of_range: HashOfRange) -> list[bytes]:
    """The proof that the tree of `second` goes on from that of `first` (section 2.1.4.1)."""
    return [hash_of_range(*one) for one in consistency_ranges(first, second)]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raises `ProofRefused` unless the leaf stands there in the tree (section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofRefused(f"there is no leaf {index} in a tree of {size}")
    _check_hashes(leaf_hash, root, *path)
    found = leaf_hash
    for one, on_the_left in _climbing(index, size - 1, path):
        found = node_hash(one, found) if on_the_left else node_hash(found, one)
    if found != root:
        raise ProofRefused("the path does not lead to the root")


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Raises `ProofRefused` unless the second tree goes on from the first (section 2.1.4.2)."""
    _check_sizes(first, second)
    _check_hashes(first_root, second_root, *path)
    if first == second:
        if path:
            raise ProofRefused("the path is too long")
        if first_root != second_root:
            raise ProofRefused("two roots of one size")
        return
    if not path:
        raise ProofRefused("the path is too short")
    # A first tree that is complete stands in the second as a whole: the path begins above it.
    start, *rest = path if first & (first - 1) else [first_root, *path]
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = start
    for one, on_the_left in _climbing(here, last, rest):
        before = node_hash(one, before) if on_the_left else before
        after = node_hash(one, after) if on_the_left else node_hash(after, one)
    if before != first_root:
        raise ProofRefused("the path does not lead to the first root")
    if after != second_root:
        raise ProofRefused("the path does not lead to the second root")


def _climbing(here: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The hashes of a path to the root, each with whether it stands on the left of ours.

    `here` and `last` are the places of ours and of the last node on the same level.
    """
    for one in path:
        if last == 0:
            raise ProofRefused("the path is too long")
        on_the_left = bool(here & 1) or here == last
        if on_the_left:
            while not here & 1 and here:  # levels on which ours, the last one, has no neighbour
                here, last = here >> 1, last >> 1
        yield one, on_the_left
        here, last = here >> 1, last >> 1
    if last:
        raise ProofRefused("the path is too short")


def _split(size: int) -> int:
    """The largest power of two below `size`: where the standard divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def _check_sizes(first: int, second: int) -> None:
    if not 0 < first <= second:
        raise ProofRefused(f"a tree of {second} does not go on from one of {first}")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRefused(f"a hash has {HASH_BYTES} bytes")
