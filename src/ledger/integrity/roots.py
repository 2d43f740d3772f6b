"""What was the root of the log at a position? Its tiles say it, and the few events after them."""

from ledger.event_store.log import EventLog
from ledger.integrity.tiles import Tile, hash_of_range, needed
from ledger.integrity.tree import Frontier, leaf_hash

_SEALED = "SELECT coalesce(max(size), 0) FROM tree.checkpoints"
_TILES = (
    "SELECT level, n, hashes FROM tree.tiles"
    " JOIN unnest(%s::int2[], %s::int8[]) AS wanted (level, n) USING (level, n)"
)


async def root_at(log: EventLog, position: int) -> str:
    """The root of the log's first `position` leaves, in hex.

    Raises `LookupError` where the log has not come to that position.
    """
    frontier = await _sealed(log, position)
    async for page in log.pages(frontier.size, position):
        for leaf in page:
            frontier.append(leaf_hash(leaf.bytes))
    if frontier.size != position:
        raise LookupError(f"the log has not come to position {position}")
    return frontier.root().hex()


async def _sealed(log: EventLog, position: int) -> Frontier:
    """The tree as it was sealed, at most up to the position."""
    [[sealed]] = await log.rows(_SEALED)
    size = min(position, sealed)
    tiles = needed([(0, size)])
    rows = await log.rows(_TILES, [one.level for one in tiles], [one.n for one in tiles])
    found = {Tile(level, n): bytes(hashes) for level, n, hashes in rows}
    try:
        return Frontier(size, [hash_of_range(found, *one) for one in _complete(size)])
    except LookupError:  # somebody took tiles away: the events are still there
        return Frontier()


def _complete(size: int) -> list[tuple[int, int]]:
    """The leaves of each complete subtree, one for every binary digit 1, the largest first."""
    found, start = list[tuple[int, int]](), 0
    while start < size:
        end = start + (1 << (size - start).bit_length() - 1)
        found.append((start, end))
        start = end
    return found
