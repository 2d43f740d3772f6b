"""Values are written as people write them in each language, and read as people type them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.frame import written
from api.pages.frame.forms import typed

NBSP = written.NBSP


@pytest.mark.parametrize(
    ("how", "value", "polish", "english"),
    [
        (written.money, "1234.56", "1 234,56 zł", "1,234.56 PLN"),
        (written.money, "27773272.46", "27 773 272,46 zł", "27,773,272.46 PLN"),
        (written.money, None, "–", "–"),
        (written.amount, "-0.5", "−0,50", "−0.50"),
        (written.number, 1234, "1 234", "1,234"),
        (written.number, 412.50, "412,5", "412.5"),
        (written.percent, "84.28", "84,28 %", "84.28%"),
        (written.day, "2019-05-13", "13 maja 2019", "13 May 2019"),
        (written.short_day, "2019-05-13", "13.05.2019", "13 May 2019"),
        (written.time, "2019-05-13T10:00:00Z", "13 maja 2019, 12:00", "13 May 2019, 12:00"),
        (written.size, 48213, "48 kB", "48 kB"),
        (written.size, 5_400_000, "5,4 MB", "5.4 MB"),
    ],
)
def test_how_a_value_is_written(how: Any, value: Any, polish: str, english: str) -> None:
    assert how("pl", value) == polish.replace(" ", NBSP)
    assert how("en", value) == english.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("text", "lang", "amount"),
    [
        ("1 234,56", "pl", "1234.56"),
        (f"1{NBSP}234,56{NBSP}zł", "pl", "1234.56"),
        ("1.234,56", "pl", "1234.56"),
        ("1234.5", "pl", "1234.5"),
        ("1,234", "pl", "1.234"),
        ("1,234", "en", "1234"),
        ("1,234,567.89 PLN", "en", "1234567.89"),
        ("dużo", "pl", "dużo"),
        ("12,34,56", "pl", "12.34,56"),
    ],
)
def test_how_an_amount_is_read(text: str, lang: str, amount: str) -> None:
    assert typed.amount(text, lang) == amount


@given(st.decimals(0, 10**12, places=2), st.sampled_from(["pl", "en"]))
def test_an_amount_that_is_written_is_read_as_it_was(value: Decimal, lang: str) -> None:
    assert Decimal(typed.amount(written.money(lang, value), lang)) == value


@pytest.mark.parametrize("text", ["2019-05-13", "13.05.2019", " 13-05-2019 ", "13/05/2019"])
def test_how_a_day_is_read(text: str) -> None:
    assert typed.day(text) == "2019-05-13"


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("1 200", 1200), ("1,5", "1,5"), ("", "")])
def test_how_a_whole_number_is_read(text: str, value: Any) -> None:
    assert typed.whole(text) == value
