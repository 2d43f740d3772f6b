"""How does a sample come about? It is drawn by chance from what the log knew at a checkpoint.

The draw is reproducible: population (size and root of the log), design and seed are facts beside
the units that follow from them.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from itertools import accumulate

import msgspec
from msgspec.structs import replace

from ledger.aggregates.samples.state import (
    SAMPLES,
    Cosignature,
    Design,
    Draw,
    DrawnStratum,
    DrawnUnit,
    OwnNumber,
    Population,
    Sample,
    SeedSource,
    SeedText,
)
from ledger.kernel.errors import Invalid
from ledger.kernel.fields import Date, Digest, ProjectId, Quantity, Sum
from ledger.kernel.messages import Command, Event, Given

BYTES_PER_EVENT = 48_000  # an event's line in the log has at most 65 535 bytes


@SAMPLES.event("sample.drawn", begins=True)
class SampleDrawn(Event, frozen=True, kw_only=True):
    """A sample was drawn; its units follow in further events."""

    project: ProjectId
    population: Population
    design: Design
    seed_source: SeedSource
    seed_text: SeedText
    checkpoint_size: int
    checkpoint_root: Digest
    population_on: Date
    population_units: int
    population_value: Sum
    population_digest: Digest
    seed: Digest
    computed_size: int | None = None
    size: int
    strata: tuple[DrawnStratum, ...]

    def apply(self, state: None, on: date) -> Sample:
        return Sample(project=self.project, drawn_on=on)


@SAMPLES.event("sample.units-drawn")
class UnitsDrawn(Event, frozen=True, kw_only=True):
    """Units that came into the sample."""

    units: tuple[DrawnUnit, ...]

    def apply(self, state: Sample, on: date) -> Sample:
        more = {one.unit: one.book_value for one in self.units}
        return replace(state, units={**state.units, **more})


def seed_of(root: str, text: str) -> str:
    """SHA-256 over the root's bytes and the text of the seed's source, in hex."""
    return hashlib.sha256(bytes.fromhex(root) + text.encode()).hexdigest()


@SAMPLES.command("create", correction=True)
class DrawSample(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Draw a sample from a project's charges or claims, as known at a checkpoint of the log."""

    project: ProjectId
    population: Population
    design: Design
    number: OwnNumber | None = None
    cosignature: Cosignature | None = None
    checkpoint_size: Quantity | None = None
    population_on: Date | None = None
    draw: Draw | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        draw = self._checked()
        if draw.population_on > given.today:
            raise Invalid.field("population_on", "must not be in the future")
        drawn = SampleDrawn(
            project=self.project,
            population=self.population,
            design=self.design,
            seed_source="number" if self.number else "cosignature",
            seed_text=self.number or self.cosignature or "",
            checkpoint_size=draw.checkpoint_size,
            checkpoint_root=draw.checkpoint_root,
            population_on=draw.population_on,
            population_units=draw.population_units,
            population_value=draw.population_value,
            population_digest=draw.population_digest,
            seed=draw.seed,
            computed_size=draw.computed_size,
            size=len(draw.units),
            strata=draw.strata,
        )
        return [drawn, *(UnitsDrawn(units=some) for some in _portions(draw.units))]

    def _checked(self) -> Draw:
        """What was drawn, which must agree with what was asked. Raises `Invalid`."""
        text = self.number or self.cosignature
        if text is None or (self.number and self.cosignature):
            raise Invalid.field("number", "either a number or a cosignature is required")
        draw = self.draw
        if draw is None:
            raise Invalid.field("draw", "is missing: the service draws, or `ledger sample draw`")
        if draw.seed != seed_of(draw.checkpoint_root, text):
            raise Invalid.field("draw.seed", "does not follow from the root and the number")
        if self.checkpoint_size not in (None, draw.checkpoint_size):
            raise Invalid.field("draw.checkpoint_size", "is not the one that was asked for")
        if not draw.units or len({one.unit for one in draw.units}) < len(draw.units):
            raise Invalid.field("draw.units", "at least one unit, and none twice, is expected")
        counted = sum(one.exhaustive_units + one.sampled for one in draw.strata)
        if counted != len(draw.units):
            raise Invalid.field("draw.strata", "do not count the drawn units")
        return draw


def _portions(units: Sequence[DrawnUnit]) -> list[tuple[DrawnUnit, ...]]:
    """The units in portions that each fit into one event."""
    sizes = accumulate(len(msgspec.json.encode(one)) for one in units)
    found: dict[int, list[DrawnUnit]] = {}
    for one, size in zip(units, sizes, strict=True):
        found.setdefault(size // BYTES_PER_EVENT, []).append(one)
    return [tuple(some) for some in found.values()]
