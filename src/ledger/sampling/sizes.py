"""How many units are to be audited? The formulas of the guidance, rounded up."""

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from ledger.sampling.population import NotPossible, StratumFigures
from ledger.sampling.steps import Number, Step, plain, rate, root, rounded
from ledger.sampling.tables import EF, MATERIALITY, RF_0, Z

NON_STATISTICAL_BELOW = 300  # Regulation (EU) 2021/1060, art. 79(2)
NON_STATISTICAL_SHARE = Fraction("0.1")


class Sizing(Struct, frozen=True):
    """A size and how it was reckoned; `strata` where it is spread over several."""

    size: int
    steps: tuple[Step, ...]
    strata: dict[str, int] = {}


class Errors(Struct, frozen=True):
    """What error is tolerable, and what error is expected, both in PLN."""

    tolerable: Fraction
    anticipated: Fraction
    steps: tuple[Step, ...]

    @property
    def room(self) -> Fraction:
        """TE - AE. Raises `NotPossible` where nothing is left of it."""
        if self.anticipated >= self.tolerable:
            raise NotPossible(
                "design.anticipated_error", "must be less than the materiality (AE < TE)"
            )
        return self.tolerable - self.anticipated


def errors_of(
    book_value: Decimal, anticipated: Decimal, materiality: Fraction = MATERIALITY
) -> Errors:
    """TE and AE of a book value; the anticipated error is a share of it."""
    tolerable = Fraction(book_value) * materiality
    expected = Fraction(book_value) * Fraction(anticipated)
    steps = tuple(
        Step(key, f"{sign} = {share} × BV", f"{sign} = {{}} × {{}}",
             (plain(of), rounded(book_value)), rounded(value))
        for key, sign, share, of, value in (
            ("tolerable_error", "TE", "m", materiality, tolerable),
            ("anticipated_error", "AE", "a", Fraction(anticipated), expected),
        )
    )  # fmt: skip
    return Errors(tolerable, expected, steps)


def z_of(confidence: int | None) -> Fraction:
    """z of a level of confidence in per cent. Raises `NotPossible`."""
    if confidence not in Z:
        raise NotPossible("design.confidence", f"one of {', '.join(map(str, Z))} is expected")
    return Z[confidence]


def rf_of(confidence: int | None) -> Fraction:
    """RF(0) of a level of confidence in per cent. Raises `NotPossible`."""
    if confidence not in RF_0:
        raise NotPossible("design.confidence", f"one of {', '.join(map(str, RF_0))} is expected")
    return RF_0[confidence]


def simple_size(units: int, deviation: Decimal, z: Fraction, errors: Errors) -> Sizing:
    """n = (N z s / (TE - AE))²: mean per unit, ratio, difference estimation."""
    exact = (units * z * Fraction(deviation) / errors.room) ** 2
    numbers = (units, plain(z), rounded(deviation), *_both(errors))
    step = _size("(N × z × s / (TE − AE))²", "({} × {} × {} / ({} − {}))²", numbers, exact)
    return Sizing(math.ceil(exact), (*errors.steps, step))


def stratified_size(strata: Mapping[str, StratumFigures], z: Fraction, errors: Errors) -> Sizing:
    """n = (N z sw / (TE - AE))², s²w weighted by Nh; nh = n Nh / N, each rounded up."""
    units = sum(one.units for one in strata.values())
    weights = {name: Fraction(one.units, units) for name, one in strata.items()}
    squared = _weighted(weights, strata)
    exact = (units * z / errors.room) ** 2 * squared
    steps = (
        *errors.steps,
        Step("weighted_variance", "s²w = Σ (Nh / N) × s²h", _sum_of("s²w", strata),
             tuple(n for one in strata.values() for n in (one.units, units, one.deviation)),
             rounded(squared)),
        _size("(N × z × sw / (TE − AE))²", "({} × {} × {} / ({} − {}))²",
              (units, plain(z), rate(root(squared)), *_both(errors)), exact),
    )  # fmt: skip
    return _spread(math.ceil(exact), weights, steps, "Nh / N", strata)


def mus_size(book_value: Decimal, deviation: Decimal, z: Fraction, errors: Errors) -> Sizing:
    """n = (z BV sr / (TE - AE))², sr the deviation of error rates."""
    exact = (z * Fraction(book_value) * Fraction(deviation) / errors.room) ** 2
    numbers = (plain(z), rounded(book_value), plain(deviation), *_both(errors))
    step = _size("(z × BV × sr / (TE − AE))²", "({} × {} × {} / ({} − {}))²", numbers, exact)
    return Sizing(math.ceil(exact), (*errors.steps, step))


def mus_stratified_size(
    strata: Mapping[str, StratumFigures], z: Fraction, errors: Errors
) -> Sizing:
    """n = (z BV srw / (TE - AE))², s²rw weighted by BVh; nh = n BVh / BV, each rounded up."""
    whole = sum((Fraction(one.book_value) for one in strata.values()), Fraction(0))
    weights = {name: Fraction(one.book_value) / whole for name, one in strata.items()}
    squared = _weighted(weights, strata)
    exact = (z * whole / errors.room) ** 2 * squared
    steps = (
        *errors.steps,
        Step("weighted_variance", "s²rw = Σ (BVh / BV) × s²rh",
             _sum_of("s²rw", strata),
             tuple(n for one in strata.values()
                   for n in (one.book_value, rounded(whole), one.deviation)), rate(squared)),
        _size("(z × BV × srw / (TE − AE))²", "({} × {} × {} / ({} − {}))²",
              (plain(z), rounded(whole), rate(root(squared)), *_both(errors)), exact),
    )  # fmt: skip
    return _spread(math.ceil(exact), weights, steps, "BVh / BV", strata)


def conservative_size(book_value: Decimal, confidence: int | None, errors: Errors) -> Sizing:
    """n = BV RF / (TE - AE EF), the conservative approach to monetary unit sampling."""
    factor = rf_of(confidence)
    expansion = EF[confidence or 0]
    room = errors.tolerable - errors.anticipated * expansion
    if room <= 0:
        raise NotPossible("design.anticipated_error", "must leave AE × EF less than TE")
    exact = Fraction(book_value) * factor / room
    numbers = (rounded(book_value), plain(factor), *_both(errors), plain(expansion))
    step = _size("BV × RF / (TE − AE × EF)", "{} × {} / ({} − {} × {})", numbers, exact)
    return Sizing(math.ceil(exact), (*errors.steps, step))


def non_statistical_size(units: int) -> Sizing:
    """At least a tenth of fewer than 300 units, drawn at random: 2021/1060, art. 79(2)."""
    if units >= NON_STATISTICAL_BELOW:
        raise NotPossible(
            "design.method", f"the population has {units} units; only fewer than 300 are sampled so"
        )
    exact = units * NON_STATISTICAL_SHARE
    step = _size("10 % × N", "{} × {}", (plain(NON_STATISTICAL_SHARE), units), exact)
    return Sizing(math.ceil(exact), (step,))


def _size(formula: str, filled: str, numbers: tuple[Number, ...], exact: Fraction) -> Step:
    """The size: what the formula gives, rounded up."""
    return _rounded_up("sample_size", "n", formula, filled, numbers, exact)


def _rounded_up(
    key: str, sign: str, formula: str, filled: str, numbers: tuple[Number, ...], exact: Fraction
) -> Step:
    return Step(
        key,
        f"{sign} = ⌈{formula}⌉",
        f"{sign} = ⌈{filled}⌉ = ⌈{{}}⌉",
        (*numbers, rounded(exact, 4)),
        math.ceil(exact),
    )


def _both(errors: Errors) -> tuple[Decimal, Decimal]:
    return rounded(errors.tolerable), rounded(errors.anticipated)


def _weighted(weights: Mapping[str, Fraction], strata: Mapping[str, StratumFigures]) -> Fraction:
    parts = (weights[name] * Fraction(one.deviation) ** 2 for name, one in strata.items())
    return sum(parts, Fraction(0))


def _sum_of(sign: str, strata: Mapping[str, StratumFigures]) -> str:
    return f"{sign} = " + " + ".join(["({} / {}) × {}²"] * len(strata))


def _spread(
    size: int,
    weights: Mapping[str, Fraction],
    steps: tuple[Step, ...],
    weight: str,
    strata: Mapping[str, StratumFigures],
) -> Sizing:
    spread = {name: math.ceil(size * share) for name, share in weights.items()}
    more = (
        _rounded_up(f"stratum_size {name}", "nh", f"n × {weight}", "{} × {}",
                    (size, rate(weights[name])), size * weights[name])
        for name in strata
    )  # fmt: skip
    return Sizing(size, (*steps, *more), spread)
