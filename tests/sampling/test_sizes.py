"""How many units the guidance's formulas ask for, to the unit; each reckoned by hand beside it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sampling.population import NotPossible, StratumFigures
from ledger.sampling.sizes import (
    conservative_size,
    errors_of,
    mus_size,
    mus_stratified_size,
    non_statistical_size,
    simple_size,
    stratified_size,
    z_of,
)
from ledger.sampling.tables import EF, RF_0, Z, reliability_factor

BV = Decimal("4199882024.00")  # the guidance's programme
Z90, Z60 = z_of(90), z_of(60)


def test_the_guidance_asks_for_77_units_in_monetary_unit_sampling() -> None:
    errors = errors_of(BV, Decimal("0.004"))
    assert (errors.steps[0].result, errors.steps[1].result) == (
        Decimal("83997640.48"), Decimal("16799528.10"),
    )  # fmt: skip
    assert mus_size(BV, Decimal("0.085"), Z90, errors).size == 77


def test_the_guidance_asks_for_101_units_in_difference_estimation() -> None:
    errors = errors_of(BV, Decimal("0.007"))
    assert simple_size(3852, Decimal(168397), Z60, errors).size == 101


def test_a_simple_sample_by_hand() -> None:
    # (1000 × 1.96 × 500 / (200 000 − 50 000))² = 6.5333² = 42.68
    errors = errors_of(Decimal("10000000.00"), Decimal("0.005"))
    assert simple_size(1000, Decimal(500), z_of(95), errors).size == 43


def test_a_whole_quotient_is_not_rounded_up_further() -> None:
    # (1000 × 1.96 × 100 / (20 000 − 400))² = 10² = 100
    errors = errors_of(Decimal("1000000.00"), Decimal("0.0004"))
    sizing = simple_size(1000, Decimal(100), z_of(95), errors)
    assert sizing.size == 100
    assert sizing.steps[-1].numbers == (
        1000, Decimal("1.96"), Decimal("100.00"), Decimal("20000.00"), Decimal("400.00"),
        Decimal("100.0000"),
    )  # fmt: skip


def test_a_stratified_sample_by_hand() -> None:
    # s²w = 0.6 × 100² + 0.4 × 300² = 42 000; n = (1000 × 1.645 / 15 000)² × 42 000 = 505.13
    # nh = 506 × 0.6 = 303.6 and 506 × 0.4 = 202.4
    strata = {
        "a": StratumFigures(600, Decimal("600000.00"), Decimal(100)),
        "b": StratumFigures(400, Decimal("400000.00"), Decimal(300)),
    }
    errors = errors_of(Decimal("1000000.00"), Decimal("0.005"))
    sizing = stratified_size(strata, Z90, errors)
    assert (sizing.size, sizing.strata) == (506, {"a": 304, "b": 203})
    assert sizing.steps[2].result == Decimal("42000.00")


def test_a_stratified_sample_by_monetary_units_by_hand() -> None:
    # s²rw = 0.75 × 0.04² + 0.25 × 0.08² = 0.0028; n = (1.645 / 0.015)² × 0.0028 = 33.68
    # nh = 34 × 0.75 = 25.5 and 34 × 0.25 = 8.5
    strata = {
        "a": StratumFigures(10, Decimal("750000.00"), Decimal("0.04")),
        "b": StratumFigures(90, Decimal("250000.00"), Decimal("0.08")),
    }
    errors = errors_of(Decimal("1000000.00"), Decimal("0.005"))
    sizing = mus_stratified_size(strata, Z90, errors)
    assert (sizing.size, sizing.strata) == (34, {"a": 26, "b": 9})


def test_a_conservative_sample_by_hand() -> None:
    # 4 199 882 024 × 2.31 / (83 997 640.48 − 8 399 764.048 × 1.5) = 135.88
    errors = errors_of(BV, Decimal("0.002"))
    assert conservative_size(BV, 90, errors).size == 136


def test_one_stratum_is_no_stratum() -> None:
    errors = errors_of(BV, Decimal("0.004"))
    one = {"": StratumFigures(3852, BV, Decimal("0.085"))}
    assert mus_stratified_size(one, Z90, errors).size == 77
    money = {"": StratumFigures(3852, BV, Decimal(168397))}
    assert (
        stratified_size(money, Z60, errors).size
        == simple_size(3852, Decimal(168397), Z60, errors).size
    )


@pytest.mark.parametrize(("units", "size"), [(1, 1), (10, 1), (11, 2), (295, 30), (299, 30)])
def test_a_tenth_of_a_small_population_is_rounded_up(units: int, size: int) -> None:
    assert non_statistical_size(units).size == size


def test_a_population_of_300_is_sampled_by_statistics() -> None:
    with pytest.raises(NotPossible, match="300 units"):
        non_statistical_size(300)


def test_an_anticipated_error_leaves_room_or_no_size_follows() -> None:
    errors = errors_of(BV, Decimal("0.02"))
    with pytest.raises(NotPossible, match="AE < TE"):
        mus_size(BV, Decimal("0.085"), Z90, errors)
    with pytest.raises(NotPossible, match="AE × EF"):
        conservative_size(BV, 90, errors_of(BV, Decimal("0.0134")))


def test_a_level_that_is_not_tabulated_has_no_factor() -> None:
    with pytest.raises(NotPossible, match="60, 70, 80, 90, 95"):
        z_of(99)
    with pytest.raises(NotPossible, match="confidence"):
        conservative_size(BV, 65, errors_of(BV, Decimal(0)))


@pytest.mark.parametrize("confidence", RF_0)
def test_the_tabulated_factor_without_errors_is_that_of_the_poisson_law(confidence: int) -> None:
    import math

    assert RF_0[confidence] == Fraction(math.ceil(-math.log(1 - confidence / 100) * 100), 100)


@pytest.mark.parametrize(
    ("confidence", "factors"),
    [
        (95, "3.00 4.75 6.30 7.76 9.16 10.52 11.85 13.15"),
        (90, "2.31 3.89 5.33 6.69 8.00 9.28 10.54 11.78"),
        (80, "1.61 3.00 4.28 5.52 6.73 7.91 9.08 10.24"),
    ],
)
def test_further_factors_are_those_of_the_auditors_tables(confidence: int, factors: str) -> None:
    found = [reliability_factor(confidence, i) for i in range(8)]
    assert found == [Fraction(one) for one in factors.split()]


def test_factors_of_many_errors_still_come_out() -> None:
    assert 1.0 < reliability_factor(90, 400) / 401 < 1.1


def test_every_table_covers_its_levels() -> None:
    assert set(RF_0) == set(EF)
    assert [float(Z[level]) for level in (60, 70, 80, 90, 95)] == [
        0.842, 1.036, 1.282, 1.645, 1.96,
    ]  # fmt: skip


amounts = st.decimals("1000", "10000000000", places=2)
rates = st.decimals("0.001", "0.5", places=4)


@given(amounts, rates, rates, st.decimals("0", "0.019", places=4))
def test_more_variation_or_more_confidence_never_needs_fewer_units(
    book_value: Decimal, one: Decimal, other: Decimal, anticipated: Decimal
) -> None:
    errors = errors_of(book_value, anticipated)
    low, high = sorted((one, other))
    sizes = [mus_size(book_value, deviation, Z90, errors).size for deviation in (low, high)]
    assert sizes == sorted(sizes)
    levels = [mus_size(book_value, one, z_of(level), errors).size for level in sorted(Z)]
    assert levels == sorted(levels)


@given(amounts, rates, st.decimals("0", "0.012", places=4), st.decimals("0", "0.012", places=4))
def test_more_anticipated_error_never_needs_fewer_units(
    book_value: Decimal, deviation: Decimal, one: Decimal, other: Decimal
) -> None:
    both = [errors_of(book_value, share) for share in sorted((one, other))]
    assert mus_size(book_value, deviation, Z90, both[0]).size <= (
        mus_size(book_value, deviation, Z90, both[1]).size
    )
    assert conservative_size(book_value, 90, both[0]).size <= (
        conservative_size(book_value, 90, both[1]).size
    )


@given(st.integers(1, 10**6), st.integers(1, 10**6), amounts, rates, rates)
def test_more_units_or_more_deviation_never_need_fewer_units(
    one: int, other: int, book_value: Decimal, low: Decimal, high: Decimal
) -> None:
    errors = errors_of(book_value, Decimal("0.005"))
    few, many = sorted((one, other))
    small, large = sorted((low, high))
    size = simple_size(few, small, Z90, errors).size
    assert size <= simple_size(many, small, Z90, errors).size
    assert size <= simple_size(few, large, Z90, errors).size
