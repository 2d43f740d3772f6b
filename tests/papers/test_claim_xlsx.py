"""A payment claim as a workbook holds numbers, days and formulas, and never runs a text."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from ledger.papers.claim import ClaimPaper
from ledger.papers.claim_xlsx import claim_xlsx
from ledger.papers.written import Lang
from tests.papers.made_up import POSITION, ROOT, charge, documents, paper

FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


def made(of: ClaimPaper, lang: Lang = "pl") -> bytes:
    file = io.BytesIO()
    claim_xlsx(of, lang, file)
    return file.getvalue()


def sheet(raw: bytes, at: int) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    return [list(row) for row in book.get_sheet_by_index(at).to_python(skip_empty_area=False)]


def formulas(raw: bytes, at: int) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        found = etree.fromstring(packed.read(f"xl/worksheets/sheet{at + 1}.xml"))
    return [str(one.text) for one in found.iter(FORMULA)]


def part(raw: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return packed.read(name).decode()


def rows_under(rows: list[list[Any]], header: str) -> list[list[Any]]:
    """The rows of the cover's table that begins with that header, down to its total."""
    start = next(at for at, row in enumerate(rows) if row[:1] == [header]) + 1
    end = next(at for at, row in enumerate(rows) if at >= start and row[0] == "Razem")
    return rows[start : end + 1]


def test_the_list_holds_texts_days_and_numbers() -> None:
    header, first, *_ = sheet(made(paper(*documents(3))), 1)
    told = dict(zip(header, first, strict=True))
    assert told["Nr dokumentu"] == "FV/1/2019"
    assert told["NIP wystawcy"] == "8133315014"
    assert told["Data wystawienia"] == date(2019, 1, 2)
    assert (told["Kwota brutto"], told["Kwota netto"], told["VAT"]) == (1.23, 1.0, 0.23)


def test_sums_are_formulas_that_carry_their_values() -> None:
    claim = paper(*documents(60))
    raw = made(claim)
    header, *rows, total = sheet(raw, 1)
    for name, value in (
        ("Wydatki kwalifikowalne", claim.sums.eligible),
        ("w tym VAT", claim.sums.eligible_vat),
        ("Dofinansowanie", claim.sums.eu_amount),
    ):
        at = header.index(name)
        assert total[at] == float(value)
        assert sum(Decimal(str(row[at])) for row in rows) == value
    assert "ROUND(SUM($M$2:$M$61),2)" in formulas(raw, 1)


@pytest.mark.parametrize(("header", "groups"), [("Kategoria kosztów", 3), ("Zadanie", 12)])
def test_the_cover_sums_by_category_and_task(header: str, groups: int) -> None:
    claim = paper(*documents(60))
    raw = made(claim)
    *parts, total = rows_under(sheet(raw, 0), header)
    assert len(parts) == groups
    assert total[1:] == [60, *map(float, (claim.sums.eligible, claim.sums.eu_amount)),
                         float(claim.sums.own), 0]  # fmt: skip
    for at in range(1, 6):
        assert sum(Decimal(str(row[at])) for row in parts) == Decimal(str(total[at]))
    assert any("EXACT('Zestawienie dokumentów'!" in one for one in formulas(raw, 0))


def test_what_was_approved_has_a_column_once_it_is_known() -> None:
    open_one = sheet(made(paper(charge(1))), 1)
    one = Decimal("1.00")
    approved = sheet(made(paper(charge(1, approved=one), approved=one)), 1)
    assert "Zatwierdzono" not in open_one[0]
    assert approved[1][approved[0].index("Zatwierdzono")] == 1.0


@pytest.mark.parametrize(
    ("lang", "header", "name"),
    [("pl", "Kategoria kosztów", "koszty pośrednie"), ("en", "Category of cost", "indirect costs")],
)
def test_what_the_ledger_knows_by_a_code_is_named(lang: Lang, header: str, name: str) -> None:
    raw = made(paper(charge(1, category="indirect")), lang)
    cover, listed = sheet(raw, 0), sheet(raw, 1)
    (under,) = [at for at, row in enumerate(cover) if row[0] == header]
    assert cover[under + 1][0] == name
    assert name in listed[1]


def test_a_row_has_room_for_all_lines_of_its_texts() -> None:
    long = "Regionalny Ośrodek Polityki Społecznej w Rzeszowie, Zespół do spraw kooperacji"
    raw = made(paper(charge(1, issuer_name="Poczta", description="List"),
                     charge(2, issuer_name=long)))  # fmt: skip
    heights = re.findall(r'<row r="(\d)"[^>]* ht="([\d.]+)"', part(raw, "xl/worksheets/sheet2.xml"))
    assert dict(heights)["2"] == "13.5"
    assert float(dict(heights)["3"]) > 2 * 13


def test_the_cover_says_from_which_state_it_was_made() -> None:
    raw = made(paper(charge(1)))
    told = {row[0]: row[1] for row in sheet(raw, 0)}
    assert told["Pozycja księgi"] == str(POSITION)
    assert told["Korzeń SHA-256"] == ROOT
    assert told["Wg stanu na dzień"] == date(2019, 6, 30)
    for at in (1, 2):
        assert re.search(f"<oddFooter>[^<]*{ROOT}", part(raw, f"xl/worksheets/sheet{at}.xml"))


def test_the_header_stays_and_filters() -> None:
    found = part(made(paper(*documents(3))), "xl/worksheets/sheet2.xml")
    assert 'ySplit="1"' in found
    assert 'state="frozen"' in found
    assert '<autoFilter ref="A1:T4"/>' in found


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_what_was_not_submitted_says_so(status: str) -> None:
    rows = sheet(made(paper(status=status, submitted_on=None)), 0)
    assert ["PROJEKT – wniosek niezłożony"] in [row[:1] for row in rows]


def test_an_empty_claim_has_sums_of_nothing() -> None:
    raw = made(paper(status="draft", submitted_on=None))
    header, _, total = sheet(raw, 1)
    assert total[header.index("Wydatki kwalifikowalne")] == 0
    assert formulas(raw, 1)[0] == "ROUND(SUM($M$2:$M$2),2)"


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    bad = '=HYPERLINK("http://x","y")'
    raw = made(paper(charge(1, description=bad, task=bad, category="*", document_number="@1")))
    header, first, _ = sheet(raw, 1)
    assert first[header.index("Nazwa towaru lub usługi")] == bad
    assert first[header.index("Nr dokumentu")] == "@1"
    assert not [one for one in formulas(raw, 0) + formulas(raw, 1) if "HYPERLINK" in one]
    assert rows_under(sheet(raw, 0), "Kategoria kosztów")[0][:3] == ["*", 1, 1.23]


def test_the_same_moment_gives_the_same_bytes() -> None:
    assert made(paper(*documents(5)), "en") == made(paper(*documents(5)), "en")


def test_it_speaks_english() -> None:
    raw = made(paper(charge(1)), "en")
    assert sheet(raw, 0)[0][0] == "Payment claim no. 3"
    assert sheet(raw, 1)[0][:2] == ["No.", "Document no."]
