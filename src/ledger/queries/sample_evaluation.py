"""What does a sample say of its population? Each formula with its numbers, and the conclusion."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from ledger.aggregates.samples.state import Conclusion
from ledger.kernel.errors import Invalid
from ledger.kernel.fields import Id, Money, Sum, Text, money
from ledger.projections.sample_register import SampleRow
from ledger.queries.asking import Question
from ledger.queries.sampling import at_checkpoint, population_rows, sample_row, units_of
from ledger.sampling.designs import size_of
from ledger.sampling.evaluation import Evaluation, Found, Residual, evaluate, residual
from ledger.sampling.population import NotPossible
from ledger.sampling.reporting import Heading, Line, conclusion, lines, report
from ledger.sampling.results import Examined, Layer
from ledger.sampling.steps import Step
from ledger.sampling.wording import Lang


class Deductions(Struct, frozen=True, kw_only=True):
    """E1 withdrawn since, E2 still under assessment, H corrected because of the audit; in PLN."""

    withdrawn: Decimal = Decimal(0)
    assessed: Decimal = Decimal(0)
    corrected: Decimal = Decimal(0)


class ResidualAnswer(Struct, frozen=True, kw_only=True):
    """The residual error rate; `correction` brings it down to the materiality."""

    remaining: Money
    at_risk: Money
    accepted: Money
    residual_error: str
    residual_rate: str
    correction: Money
    steps: list[Line]


class EvaluationAnswer(Struct, frozen=True, kw_only=True):
    """What the sample says of its population so far, each formula with its numbers."""

    id: Id
    method: str
    book_value: Sum
    projected_error: Sum
    systemic_error: Sum
    anomalous_error: Sum
    total_error: Sum
    total_error_rate: str
    precision: Sum | None
    upper_limit: Sum | None
    tolerable_error: Sum
    conclusion: Conclusion
    conclusion_text: Text
    statistical: bool
    steps: list[Line]
    residual: ResidualAnswer
    position: int


class Evaluated(Struct, frozen=True, kw_only=True):
    """A sample and all that follows from it."""

    row: SampleRow
    sizing: tuple[Step, ...]
    evaluation: Evaluation
    residual: Residual


async def evaluated(question: Question, id: str, deductions: Deductions) -> Evaluated:
    """The sample evaluated with the errors known at the moment. Raises `NotFound`, `Invalid`."""
    row = await sample_row(question, id)
    design = row.design
    try:
        sizing = await _sizing(question, row)
        evaluation = evaluate(
            design.method,
            _layers(row),
            Decimal(row.population_value),
            confidence=design.confidence,
            materiality=Fraction(design.materiality),
            found=Found(_sum(row, "systemic"), _sum(row, "anomalous")),
        )
        left = residual(
            evaluation.book_value,
            evaluation.exact_rate,
            withdrawn=deductions.withdrawn,
            assessed=deductions.assessed,
            corrected=deductions.corrected,
            materiality=Fraction(design.materiality),
        )
    except NotPossible as error:
        raise Invalid.field(error.field, error.why) from None
    return Evaluated(row=row, sizing=sizing, evaluation=evaluation, residual=left)


async def _sizing(question: Question, row: SampleRow) -> tuple[Step, ...]:
    """How the size was reckoned; nothing where the auditor set it."""
    if row.design.sample_size is not None or row.checkpoint_size > question.moment.known_at:
        return ()
    before = at_checkpoint(question, row.population_on, row.checkpoint_size)
    rows = await population_rows(before, row.project, row.population)
    return size_of(row.design, units_of(rows, row.design)).steps


def _sum(row: SampleRow, classification: str) -> Decimal:
    """Errors that are not projected; an anomalous one that was corrected counts no more."""
    return sum(
        (
            Decimal(one.amount)
            for one in row.errors
            if one.classification == classification
            and not (classification == "anomalous" and one.corrected)
        ),
        Decimal(0),
    )


def _layers(row: SampleRow) -> list[Layer]:
    random: Mapping[str, Decimal] = _random_errors(row)
    found: dict[str, list[Examined]] = defaultdict(list)
    for unit in row.units:
        error = random.get(unit.unit, Decimal(0))
        found[unit.stratum].append(Examined(Decimal(unit.book_value), error, unit.exhaustive))
    return [
        Layer(
            one.units - one.exhaustive_units,
            Decimal(one.book_value) - Decimal(one.exhaustive_value),
            tuple(found[one.stratum]),
            one.stratum,
        )
        for one in row.strata
    ]


def _random_errors(row: SampleRow) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in row.errors:
        if one.classification == "random":
            found[one.unit] += Decimal(one.amount)
    return found


async def evaluation_answer(
    question: Question, id: str, deductions: Deductions, lang: Lang
) -> EvaluationAnswer:
    """The evaluation as clients read it."""
    made = await evaluated(question, id, deductions)
    found, left = made.evaluation, made.residual
    figures: dict[str, Any] = {
        name: None if (value := getattr(found, name)) is None else money(value)
        for name in ("book_value", "projected_error", "systemic_error", "anomalous_error",
                     "total_error", "precision", "upper_limit", "tolerable_error")
    }  # fmt: skip
    return EvaluationAnswer(
        id=id,
        method=made.row.design.method,
        **figures,
        total_error_rate=str(found.total_error_rate),
        conclusion=found.conclusion,
        conclusion_text=conclusion(found, lang),
        statistical=found.statistical,
        steps=lines((*made.sizing, *found.steps), lang),
        residual=ResidualAnswer(
            remaining=money(left.remaining),
            at_risk=money(left.at_risk),
            accepted=money(left.accepted),
            residual_error=money(left.residual_error),
            residual_rate=str(left.residual_rate),
            correction=money(left.correction),
            steps=lines(left.steps, lang),
        ),
        position=made.row.position,
    )


async def sample_report(question: Question, id: str, deductions: Deductions, lang: Lang) -> str:
    """The evaluation as plain text."""
    made = await evaluated(question, id, deductions)
    row = made.row
    heading = Heading(
        method=row.design.method,
        confidence=row.design.confidence,
        population=row.population,
        units=row.population_units,
        book_value=Decimal(row.population_value),
        checkpoint_size=row.checkpoint_size,
        checkpoint_root=row.checkpoint_root,
        seed=row.seed,
        size=row.size,
        exhaustive=sum(one.exhaustive for one in row.units),
    )
    return report(heading, made.sizing, made.evaluation, made.residual, lang)
