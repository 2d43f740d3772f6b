"""Which samples were drawn, of what, and what was found wrong in their units?"""

from typing import Any

from msgspec import Struct

from ledger.aggregates.samples.drawing import SampleDrawn, UnitsDrawn
from ledger.aggregates.samples.examining import (
    ErrorCorrected,
    ErrorRecorded,
    ErrorWithdrawn,
    SampleConcluded,
)
from ledger.aggregates.samples.state import (
    Classification,
    Conclusion,
    Design,
    DrawnStratum,
    Population,
    SeedSource,
)
from ledger.kernel.fields import Date, Id, Money, ProjectId, Text, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name


class Sample(Struct, frozen=True, kw_only=True):
    """A sample: the population it was drawn from, how, and what was concluded."""

    sample: Id
    project: Id
    population: str
    design: dict[str, Any]
    seed_source: str
    seed_text: str
    checkpoint_size: int
    checkpoint_root: str
    population_on: Date
    population_units: int
    population_value: Money
    population_digest: str
    seed: str
    computed_size: int | None
    size: int
    strata: list[dict[str, Any]]
    drawn_on: Date
    drawn_by: str
    conclusion: str | None
    opinion: str | None
    concluded_on: Date | None


class SampleUnit(Struct, frozen=True, kw_only=True):
    """A unit that was drawn."""

    sample: Id
    unit: str
    book_value: Money
    stratum: str
    exhaustive: bool


class UnitError(Struct, frozen=True, kw_only=True):
    """An error that was found in a unit."""

    sample: Id
    error: int
    unit: str
    amount: Money
    classification: str
    basis: str
    corrected: bool
    found_on: Date


SAMPLES = Table("samples", Sample, key=["sample"], indexes=[("project",)])
UNITS = Table("sample_units", SampleUnit, key=["sample", "unit"])
ERRORS = Table("sample_errors", UnitError, key=["sample", "error"])
MODEL = ReadModel("sample_register", SAMPLES, UNITS, ERRORS)


@MODEL.on(SampleDrawn)
def _drawn(event: SampleDrawn, fact: Fact, rows: Rows) -> None:
    rows.put(
        SAMPLES,
        Sample(
            sample=fact.stream,
            project=event.project,
            population=event.population,
            design=_plain(event.design),
            seed_source=event.seed_source,
            seed_text=event.seed_text,
            checkpoint_size=event.checkpoint_size,
            checkpoint_root=event.checkpoint_root,
            population_on=event.population_on,
            population_units=event.population_units,
            population_value=event.population_value,
            population_digest=event.population_digest,
            seed=event.seed,
            computed_size=event.computed_size,
            size=event.size,
            strata=[_plain(one) for one in event.strata],
            drawn_on=fact.effective_on,
            drawn_by=fact.recorded_by,
            conclusion=None,
            opinion=None,
            concluded_on=None,
        ),
        valid_from=fact.effective_on,
    )


def _plain(value: Struct) -> dict[str, Any]:
    """All fields, the absent ones as null."""
    return {name: getattr(value, name) for name in value.__struct_fields__}


@MODEL.on(UnitsDrawn)
def _units_drawn(event: UnitsDrawn, fact: Fact, rows: Rows) -> None:
    for one in event.units:
        rows.put(
            UNITS,
            SampleUnit(
                sample=fact.stream,
                unit=one.unit,
                book_value=one.book_value,
                stratum=one.stratum,
                exhaustive=one.exhaustive,
            ),
            valid_from=fact.effective_on,
        )


@MODEL.on(ErrorRecorded)
def _error_recorded(event: ErrorRecorded, fact: Fact, rows: Rows) -> None:
    rows.put(
        ERRORS,
        UnitError(
            sample=fact.stream,
            error=event.error,
            unit=event.unit,
            amount=event.amount,
            classification=event.classification,
            basis=event.basis,
            corrected=event.corrected,
            found_on=fact.effective_on,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(ErrorCorrected)
def _error_corrected(event: ErrorCorrected, fact: Fact, rows: Rows) -> None:
    rows.change(
        ERRORS,
        fact.stream,
        event.error,
        valid_from=event.since,
        amount=event.amount,
        classification=event.classification,
        basis=event.basis,
        corrected=event.corrected,
    )


@MODEL.on(ErrorWithdrawn)
def _error_withdrawn(event: ErrorWithdrawn, fact: Fact, rows: Rows) -> None:
    rows.void(ERRORS, fact.stream, event.error)


@MODEL.on(SampleConcluded)
def _concluded(event: SampleConcluded, fact: Fact, rows: Rows) -> None:
    rows.change(
        SAMPLES,
        fact.stream,
        valid_from=fact.effective_on,
        conclusion=event.conclusion,
        opinion=event.opinion,
        concluded_on=fact.effective_on,
    )


class SampleErrorRow(Struct, frozen=True, kw_only=True):
    """An error in a unit of the sample."""

    error: int
    unit: str
    amount: Money
    classification: Classification
    basis: Text
    corrected: bool
    found_on: Date
    position: int


class SampleUnitRow(Struct, frozen=True, kw_only=True):
    """A drawn unit; `error` is what was found wrong in it so far."""

    unit: str
    book_value: Money
    stratum: str
    exhaustive: bool
    error: Money
    position: int


class SampleRow(Struct, frozen=True, kw_only=True):
    """A sample with its units and the errors found in them, on the day."""

    id: Id
    project: ProjectId
    project_name: Title | None
    population: Population
    population_on: Date
    population_units: int
    population_value: Money
    population_digest: str
    design: Design
    checkpoint_size: int
    checkpoint_root: str
    seed: str
    seed_source: SeedSource
    seed_text: str
    computed_size: int | None
    size: int
    strata: list[DrawnStratum]
    drawn_on: Date
    drawn_by: Title
    conclusion: Conclusion | None
    opinion: Text | None
    concluded_on: Date | None
    units: list[SampleUnitRow]
    errors: list[SampleErrorRow]
    position: int


_SELECT = f"""
SELECT s.sample AS id, s.project, {project_name("s.project")} AS project_name, s.population,
    s.population_on, s.population_units, s.population_value::text, s.population_digest, s.design,
    s.checkpoint_size, s.checkpoint_root, s.seed, s.seed_source, s.seed_text, s.computed_size,
    s.size, s.strata, s.drawn_on, s.drawn_by, s.conclusion, s.opinion, s.concluded_on,
    (SELECT coalesce(json_agg(json_build_object(
            'unit', u.unit, 'book_value', u.book_value::text, 'stratum', u.stratum,
            'exhaustive', u.exhaustive, 'error', (SELECT coalesce(sum(x.amount), 0)::numeric(24,2)
                FROM {{sample_errors}} AS x WHERE x.sample = u.sample AND x.unit = u.unit)::text,
            'position', u.position) ORDER BY u.stratum, u.unit), '[]')
        FROM {{sample_units}} AS u WHERE u.sample = s.sample) AS units,
    e.errors, greatest(s.position, e.position) AS position
FROM {{samples}} AS s
LEFT JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object(
            'error', f.error, 'unit', f.unit, 'amount', f.amount::text,
            'classification', f.classification, 'basis', f.basis, 'corrected', f.corrected,
            'found_on', f.found_on, 'position', f.position) ORDER BY f.error), '[]') AS errors,
        max(f.position) AS position
    FROM {{sample_errors}} AS f WHERE f.sample = s.sample) AS e ON true"""

LISTING = Listing(
    path="/api/samples",
    row=SampleRow,
    order="drawn_on",
    scope="s.project",
    single="s.sample",
    filters={
        "project": "s.project = %(project)s::uuid",
        "population": "s.population = %(population)s::text",
    },
    select=_SELECT,
)

OF_PROJECT = Listing(
    path="/api/projects/{id}/samples",
    row=SampleRow,
    order="drawn_on",
    parent="projects",
    filters={"id": "s.project = %(id)s::uuid"},
    select=_SELECT,
)
