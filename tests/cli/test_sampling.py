"""A sample on the command line: sized, drawn, evaluated, and found wrong where it was changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.conftest import Cases
from tests.cli.typing_it import Typed

BUDGET = """\
  - path: /api/projects/@project/set-budget
    body: {lines: [{line: "1", task: "1", category: personel, amount: "900.00"}],
           effective_on: 2018-01-01}
"""
DOCUMENT = """\
  - path: /api/expenditures
    body: {{document_number: FV/{n}, issuer_nip: "8133315014", issued_on: 2019-01-02,
           description: Szkolenie, net: "{amount}.00", vat: "0.00", gross: "{amount}.00",
           charges: [{{project: "@project", budget_line: "1", eligible: "{amount}.00"}}],
           effective_on: 2019-01-02}}
"""
MUS = ("--method", "mus", "--confidence", 90)


@pytest.fixture
def loaded(cases: Cases) -> Iterator[str]:
    """The URL of a ledger that holds twelve charges of a project."""
    with cases.copy(BUDGET, *(DOCUMENT.format(n=n, amount=10 * n) for n in range(1, 13))) as url:
        yield url


@pytest.fixture
def spent(loaded: str) -> tuple[object, ...]:
    """Where it is."""
    return ("--project", "SMALL", "--database", loaded)


def test_a_size_is_shown_with_its_formula(ledger: Typed, spent: tuple[object, ...]) -> None:
    design = (*MUS, "--anticipated-error", "0.004", "--deviation", "0.02")
    # (1.645 × 0.02 / 0.016)² = 4.23
    assert ledger("sample", "size", *design, *spent, "--json").json["computed_size"] == 5
    shown = ledger("sample", "size", *design, *spent, "--lang", "en")
    assert shown.code == 0
    assert "n = ⌈(z × BV × sr / (TE − AE))²⌉" in shown.out
    assert "= 5" in shown.out


def test_a_sample_is_drawn_recorded_and_evaluated(ledger: Typed, spent: tuple[object, ...]) -> None:
    design = (*MUS, "--sample-size", 5, "--number", 271828)
    tried = ledger("sample", "draw", *design, *spent, "--dry-run", "--json").json
    drawn = ledger("sample", "draw", *design, *spent, "--as", "Ewa", "--json").json
    assert drawn["draw"] == tried["draw"]
    assert len(drawn["draw"]["units"]) == 5
    again = ledger(
        "sample", "draw", *design, *spent, "--size", drawn["draw"]["checkpoint_size"], "--json"
    ).json
    assert again["draw"] == drawn["draw"]
    place = spent[2:]
    found = ledger("sample", "evaluate", drawn["id"], *place, "--json").json
    assert found["redraw"]["repeated"] is True
    assert found["evaluation"]["total_error"] == "0.00"
    shown = ledger("sample", "evaluate", drawn["id"], *place, "--lang", "pl")
    assert shown.code == 0
    for text in ("# Ocena próby", "ULE = TER + SE", "comes out again"):
        assert text in shown.out


def test_a_sample_that_does_not_come_out_again_is_found_wrong(
    ledger: Typed, spent: tuple[object, ...], loaded: str
) -> None:
    design = (*MUS, "--sample-size", 5, "--number", 271828)
    id = ledger("sample", "draw", *design, *spent, "--json").json["id"]
    assert ledger("sample", "evaluate", id, "--database", loaded).code == 0
    with psycopg.connect(loaded) as connection:
        connection.execute("UPDATE read.sample_units SET book_value = 1")
    ran = ledger("sample", "evaluate", id, "--database", loaded)
    assert ran.code == 1
    assert "NOT AS DRAWN: units" in ran.out


def test_strata_stand_in_a_file(ledger: Typed, spent: tuple[object, ...], tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    design: dict[str, Any] = {"method": "mus_stratified", "confidence": 90, "sample_size": 6,
                              "stratify_by": "book_value", "limits": ["60.00"]}  # fmt: skip
    path.write_text(json.dumps(design), encoding="utf-8")
    ran = ledger("sample", "draw", "--design", path, "--number", 1, *spent)
    assert ran.code == 0
    assert "of 12 units drawn" in ran.out
    both = ledger("sample", "draw", "--design", path, *MUS, "--number", 1, *spent)
    assert (both.code, "--design" in both.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["draw", *MUS], "--number"),
        (["draw", *MUS, "--number", 1, "--cosignature", "x"], "--number"),
        (["draw", "--method", "guess", "--number", 1], "design"),
        (["size", *MUS, "--lang", "de"], "--lang"),
        (["size", *MUS, "--size", 10**9], "--size"),
        (["size", "--design", "/nowhere/none.json"], "none.json"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    ledger: Typed, loaded: str, arguments: list[object], said: str
) -> None:
    ran = ledger("sample", *arguments, "--project", "SMALL", "--database", loaded)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_sample_that_there_is_not_is_said(ledger: Typed, loaded: str) -> None:
    none = "0197a3c5-0000-7000-8000-000000000000"
    assert ledger("sample", "evaluate", none, "--database", loaded).code == 1
    assert ledger("sample", "evaluate", "x", "--database", loaded).code == 2
    bad = ledger("sample", "evaluate", none, "--corrected", "-1", "--database", loaded)
    assert (bad.code, bad.out) == (2, "")
