"""Read models made anew, and a project replayed."""

import psycopg

from tests.cli.conftest import WriteCase
from tests.cli.typing_it import Typed

ANNEX = """\
  - path: /api/projects/@project/amend
    body: {annex: Aneks 1, value: "1500.00", effective_on: 2019-06-01, reason: Aneks}
"""


def test_read_models_are_made_anew(ledger: Typed, loaded: str) -> None:
    with psycopg.connect(loaded) as connection:
        connection.execute("UPDATE read.projects SET title = 'spoilt'")
    some = ledger("rebuild", "project_register", "--database", loaded, "--json")
    assert some.code == 0
    assert some.json["rebuilt"] == ["project_register"]
    assert some.json["position"] == 3
    with psycopg.connect(loaded) as connection:
        found = connection.execute("SELECT title FROM read.projects").fetchall()
    assert found == [("Mały projekt",)]
    every = ledger("rebuild", "--database", loaded)
    assert every.code == 0
    assert "position 3" in every.out


def test_a_project_is_replayed_at_two_points_in_time(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    assert ledger("load", write_case(ANNEX), "--database", loaded).code == 0
    at = ("--project", "SMALL", "--database", loaded, "--valid-at", "2020-01-01")
    before = ledger("replay", "--known-at", 3, *at, "--json").json
    assert (before["project"]["value"], before["known_at"]) == ("1000.00", 3)
    now = ledger("replay", "--known-at", "2999-01-01T00:00:00Z", *at, "--json").json
    assert (now["project"]["value"], now["known_at"]) == ("1500.00", 4)
    assert [row["status"] for row in now["milestones"]] == ["overdue"]
    shown = ledger("replay", "--known-at", 4, *at)
    for text in ("Mały projekt", "1500.00", "Początek", "overdue"):
        assert text in shown.out


def test_a_project_that_was_not_known_then_is_found_wrong(ledger: Typed, loaded: str) -> None:
    ran = ledger("replay", "--known-at", 1, "--project", "SMALL", "--database", loaded)
    assert (ran.code, ran.out) == (1, "")
    assert "SMALL" in ran.err


def test_a_project_that_there_never_was_is_bad_usage(ledger: Typed, loaded: str) -> None:
    ran = ledger("replay", "--known-at", 1, "--project", "NONE", "--database", loaded)
    assert (ran.code, ran.out) == (2, "")
    assert "NONE" in ran.err
