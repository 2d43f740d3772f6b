"""How does a design become a sample? Units are put into strata, sized, and drawn."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from ledger.aggregates.samples.state import Design
from ledger.sampling.drawing import Selection, draw_by_value, draw_equally
from ledger.sampling.methods import is_by_value, is_conservative, is_statistical, is_stratified
from ledger.sampling.population import NotPossible, Unit, by_stratum, figures, total
from ledger.sampling.sizes import (
    Errors,
    Sizing,
    conservative_size,
    errors_of,
    mus_size,
    mus_stratified_size,
    non_statistical_size,
    rf_of,
    simple_size,
    stratified_size,
    z_of,
)

LEAST = 2  # fewer units have no deviation, so nothing could be concluded from them


class DrawnLayer(Struct, frozen=True):
    """A stratum and what was drawn of it."""

    name: str
    units: tuple[Unit, ...]
    selection: Selection


class Sampled(Struct, frozen=True):
    """A drawn sample; `sizing` is None where the auditor set the size."""

    sizing: Sizing | None
    layers: tuple[DrawnLayer, ...]


def check(design: Design) -> None:
    """Raises `NotPossible` for parameters that contradict the method."""
    if is_stratified(design.method) != (design.stratify_by is not None):
        why = "is required by this method" if is_stratified(design.method) else "does not fit"
        raise NotPossible("design.stratify_by", why)
    if (design.stratify_by == "book_value") != bool(design.limits):
        raise NotPossible("design.limits", "go together with strata by book_value")
    if is_by_value(design.method) and design.exhaustive_above is not None:
        raise NotPossible(
            "design.exhaustive_above", "follows from the interval in monetary unit sampling"
        )
    if not 0 < Fraction(design.materiality) < 1:
        raise NotPossible("design.materiality", "is a share between 0 and 1")
    if is_conservative(design.method):
        rf_of(design.confidence)
    elif is_statistical(design.method):
        z_of(design.confidence)


def size_of(design: Design, units: Sequence[Unit]) -> Sizing:
    """The size by the method's formula. Raises `NotPossible`, also for a parameter missing."""
    check(design)
    rest = _open_to_chance(design, units)
    if design.method == "non_statistical":
        return non_statistical_size(len(units))
    errors = errors_of(
        total(units), _needed(design, "anticipated_error"), Fraction(design.materiality)
    )
    return _statistical_size(design, rest, errors)


def _statistical_size(design: Design, rest: Sequence[Unit], errors: Errors) -> Sizing:
    if design.method == "mus_conservative":
        return conservative_size(total(rest), design.confidence, errors)
    z = z_of(design.confidence)
    if is_stratified(design.method):
        known = {name: Decimal(one) for name, one in design.deviations.items()}
        strata = figures(rest, known)
        if design.method == "mus_stratified":
            return mus_stratified_size(strata, z, errors)
        return stratified_size(strata, z, errors)
    deviation = _needed(design, "deviation")
    if design.method == "mus":
        return mus_size(total(rest), deviation, z, errors)
    return simple_size(len(rest), deviation, z, errors)


def _needed(design: Design, name: str) -> Decimal:
    value = getattr(design, name)
    if value is None:
        raise NotPossible(f"design.{name}", "is required, or else a sample_size")
    return Decimal(value)


def _open_to_chance(design: Design, units: Sequence[Unit]) -> list[Unit]:
    above = design.exhaustive_above
    return [one for one in units if above is None or one.book_value <= Decimal(above)]


def draw(design: Design, units: Sequence[Unit], seed: bytes) -> Sampled:
    """The sample that follows from design, population and seed. Raises `NotPossible`."""
    check(design)
    if not units:
        raise NotPossible("population", "has no units")
    sizing = None if design.sample_size is not None else size_of(design, units)
    strata = by_stratum(units)
    sizes = _sizes(design, units, sizing)
    layers = [
        DrawnLayer(name, tuple(some), _select(design, seed, name, some, sizes.get(name, 0)))
        for name, some in strata.items()
    ]
    return Sampled(sizing, tuple(layers))


def _sizes(design: Design, units: Sequence[Unit], sizing: Sizing | None) -> Mapping[str, int]:
    """How many to draw of each stratum; a size that the auditor set is spread in proportion."""
    if sizing is not None:
        return sizing.strata or {"": sizing.size}
    size = design.sample_size or 0
    if design.method == "non_statistical" and size < non_statistical_size(len(units)).size:
        raise NotPossible("design.sample_size", "must be at least a tenth of the units")
    strata = by_stratum(_open_to_chance(design, units))
    if not is_stratified(design.method):
        return {"": size}
    weights = {
        name: Fraction(total(some)) if is_by_value(design.method) else Fraction(len(some))
        for name, some in strata.items()
    }
    whole = sum(weights.values())
    return {name: -int(-size * weight // whole) for name, weight in weights.items()}


def _select(design: Design, seed: bytes, name: str, units: Sequence[Unit], size: int) -> Selection:
    size = max(size, LEAST)
    if is_by_value(design.method):
        return draw_by_value(seed, name, units, size)
    above = None if design.exhaustive_above is None else Decimal(design.exhaustive_above)
    return draw_equally(seed, units, size, above)
