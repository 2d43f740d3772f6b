"""The case files that come with the ledger, and how any case file is read."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.imports.case_file import id_of, read_case_file
from ledger.kernel.errors import Malformed

CASES = Path(__file__).parents[2] / "cases"
REAL = ["liderzy-kooperacji", "kooperacja-efektywna-i-skuteczna"]
INVENTED = CASES / "przyklad-zmyslony.yaml"


def test_the_invented_file_says_so_on_its_first_line() -> None:
    assert INVENTED.read_text(encoding="utf-8").startswith("# INVENTED")


def test_the_invented_file_is_what_its_script_tells() -> None:
    told = subprocess.run(
        [sys.executable, CASES / "invent.py"], capture_output=True, check=True, cwd=CASES
    )
    assert told.stdout == INVENTED.read_bytes()


@pytest.mark.parametrize("name", REAL)
def test_every_real_fact_names_its_day_and_its_source(name: str) -> None:
    for wish in read_case_file(CASES / f"{name}.yaml"):
        assert wish.body["effective_on"], wish
        assert wish.body["reason"], wish


def test_a_name_stands_for_the_same_id_everywhere(tmp_path: Path) -> None:
    one = tmp_path / "one.yaml"
    one.write_text(
        "- {path: /api/institutions, body: {id: '@mirzec', name: Mirzec, day: 2018-04-01}}\n"
        "- {path: /api/institutions/@mirzec/update, body: {of: ['@mirzec'], mail: '@@x'}}\n"
    )
    first, second = read_case_file(one)
    assert first.body == {"id": id_of("mirzec"), "name": "Mirzec", "day": "2018-04-01"}
    assert (second.id, second.command) == (id_of("@mirzec"), "update")
    assert second.body["of"] == [id_of("mirzec")]


def test_a_command_may_name_who_gave_it(tmp_path: Path) -> None:
    one = tmp_path / "one.yaml"
    one.write_text(
        "- {path: /api/claims/@one/approve, as: jan (kierownik), body: {}}\n"
        "- {path: /api/claims/@one/approve, body: {}}\n"
    )
    assert [wish.by for wish in read_case_file(one)] == ["jan (kierownik)", None]


def test_json_lines_are_read_as_well(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('# a comment\n\n{"path": "/api/institutions", "body": {"name": "Ł"}}\n')
    (wish,) = read_case_file(lines)
    assert (wish.collection, wish.command, wish.body) == ("institutions", "create", {"name": "Ł"})


@pytest.mark.parametrize(
    "text",
    [
        "commands: 1",
        "[1]",
        "- {body: {}}",
        "- {path: /x, body: {}}",
        "- {path: /api/teams, as: ' ', body: {}}",
        "- {path: /api/teams, as: 5, body: {}}",
        "{",
        "- !!python/name:os.a",
    ],
)
def test_what_is_no_case_file_is_refused(tmp_path: Path, text: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(text)
    with pytest.raises(Malformed):
        read_case_file(bad)
