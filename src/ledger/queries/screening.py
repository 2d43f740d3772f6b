"""Do a population's amounts look as amounts do? First digits and repeated values."""

import asyncio
from collections import Counter
from decimal import Decimal

from msgspec import Struct

from ledger.aggregates.samples.state import Population
from ledger.kernel.fields import Id, Money, Text, money
from ledger.queries.asking import Question
from ledger.queries.sampling import book_values
from ledger.sampling.population import Unit
from ledger.sampling.screening import first_digits, repeated_values
from ledger.sampling.wording import TEXTS, Lang, said


class DigitRow(Struct, frozen=True, kw_only=True):
    """How many book values begin with the digit, and how many Benford's law expects."""

    digit: int
    observed: int
    expected: str


class RepeatedRow(Struct, frozen=True, kw_only=True):
    """A book value that several units have, and the first of them."""

    book_value: Money
    count: int
    units: list[str]


class ScreeningAnswer(Struct, frozen=True, kw_only=True):
    """First digits and repeated values of a population: an indication only."""

    id: Id
    population: Population
    population_units: int
    digits: list[DigitRow]
    chi_square: str
    degrees_of_freedom: int
    p_value: str
    enough: bool
    repeated: list[RepeatedRow]
    repeated_units: int
    note: Text
    position: int


async def screening(
    question: Question, project: str, kind: Population, lang: Lang
) -> ScreeningAnswer:
    """The screening of a population. Raises `NotFound`."""
    rows = await book_values(question, project, kind)
    return await asyncio.to_thread(_screened, project, kind, lang, rows)


def _screened(
    project: str, kind: Population, lang: Lang, rows: list[tuple[str, Decimal, int]]
) -> ScreeningAnswer:
    units = [Unit(id, book_value) for id, book_value, _ in rows]
    digits = first_digits(units)
    times = Counter(one.book_value for one in units)
    return ScreeningAnswer(
        id=project,
        population=kind,
        population_units=len(units),
        digits=[
            DigitRow(digit=one.digit, observed=one.observed, expected=f"{one.expected:.2f}")
            for one in digits.digits
        ],
        chi_square=f"{digits.chi_square:.4f}",
        degrees_of_freedom=digits.degrees,
        p_value=f"{digits.p_value:.6f}",
        enough=digits.enough,
        repeated=[
            RepeatedRow(book_value=money(one.book_value), count=one.count, units=list(one.units))
            for one in repeated_values(units)
        ],
        repeated_units=sum(count for count in times.values() if count > 1),
        note=said(TEXTS, "indication", lang),
        position=max((position for _, _, position in rows), default=0),
    )
