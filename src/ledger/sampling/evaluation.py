"""Is the expenditure materially wrong? Projection, upper limit, conclusion, residual rate."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from ledger.aggregates.samples.state import Conclusion, Method
from ledger.sampling.by_value import mus, mus_conservative
from ledger.sampling.methods import is_conservative, is_ratio, is_statistical, is_stratified
from ledger.sampling.population import NotPossible
from ledger.sampling.projecting import corrected_value, mean_per_unit, ratio
from ledger.sampling.results import Layer, Projection
from ledger.sampling.sizes import rf_of, z_of
from ledger.sampling.steps import Step, plain, rate, rounded
from ledger.sampling.tables import MATERIALITY


class Evaluation(Struct, frozen=True, kw_only=True):
    """What the sample says of the population; amounts in PLN, rates as shares."""

    book_value: Decimal
    projected_error: Decimal
    systemic_error: Decimal
    anomalous_error: Decimal
    total_error: Decimal
    total_error_rate: Decimal
    precision: Decimal | None
    upper_limit: Decimal | None
    tolerable_error: Decimal
    conclusion: Conclusion
    statistical: bool
    exact_rate: Fraction
    steps: tuple[Step, ...]


class Found(Struct, frozen=True):
    """Errors that are not projected: systemic ones as delimited, anomalous ones not corrected."""

    systemic: Decimal = Decimal(0)
    anomalous: Decimal = Decimal(0)


def projection(method: Method, layers: Sequence[Layer], confidence: int | None) -> Projection:
    """EE and SE by that method. Raises `NotPossible`."""
    if not is_stratified(method) and len(layers) != 1:
        raise NotPossible("design.method", "knows no strata")
    if is_conservative(method):
        rf_of(confidence)
        return mus_conservative(layers[0], confidence or 0)
    z = z_of(confidence) if is_statistical(method) else None
    if method in ("mus", "mus_stratified"):
        assert z is not None
        return mus(layers, z)
    return ratio(layers, z) if is_ratio(method) else mean_per_unit(layers, z)


def evaluate(
    method: Method,
    layers: Sequence[Layer],
    book_value: Decimal,
    *,
    confidence: int | None,
    materiality: Fraction = MATERIALITY,
    found: Found = Found(),  # noqa: B008 - frozen
) -> Evaluation:
    """The evaluation of a sample whose every unit was audited. Raises `NotPossible`."""
    projected = projection(method, layers, confidence)
    error = projected.error + Fraction(found.systemic) + Fraction(found.anomalous)
    upper = None if projected.precision is None else error + projected.precision
    tolerable = Fraction(book_value) * materiality
    statistical = is_statistical(method)
    share = error / Fraction(book_value) if book_value else Fraction(0)
    steps = [*projected.steps, *_limits(projected, found, error, upper)]
    if method == "difference" and projected.precision is not None:
        steps += corrected_value(book_value, error, projected.precision)
    steps += _tolerable(method, book_value, materiality, tolerable)
    return Evaluation(
        book_value=book_value,
        projected_error=rounded(projected.error),
        systemic_error=rounded(found.systemic),
        anomalous_error=rounded(found.anomalous),
        total_error=rounded(error),
        total_error_rate=rate(share),
        precision=None if projected.precision is None else rounded(projected.precision),
        upper_limit=None if upper is None else rounded(upper),
        tolerable_error=rounded(tolerable),
        conclusion=conclude(error, upper, tolerable, statistical=statistical),
        statistical=statistical,
        exact_rate=share,
        steps=tuple(steps),
    )


def _limits(
    projected: Projection, found: Found, error: Fraction, upper: Fraction | None
) -> list[Step]:
    """TER, and ULE where there is a precision."""
    steps = [
        Step("total_error", "TER = EE + Es + Ea", "TER = {} + {} + {}",
             (rounded(projected.error), rounded(found.systemic), rounded(found.anomalous)),
             rounded(error))
    ]  # fmt: skip
    if projected.precision is not None and upper is not None:
        numbers = (rounded(error), rounded(projected.precision))
        steps.append(
            Step("upper_limit", "ULE = TER + SE", "ULE = {} + {}", numbers, rounded(upper))
        )
    return steps


def _tolerable(
    method: Method, book_value: Decimal, materiality: Fraction, tolerable: Fraction
) -> list[Step]:
    """TE, and what difference estimation compares with: BV - TE."""
    whole, least = rounded(book_value), rounded(Fraction(book_value) - tolerable)
    steps = [
        Step("tolerable_error", "TE = m × BV", "TE = {} × {}", (plain(materiality), whole),
             rounded(tolerable))
    ]  # fmt: skip
    if method == "difference":
        steps.append(Step("least_value", "BV − TE", "{} − {}", (whole, rounded(tolerable)), least))
    return steps


def conclude(
    error: Fraction, upper: Fraction | None, tolerable: Fraction, *, statistical: bool
) -> Conclusion:
    """TER above TE: material; ULE below TE: not material; else the sample does not tell.

    In difference estimation the same is said of CBV and LL against BV - TE. Without statistics
    there is no upper limit: the projected error alone is judged.
    """
    if error > tolerable:
        return "material"
    if not statistical:
        return "not_material"
    return "not_material" if upper is not None and upper < tolerable else "inconclusive"


class Residual(Struct, frozen=True, kw_only=True):
    """The residual total error rate, and the correction that brings it down to materiality."""

    remaining: Decimal
    at_risk: Decimal
    accepted: Decimal
    residual_error: Decimal
    residual_rate: Decimal
    correction: Decimal
    steps: tuple[Step, ...]


def residual(
    amount: Decimal,
    rate_of_error: Fraction,
    *,
    withdrawn: Decimal = Decimal(0),
    assessed: Decimal = Decimal(0),
    corrected: Decimal = Decimal(0),
    materiality: Fraction = MATERIALITY,
) -> Residual:
    """F = A - E1 - E2; G = D F; I = F - H; J = G - H; K = J / I; the correction above 2 %.

    A the expenditure, D the total error rate, E1 withdrawn since, E2 still under assessment,
    H corrections made because of the audited errors. Raises `NotPossible`.
    """
    f = Fraction(amount) - Fraction(withdrawn) - Fraction(assessed)
    g = rate_of_error * f
    i, j = f - Fraction(corrected), g - Fraction(corrected)
    if f < 0 or i <= 0:
        raise NotPossible("corrected", "leaves nothing of the expenditure")
    k = j / i
    needed = (j - materiality * i) / (1 - materiality) if k > materiality else Fraction(0)
    return Residual(
        remaining=rounded(f),
        at_risk=rounded(g),
        accepted=rounded(i),
        residual_error=rounded(j),
        residual_rate=rate(k),
        correction=rounded(needed),
        steps=_residual_steps(
            (amount, withdrawn, assessed, corrected),
            rate_of_error,
            (f, g, i, j, k, needed),
            plain(materiality),
        ),
    )


def _residual_steps(
    given: tuple[Decimal, Decimal, Decimal, Decimal],
    rate_of_error: Fraction,
    found: tuple[Fraction, Fraction, Fraction, Fraction, Fraction, Fraction],
    m: Decimal,
) -> tuple[Step, ...]:
    a, e1, e2, h = map(rounded, given)
    f, g, i, j = map(rounded, found[:4])
    k, needed = rate(found[4]), rounded(found[5])
    steps = (
        Step("remaining", "F = A − E1 − E2", "F = {} − {} − {}", (a, e1, e2), f),
        Step("at_risk", "G = D × F", "G = {} × {}", (rate(rate_of_error), f), g),
        Step("accepted", "I = F − H", "I = {} − {}", (f, h), i),
        Step("residual_error", "J = G − H", "J = {} − {}", (g, h), j),
        Step("residual_rate", "K = J / I", "K = {} / {}", (j, i), k),
    )
    if not found[5]:
        return steps
    filled = "({} − {} × {}) / (1 − {})"
    return (*steps, Step("correction", "(J − m × I) / (1 − m)", filled, (j, m, i, m), needed))
