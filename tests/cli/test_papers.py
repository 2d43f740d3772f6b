"""Claims and registers as files, written from the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.cli.conftest import Cases, WriteCase
from tests.cli.typing_it import Typed

CLAIM = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
MONEY = f"""\
  - path: /api/projects/@project/set-budget
    body: {{lines: [{{line: "1.1", task: "1", category: Personel, amount: "1000.00"}}],
           effective_on: 2018-01-01, reason: Umowa}}
  - path: /api/expenditures
    body: {{document_number: FV/1, issuer_nip: "8133315014", issued_on: 2018-02-01,
           description: Sala, net: "10.00", vat: "2.30", gross: "12.30",
           charges: [{{charge: "@charge", project: "@project", budget_line: "1.1",
                      eligible: "12.30"}}],
           effective_on: 2018-02-01}}
  - path: /api/claims
    body: {{id: {CLAIM}, project: "@project", number: 1, period_from: 2018-01-01,
           period_to: 2018-03-31, effective_on: 2018-04-01}}
"""
SUBMITTED = f"""\
  - path: /api/claims/{CLAIM}/submit
    body: {{effective_on: 2018-04-12, reason: Gotowy}}
"""


@pytest.fixture
def spent(cases: Cases) -> Iterator[str]:
    """The URL of a ledger with one document and a claim of nothing, not yet handed in."""
    with cases.copy(MONEY) as url:
        yield url


def test_a_claim_is_written_as_both_files_at_a_moment(
    ledger: Typed, spent: str, write_case: WriteCase, tmp_path: Path
) -> None:
    assert ledger("load", write_case(MONEY, SUBMITTED), "--database", spent).code == 0
    at = ("--out", tmp_path, "--database", spent, "--valid-at", "2018-06-01")
    files = ledger("export", "claim", CLAIM, *at, "--json").json["files"]
    names = ["wniosek-o-platnosc-SMALL-1.pdf", "wniosek-o-platnosc-SMALL-1.xlsx"]
    assert files == [str(tmp_path / name) for name in names]
    assert sorted(path.name for path in tmp_path.glob("wniosek*")) == names
    assert "Wniosek o płatność nr 1" in PdfReader(files[0]).pages[0].extract_text()
    assert CalamineWorkbook.from_path(files[1]).sheet_names[0] == "Wniosek"
    only = ("--format", "pdf", "--known-at", 6, "--lang", "en")
    ran = ledger("export", "claim", CLAIM, *at, *only)
    assert ran.out == f"{tmp_path / 'payment-claim-SMALL-1.pdf'}\n"
    assert "DRAFT – claim not submitted" in PdfReader(ran.out.strip()).pages[0].extract_text()


def test_a_register_is_written_as_both_files(ledger: Typed, spent: str, tmp_path: Path) -> None:
    at = ("--project", "SMALL", "--out", tmp_path, "--database", spent)
    files = ledger("export", "expenditures", *at, "--json").json["files"]
    assert [Path(one).name for one in files] == [
        "rejestr-wydatkow-SMALL.xlsx",
        "rejestr-wydatkow-SMALL.csv",
    ]
    sheet = CalamineWorkbook.from_path(files[0]).get_sheet_by_index(0).to_python()
    assert [row[1] for row in sheet] == ["Nr dokumentu", "FV/1", "Razem"]
    lines = Path(files[1]).read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("1;FV/1;;;8133315014;;2018-02-01;;Sala;12,30;10,00;2,30;")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("claim", "x"), "UUID"),
        (("claim", CLAIM, "--format", "docx"), "docx"),
        (("claim", CLAIM, "--lang", "de"), "--lang"),
        (("claim", CLAIM, "--valid-at", "x"), "--valid-at"),
        (("expenditures", "--project", "SMALL", "--format", "pdf"), "pdf"),
        (("expenditures", "--project", "NONE"), "NONE"),
        (("expenditures", "--project", "SMALL", "--out", "/no/such"), "cannot be written"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    ledger: Typed, loaded: str, arguments: tuple[object, ...], told: str
) -> None:
    ran = ledger("export", *arguments, "--database", loaded)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_claim_that_was_not_known_then_is_found_wrong(
    ledger: Typed, spent: str, tmp_path: Path
) -> None:
    at = ("--database", spent, "--out", tmp_path)
    ran = ledger("export", "claim", CLAIM, *at, "--known-at", 3)
    assert (ran.code, ran.out) == (1, "")
    assert CLAIM in ran.err
    assert list(tmp_path.glob("*.pdf")) == []
