"""What is drawn from? Units with book values, in an order that does not depend on who asks."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct


class NotPossible(Exception):
    """The method cannot be used like this; `field` says which parameter is in the way."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class Unit(Struct, frozen=True):
    """A sampling unit: its id, its book value in PLN, the stratum in which it lies."""

    id: str
    book_value: Decimal
    stratum: str = ""


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """The units in the order of their ids, byte by byte."""
    return sorted(units, key=lambda unit: unit.id.encode())


def total(units: Iterable[Unit]) -> Decimal:
    """BV: the sum of the book values."""
    return sum((unit.book_value for unit in units), Decimal("0.00"))


def digest(units: Iterable[Unit]) -> str:
    """SHA-256 of the population: a line `id book-value stratum` for each unit, in their order."""
    lines = (f"{one.id} {one.book_value:.2f} {one.stratum}\n" for one in in_order(units))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def by_stratum(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    """The units of each stratum; strata and units in order."""
    found: dict[str, list[Unit]] = {}
    for unit in in_order(units):
        found.setdefault(unit.stratum, []).append(unit)
    return dict(sorted(found.items()))


def by_value(limits: Sequence[Decimal], book_value: Decimal) -> str:
    """The stratum of a book value: 1 up to the first limit, and so on; no limit, one stratum."""
    return str(bisect_left(sorted(limits), book_value) + 1)


class StratumFigures(Struct, frozen=True):
    """A stratum in numbers: Nh, BVh and its standard deviation, as far as it is known."""

    units: int
    book_value: Decimal
    deviation: Decimal = Decimal(0)


def figures(units: Iterable[Unit], deviations: Mapping[str, Decimal]) -> dict[str, StratumFigures]:
    """Every stratum in numbers. Raises `NotPossible` where a deviation is missing."""
    found = {}
    for name, some in by_stratum(units).items():
        if name not in deviations:
            raise NotPossible("design.deviations", f"has nothing for the stratum {name!r}")
        found[name] = StratumFigures(len(some), total(some), deviations[name])
    return found
