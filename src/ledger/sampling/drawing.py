"""Which units are drawn? A pure function of the seed and the population, the same everywhere.

The algorithm is written down in docs/how-to/sample.md, so that anybody can draw again: SHA-256
alone decides, never a generator of a language's library.
"""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import count

from msgspec import Struct

from ledger.sampling.population import Unit, in_order, total


class Selection(Struct, frozen=True):
    """What is drawn of one stratum: units audited in full, units drawn from the rest."""

    exhaustive: tuple[Unit, ...]
    sampled: tuple[Unit, ...]
    interval: Fraction | None = None


def seed_of(root: bytes, source: str) -> bytes:
    """SHA-256 over the root of the log and the text that the auditor, or a witness, gave."""
    return hashlib.sha256(root + source.encode()).digest()


def number_below(seed: bytes, label: str, limit: int) -> int:
    """A uniform integer of [0, limit): blocks in counter mode, those too large are rejected."""
    bits = (limit - 1).bit_length()
    for counter in count():
        block = hashlib.sha256(seed + label.encode() + counter.to_bytes(8, "big")).digest()
        found = int.from_bytes(block, "big") >> (256 - bits)
        if found < limit:
            return found
    raise AssertionError("counting never ends")


def in_random_order(seed: bytes, units: Iterable[Unit]) -> list[Unit]:
    """The units in the order of SHA-256(seed ‖ id)."""

    def place(unit: Unit) -> bytes:
        return hashlib.sha256(seed + unit.id.encode()).digest()

    return sorted(in_order(units), key=place)


def draw_equally(
    seed: bytes, units: Sequence[Unit], size: int, above: Decimal | None = None
) -> Selection:
    """Every unit has the same chance; those above a value, if one is set, are all taken.

    `size` counts the units drawn from the rest. Where that takes all, nothing is left to chance.
    """
    high = [one for one in in_order(units) if above is not None and one.book_value > above]
    rest = [one for one in in_order(units) if above is None or one.book_value <= above]
    if size >= len(rest):
        return Selection(tuple(in_order(units)), ())
    return Selection(tuple(high), tuple(in_random_order(seed, rest)[:size]))


def high_value(units: Sequence[Unit], size: int) -> tuple[list[Unit], list[Unit]]:
    """The units above the interval, which are audited in full, and the rest.

    BV / n is reckoned anew from what is left until no unit is above it.
    """
    high: list[Unit] = []
    rest = in_order(units)
    while True:
        interval = Fraction(total(rest)) / (size - len(high))
        more = [one for one in rest if Fraction(one.book_value) > interval]
        if not more:
            return high, rest
        high += more
        rest = [one for one in rest if Fraction(one.book_value) <= interval]


def draw_by_value(seed: bytes, label: str, units: Sequence[Unit], size: int) -> Selection:
    """The chance grows with the book value: systematic selection from a random start.

    Reckoned in units of 1/ns grosz, where every number is whole: unit i takes up its value times
    ns, the interval is the sum of the values, the start lies below the interval.
    """
    if size >= len(units):
        return Selection(tuple(in_order(units)), ())
    high, rest = high_value(units, size)
    size -= len(high)
    whole = _grosze(total(rest))
    point = number_below(seed, f"start {label}", whole)
    found, passed = [], 0
    for unit in in_random_order(seed, rest):
        passed += _grosze(unit.book_value) * size
        if point < passed:
            found.append(unit)
            point += whole
    return Selection(tuple(high), tuple(found), Fraction(whole, 100 * size))


def _grosze(amount: Decimal) -> int:
    return int(amount.scaleb(2))
