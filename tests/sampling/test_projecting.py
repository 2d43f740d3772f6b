"""What the guidance's formulas project, to the grosz; each reckoned by hand beside it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from ledger.aggregates.samples.state import Method
from ledger.sampling.by_value import interval_of, mus, mus_conservative
from ledger.sampling.evaluation import Found, conclude, evaluate, residual
from ledger.sampling.population import NotPossible
from ledger.sampling.projecting import mean_per_unit, ratio
from ledger.sampling.results import Examined, Layer
from ledger.sampling.sizes import z_of
from ledger.sampling.steps import rounded
from ledger.sampling.tables import reliability_factor

BV = Decimal("4199882024.00")


def unit(book_value: object, error: object = 0, *, exhaustive: bool = False) -> Examined:
    return Examined(Decimal(str(book_value)), Decimal(str(error)), exhaustive)


def rates_with(total: Fraction, deviation: Fraction, count: int) -> list[Fraction]:
    """An odd number of rates that have that sum and that deviation: a mean, and pairs around it."""
    mean, pairs = total / count, (count - 1) // 2
    # All pairs at the same distance d: 2 × pairs × d² = (count - 1) s², so d = s.
    return [mean, *([mean - deviation] * pairs), *([mean + deviation] * pairs)]


def test_the_guidances_monetary_unit_sample_comes_out_to_the_unit() -> None:
    value = Decimal(3413044943) / 69
    rates = rates_with(Fraction("1.096"), Fraction("0.09"), 69)
    drawn = [Examined(Decimal(10**12), Decimal(str(float(r))) * 10**12) for r in rates]
    high = [Examined(Decimal(786837081), Decimal(7616805), exhaustive=True)]
    layer = Layer(3844, BV - 786837081, tuple(high + drawn))
    assert rounded(interval_of(layer), 0) == rounded(value, 0) == 49464419
    found = evaluate("mus", [layer], BV, confidence=90)
    assert round(found.projected_error) == 61829809
    assert found.precision is not None
    assert found.upper_limit is not None
    assert round(found.precision) == 60831129
    assert rounded(found.upper_limit, 0) == 122660937
    assert round(found.tolerable_error) == 83997640
    assert found.conclusion == "inconclusive"


def test_mean_per_unit_by_hand() -> None:
    # Errors 0, 10, 0, 30 of N = 100: EE = 100 × 40 / 4 = 1000; s² = (100+0+100+400)/3 = 200
    # SE = 100 × 1.645 × √200 / √4 = 1163.19 (√200 = 14.142136)
    layer = Layer(100, Decimal(10000), tuple(unit(100, e) for e in (0, 10, 0, 30)))
    found = mean_per_unit([layer], z_of(90))
    assert rounded(found.error) == Decimal("1000.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("1163.19")


def test_ratio_by_hand() -> None:
    # (100; 10), (300; 0), (100; 15): share 25 / 500 = 0.05; q = 10 − 5, −15, 15 − 5 = 5, −15, 10
    # EE = 50 000 × 0.05 = 2500; s² = (25 + 225 + 100) / 2 = 175; SE = 200 × 1.96 × √175 / √3
    layer = Layer(200, Decimal(50000), (unit(100, 10), unit(300), unit(100, 15)))
    found = ratio([layer], z_of(95))
    assert rounded(found.error) == Decimal("2500.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("2993.95")


def test_strata_and_the_units_audited_in_full_add_up_by_hand() -> None:
    # a: 60 × 20 / 2 = 600; b: 40 × 8 / 2 = 160; in full 77; together 837
    # s²a = 200, s²b = 32; s²w = 0.6 × 200 + 0.4 × 32 = 132.8; SE = 100 × 1.645 × √132.8 / √4
    a = Layer(60, Decimal(6000), (unit(100, 0), unit(100, 20), unit(900, 77, exhaustive=True)), "a")
    b = Layer(40, Decimal(4000), (unit(100, 0), unit(100, 8)), "b")
    found = mean_per_unit([a, b], z_of(90))
    assert rounded(found.error) == Decimal("837.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("947.84")
    alone = [mean_per_unit([one], z_of(90)).error for one in (a, b)]
    assert sum(alone) == found.error


def test_the_ratio_of_strata_by_hand() -> None:
    # a: 6000 × 20 / 200 = 600; b: 4000 × 10 / 400 = 100
    a = Layer(60, Decimal(6000), (unit(100, 0), unit(100, 20)), "a")
    b = Layer(40, Decimal(4000), (unit(100, 10), unit(300, 0)), "b")
    found = ratio([a, b], z_of(90))
    assert rounded(found.error) == Decimal("700.00")
    assert found.precision is not None
    # qa = −10, 10: 200; qb = 7.5, −7.5: 112.5; s²w = 165; SE = 100 × 1.645 × √165 / 2
    assert rounded(found.precision) == Decimal("1056.52")


def test_monetary_units_by_hand() -> None:
    # SI = 9000 / 3 = 3000; taintings 0, 0.1, 0.2; EE = 50 + 3000 × 0.3 = 950
    # sr = 0.1; SE = 1.645 × 9000 / √3 × 0.1 = 854.77
    high = unit(5000, 50, exhaustive=True)
    layer = Layer(30, Decimal(9000), (high, unit(100), unit(200, 20), unit(50, 10)))
    found = mus([layer], z_of(90))
    assert rounded(found.error) == Decimal("950.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("854.77")


def test_monetary_units_by_strata_by_hand() -> None:
    # a: SI = 2000, taintings 0, 0.5: EE = 1000, s² = 0.125; b: SI = 500, 0.2, 0: EE = 100, 0.02
    # SE = 1.645 √(4000² / 2 × 0.125 + 1000² / 2 × 0.02) = 1.645 √1 010 000
    a = Layer(9, Decimal(4000), (unit(100), unit(100, 50)), "a")
    b = Layer(9, Decimal(1000), (unit(10, 2), unit(10)), "b")
    found = mus([a, b], z_of(90))
    assert rounded(found.error) == Decimal("1100.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("1653.20")


def test_the_conservative_approach_by_hand() -> None:
    # SI = 1000; taintings 0.5, 0.2 in falling order; EE = 700
    # BP = 2310; IA = (3.89 − 2.31 − 1) × 500 + (5.33 − 3.89 − 1) × 200 = 290 + 88; SE = 2688
    layer = Layer(9, Decimal(4000), (unit(10, 2), unit(10), unit(100, 50), unit(5)))
    found = mus_conservative(layer, 90)
    assert rounded(found.error) == Decimal("700.00")
    assert found.precision is not None
    assert rounded(found.precision) == Decimal("2688.00")
    assert [one.key for one in found.steps if one.key.startswith("allowance")] == [
        "allowance 1", "allowance 2",
    ]  # fmt: skip


def test_without_errors_the_conservative_precision_is_the_basic_one() -> None:
    layer = Layer(9, Decimal(4000), (unit(10), unit(10)))
    found = mus_conservative(layer, 95)
    assert found.error == 0
    assert found.precision == 2000 * reliability_factor(95, 0)


def test_difference_estimation_concludes_by_the_corrected_value() -> None:
    # EE = 100 × 40 / 4 = 1000, SE = 1163.19: CBV = 99 000, LL = 97 836.81 against 98 000
    layer = Layer(100, Decimal(100000), tuple(unit(1000, e) for e in (0, 10, 0, 30)))
    found = evaluate("difference", [layer], Decimal(100000), confidence=90)
    results = {one.key: one.result for one in found.steps}
    assert results["corrected_book_value"] == Decimal("99000.00")
    assert results["lower_limit"] == Decimal("97836.81")
    assert results["least_value"] == Decimal("98000.00")
    assert found.conclusion == "inconclusive"
    # With 60 %: SE = 100 × 0.842 × √200 / 2 = 595.38; LL = 98 404.62 lies above 98 000
    assert evaluate("difference", [layer], Decimal(100000), confidence=60).conclusion == (
        "not_material"
    )


def test_the_conclusion_is_drawn_from_total_error_upper_limit_and_tolerable_error() -> None:
    two = Fraction(2)
    assert conclude(Fraction("2.01"), Fraction(3), two, statistical=True) == "material"
    assert conclude(two, Fraction(3), two, statistical=True) == "inconclusive"
    assert conclude(Fraction(1), two, two, statistical=True) == "inconclusive"
    assert conclude(Fraction(1), Fraction("1.99"), two, statistical=True) == "not_material"
    assert conclude(Fraction(1), None, two, statistical=True) == "inconclusive"
    assert conclude(Fraction(1), None, two, statistical=False) == "not_material"


def test_systemic_and_anomalous_errors_are_added_and_not_projected() -> None:
    layer = Layer(100, Decimal(10000), tuple(unit(100, e) for e in (0, 10, 0, 30)))
    plain = evaluate("simple_mean", [layer], Decimal(10000), confidence=90)
    more = evaluate(
        "simple_mean", [layer], Decimal(10000), confidence=90,
        found=Found(Decimal(70), Decimal(5)),
    )  # fmt: skip
    assert more.projected_error == plain.projected_error == Decimal("1000.00")
    assert more.total_error == Decimal("1075.00")
    assert more.precision == plain.precision
    assert (more.total_error_rate, more.conclusion) == (Decimal("0.107500"), "material")


@pytest.mark.parametrize(
    "method", ["simple_mean", "simple_ratio", "difference", "mus", "mus_conservative"]
)
def test_what_is_audited_in_full_is_known_exactly(method: Method) -> None:
    layer = Layer(0, Decimal(0), (unit(100, 3, exhaustive=True), unit(900, 0, exhaustive=True)))
    found = evaluate(method, [layer], Decimal(1000), confidence=90)
    assert (found.total_error, found.precision) == (Decimal("3.00"), Decimal("0.00"))
    assert found.conclusion == "not_material"


@pytest.mark.parametrize("method", ["simple_mean", "simple_ratio", "mus"])
def test_one_unit_drawn_by_chance_concludes_nothing(method: Method) -> None:
    found = evaluate(method, [Layer(9, Decimal(900), (unit(100),))], Decimal(900), confidence=90)
    assert (found.precision, found.upper_limit, found.conclusion) == (None, None, "inconclusive")


def test_without_statistics_there_is_a_projection_and_no_precision() -> None:
    # 2000 × 6 / 300 = 40 = 2 % of 2000: not above
    layer = Layer(20, Decimal(2000), (unit(100, 6), unit(200)))
    found = evaluate("non_statistical", [layer], Decimal(2000), confidence=None)
    assert (found.projected_error, found.precision) == (Decimal("40.00"), None)
    assert (found.conclusion, found.statistical) == ("not_material", False)


def test_a_method_without_strata_takes_one() -> None:
    layer = Layer(9, Decimal(900), (unit(100), unit(100)))
    with pytest.raises(NotPossible, match="strata"):
        evaluate("mus", [layer, layer], Decimal(1800), confidence=90)


def test_the_residual_rate_by_hand() -> None:
    # A = 1000, E1 = 50, E2 = 150: F = 800; D = 5 %: G = 40; H = 10: I = 790, J = 30
    # K = 30 / 790 = 3.797 %; correction (30 − 15.8) / 0.98 = 14.49
    found = residual(
        Decimal(1000), Fraction("0.05"),
        withdrawn=Decimal(50), assessed=Decimal(150), corrected=Decimal(10),
    )  # fmt: skip
    assert [one.result for one in found.steps] == [
        Decimal("800.00"), Decimal("40.00"), Decimal("790.00"), Decimal("30.00"),
        Decimal("0.037975"), Decimal("14.49"),
    ]  # fmt: skip
    after = residual(
        Decimal(1000), Fraction("0.05"), withdrawn=Decimal(50), assessed=Decimal(150),
        corrected=Decimal("24.49"),
    )  # fmt: skip
    assert (after.residual_rate, after.correction) == (Decimal("0.020000"), Decimal("0.00"))


def test_a_residual_rate_of_two_per_cent_needs_no_correction() -> None:
    found = residual(Decimal(1000), Fraction("0.02"))
    assert (found.residual_rate, found.correction) == (Decimal("0.020000"), Decimal("0.00"))


def test_deductions_cannot_take_all() -> None:
    with pytest.raises(NotPossible):
        residual(Decimal(1000), Fraction("0.02"), withdrawn=Decimal(1000))
