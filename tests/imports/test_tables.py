"""Spreadsheets and CSV texts as officers write them."""

from datetime import date, datetime
from typing import Any

import pytest

from ledger.imports.problems import LISTED_LIMIT, Unreadable
from tests.imports.reading_it import read
from tests.imports.tables import HEADER, NIP, csv, row, xlsx

NOON = datetime(2019, 12, 31, 12)  # noqa: DTZ001 - a spreadsheet knows no zones
TITLE = ["Zestawienie wydatków kwalifikowalnych"]


def of(*rows: list[Any], header: Any = HEADER) -> bytes:
    return xlsx([header, *rows])


def test_a_row_is_a_document_with_a_charge() -> None:
    document = read(of(row())).only
    assert (document.number, document.nip, document.accounting_number) == ("FV/1/2019", NIP, "K/1")
    assert (document.issued_on, document.paid_on) == ("2019-12-31", "2020-01-14")
    assert (document.gross, document.net, document.vat) == ("1230.00", "1000.00", "230.00")
    (charge,) = document.charges
    assert (charge.line, charge.eligible, charge.eligible_vat) == ("1.1", "1230.00", "230.00")
    assert charge.eu_amount == "1036.64"


def test_titles_above_and_totals_and_signatures_below_are_no_documents() -> None:
    totals: list[Any] = ["Razem", *[None] * 5, 1230, 1000, 230, 1230]
    table = [TITLE, [], ["Wniosek nr 3"], list(HEADER), row(), [], totals,
             ["Sporządziła: Anna Nowak", None, None, "Rzeszów"]]  # fmt: skip
    found = read(xlsx(table))
    assert found.only.row == 5
    assert found.told.rows == 1


def test_a_row_that_numbers_the_columns_and_a_repeated_header_are_passed_over() -> None:
    found = read(of(list(range(1, 16)), row(), list(HEADER), row("FV/2")))
    assert [one.number for one in found.documents] == ["FV/1/2019", "FV/2"]
    assert found.problems.count == 0


def test_totals_that_do_not_agree_with_the_rows_are_named() -> None:
    found = read(of(row(), ["RAZEM:", *[None] * 5, 1230, 1000, 230, 1000]))
    assert (found.problem.row, found.problem.column) == (3, "J")
    assert "1\u00a0230,00" in found.problem.message


def test_subtotals_are_those_of_their_part() -> None:
    part = ["Suma", *[None] * 5, 1230]
    whole = ["Ogółem", *[None] * 5, "2 460,00"]
    found = read(of(row(), part, row("FV/2"), part, whole))
    assert found.problems.listed == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1230", "1230.00"), ("1 230,5", "1230.50"), ("1\u00a0230,50", "1230.50"),
        ("1\u202f230,50 zł", "1230.50"), ("1.230,50", "1230.50"), ("1.234.567,8", "1234567.80"),
        ("1230.50 PLN", "1230.50"), ("1,230.50", "1230.50"), (1230.5, "1230.50"),
        (1230, "1230.00"), (1230.5000000000002, "1230.50"), ("1230,500", "1230.50"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(written: Any, meant: str) -> None:
    gross = read(of(row(gross=written, net=written, vat=0, eligible="1", eligible_vat="0", eu="1")))
    assert gross.only.gross == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (1230.505, "więcej niż dwa miejsca"), ("1230,505", "więcej niż dwa miejsca"),
        ("-1230,00", "ujemna"), (-5.0, "ujemna"), ("(5,00)", "ujemna"), ("abc", "nie jest kwota"),
        ("1.230", "kropka oddziela"), ("12 34,5,6", "nie jest kwota"), (1e15, "zbyt duża"),
        ("#DIV/0!", "nie jest kwota"), ("١٢٣", "nie jest kwota"), (True, "nie jest kwota"),
        (None, "wymagana"), ("  ", "wymagana"), ("1e5", "nie jest kwota"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_named_with_its_cell(written: Any, reason: str) -> None:
    found = read(of(row(), row("FV/2", gross=written))).problem
    assert (found.sheet, found.row, found.column) == ("Arkusz1", 3, "G")
    assert found.field == "Kwota dokumentu brutto"
    assert reason in found.message


@pytest.mark.parametrize(
    "written",
    ["31.12.2019", "31-12-2019", "31/12/2019", "31 grudnia 2019 r.", "2019-12-31", "31.12.2019 r.",
     "2019-12-31 00:00:00", date(2019, 12, 31), NOON, 43830],
)  # fmt: skip
def test_days_are_read_as_they_are_written(written: Any) -> None:
    assert read(of(row(issued=written))).only.issued_on == "2019-12-31"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("30.02.2019", "nie ma takiego dnia"), ("31.12.19", "nie jest data"),
        ("wczoraj", "nie jest data"), (5.0, "nie jest data"), ("1.1.2030", "z przyszłości"),
        (None, "wymagana"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_named(written: Any, reason: str) -> None:
    found = read(of(row(issued=written))).problem
    assert (found.row, found.column) == (2, "D")
    assert reason in found.message


@pytest.mark.parametrize(
    "written", [5265877635.0, "526-587-76-35", "PL5265877635", "NIP: 526 587 76 35", NIP]
)
def test_a_tax_number_may_come_as_a_number_or_with_signs(written: Any) -> None:
    assert read(of(row(nip=written))).only.nip == NIP


@pytest.mark.parametrize(
    ("written", "reason"), [("5265877636", "cyfra kontrolna"), ("123", "dziesięciu cyfr"),
                            (None, "NIP lub nazwa")]
)  # fmt: skip
def test_a_wrong_tax_number_is_named(written: Any, reason: str) -> None:
    found = read(of(row(nip=written))).problem
    assert (found.row, found.column, reason in found.message) == (2, "C", True)


def test_headers_are_matched_loosely_in_any_order_and_in_english() -> None:
    header = ["GROSS (PLN)", "Net amount", "Invoice number", "Issuer tax id", "Date of issue",
              "Description", "Eligible\nexpenditure", "Budget line"]  # fmt: skip
    document = read(of([10, 10, "1", NIP, "2019-01-31", "Goods", 10, "1.1"], header=header)).only
    assert (document.number, document.vat, document.paid_on) == ("1", "0.00", None)


def test_the_category_of_limits_is_not_the_category_of_costs() -> None:
    rows = [[*HEADER, "Kategorie podlegające limitom"], [*row(), "cross-financing"]]
    assert read(xlsx(rows)).only.charges[0].line == "1.1"


def test_missing_columns_are_named_all_at_once() -> None:
    header = ["Nr faktury", "Data wystawienia", "Kwota brutto (zł)", "Zadanie"]
    found = read(of(["1"], header=header))
    missing = {one.field for one in found.problems.listed}
    assert missing == {
        "NIP wystawcy", "nazwa towaru lub usługi", "kwota netto", "wydatki kwalifikowalne",
        "kategoria kosztów",
    }  # fmt: skip


def test_a_column_that_stands_there_twice_is_named() -> None:
    found = read(of([*row(), "1"], header=[*HEADER, "KWOTA BRUTTO"]))
    assert (found.problem.column, found.problem.row) == ("P", 1)


def test_a_table_without_a_header_says_what_was_expected() -> None:
    found = read(xlsx([["Ala", "ma", "kota"]]))
    assert "numer dokumentu" in found.problem.message


def test_the_first_sheet_with_a_header_is_read() -> None:
    found = read(xlsx([["Instrukcja"]], [list(HEADER), row()]))
    assert found.only.source == "Arkusz2"


def test_rows_of_one_document_are_its_charges() -> None:
    found = read(of(row(eligible="500", eligible_vat=None, eu=None),
                    row(number="fv / 1 / 2019", eligible="700", eligible_vat=None, eu=None,
                        category="personel", line="1.2", accounting=None)))  # fmt: skip
    assert [(one.row, one.line) for one in found.only.charges] == [(2, "1.1"), (3, "1.2")]


def test_rows_of_one_document_must_agree() -> None:
    first = row(eligible="5", eligible_vat=None, eu=None)
    other = row(eligible="6", eligible_vat=None, eu=None, gross="1230,01", accounting="K/2")
    found = read(of(first, other))
    assert [(one.row, one.column) for one in found.problems.listed] == [(3, "B"), (3, "G")]
    assert "w wierszu" in found.problems.listed[0].message


def test_a_document_is_never_charged_above_its_gross_amount() -> None:
    found = read(of(row(), row(line="1.2", eligible="0,01", eligible_vat=None, eu=None)))
    assert (found.problem.row, found.problem.column) == (3, "J")
    assert "1\u00a0230,01" in found.problem.message


def test_a_row_that_is_repeated_is_named() -> None:
    half = row(eligible="1", eligible_vat=None, eu=None)
    assert "powtarza koszt z wiersza 2" in read(of(half, half)).problem.message


@pytest.mark.parametrize(
    ("changes", "column"),
    [({"net": "900"}, "G"), ({"eligible_vat": "231"}, "K"), ({"eu": "1230,01"}, "L"),
     ({"line": "7.7"}, "O"), ({"number": "x" * 121}, "A")],
)  # fmt: skip
def test_values_that_contradict_each_other_are_named(changes: dict[str, Any], column: str) -> None:
    assert read(of(row(**changes))).problem.column == column


def test_the_line_may_be_told_by_task_and_category() -> None:
    assert read(of(row(line=None))).only.charges[0].line == "1.1"
    indirect = row(line=None, task="Koszty pośrednie", category="koszty pośrednie")
    assert read(of(indirect)).only.charges[0].line == "9"


@pytest.mark.parametrize("task", ["3", "Zadanie 3", "zad. 3", "3. Upowszechnianie"])
def test_a_task_is_known_by_its_number(task: str) -> None:
    assert read(of(row(line=None, task=task, category="druk"))).only.charges[0].line == "3.1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"task": "Zadanie 2", "category": "Personel"}, "2.1, 2.2"),
     ({"task": "4"}, "nie ma linii dla zadania „4”"), ({"task": None}, "wymagana jest linia")],
)  # fmt: skip
def test_a_task_and_category_that_name_no_single_line_are_named(
    changes: dict[str, Any], reason: str
) -> None:
    assert reason in read(of(row(line=None, **changes))).problem.message


def test_a_line_that_a_spreadsheet_took_for_a_number_is_found() -> None:
    assert read(of(row(line=10.1))).only.charges[0].line == "10.10"


def test_every_problem_is_named_in_the_language_asked_for() -> None:
    found = read(of(row(gross="x"), row("FV/2", issued="y", nip="1")), lang="en")
    assert found.places() == [
        (2, "G", "this is not an amount such as 1 234,56"),
        (3, "C", "a NIP consists of ten digits"),
        (3, "D", "this is not a date such as 31.12.2019 or 2019-12-31"),
    ]


def test_a_thousand_problems_are_listed_and_all_are_counted() -> None:
    found = read(of(*(row(f"FV/{n}", gross="x", net="y") for n in range(700))))
    assert (found.problems.count, len(found.problems.listed)) == (1400, LISTED_LIMIT)


def test_amounts_are_named_as_they_are_written_in_the_language() -> None:
    content = of(row(vat="230,05"))
    assert "= 1\u00a0230,05 (" in read(content).problem.message
    assert "= 1,230.05 (" in read(content, lang="en").problem.message


def test_formulas_are_text_like_any_other() -> None:
    assert read(of(row(what='=HYPERLINK("http://x")'))).only.description == '=HYPERLINK("http://x")'


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
def test_csv_is_read_in_its_encoding_and_with_its_delimiter(sign: str, encoding: str) -> None:
    content = csv(["Lista"], HEADER, row(what="Zażółć gęślą\njaźń"), sign=sign, encoding=encoding)
    document = read(content).only
    assert (document.description, document.row) == ("Zażółć gęślą jaźń", 3)


def test_a_spreadsheet_that_is_no_xlsx_is_refused() -> None:
    for content in (b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"%PDF\x00\x01", b"PK"):
        with pytest.raises(Unreadable):
            read(content)
