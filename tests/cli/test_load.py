"""Case files: whole or not at all, and each command only once."""

from pathlib import Path

import psycopg

from tests.cli.conftest import SCHOOL, WriteCase
from tests.cli.typing_it import Typed, running


def events(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM log.events").fetchone()
    assert row is not None
    return int(row[0])


def test_a_file_is_recorded_in_order_and_the_read_models_follow(
    ledger: Typed, database_url: str, write_case: WriteCase
) -> None:
    path = write_case()
    ran = ledger("load", path, "--database", database_url, "--json", "--as", "Anna")
    assert ran.code == 0
    assert ran.json == {"files": [{"file": str(path), "recorded": 3, "known": 0, "position": 3}]}
    assert ran.err == ""
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT DISTINCT recorded_by FROM log.events").fetchall()
    assert found == [("Anna",)]


def test_a_command_is_recorded_by_whom_the_file_names(
    ledger: Typed, database_url: str, write_case: WriteCase
) -> None:
    named = SCHOOL.replace("    body:", "    as: jan (oficer)\n    body:")
    assert ledger("load", write_case(named), "--database", database_url).code == 0
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT recorded_by FROM log.events ORDER BY position")
        assert [row[0] for row in found] == [*["ledger load"] * 3, "jan (oficer)"]


def test_loading_twice_changes_nothing_whoever_loads(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    path = write_case(name="renamed.yaml")
    ran = ledger("load", path, path, "--database", loaded, "--as", "Anna")
    assert ran.code == 0
    assert ran.out.count("0 commands recorded, 3 known already") == 2
    assert events(loaded) == 3


def test_of_a_file_that_has_grown_only_the_new_commands_are_recorded(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    once, twice = write_case(SCHOOL, name="1.yaml"), write_case(SCHOOL, SCHOOL, name="2.yaml")
    ran = ledger("load", once, twice, "--database", loaded, "--json")
    assert [(f["recorded"], f["known"]) for f in ran.json["files"]] == [(1, 3), (1, 4)]
    assert events(loaded) == 5  # two of the same kind are two


def test_two_who_load_the_same_file_at_once_record_it_once(
    database_url: str, write_case: WriteCase
) -> None:
    arguments = ("load", write_case(SCHOOL), "--database", database_url)
    with running(*arguments) as one, running(*arguments) as other:
        said = [process.communicate(timeout=60)[0] for process in (one, other)]
    assert [process.returncode for process in (one, other)] == [0, 0], said
    assert events(database_url) == 4


def test_a_refused_command_is_named_and_nothing_of_its_file_is_recorded(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    good = write_case(SCHOOL, name="good.yaml")
    bad = write_case(
        "  - {path: /api/projects/@project/amend, body: {annex: 1, value: '1.005', reason: x}}\n",
        "  - {path: /api/projects/@project/close, body: {reason: Koniec}}\n",
        name="bad.yaml",
    )
    ran = ledger("load", good, bad, "--database", loaded)
    assert ran.code == 1
    assert "good.yaml: 1 commands recorded" in ran.out
    assert "bad.yaml: command 4 (/api/projects/@project/amend)" in ran.err
    assert "value: " in ran.err
    assert events(loaded) == 4
    again = ledger("load", bad, "--database", loaded, "--json")
    assert again.code == 1
    refused = again.json["refused"]
    assert (refused["command"], refused["rule"]) == (4, "invalid")
    assert [error["field"] for error in refused["errors"]] == ["value", "annex"]


def test_a_broken_rule_is_said_in_a_sentence(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    path = write_case(
        "  - path: /api/projects\n"
        '    body: {id: "@other", code: SMALL, title: Drugi, programme: X, leader: "@office",\n'
        '      value: "1", starts_on: 2018-01-01, ends_on: 2018-01-02}\n'
    )
    ran = ledger("load", path, "--database", loaded, "--json")
    assert ran.code == 1
    assert ran.json["refused"]["command"] == 4
    assert ran.json["refused"]["detail"] in ran.err + "."


def test_a_file_that_cannot_be_read_is_refused(ledger: Typed, loaded: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("- 5")
    ran = ledger("load", broken, "--database", loaded)
    assert ran.code == 1
    assert "broken.yaml: command 1 needs a path and a body" in ran.err


def test_a_service_may_run_beside_it(ledger: Typed, loaded: str, write_case: WriteCase) -> None:
    with running("project", "--database", loaded) as projector:
        assert projector.stdout is not None
        assert "follow the log" in projector.stdout.readline()
        ran = ledger("load", write_case(SCHOOL), "--database", loaded)
        assert ran.code == 0
        projector.terminate()
        assert projector.wait(30) == 0
