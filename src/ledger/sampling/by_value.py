"""What does a sample by monetary units say of all? The standard and the conservative approach."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import count

from ledger.sampling.projecting import total_step
from ledger.sampling.results import (
    Layer,
    Projection,
    exhaustive_error,
    open_to_chance,
    summed,
)
from ledger.sampling.steps import Step, plain, rate, root, rounded, variance
from ledger.sampling.tables import reliability_factor


def mus(layers: Sequence[Layer], z: Fraction) -> Projection:
    """EE = EEe + Σ (BVhs / nhs) Σ (Ei / BVi); SE = z √Σ (BVhs² / nhs) s²rh.

    Of one stratum this is the standard approach: SE = z (BVs / √ns) sr.
    """
    known, chance = exhaustive_error(layers), open_to_chance(layers)
    projected, steps = _projected(chance)
    error = known + summed(projected)
    steps.append(total_step("EE = EEe + Σ SIh × Σ (Ei / BVi)", known, projected, error))
    inside = Fraction(0)
    for layer in chance:
        squared = variance([one.tainting for one in layer.sampled])
        if squared is None:
            return Projection(error, None, tuple(steps))
        inside += Fraction(layer.book_value) ** 2 / len(layer.sampled) * squared
        steps.append(
            Step(f"deviation_of_rates {layer.name}", "sr = √(Σ (ri − r̄)² / (ns − 1))", "sr = √{}",
                 (rate(squared),), rate(root(squared)))
        )  # fmt: skip
    precision = z * root(inside)
    steps.append(
        Step("precision", "SE = z × √Σ ((BVhs² / nhs) × s²rh)", "SE = {} × √{}",
             (plain(z), rounded(inside)), rounded(precision))
    )  # fmt: skip
    return Projection(error, precision, tuple(steps))


def _projected(layers: Sequence[Layer]) -> tuple[list[Fraction], list[Step]]:
    found, steps = [], []
    for layer in layers:
        interval = interval_of(layer)
        taintings = summed([one.tainting for one in layer.sampled])
        found.append(interval * taintings)
        steps += [
            Step(f"interval {layer.name}", "SI = BVs / ns", "SI = {} / {}",
                 (rounded(layer.book_value), len(layer.sampled)), rounded(interval)),
            Step(f"projected_stratum {layer.name}", "EEs = SI × Σ (Ei / BVi)", "EEs = {} × {}",
                 (rounded(interval), rate(taintings)), rounded(found[-1])),
        ]  # fmt: skip
    return found, steps


def interval_of(layer: Layer) -> Fraction:
    """SI = BVs / ns."""
    return Fraction(layer.book_value) / len(layer.sampled)


def mus_conservative(layer: Layer, confidence: int) -> Projection:
    """EE = EEe + SI Σ (Ei / BVi); SE = SI RF(0) + Σ (RF(i) - RF(i-1) - 1) SI Ei / BVi.

    The projected errors stand in falling order: the largest meets the largest increment.
    """
    known, chance = exhaustive_error([layer]), open_to_chance([layer])
    projected, steps = _projected(chance)
    error = known + summed(projected)
    steps.append(total_step("EE = EEe + SI × Σ (Ei / BVi)", known, projected, error))
    if not chance:
        return Projection(error, Fraction(0), tuple(steps))
    interval = interval_of(layer)
    first = reliability_factor(confidence, 0)
    basic = interval * first
    steps.append(
        Step("basic_precision", "BP = SI × RF(0)", "BP = {} × {}",
             (rounded(interval), plain(first)), rounded(basic))
    )  # fmt: skip
    allowance = Fraction(0)
    for i, tainting in zip(count(1), _falling(layer), strict=False):
        factor = reliability_factor(confidence, i) - reliability_factor(confidence, i - 1) - 1
        more = factor * interval * tainting
        allowance += more
        steps.append(
            Step(f"allowance {i}", "IAi = (RF(i) − RF(i−1) − 1) × SI × Ei / BVi",
                 "IAi = ({} − {} − 1) × {} × {}",
                 (plain(reliability_factor(confidence, i)),
                  plain(reliability_factor(confidence, i - 1)),
                  rounded(interval), rate(tainting)), rounded(more))
        )  # fmt: skip
    precision = basic + allowance
    steps.append(
        Step("precision", "SE = BP + Σ IAi", "SE = {} + {}",
             (rounded(basic), rounded(allowance)), rounded(precision))
    )  # fmt: skip
    return Projection(error, precision, tuple(steps))


def _falling(layer: Layer) -> list[Fraction]:
    found = [one.tainting for one in layer.sampled if one.error]
    return sorted(found, reverse=True)
