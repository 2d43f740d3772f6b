"""What does the guidance tabulate? Factors by level of confidence, in per cent.

Source: EGESIF_16-0014-01, the tables beside the methods: z of the two-sided normal confidence
level; RF(0), the reliability factor without errors, and EF, the expansion factor for anticipated
errors, of the conservative approach to monetary unit sampling.
"""

import math
from fractions import Fraction
from functools import cache

MATERIALITY = Fraction("0.02")  # the guidance: at most 2 % of the expenditure is tolerable

Z = {
    60: Fraction("0.842"),
    70: Fraction("1.036"),
    80: Fraction("1.282"),
    90: Fraction("1.645"),
    95: Fraction("1.960"),
}

RF_0 = {
    99: Fraction("4.61"),
    95: Fraction("3.00"),
    90: Fraction("2.31"),
    85: Fraction("1.90"),
    80: Fraction("1.61"),
    75: Fraction("1.39"),
    70: Fraction("1.21"),
    60: Fraction("0.92"),
    50: Fraction("0.70"),
}

EF = {
    99: Fraction("1.9"),
    95: Fraction("1.6"),
    90: Fraction("1.5"),
    85: Fraction("1.4"),
    80: Fraction("1.3"),
    75: Fraction("1.25"),
    70: Fraction("1.2"),
    60: Fraction("1.1"),
    50: Fraction("1.0"),
}


@cache
def reliability_factor(confidence: int, errors: int) -> Fraction:
    """RF(errors): the smallest hundredth at which so few errors are as improbable as that.

    The guidance's column RF(0) and its further rows are the mean of a Poisson distribution for
    which P(X <= errors) falls to 1 - confidence, rounded up to two places.
    """
    if errors == 0:
        return RF_0[confidence]
    low, high = 0, 100 * (20 + 4 * errors)
    while high - low > 1:
        middle = (low + high) // 2
        if _at_most(errors, middle / 100) <= 1 - confidence / 100:
            high = middle
        else:
            low = middle
    return Fraction(high, 100)


def _at_most(errors: int, mean: float) -> float:
    """P(X <= errors) of a Poisson distribution; logarithms keep the terms from overflowing."""
    log = math.log(mean)
    return math.fsum(math.exp(k * log - mean - math.lgamma(k + 1)) for k in range(errors + 1))
