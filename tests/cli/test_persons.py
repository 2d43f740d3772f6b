"""A person's data are handed over and their key is looked after on the command line too."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Cases, WriteCase
from tests.cli.typing_it import Typed

PERSON = "4d9bd1e1-f9a1-5f6a-9d1e-2d8f9a3c7b10"
MORE = f"""\
  - path: /api/persons
    body: {{id: {PERSON}, given_name: Anna, family_name: Wymyślona, email: anna@example.org,
           effective_on: 2018-02-01, reason: "tel. 600 100 200"}}
"""


@pytest.fixture
def known(cases: Cases) -> Iterator[str]:
    """The small case with a person in it."""
    with cases.copy(MORE) as url:
        yield url


def test_what_looks_like_a_telephone_number_is_pointed_out_where_it_was_typed(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    done = ledger("load", write_case(MORE), "--database", loaded)
    assert done.code == 0, done.err
    assert "command 4: reason looks like a telephone number" in done.err


def test_everything_about_a_person_goes_into_a_file_of_its_owner_alone(
    ledger: Typed, known: str, tmp_path: Path
) -> None:
    out = tmp_path / "person.json"
    assert ledger("person", "export", PERSON, "--out", out, "--database", known).code == 0
    found = json.loads(out.read_text())
    assert found["person"]["family_name"] == "Wymyślona"
    assert found["events"][0]["data"]["email"] == "anna@example.org"
    assert out.stat().st_mode & 0o077 == 0
    again = ledger("person", "export", PERSON, "--out", out, "--database", known)
    assert (again.code, "cannot be written" in again.err) == (1, True)
    (read,) = ledger("person", "reads", PERSON, "--json", "--database", known).json
    assert read["path"] == "ledger person export"


def test_the_master_key_is_replaced_and_everything_can_be_read_still(
    ledger: Typed, known: str
) -> None:
    key = Path(os.environ["LEDGER_KEYS"]) / "master.key"
    before = key.read_bytes()
    done = ledger("privacy", "rotate-master-key", "--json", "--database", known)
    assert done.json == {"keys": 1}
    assert key.read_bytes() != before
    exported = ledger("person", "export", PERSON, "--database", known)
    assert json.loads(exported.out)["person"]["given_name"] == "Anna"


def test_two_people_erase_whom_nothing_keeps(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    joined = """\
  - path: /api/projects/@project/receive-funds
    body: {amount: "1.00", effective_on: 2019-01-01}
  - path: /api/teams
    body: {id: "@team", project: "@project", kind: model, name: Zespół, effective_on: 2018-03-01}
  - path: /api/teams/@team/appoint
    body: {person: PERSON, role: member, effective_on: 2018-03-01}
""".replace("PERSON", PERSON)
    here = ("--database", loaded)
    assert ledger("load", write_case(MORE, joined), *here).code == 0
    (row,) = ledger("person", "due", "--json", *here).json
    assert (row["id"], row["due_since"], row["person_name"]) == (PERSON, "2023-01-01", None)
    asking = ("person", "request-erasure", PERSON, "--reason", "po okresie", "--by", "Anna")
    asked = ledger(*asking, "--json", *here).json["id"]
    own = ledger("person", "approve-erasure", asked, "--by", "Anna", *here)
    assert (own.code, "another person" in own.err) == (1, True)
    assert ledger("person", "approve-erasure", asked, "--by", "Ewa", *here).code == 0
    assert ledger("person", "due", "--json", *here).json == []
    exported = ledger("person", "export", PERSON, *here)
    assert json.loads(exported.out)["person"]["given_name"] == "[erased]"


def test_who_is_not_there_is_said(ledger: Typed, loaded: str) -> None:
    assert ledger("person", "export", "x", "--database", loaded).code == 2
    absent = ledger("person", "export", PERSON, "--database", loaded)
    assert (absent.code, "no person" in absent.err) == (1, True)


def test_loading_again_changes_nothing_though_no_name_is_remembered(
    ledger: Typed, known: str, write_case: WriteCase
) -> None:
    with psycopg.connect(known) as connection:
        keys = [row[0] for row in connection.execute("SELECT key FROM log.requests")]
    assert all(len(key) == 64 for key in keys)
    again = ledger("load", write_case(MORE), "--json", "--database", known)
    assert again.json["files"][0]["recorded"] == 0
