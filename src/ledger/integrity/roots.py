"""What was the root of the log at a position? Asked of the log, remembered on the way.

A walk along the log leaves a mark at every so many leaves and at its end, so the next question
reads only what lies between the nearest mark and its position.
"""

import asyncio
from weakref import WeakKeyDictionary

from ledger.event_store.codec import leaf_hash
from ledger.event_store.log import EventLog
from ledger.integrity.tree import Frontier

MARKS = 512
FIRST_STEP = 4_096


class _Remembered:
    """The frontiers of one log at evenly spaced sizes, and the last one that was asked for."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # one walk at a time: the next one finds the marks of it
        self._step = FIRST_STEP
        self._marks = {0: Frontier()}
        self._last = Frontier()

    def nearest(self, position: int) -> Frontier:
        """A copy of the largest known frontier that does not pass the position."""
        if self._last.size <= position:
            start = max(self._last, self._mark(position), key=lambda one: one.size)
        else:
            start = self._mark(position)
        return start.copy()

    def _mark(self, position: int) -> Frontier:
        at = max(size for size in self._marks if size <= position)
        return self._marks[at]

    def pass_by(self, frontier: Frontier) -> None:
        """Leaves a mark where one is due. Too many: every second goes, the step doubles."""
        if frontier.size % self._step:
            return
        self._marks[frontier.size] = frontier.copy()
        if len(self._marks) > MARKS:
            self._step *= 2
            self._marks = {at: one for at, one in self._marks.items() if at % self._step == 0}

    def stop_at(self, frontier: Frontier) -> None:
        """The end of a walk; later walks mostly go on from the furthest one."""
        if frontier.size > self._last.size:
            self._last = frontier


_remembered: WeakKeyDictionary[EventLog, _Remembered] = WeakKeyDictionary()


async def root_at(log: EventLog, position: int) -> str:
    """The root of the log's first `position` leaves, in hex.

    Raises `LookupError` where the log has not come to that position.
    """
    remembered = _remembered.setdefault(log, _Remembered())
    async with remembered.lock:
        frontier = remembered.nearest(position)
        if frontier.size < position:
            async for page in log.pages(frontier.size, position):
                for leaf in page:
                    frontier.append(bytes.fromhex(leaf_hash(leaf.bytes)))
                    remembered.pass_by(frontier)
        if frontier.size != position:
            raise LookupError(f"the log has not come to position {position}")
        remembered.stop_at(frontier)
    return frontier.root().hex()
