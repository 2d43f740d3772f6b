"""Do a population's amounts look as amounts do? First digits and repeated values."""

from msgspec import Struct

from ledger.aggregates.samples.state import Population
from ledger.kernel.fields import Id, Money, Text, money
from ledger.queries.asking import Question
from ledger.queries.sampling import BOOK_VALUES
from ledger.sampling.screening import first_digits
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


# The values are put together once; what comes again is looked for a second time, for its units.
_SCREENED = """
WITH valued AS MATERIALIZED (
    SELECT u.book_value, count(*) AS times, max(u.position) AS position FROM ({units}) AS u
    WHERE u.book_value > 0 GROUP BY u.book_value
), often AS MATERIALIZED (
    SELECT v.book_value, v.times FROM valued AS v WHERE v.times > 1
    ORDER BY v.times DESC, v.book_value DESC LIMIT %(values)s
)
SELECT left(ltrim(v.book_value::text, '0.'), 1)::integer, NULL, sum(v.times)::bigint,
    coalesce(sum(v.times) FILTER (WHERE v.times > 1), 0)::bigint, max(v.position), NULL
FROM valued AS v GROUP BY 1
UNION ALL
SELECT NULL, o.book_value, o.times, NULL, NULL,
    (array_agg(u.id ORDER BY u.id COLLATE "C"))[:%(each)s]
FROM often AS o JOIN ({units}) AS u ON u.book_value = o.book_value
GROUP BY o.book_value, o.times"""
REPEATED_LIMIT = 100
UNITS_LIMIT = 20


async def screening(
    question: Question, project: str, kind: Population, lang: Lang
) -> ScreeningAnswer:
    """The screening of a population. Raises `NotFound`."""
    await question.require("projects", project)
    rows = await question.rows(
        _SCREENED.replace("{units}", BOOK_VALUES[kind]),
        plan_once=False,
        project=project,
        values=REPEATED_LIMIT,
        each=UNITS_LIMIT,
    )
    counted = [row for row in rows if row[0] is not None]
    repeated = sorted(
        (row for row in rows if row[0] is None), key=lambda row: (row[2], row[1]), reverse=True
    )
    digits = first_digits({digit: times for digit, _, times, *_ in counted})
    return ScreeningAnswer(
        id=project,
        population=kind,
        population_units=sum(row[2] for row in counted),
        digits=[
            DigitRow(digit=one.digit, observed=one.observed, expected=f"{one.expected:.2f}")
            for one in digits.digits
        ],
        chi_square=f"{digits.chi_square:.4f}",
        degrees_of_freedom=digits.degrees,
        p_value=f"{digits.p_value:.6f}",
        enough=digits.enough,
        repeated=[
            RepeatedRow(book_value=money(value), count=times, units=units)
            for _, value, times, _, _, units in repeated
        ],
        repeated_units=sum(row[3] for row in counted),
        note=said(TEXTS, "indication", lang),
        position=max((row[4] for row in counted), default=0),
    )
