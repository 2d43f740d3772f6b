"""What came of an audited sample? What a projection starts from, and what it answers."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from ledger.sampling.steps import Step


class Examined(Struct, frozen=True):
    """An audited unit: its book value and the random error in it."""

    book_value: Decimal
    error: Decimal = Decimal(0)
    exhaustive: bool = False

    @property
    def tainting(self) -> Fraction:
        """E / BV: the share of the book value that is wrong."""
        return Fraction(self.error) / Fraction(self.book_value)


class Layer(Struct, frozen=True):
    """A stratum: how much of it was open to chance, and its audited units."""

    units: int
    book_value: Decimal
    examined: tuple[Examined, ...]
    name: str = ""

    @property
    def sampled(self) -> list[Examined]:
        """The units that were drawn by chance."""
        return [one for one in self.examined if not one.exhaustive]


class Projection(Struct, frozen=True):
    """EE and SE, exactly; SE is None where the sample is too small to tell."""

    error: Fraction
    precision: Fraction | None
    steps: tuple[Step, ...]


def exhaustive_error(layers: Iterable[Layer]) -> Fraction:
    """EEe: errors of the units that were audited in full; nothing of it is projected."""
    errors = (one.error for layer in layers for one in layer.examined if one.exhaustive)
    return sum(map(Fraction, errors), Fraction(0))


def open_to_chance(layers: Iterable[Layer]) -> list[Layer]:
    """The strata of which a part was drawn; of the others nothing is left to project."""
    return [layer for layer in layers if layer.sampled]


def summed(values: Sequence[Fraction | Decimal]) -> Fraction:
    """The exact sum."""
    return sum((Fraction(one) for one in values), Fraction(0))
