"""What changed in a project, on the command line."""

import pytest

from tests.cli.conftest import WriteCase
from tests.cli.typing_it import Typed

ANNEX = """\
  - path: /api/projects/@project/amend
    body: {annex: Aneks 1, value: "1500.00", effective_on: 2019-06-01, reason: Aneks}
"""


def test_what_changed_between_two_moments_is_shown(
    ledger: Typed, loaded: str, write_case: WriteCase
) -> None:
    assert ledger("load", write_case(ANNEX), "--database", loaded).code == 0
    at = ("--project", "SMALL", "--database", loaded, "--valid-at", "2020-01-01")
    found = ledger("changes", "--from", 3, *at, "--json").json
    assert (found["project"], found["from"], found["to"]) == ("SMALL", 3, 4)
    assert found["totals"]["projects"] == {"added": 0, "changed": 1, "removed": 0}
    (terms,) = [one for one in found["items"] if one["table"] == "projects"]
    assert terms["fields"] == [{"field": "value", "before": "1000.00", "after": "1500.00"}]
    assert ledger("changes", "--from", 3, "--to", 3, *at, "--json").json["items"] == []
    shown = ledger("changes", "--from", "2018-01-01T00:00:00Z", "--to", 4, *at)
    assert shown.code == 0
    for text in ("project.amended", "Mały projekt", "annexes: 1 added"):
        assert text in shown.out
    shown = ledger("changes", "--from", 3, *at)
    assert "value: 1000.00 → 1500.00" in " ".join(shown.out.split())


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        (("--from", "yesterday"), "--from"),
        (("--from", "1", "--to", "tomorrow"), "--to"),
        (("--from", "3", "--to", "2"), "--from"),
        (("--from", "1", "--valid-at", "x"), "--valid-at"),
    ],
)
def test_moments_that_cannot_be_meant_are_bad_usage(
    ledger: Typed, loaded: str, moments: tuple[str, ...], said: str
) -> None:
    ran = ledger("changes", *moments, "--project", "SMALL", "--database", loaded)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
