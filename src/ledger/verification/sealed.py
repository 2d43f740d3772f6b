"""Which hashes were sealed? The tiles in the database, held against those of the events."""

from collections.abc import Mapping

import psycopg

from ledger.integrity.tiles import WIDTH, Tile
from ledger.integrity.tree import HASH_BYTES
from ledger.verification.report import Check, Kind


class SealedTiles:
    """The stored tiles, which are compared as the tree is built anew."""

    def __init__(self, connection: psycopg.Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self.check = Check(name="tree")
        self._narrow: set[Tile] = set()
        self._above: set[Tile] = set()

    def unlike(self, computed: Mapping[Tile, bytes]) -> list[int]:
        """The positions whose sealed hash is another than the one that was computed."""
        found: list[int] = []
        stored = self._load(list(computed))
        for tile, hashes in computed.items():
            sealed = stored.get(tile, b"")
            known = min(len(sealed), len(hashes))
            self._measure(tile, len(hashes), known)
            if sealed[:known] == hashes[:known]:
                continue
            if tile.level:
                self._above.add(tile)
                continue
            found += [
                tile.n * WIDTH + at // HASH_BYTES + 1
                for at in range(0, known, HASH_BYTES)
                if sealed[at : at + HASH_BYTES] != hashes[at : at + HASH_BYTES]
            ]
        return found

    def _measure(self, tile: Tile, computed: int, known: int) -> None:
        """A tile has to have all hashes of the tree that was signed."""
        width = min((self._size >> 8 * tile.level) - tile.n * WIDTH, computed // HASH_BYTES)
        if known < width * HASH_BYTES and tile not in self._narrow:
            self._narrow.add(tile)
            first = (tile.n * WIDTH + known // HASH_BYTES) << 8 * tile.level
            text = f"Tile {tile.n} of level {tile.level} lacks hashes that were sealed."
            self.check.add(Kind.TILE, text, first + 1)

    def _load(self, wanted: list[Tile]) -> dict[Tile, bytes]:
        if not self._size:
            return {}
        rows = self._connection.cursor(binary=True).execute(
            "SELECT level, n, hashes FROM tree.tiles"
            " JOIN unnest(%s::int2[], %s::int8[]) AS wanted (level, n) USING (level, n)",
            ([one.level for one in wanted], [one.n for one in wanted]),
        )
        return {Tile(level, n): bytes(hashes) for level, n, hashes in rows}

    def hash_of(self, position: int) -> bytes | None:
        """The sealed hash of the event at a position."""
        n, at = divmod(position - 1, WIDTH)
        hashes = self._load([Tile(0, n)]).get(Tile(0, n), b"")
        return hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] or None

    def finish(self, last: int, *, explained: bool) -> None:
        """Tells what can only be seen at the end; `explained`: the events are known to differ."""
        row = self._connection.execute(
            "SELECT coalesce(max(n * 256 + octet_length(hashes) / 32), 0)"
            " FROM tree.tiles WHERE level = 0"
        ).fetchone()
        width = int(row[0]) if row else 0
        self.check.checked = min(width, last)
        if width > last:
            text = f"{width} hashes were sealed, the log has only {last} events."
            self.check.add(Kind.CUT, text, last + 1)
        if self._above and not explained:
            tile = min(self._above)
            text = f"Tile {tile.n} of level {tile.level} is not made of the tiles below it."
            first = (tile.n * WIDTH) << 8 * tile.level
            self.check.add(Kind.TILE, text, first + 1, first + (WIDTH << 8 * tile.level))
