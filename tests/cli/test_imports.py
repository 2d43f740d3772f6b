"""Files of documents from the command line: judged as a whole, recorded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cases
from tests.cli.test_load import events
from tests.cli.typing_it import Typed
from tests.imports.tables import HEADER, invoice, row, xlsx

BUDGET = """\
  - path: /api/projects/@project/set-budget
    body:
      effective_on: 2018-01-01
      lines: [{line: "1.1", task: "1", category: usługi zewnętrzne, amount: "1000"}]
"""


@pytest.fixture
def funded(cases: Cases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The small case with a budget; evidence is kept in the test's own folder."""
    monkeypatch.setenv("LEDGER_DOCUMENTS", str(tmp_path / "documents"))
    with cases.copy(BUDGET) as url:
        yield url


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A workbook of two documents."""
    path = tmp_path / "wydatki.xlsx"
    path.write_bytes(xlsx([list(HEADER), row("1"), row("2")]))
    return path


def test_a_dry_run_records_nothing_and_says_what_would_be(
    ledger: Typed, funded: str, table: Path
) -> None:
    ran = ledger("import", "expenditures", table, "--project", "SMALL", "--dry-run",
                 "--database", funded)  # fmt: skip
    assert ran.code == 0, ran
    assert "rows 2, documents 2; 2 would be recorded, 0 known already; gross 2460.00" in ran.out
    assert events(funded) == 4


def test_a_second_run_adds_nothing(ledger: Typed, funded: str, table: Path) -> None:
    typed = ("import", "expenditures", table, "--project", "SMALL", "--database", funded, "--json")
    first, second = ledger(*typed).json, ledger(*typed).json
    assert (first["recorded"], first["known"], first["position"]) == (2, 0, 6)
    assert (second["recorded"], second["known"], second["position"]) == (0, 2, 6)
    assert events(funded) == 6


def test_every_bad_row_is_named_and_nothing_of_the_file_is_recorded(
    ledger: Typed, funded: str, tmp_path: Path
) -> None:
    path = tmp_path / "zły.xlsx"
    path.write_bytes(xlsx([list(HEADER), row("1"), row("2", issued="x"), row("3", line="7")]))
    ran = ledger("import", "expenditures", path, "--project", "SMALL", "--database", funded,
                 "--lang", "en")  # fmt: skip
    assert ran.code == 1
    assert "Arkusz1!D3 (Data wystawienia) „x”: this is not a date" in ran.err
    assert "Arkusz1!O4 (Linia budżetu) „7”: the project's budget has no such line" in ran.err
    assert "problems: 2; nothing of this file was recorded" in ran.err
    assert events(funded) == 4


def test_an_invoice_is_charged_to_the_line_that_is_typed(
    ledger: Typed, funded: str, tmp_path: Path
) -> None:
    path = tmp_path / "faktura.xml"
    path.write_bytes(invoice())
    ran = ledger("import", "expenditures", path, "--project", "SMALL", "--database", funded,
                 "--line", "1.1", "--json", "--as", "Anna")  # fmt: skip
    assert (ran.json["format"], ran.json["recorded"]) == ("xml", 1)
    assert ran.json["totals"]["eligible"] == "1230.00"


def test_what_cannot_be_meant_is_bad_usage(ledger: Typed, funded: str, table: Path) -> None:
    missing = ledger("import", "expenditures", "nothing.xlsx", "--project", "SMALL")
    assert (missing.code, "no file nothing.xlsx" in missing.err) == (2, True)
    nobody = ledger("import", "expenditures", table, "--project", "X", "--database", funded)
    assert (nobody.code, "no project with the code X" in nobody.err) == (2, True)


def test_a_file_that_cannot_be_read_is_refused(ledger: Typed, funded: str, tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    ran = ledger("import", "expenditures", path, "--project", "SMALL", "--database", funded)
    assert ran.code == 1
    assert "XLSX" in ran.err
