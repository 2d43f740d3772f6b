"""The register's lines are read by spreadsheets of both languages, and run nothing."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from ledger.papers.register import COLUMNS, csv_header, csv_lines
from ledger.papers.written import Lang, amount, day, file_name


def test_the_header_begins_with_the_mark_of_utf_8() -> None:
    header = csv_header("pl")
    assert header.startswith(b"\xef\xbb\xbfLp.;Nr dokumentu;")
    assert header.endswith(b"\r\n")
    assert csv_header("en").decode("utf-8-sig").strip().split(",")[1] == "Document no."
    assert header.count(b";") == len(COLUMNS) - 1


@pytest.mark.parametrize(("lang", "line"), [("pl", "1;1234,50;2019-05-13;;ż"),
                                            ("en", "1,1234.50,2019-05-13,,ż")])  # fmt: skip
def test_amounts_are_written_as_the_language_does(lang: Lang, line: str) -> None:
    row = (1, Decimal("1234.5"), date(2019, 5, 13), None, "ż")
    assert csv_lines([row], lang).decode() == line + "\r\n"


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_compute_is_quoted(bad: str) -> None:
    read = list(
        csv.reader(io.StringIO(csv_lines([(bad,)], "pl").decode(), newline=""), delimiter=";")
    )
    assert read == [[f"'{bad}"]]


def test_a_negative_amount_is_no_formula() -> None:
    assert csv_lines([(Decimal("-1.50"),)], "pl") == b"-1,50\r\n"


def test_separators_and_lines_within_a_text_stay_within_it() -> None:
    row = ('Sala; "duża"\nII piętro', "x")
    read = csv.reader(io.StringIO(csv_lines([row], "pl").decode(), newline=""), delimiter=";")
    assert list(read) == [list(row)]


def test_amounts_and_days_are_written_for_the_eye() -> None:
    assert amount(Decimal("-1234567.5"), "pl") == "−1\u00a0234\u00a0567,50"
    assert amount(Decimal("1234567.5"), "en") == "1,234,567.50"
    assert amount(None, "pl") == day(None, "pl") == "–"
    assert day(date(2019, 5, 13), "pl") == "13.05.2019"


def test_file_names_are_plain() -> None:
    found = file_name("wniosek", 'ŁÓDŹ/"1"\r\n', "POWR.02/17-003 ą", suffix=".pdf")
    assert found == "wniosek-LODZ-1-POWR-02-17-003-a.pdf"
