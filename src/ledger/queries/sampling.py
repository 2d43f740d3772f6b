"""From what is a sample drawn, and does it come out again? Asked of the log at a checkpoint."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import cast

import msgspec
from msgspec import Struct

from ledger.aggregates.samples.drawing import DrawSample, seed_of
from ledger.aggregates.samples.state import (
    Design,
    Draw,
    DrawnStratum,
    DrawnUnit,
    Population,
    StratifyBy,
)
from ledger.event_store.log import EventLog
from ledger.integrity.roots import root_at
from ledger.kernel.errors import Invalid
from ledger.kernel.fields import Date, Digest, Id, Money, Sum, Title, money
from ledger.projections.claim_register import CLAIM_LINES, FROZEN
from ledger.projections.engine.reading import Moment
from ledger.projections.sample_register import SampleRow
from ledger.queries.asking import Question, listing
from ledger.sampling.designs import DrawnLayer, Sampled, draw, size_of
from ledger.sampling.population import NotPossible, Unit, by_value, digest, in_order, total
from ledger.sampling.reporting import Line, lines
from ledger.sampling.wording import Lang

# What is declared: charges that are not withdrawn, net of what was refused of them.
_CHARGE = "c.expenditure || '/' || c.charge"
_NET = "(c.eligible - coalesce(x.amount, 0))::numeric(24,2)"
_REFUSED = """(SELECT r.expenditure, r.charge, sum(r.amount) AS amount
    FROM {disallowances} AS r GROUP BY 1, 2) AS x
    ON x.expenditure = c.expenditure AND x.charge = c.charge"""
_DECLARED = "c.project = %(project)s::uuid AND NOT c.withdrawn"
_CHARGES = f"""
SELECT {_CHARGE}, {_NET}, d.document_number, d.issuer_name, b.task, b.category, c.budget_line,
    c.position
FROM {{charges}} AS c
JOIN {{accounting_documents}} AS d ON d.expenditure = c.expenditure
LEFT JOIN (SELECT DISTINCT ON (n.line) n.line, n.task, n.category FROM {{budget_lines}} AS n
    WHERE n.project = %(project)s::uuid ORDER BY n.line, n.edition DESC) AS b
    ON b.line = c.budget_line
LEFT JOIN {_REFUSED}
WHERE {_DECLARED}"""

# Claims that were handed in, as approved where they are approved.
_CLAIMS = f"""
SELECT m.claim::text, s.amount, m.number::json #>> '{{}}', NULL, NULL, NULL, NULL, m.position
FROM {{claims}} AS m
CROSS JOIN LATERAL (SELECT coalesce(sum(coalesce(t.approved, t.eligible)), 0)::numeric(24,2)
    AS amount FROM ({CLAIM_LINES}) AS t) AS s
WHERE m.project = %(project)s AND {FROZEN}"""

# Nothing but the id, the book value and the position of each unit.
BOOK_VALUES: dict[Population, str] = {
    "charges": f"SELECT {_CHARGE} AS id, {_NET} AS book_value, c.position"
    f" FROM {{charges}} AS c LEFT JOIN {_REFUSED} WHERE {_DECLARED}",
    "claims": "SELECT m.id, m.book_value, m.position"
    f" FROM ({_CLAIMS}) AS m (id, book_value, number, issuer, task, category, line, position)",
}

_COLUMNS: dict[StratifyBy, str] = {
    "task": "task",
    "category": "category",
    "budget_line": "budget_line",
}
UNKNOWN = "unknown"
_COSIGNED = "SELECT max(size) FROM tree.cosignatures WHERE note_line = %(line)s"


class PopulationRow(Struct, frozen=True, kw_only=True):
    """A unit that may be drawn: a charge, or a claim."""

    id: str
    book_value: Money
    number: Title
    issuer_name: Title | None
    task: Title | None
    category: Title | None
    budget_line: Title | None
    position: int


class PopulationAnswer(Struct, frozen=True, kw_only=True):
    """A population as the log knew it at a checkpoint, with its digest."""

    id: Id
    population: Population
    population_on: Date
    checkpoint_size: int
    checkpoint_root: Digest
    population_units: int
    population_value: Sum
    population_digest: Digest
    position: int


async def population_rows(
    question: Question, project: str, population: Population
) -> list[PopulationRow]:
    """The units with a book value, in order of their ids. Raises `NotFound`."""
    await question.require("projects", project)
    text = _CHARGES if population == "charges" else _CLAIMS
    rows = [
        PopulationRow(
            id=row[0],
            book_value=money(row[1]),
            number=row[2],
            issuer_name=row[3],
            task=row[4],
            category=row[5],
            budget_line=row[6],
            position=row[7],
        )
        for row in await question.rows(text, plan_once=False, project=project)
        if row[1] > 0
    ]
    return sorted(rows, key=lambda row: row.id)


def units_of(rows: Sequence[PopulationRow], design: Design | None = None) -> list[Unit]:
    """The rows as units in their strata."""
    by = design.stratify_by if design else None
    limits = [Decimal(one) for one in design.limits] if design else []

    def stratum(row: PopulationRow) -> str:
        if by is None:
            return ""
        if by == "book_value":
            return by_value(limits, Decimal(row.book_value))
        return getattr(row, _COLUMNS[by]) or UNKNOWN

    return in_order(Unit(row.id, Decimal(row.book_value), stratum(row)) for row in rows)


async def population(
    question: Question, log: EventLog, project: str, kind: Population
) -> PopulationAnswer:
    """The population in numbers. Raises `NotFound`."""
    rows = await population_rows(question, project, kind)
    units = units_of(rows)
    return PopulationAnswer(
        id=project,
        population=kind,
        population_on=question.moment.valid_at,
        checkpoint_size=question.moment.known_at,
        checkpoint_root=await root_at(log, question.moment.known_at),
        population_units=len(units),
        population_value=money(total(units)),
        population_digest=digest(units),
        position=max((row.position for row in rows), default=0),
    )


class SizeAnswer(Struct, frozen=True, kw_only=True):
    """How many units a design needs, and how that is reckoned."""

    id: Id
    computed_size: int
    stratum_sizes: dict[str, int]
    steps: list[Line]
    position: int


async def size_answer(
    question: Question, project: str, kind: Population, design: Design, lang: Lang
) -> SizeAnswer:
    """The size by the design's formula. Raises `Invalid`, `NotFound`."""
    rows = await population_rows(question, project, kind)
    try:
        sizing = size_of(design, units_of(rows, design))
    except NotPossible as error:
        raise Invalid.field(error.field, error.why) from None
    return SizeAnswer(
        id=project,
        computed_size=sizing.size,
        stratum_sizes=sizing.strata,
        steps=lines(sizing.steps, lang),
        position=max((row.position for row in rows), default=0),
    )


async def draw_for(question: Question, log: EventLog, command: DrawSample) -> Draw:
    """What the command asks for, drawn at the question's moment. Raises `Invalid`, `NotFound`."""
    source = command.number or command.cosignature
    if source is None:
        raise Invalid.field("number", "either a number or a cosignature is required")
    await check_cosignature(question, command.cosignature)
    return await draw_sample(
        question, log, command.project, command.population, command.design, source
    )


async def check_cosignature(question: Question, line: str | None) -> None:
    """Raises `Invalid` unless a witness signed so for the question's checkpoint or a later one.

    What is stored was verified with the witness's key before.
    """
    if line is None:
        return
    # Witnesses sign for the whole log: that is no project's.
    [(size,)] = await question.reading.rows(_COSIGNED, {"line": line})
    if size is None or size < question.moment.known_at:
        raise Invalid.field(
            "cosignature", "no witness signed so for that checkpoint or a later one"
        )


async def draw_sample(
    question: Question,
    log: EventLog,
    project: str,
    kind: Population,
    design: Design,
    source: str,
) -> Draw:
    """The draw at the question's moment, which is its checkpoint. Raises `Invalid`, `NotFound`."""
    units = units_of(await population_rows(question, project, kind), design)
    root = await root_at(log, question.moment.known_at)
    seed = seed_of(root, source)
    try:
        sampled = draw(design, units, bytes.fromhex(seed))
    except NotPossible as error:
        raise Invalid.field(error.field, error.why) from None
    return Draw(
        checkpoint_size=question.moment.known_at,
        checkpoint_root=root,
        population_on=question.moment.valid_at,
        population_units=len(units),
        population_value=money(total(units)),
        population_digest=digest(units),
        seed=seed,
        computed_size=sampled.sizing.size if sampled.sizing else None,
        strata=tuple(_stratum(one) for one in sampled.layers),
        units=_units(sampled),
    )


def _stratum(layer: DrawnLayer) -> DrawnStratum:
    return DrawnStratum(
        stratum=layer.name,
        units=len(layer.units),
        book_value=money(total(layer.units)),
        exhaustive_units=len(layer.selection.exhaustive),
        exhaustive_value=money(total(layer.selection.exhaustive)),
        sampled=len(layer.selection.sampled),
    )


def _units(sampled: Sampled) -> tuple[DrawnUnit, ...]:
    return tuple(
        DrawnUnit(
            unit=unit.id,
            book_value=money(unit.book_value),
            stratum=unit.stratum,
            exhaustive=exhaustive,
        )
        for layer in sampled.layers
        for some, exhaustive in ((layer.selection.exhaustive, True),
                                 (layer.selection.sampled, False))
        for unit in in_order(some)
    )  # fmt: skip


async def sample_row(question: Question, id: str) -> SampleRow:
    """The sample. Raises `NotFound`."""
    found = await question.one(listing("/api/samples"), id)
    return msgspec.json.decode(found.row, type=SampleRow)


def at_checkpoint(question: Question, on: date, size: int) -> Question:
    """The same asker at the checkpoint of a draw."""
    moment = Moment(on, size)
    return Question(
        question.reading,
        moment,
        question.asker,
        reached=question.reached,
        disclosure=question.disclosure,
    )


class RedrawAnswer(Struct, frozen=True, kw_only=True):
    """Whether the sample comes out again from the log: its parts that do not agree, if any."""

    id: Id
    repeated: bool
    differs: list[str]
    position: int


async def redraw(question: Question, log: EventLog, id: str) -> RedrawAnswer:
    """Draws the sample again from what the log knew. Raises `NotFound`."""
    row = await sample_row(question, id)
    if row.checkpoint_size > question.moment.known_at:
        differs = ["checkpoint_size"]
    else:
        differs = await _differences(question, log, row)
    return RedrawAnswer(id=id, repeated=not differs, differs=differs, position=row.position)


async def _differences(question: Question, log: EventLog, row: SampleRow) -> list[str]:
    before = at_checkpoint(question, row.population_on, row.checkpoint_size)
    try:
        again = await draw_sample(
            before, log, row.project, row.population, row.design, row.seed_text
        )
    except Invalid as error:
        return sorted({one.field for one in error.errors})
    names = ("checkpoint_root", "population_units", "population_value", "population_digest",
             "seed", "computed_size")  # fmt: skip
    differs = [name for name in names if getattr(again, name) != getattr(row, name)]
    if list(again.strata) != row.strata:
        differs.append("strata")
    drawn = {(one.unit, one.book_value, one.stratum, one.exhaustive) for one in row.units}
    if {(one.unit, one.book_value, one.stratum, one.exhaustive) for one in again.units} != drawn:
        differs.append("units")
    return differs


def population_kind(text: str) -> Population:
    """The population of that name. Raises `Invalid`."""
    if text not in ("charges", "claims"):
        raise Invalid.field("population", "one of charges, claims is expected")
    return cast(Population, text)
