"""What does a sample of units with equal chances say of all? Mean per unit, and ratio.

Both also by strata: projections add up, and the variance is weighted by Nh.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from ledger.sampling.results import (
    Layer,
    Projection,
    exhaustive_error,
    open_to_chance,
    summed,
)
from ledger.sampling.steps import Step, plain, rate, root, rounded, variance

_Part = Callable[[Layer], tuple[Fraction, Step, list[Fraction]]]


def mean_per_unit(layers: Sequence[Layer], z: Fraction | None) -> Projection:
    """EE = N ΣE / n; SE = N z s / √n, s of the errors."""
    return _project(layers, z, _by_mean)


def ratio(layers: Sequence[Layer], z: Fraction | None) -> Projection:
    """EE = BV ΣE / ΣBVi; SE = N z s / √n, s of qi = Ei - (ΣE / ΣBVi) BVi."""
    return _project(layers, z, _by_ratio)


def _by_mean(layer: Layer) -> tuple[Fraction, Step, list[Fraction]]:
    errors = [Fraction(one.error) for one in layer.sampled]
    projected = layer.units * summed(errors) / len(errors)
    step = Step(
        f"projected_stratum {layer.name}",
        "EEh = N × ΣE / n",
        "EEh = {} × {} / {}",
        (layer.units, rounded(summed(errors)), len(errors)),
        rounded(projected),
    )
    return projected, step, errors


def _by_ratio(layer: Layer) -> tuple[Fraction, Step, list[Fraction]]:
    error = summed([one.error for one in layer.sampled])
    audited = summed([one.book_value for one in layer.sampled])
    share = error / audited
    projected = Fraction(layer.book_value) * share
    step = Step(
        f"projected_stratum {layer.name}",
        "EEh = BV × ΣE / ΣBVi",
        "EEh = {} × {} / {}",
        (rounded(layer.book_value), rounded(error), rounded(audited)),
        rounded(projected),
    )
    return projected, step, [Fraction(e.error) - share * Fraction(e.book_value)
                             for e in layer.sampled]  # fmt: skip


def _project(layers: Sequence[Layer], z: Fraction | None, part: _Part) -> Projection:
    known = exhaustive_error(layers)
    chance = open_to_chance(layers)
    parts = [(layer, *part(layer)) for layer in chance]
    error = known + summed([one[1] for one in parts])
    steps = [*(one[2] for one in parts), _total(known, [one[1] for one in parts], error)]
    if z is None:
        return Projection(error, None, tuple(steps))
    if not chance:
        return Projection(error, Fraction(0), tuple(steps))
    spread = _spread([(layer, values) for layer, _, _, values in parts])
    if spread is None:
        return Projection(error, None, tuple(steps))
    units, drawn = sum(one.units for one in chance), sum(len(one.sampled) for one in chance)
    precision = units * z * root(spread) / root(Fraction(drawn))
    steps += [
        Step("deviation", "s = √(Σ (Nh / N) × s²h)", "s = √{}", (rate(spread),),
             rate(root(spread))),
        Step("precision", "SE = N × z × s / √n", "SE = {} × {} × {} / √{}",
             (units, plain(z), rate(root(spread)), drawn), rounded(precision)),
    ]  # fmt: skip
    return Projection(error, precision, tuple(steps))


def _spread(parts: Sequence[tuple[Layer, list[Fraction]]]) -> Fraction | None:
    """s²w = Σ (Nh / N) s²h; of one stratum s² itself. None where one has a single unit."""
    units = sum(layer.units for layer, _ in parts)
    found = [(layer.units, variance(values)) for layer, values in parts]
    if any(squared is None for _, squared in found):
        return None
    return summed([Fraction(n, units) * squared for n, squared in found if squared is not None])


def _total(known: Fraction, projected: Sequence[Fraction], error: Fraction) -> Step:
    return total_step("EE = EEe + Σ EEh", known, projected, error)


def total_step(
    formula: str, known: Fraction, projected: Sequence[Fraction], error: Fraction
) -> Step:
    """The projected error: what is known of the units audited in full, and what is projected."""
    filled = "EE = {}" + " + {}" * len(projected)
    numbers = (rounded(known), *(rounded(one) for one in projected))
    return Step("projected_error", formula, filled, numbers, rounded(error))


def corrected_value(book_value: Decimal, error: Fraction, precision: Fraction) -> tuple[Step, ...]:
    """Difference estimation: CBV = BV - EE, LL = CBV - SE."""
    corrected = Fraction(book_value) - error
    lower = corrected - precision
    return (
        Step("corrected_book_value", "CBV = BV − EE", "CBV = {} − {}",
             (rounded(book_value), rounded(error)), rounded(corrected)),
        Step("lower_limit", "LL = CBV − SE", "LL = {} − {}",
             (rounded(corrected), rounded(precision)), rounded(lower)),
    )  # fmt: skip
