"""How does a row change on two axes of time? The history of one key, split into periods.

Each period holds what is true from `valid_from` to `valid_to`. What a fact says holds from its
day until a fact with a later day says otherwise, whatever the order in which they became known:
the outcome is the fold of the facts in the order of (day, position). To that end a period
remembers in `sets` which fields were stated on its first day (bit 0: whether the row exists).

A period that changes is closed at the position that changed it and goes on as a new version, so
what was known before stays as it was.
"""

from dataclasses import dataclass

from ledger.projections.engine.model import MAX_DATE, NULL

Values = tuple[str, ...]


@dataclass(slots=True)
class Period:
    """One version of what is true in [valid_from, valid_to), known since `known_from`."""

    valid_from: str
    valid_to: str
    known_from: int
    position: int
    alive: bool
    sets: int
    values: Values
    stored: bool = False


@dataclass(slots=True)
class Closed:
    """A version that was known until `known_to` (exclusive)."""

    period: Period
    known_to: int


class Timeline:
    """The periods of one key as known now, in order and without gap up to the end of time."""

    __slots__ = ("closed", "dirty", "periods")

    def __init__(self, periods: list[Period] | None = None) -> None:
        self.periods = periods or []
        self.closed: list[Closed] = []
        self.dirty = False

    def state(self, on: str, mask: int, values: Values | None, position: int) -> None:
        """From the day `on` the fields in `mask` have these values.

        All fields with bit 0: the row exists from then on; bit 0 alone: it exists no longer.
        """
        alive = None if not mask & 1 else values is not None
        first = self._boundary(on, mask, values, position)
        left = mask
        for index in range(first, len(self.periods)):
            period = self.periods[index]
            stated_here = period.valid_from == on
            if not stated_here:
                left &= ~period.sets
                if not left:
                    break
            self._rewrite(index, left, values, alive if left & 1 else None, position)
            if stated_here:
                self.periods[index].sets |= mask

    def void(self, position: int) -> None:
        """Nothing of it was ever true."""
        for period in self.periods:
            self._close(period, position)
        self.periods = []

    def _boundary(self, on: str, mask: int, values: Values | None, position: int) -> int:
        """Makes a period begin on that day; the index from which periods may change."""
        periods = self.periods
        if not periods or on < periods[0].valid_from:
            if mask & 1 and values is not None:
                until = periods[0].valid_from if periods else MAX_DATE
                made = Period(on, until, position, position, True, mask, values)
                periods.insert(0, made)
                self.dirty = True
                return 1
            return 0
        index = len(periods) - 1
        while periods[index].valid_from > on:
            index -= 1
        period = periods[index]
        if period.valid_from < on:
            self._close(period, position)
            before = Period(
                period.valid_from, on, position, period.position, period.alive, period.sets,
                period.values,
            )  # fmt: skip
            after = Period(
                on, period.valid_to, position, position, period.alive, mask, period.values
            )
            periods[index : index + 1] = [before, after]
            self.dirty = True
            return index + 1
        return index

    def _rewrite(
        self, index: int, mask: int, values: Values | None, alive: bool | None, position: int
    ) -> None:
        period = self.periods[index]
        if period.known_from != position:
            self._close(period, position)
            period = Period(
                period.valid_from, period.valid_to, position, position, period.alive,
                period.sets, period.values,
            )  # fmt: skip
            self.periods[index] = period
        period.position = position
        self.dirty = True
        if alive is not None:
            period.alive = alive
        if values is not None and mask & ~1:
            period.values = tuple(
                [
                    values[n] if mask & (2 << n) else old
                    for n, old in enumerate(period.values)
                ]
            )

    def _close(self, period: Period, position: int) -> None:
        """Ends what was known of a period; what one event both made and changed was never seen."""
        self.dirty = True
        if period.known_from != position:
            self.closed.append(Closed(period, position))


def absent(count: int) -> Values:
    """The values of a row of which nothing is known."""
    return (NULL,) * count
