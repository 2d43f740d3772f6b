"""How does a row change on two axes of time? The history of one key, split into periods.

Each period holds what is true from `valid_from` to `valid_to`. What a fact says holds from its
day until a fact with a later day says otherwise, whatever the order in which they became known:
the outcome is the fold of the facts in the order of (day, position). To that end a period
remembers in `sets` which fields were stated on its first day (bit 0: whether the row exists).

A period that changes is closed at the position that changed it and goes on as a new version, so
what was known before stays as it was.
"""

from msgspec import Struct

from ledger.projections.engine.model import MAX_DATE
from ledger.projections.engine.written import NULL, Field, Values, joined, parted

Stated = Values | tuple[Field | None, ...]  # all fields, or one by one: None where one is not


class Period(Struct, gc=False):
    """One version of what is true in [valid_from, valid_to), known since `known_from`."""

    valid_from: str
    valid_to: str
    known_from: int
    position: int
    alive: bool
    sets: int
    values: Values
    stored: bool = False


class Closed(Struct, gc=False):
    """A version that was known until `known_to` (exclusive)."""

    period: Period
    known_to: int


class Timeline(Struct):
    """The periods of one key as known now, in order and without gap up to the end of time."""

    width: int
    periods: list[Period] = []
    closed: list[Closed] = []
    dirty: bool = False

    def state(self, on: str, mask: int, values: Stated | None, position: int) -> None:
        """From the day `on` the fields in `mask` have these values.

        All fields with bit 0: the row exists from then on; bit 0 alone: it exists no longer.
        """
        if not self.periods and isinstance(values, Values):  # by far the most frequent
            self.periods.append(Period(on, MAX_DATE, position, position, True, mask, values))
            self.dirty = True
            return
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

    def _boundary(self, on: str, mask: int, values: Stated | None, position: int) -> int:
        """Makes a period begin on that day; the index from which periods may change."""
        periods = self.periods
        if not periods or on < periods[0].valid_from:
            # Also what is said of a row before it exists: a row may yet be put on an earlier day.
            until = periods[0].valid_from if periods else MAX_DATE
            alive = bool(mask & 1) and values is not None
            known = self._complete(values)
            periods.insert(0, Period(on, until, position, position, alive, mask, known))
            self.dirty = True
            return 1
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
        self, index: int, mask: int, values: Stated | None, alive: bool | None, position: int
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
            stated = parted(values) if isinstance(values, Values) else values
            period.values = joined(
                [
                    new if new is not None and mask & (2 << n) else old
                    for n, (new, old) in enumerate(zip(stated, parted(period.values), strict=True))
                ]
            )

    def _close(self, period: Period, position: int) -> None:
        """Ends what was known of a period; what one event both made and changed was never seen."""
        self.dirty = True
        if period.known_from != position:
            self.closed.append(Closed(period, position))

    def _complete(self, values: Stated | None) -> Values:
        """The values of a row of which only these are known."""
        if isinstance(values, Values):
            return values
        if values is None:
            return joined([NULL] * self.width)
        return joined([NULL if value is None else value for value in values])
