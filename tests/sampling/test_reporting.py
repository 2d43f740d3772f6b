"""The report shows each formula with its numbers, in both languages."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from ledger.aggregates.samples.state import Design
from ledger.sampling.designs import size_of
from ledger.sampling.evaluation import evaluate, residual
from ledger.sampling.population import Unit
from ledger.sampling.reporting import Heading, lines, number, report
from ledger.sampling.results import Examined, Layer
from ledger.sampling.wording import CONCLUSIONS, METHODS, STEPS, TEXTS, Lang

HEADING = Heading(
    method="mus", confidence=90, population="charges", units=40, book_value=Decimal("9000.00"),
    checkpoint_size=88, checkpoint_root="ab" * 32, seed="cd" * 32, size=3, exhaustive=0,
)  # fmt: skip
LAYER = Layer(
    40,
    Decimal("9000.00"),
    (Examined(Decimal(100)), Examined(Decimal(200), Decimal(20)), Examined(Decimal(50))),
)


def written(lang: Lang) -> str:
    design = Design(method="mus", confidence=90, anticipated_error="0.004", deviation="0.085")
    sizing = size_of(design, [Unit(f"u{n}", Decimal("225.00")) for n in range(40)])
    found = evaluate("mus", [LAYER], Decimal("9000.00"), confidence=90)
    left = residual(Decimal("9000.00"), found.exact_rate)
    return report(HEADING, sizing.steps, found, left, lang)


def test_each_formula_stands_above_its_numbers_in_english() -> None:
    text = written("en")
    for line in (
        "n = ⌈(z × BV × sr / (TE − AE))²⌉",
        "n = ⌈(1.645 × 9\u202f000.00 × 0.085 / (180.00 − 36.00))²⌉ = ⌈76.3712⌉ = 77",
        "SI = 9\u202f000.00 / 3 = 3\u202f000.00",
        "EEs = 3\u202f000.00 × 0.100000 = 300.00",
        "TE = 0.02 × 9\u202f000.00 = 180.00",
        "monetary unit sampling (MUS)",
        "root " + "ab" * 32,
        "materially misstated",
    ):
        assert line in text
    assert "{" not in text


def test_numbers_and_words_are_polish_in_polish() -> None:
    text = written("pl")
    assert "SI = 9\u202f000,00 / 3 = 3\u202f000,00" in text
    assert "Interwał losowania:" in text
    assert "wydatki są istotnie nieprawidłowe" in text
    assert not re.search(r"\d\.\d", text)


@pytest.mark.parametrize(
    ("value", "pl", "en"),
    [(12, "12", "12"), (Decimal("1234567.80"), "1 234 567,80", "1 234 567.80")],
)
def test_a_number_is_written_as_people_write_it(value: Decimal, pl: str, en: str) -> None:
    assert (number(value, "pl"), number(value, "en")) == (
        pl.replace(" ", "\u202f"), en.replace(" ", "\u202f"),
    )  # fmt: skip


def test_without_statistics_the_report_says_so() -> None:
    found = evaluate("non_statistical", [LAYER], Decimal("9000.00"), confidence=None)
    text = report(HEADING, (), found, residual(Decimal(9000), Fraction(0)), "en")
    assert "The sample is not statistical" in text
    assert "ULE" not in text


def test_what_is_said_is_said_in_two_languages() -> None:
    for table in (STEPS, METHODS, CONCLUSIONS, TEXTS):
        assert all(pl and en for pl, en in table.values())
    texts = [pl for table in (STEPS, METHODS, CONCLUSIONS) for pl, en in table.values() if pl == en]
    assert texts == []


def test_every_step_of_the_reckoning_has_a_name() -> None:
    found = evaluate("difference", [LAYER], Decimal("9000.00"), confidence=90)
    assert all(one.name and one.result for one in lines(found.steps, "pl"))
