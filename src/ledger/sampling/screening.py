"""Do the amounts look as amounts do? Their first digits, against Benford's law.

An indication only: it says where to look, never that something is wrong. These are the only
floating-point numbers of the package.
"""

import math
from collections.abc import Mapping

from msgspec import Struct

DIGITS = range(1, 10)
DEGREES = 8  # nine digits whose shares add up to one
LEAST_EXPECTED = 5.0  # chi-square needs so many in its smallest class


class DigitCount(Struct, frozen=True):
    """How many amounts begin with the digit, and how many would by Benford's law."""

    digit: int
    observed: int
    expected: float


class FirstDigits(Struct, frozen=True):
    """First digits against Benford's law; `enough`: whether there are units enough to tell."""

    digits: tuple[DigitCount, ...]
    chi_square: float
    degrees: int
    p_value: float
    enough: bool


def first_digits(observed: Mapping[int, int]) -> FirstDigits:
    """The chi-square statistic of the first digits, and how probable so large a one is.

    `observed`: how many amounts begin with each digit, the zeros before it left out.
    """
    count = sum(observed.get(digit, 0) for digit in DIGITS)
    digits = tuple(
        DigitCount(digit, observed.get(digit, 0), count * math.log10(1 + 1 / digit))
        for digit in DIGITS
    )
    statistic = math.fsum((d.observed - d.expected) ** 2 / d.expected for d in digits if count)
    least = min(one.expected for one in digits)
    p = chi_square_p(statistic, DEGREES) if count else 1.0
    return FirstDigits(digits, statistic, DEGREES, p, least >= LEAST_EXPECTED)


def chi_square_p(statistic: float, degrees: int) -> float:
    """The probability of a chi-square at least so large: Q(degrees / 2, statistic / 2)."""
    return upper_gamma(degrees / 2, statistic / 2)


def upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x).

    A series below a + 1, a continued fraction above it, where each converges quickly.
    """
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1.0 - scale * _series(a, x) if x < a + 1 else scale * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = found = 1 / a
    n = 0
    while term > found * 1e-17:
        n += 1
        term *= x / (a + n)
        found += term
    return found


def _fraction(a: float, x: float) -> float:
    """Lentz's method, for x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …))."""
    b = x + 1 - a
    c, d = 1e300, 1 / b
    found = d
    for i in range(1, 500):
        factor = -i * (i - a)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        step = c * d
        found *= step
        if abs(step - 1) < 1e-16:
            break
    return found
