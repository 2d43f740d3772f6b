"""How is a tree kept, and published? In tiles of 256 hashes (C2SP tlog-tiles).

Level 0 holds the hashes of leaves; each hash of a higher level is the root of a full tile below.
So any range of leaves that a proof may name is hashed from at most one tile of each level, and a
tree grows at the right edge of each level only.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ledger.integrity.tree import EMPTY_ROOT, HASH_BYTES, node_hash, parents, root_over

WIDTH = 256
TILE_BYTES = WIDTH * HASH_BYTES
WORTH_BYTES = 16 * HASH_BYTES  # smaller subtrees are hashed as soon as they are looked up
LAST_LEVEL = 63
_INDEX = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")
_ADDRESS = re.compile(r"(entries|[0-9]{1,2})/([x0-9/]{3,40})(?:\.p/([0-9]{1,3}))?")


class Tile(NamedTuple):
    """Which tile: the `n`-th of its level, from 0."""

    level: int
    n: int


class Slice(NamedTuple):
    """Neighbouring hashes of one tile."""

    tile: Tile
    first: int
    last: int

    def of(self, hashes: bytes) -> bytes:
        """The slice of the tile's hashes. Raises `LookupError` where the tile is too narrow."""
        found = hashes[self.first * HASH_BYTES : self.last * HASH_BYTES]
        if len(found) != (self.last - self.first) * HASH_BYTES:
            raise LookupError(f"tile {self.tile.n} of level {self.tile.level} is too narrow")
        return found


def slices(start: int, end: int) -> list[Slice]:
    """Where the hashes lie that make up the hash of a range of leaves, the lowest level first.

    The range is one that the standard's division of a tree leads to.
    """
    found, level = list[Slice](), 0
    while end > start:
        if start % WIDTH or end - start < WIDTH:
            first = start % WIDTH
            found.append(Slice(Tile(level, start // WIDTH), first, first + end - start))
            break
        if end % WIDTH:
            found.append(Slice(Tile(level, end // WIDTH), 0, end % WIDTH))
        start, end, level = start // WIDTH, end // WIDTH, level + 1
    return found


def needed(ranges: Iterable[tuple[int, int]]) -> dict[Tile, int]:
    """The tiles from which those ranges are hashed, and how many hashes of each at least."""
    found: dict[Tile, int] = {}
    for start, end in ranges:
        for one in slices(start, end):
            found[one.tile] = max(one.last, found.get(one.tile, 0))
    return found


def hash_of_range(tiles: Mapping[Tile, bytes], start: int, end: int) -> bytes:
    """The hash of a range of leaves. Raises `LookupError` where a tile is missing."""
    rest = b""
    for one in slices(start, end):
        rest = _joined(one.tile.level, one.of(tiles[one.tile]), rest)
    return rest or EMPTY_ROOT


def _joined(level: int, hashes: bytes, rest: bytes) -> bytes:
    """The tree over hashes of a level and, to their right, what is left over of lower ones."""
    end = len(hashes)
    while end:
        start = end - (end & -end)  # the last complete subtree: the lowest binary digit 1
        # Few tiles hold the higher levels: every proof comes by the same subtrees of them.
        complete = _remembered if level and end - start >= WORTH_BYTES else root_over
        subtree = complete(hashes[start:end])
        rest = node_hash(subtree, rest) if rest else subtree
        end = start
    return rest


_remembered = lru_cache(maxsize=4_096)(root_over)


class Edge:
    """The right edge of a tree, where it grows: the tile that is not full yet, of each level."""

    def __init__(self, size: int = 0, tiles: Mapping[Tile, bytes] | None = None) -> None:
        """Goes on from a tree of `size`, whose `needed([(0, size)])` are given."""
        self.size = size
        self._partial: list[bytes] = []
        for one in slices(0, size):
            self._partial += [b""] * (one.tile.level - len(self._partial))
            self._partial.append(one.of((tiles or {})[one.tile]))
        self._changed: dict[Tile, bytes] = {}

    def append(self, hashes: bytes) -> None:
        """Adds the hashes of the next leaves, laid end to end."""
        before, level = self.size, 0
        self.size += len(hashes) // HASH_BYTES
        while hashes:
            if level == len(self._partial):
                self._partial.append(b"")
            hashes = self._append(level, before // WIDTH, self._partial[level] + hashes)
            before, level = before // WIDTH, level + 1

    def _append(self, level: int, n: int, hashes: bytes) -> bytes:
        """Cuts a level's hashes into tiles, the n-th and the next; the roots of the full ones."""
        full = len(hashes) - len(hashes) % TILE_BYTES
        for at in range(0, full, TILE_BYTES):
            self._changed[Tile(level, n + at // TILE_BYTES)] = hashes[at : at + TILE_BYTES]
        self._partial[level] = hashes[full:]
        if self._partial[level]:
            self._changed[Tile(level, n + full // TILE_BYTES)] = self._partial[level]
        roots = hashes[:full]
        for _ in range(WIDTH.bit_length() - 1):
            roots = parents(roots)
        return roots

    def root(self) -> bytes:
        """The root of the whole tree."""
        rest = b""
        for level, hashes in enumerate(self._partial):
            rest = _joined(level, hashes, rest)
        return rest or EMPTY_ROOT

    def changed(self) -> dict[Tile, bytes]:
        """The tiles that were begun, continued or filled since this was asked last."""
        changed, self._changed = self._changed, {}
        return changed


class Address(NamedTuple):
    """What a reader asks for: a tile or, with no level, a bundle of entries; `width` of it."""

    level: int | None
    n: int
    width: int

    @property
    def end(self) -> int:
        """The size that a tree must have for it to exist."""
        hashes = self.n * WIDTH + self.width
        return hashes << 8 * (self.level or 0)


def index_path(n: int) -> str:
    """The n-th tile in a path: 1234067 is written x001/x234/067."""
    parts = [f"{n % 1000:03}"]
    while n := n // 1000:
        parts.append(f"x{n % 1000:03}")
    return "/".join(reversed(parts))


def read_address(text: str) -> Address | None:
    """What a path below /log/tile/ asks for; None where it is not written as it must be."""
    if (found := _ADDRESS.fullmatch(text)) is None:
        return None
    level, index, width = found.groups()
    if not _INDEX.fullmatch(index):
        return None
    n = int(re.sub("[x/]", "", index))
    address = Address(
        None if level == "entries" else int(level), n, WIDTH if width is None else int(width)
    )
    return address if address_path(address) == text and _exists(address) else None


def _exists(address: Address) -> bool:
    """Whether a tree could have it: no tree has more leaves than the log has positions."""
    level = address.level or 0
    return level <= LAST_LEVEL and 0 < address.width <= WIDTH and address.end < 2**63


def address_path(address: Address) -> str:
    """The path below /log/tile/ of a tile or a bundle."""
    level = "entries" if address.level is None else str(address.level)
    partial = "" if address.width == WIDTH else f".p/{address.width}"
    return f"{level}/{index_path(address.n)}{partial}"


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries as they are published: each after its length in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
