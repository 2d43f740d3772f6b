"""First digits and repeated values, against known distributions."""

import math
from collections import Counter

import pytest

from ledger.sampling.screening import chi_square_p, first_digits, upper_gamma


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [
        # The critical values that every table of chi-square holds.
        (3.841, 1, 0.05), (5.991, 2, 0.05), (6.635, 1, 0.01), (15.507, 8, 0.05), (20.090, 8, 0.01),
        (26.124, 8, 0.001), (13.362, 8, 0.10), (7.344, 8, 0.5), (2.733, 8, 0.95),
        (124.342, 100, 0.05),
    ],
)  # fmt: skip
def test_p_values_are_those_of_the_tables(statistic: float, degrees: int, p: float) -> None:
    assert chi_square_p(statistic, degrees) == pytest.approx(p, rel=0.002)


@pytest.mark.parametrize("x", [0.01, 0.5, 1.0, 1.9, 2.1, 5.0, 20.0, 90.0])
def test_the_gamma_function_agrees_with_what_is_known_in_closed_form(x: float) -> None:
    assert upper_gamma(1, x) == pytest.approx(math.exp(-x), rel=1e-12)
    assert upper_gamma(0.5, x) == pytest.approx(math.erfc(math.sqrt(x)), rel=1e-10)
    poisson = math.exp(-x) * sum(x**k / math.factorial(k) for k in range(4))
    assert upper_gamma(4, x) == pytest.approx(poisson, rel=1e-10)


def test_nothing_is_always_exceeded() -> None:
    assert upper_gamma(4, 0) == 1.0


def digits(*values: int) -> Counter[int]:
    return Counter(int(str(value)[0]) for value in values)


def test_powers_of_two_follow_benfords_law() -> None:
    found = first_digits(digits(*(2**n for n in range(500))))
    assert [one.observed for one in found.digits][:2] == [151, 88]
    assert found.digits[0].expected == pytest.approx(500 * math.log10(2))
    assert found.p_value > 0.99
    assert found.enough


def test_amounts_that_all_begin_with_nine_do_not() -> None:
    found = first_digits(digits(*(900 + n for n in range(99)), *(9000 + n for n in range(99))))
    assert found.p_value < 1e-12
    assert found.chi_square == pytest.approx(198 / math.log10(10 / 9) - 198)


def test_few_amounts_are_not_enough() -> None:
    assert not first_digits(digits(5, 70, 1200)).enough


def test_no_amounts_deviate_from_nothing() -> None:
    found = first_digits({})
    assert (found.chi_square, found.p_value, found.enough) == (0.0, 1.0, False)
