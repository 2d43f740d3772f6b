"""What was done to the events? Told apart by the hashes that were sealed before.

A leaf holds its position. Whoever moves events writes new positions into them, so an event that
now stands elsewhere is recognised by giving it its old position back.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import psycopg

from ledger.integrity.tree import leaf_hash
from ledger.verification.report import Check, Kind
from ledger.verification.sealed import SealedTiles

REACH = 16  # so many neighbouring events are recognised as inserted or removed together
PAIRS = 256  # so many events are tried against each other
_POSITION = re.compile(rb'\A\{"position":[0-9]+,')
_TIME = re.compile(rb'"recorded_at":"([^"]*)"')


def diagnose(
    connection: psycopg.Connection,
    events: Check,
    suspects: Sequence[int],
    moved: Mapping[int, int],
    sealed: SealedTiles,
) -> None:
    """Tells what was done to the events whose hash is not the sealed one, or that say elsewhere.

    `moved`: events whose bytes say another position than the column beside them.
    """
    looked = _Diagnosis(connection, events, sealed)
    looked.at(suspects)
    looked.say_elsewhere(moved)


class _Diagnosis:
    """What is known of the events so far."""

    def __init__(self, connection: psycopg.Connection, events: Check, sealed: SealedTiles) -> None:
        self._connection = connection
        self._events = events
        self._sealed = lru_cache(maxsize=65_536)(sealed.hash_of)
        self._leaf = lru_cache(maxsize=4 * PAIRS)(self._read)
        self._told = {one.position for one in events.differences}

    def _read(self, position: int) -> bytes | None:
        row = self._connection.cursor(binary=True).execute(
            "SELECT leaf FROM log.events WHERE position = %s", (position,)
        ).fetchone()  # fmt: skip
        return None if row is None else bytes(row[0])

    def _stood_at(self, position: int, now: int) -> bool:
        """Whether the event that is at `now` was sealed at `position`."""
        leaf, sealed = self._leaf(now), self._sealed(position)
        if leaf is None or sealed is None:
            return False
        back = _POSITION.sub(b'{"position":%d,' % position, leaf)
        if leaf_hash(back) == sealed:
            return True
        there = self._leaf(position)
        time = _TIME.search(there) if there else None
        return time is not None and leaf_hash(_TIME.sub(time[0], back, count=1)) == sealed

    def at(self, suspects: Sequence[int]) -> None:
        """Goes along the events whose hash differs until what follows is explained."""
        swapped: set[int] = set()
        for place, position in enumerate(suspects):
            if position in swapped or self._leaf(position) is None:
                continue  # an absent one has been told
            if other := self._swapped_with(position, suspects[place + 1 : place + PAIRS]):
                text = f"The events at {position} and {other} were swapped."
                self._tell(Kind.SWAPPED, text, position)
                swapped.add(other)
            elif self._shifted(position, len(suspects) - place):
                return
            elif position not in self._told:
                text = "The event is not the one that was sealed."
                self._tell(Kind.CHANGED, text, position)

    def _swapped_with(self, position: int, others: Sequence[int]) -> int | None:
        for other in others:
            if self._stood_at(position, other) and self._stood_at(other, position):
                return other
        return None

    def _shifted(self, position: int, rest: int) -> bool:
        """Whether all that follows was moved, by events that came in or that were taken out."""
        for count in range(1, REACH + 1):
            if self._stood_at(position, position + count):
                text = f"{_events(count)} inserted; what follows was moved."
                self._tell(Kind.INSERTED, text, position, explains=rest)
                return True
            if self._stood_at(position + count, position):
                text = f"{_events(count)} removed; what follows was moved."
                self._tell(Kind.REMOVED, text, position, explains=rest)
                return True
        return False

    def say_elsewhere(self, moved: Mapping[int, int]) -> None:
        """Events whose bytes say another position than they have."""
        for position, said in moved.items():
            if position in self._told:
                continue
            if moved.get(said) == position:
                if position < said:
                    text = f"The events at {position} and {said} were swapped."
                    self._tell(Kind.SWAPPED, text, position)
                continue
            shift = position - said
            following = [one - at for one, at in moved.items() if one >= position]
            if len(following) > 1 and set(following) == {shift}:
                kind = Kind.INSERTED if shift > 0 else Kind.REMOVED
                # The event before the first one that was moved is the one that came in.
                first = position - shift if shift > 0 else position
                text = f"{_events(abs(shift))} {kind}; what follows was moved."
                self._tell(kind, text, first, explains=len(following))
                return
            self._tell(Kind.CHANGED, f"Its bytes say position {said}.", position)

    def _tell(self, kind: Kind, text: str, position: int, explains: int = 1) -> None:
        self._told.add(position)
        more = f" ({explains:,} events differ.)" if explains > 1 else ""
        self._events.add(kind, text + more, position)


def _events(count: int) -> str:
    return "An event was" if count == 1 else f"{count} events were"
