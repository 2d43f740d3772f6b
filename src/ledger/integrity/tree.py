"""What is the hash of a list of leaves? The Merkle tree of RFC 9162, section 2.1.1.

A tree that only ever grows need not be kept: the roots of its complete subtrees are enough, one for
every binary digit 1 of its size. Appending merges them, as adding 1 carries in a binary number.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf; its prefix tells it from an inner node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> bytes:
    """The hashes of many leaves, laid end to end."""
    sha256 = hashlib.sha256
    return b"".join([sha256(b"\x00" + leaf).digest() for leaf in leaves])


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node; its prefix tells it from a leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def parents(hashes: bytes) -> bytes:
    """The nodes above an even number of hashes, which are laid end to end like their nodes."""
    sha256 = hashlib.sha256
    pairs = range(0, len(hashes), 2 * HASH_BYTES)
    return b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in pairs])


def root_over(hashes: bytes) -> bytes:
    """The hash of the tree over hashes that are laid end to end; an odd last one moves up."""
    while len(hashes) > HASH_BYTES:
        even = len(hashes) - len(hashes) % (2 * HASH_BYTES)
        hashes = parents(hashes[:even]) + hashes[even:]
    return hashes or EMPTY_ROOT


class Frontier:
    """The complete subtrees along the right edge of a tree, the largest first."""

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        assert len(peaks) == size.bit_count(), "one subtree for every binary digit 1"
        self._size = size
        self._peaks = list(peaks)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees, the largest first."""
        return tuple(self._peaks)

    def append(self, leaf_hash: bytes) -> None:
        """Adds the hash of the next leaf."""
        carried, size = leaf_hash, self._size
        while size & 1:
            carried = node_hash(self._peaks.pop(), carried)
            size >>= 1
        self._peaks.append(carried)
        self._size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self._peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self._peaks))

    def copy(self) -> "Frontier":
        """A frontier that goes on from here by itself."""
        return Frontier(self._size, self._peaks)
