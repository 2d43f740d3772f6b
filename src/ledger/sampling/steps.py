"""How is a number reckoned? Its formula, and the same with the numbers filled in."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from msgspec import Struct

ROOTS = Context(prec=40)
WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
Number = int | Decimal


class Step(Struct, frozen=True):
    """A line of the reckoning: `key` names the quantity, `filled` holds a `{}` per number."""

    key: str
    formula: str
    filled: str
    numbers: tuple[Number, ...]
    result: Number


def rounded(value: Fraction | Decimal, places: int = 2) -> Decimal:
    """The value rounded half up: two places for money, more for rates."""
    exact = Fraction(value)
    quotient = WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return quotient.quantize(Decimal(1).scaleb(-places), context=WIDE)


def rate(value: Fraction | Decimal) -> Decimal:
    """A rate or a factor, with six places."""
    return rounded(value, 6)


def plain(value: Fraction | Decimal) -> Decimal:
    """A factor of a table as it is printed there: at most six places, no trailing zeros."""
    found = rate(value).normalize()
    return found if int(found.as_tuple().exponent) <= 0 else found.quantize(Decimal(1))


def root(value: Fraction) -> Fraction:
    """The square root, with forty digits."""
    quotient = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(ROOTS.sqrt(quotient))


def variance(values: Sequence[Fraction]) -> Fraction | None:
    """s²: the sample's variance, divided by n - 1; None of fewer than two values."""
    if len(values) < 2:
        return None
    mean = sum(values, Fraction(0)) / len(values)
    return sum(((one - mean) ** 2 for one in values), Fraction(0)) / (len(values) - 1)
