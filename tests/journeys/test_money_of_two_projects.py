"""Does one document serve two projects without either seeing the other's charges?"""

from typing import Any

import pytest

from tests.journeys.accounts import ON, Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

NEXT = "2019-05-14"


class Two:
    """Two projects, each with its own officer, and a document of the first."""

    def __init__(self, service: Service) -> None:
        self.service = service
        admin = World(service.user("admin"))
        self.own, self.other = (self._books(accounts(admin).project) for _ in range(2))
        self.document, self.charge = self.own.spend("100.00", self.own.part("60.00"))

    def _books(self, project: str) -> Accounts:
        return Accounts(self.service.user("officer", project), project)

    def user(self, role: str, books: Accounts) -> Client:
        """Somebody of one project who knows of all that was recorded."""
        user = self.service.user(role, books.project)
        user.position = max(self.own.officer.position, self.other.officer.position)
        return user

    def share(self, eligible: str = "30.00") -> str:
        """The second project charges the document, too."""
        path = f"expenditures/{self.document}/charge"
        made = self.other.tell(path, **self.other.part(eligible))
        self.own.officer.position = self.other.officer.position
        return str(made["charge"])


@pytest.fixture
def two(shared: Service) -> Two:
    """Two projects of the test's own."""
    return Two(shared)


def test_a_document_of_another_project_does_not_exist(two: Two) -> None:
    path = f"expenditures/{two.document}"
    two.other.officer.position = two.own.officer.position
    for address in (path, f"{path}/explain", f"{path}/feeds"):
        two.other.officer.get(f"/api/{address}", status=404)
    assert two.other.read("expenditures")["items"] == []
    assert two.other.read("expenditures", project=two.own.project)["items"] == []
    for command, body in (
        ("pay", {"paid_on": ON}),
        ("correct", {"description": "x"}),
        ("withdraw", {"charge": two.charge}),
        ("disallow", {"charge": two.charge, "amount": 1, "basis": "x"}),
        ("reinstate", {"charge": two.charge, "amount": 1}),
    ):
        two.other.tell(f"{path}/{command}", status=404, **body)
    two.other.tell(f"{path}/charge", status=404, **two.own.part("1.00"))


def test_a_document_that_both_charge_shows_each_its_own(two: Two) -> None:
    mine = two.share()
    seen = two.other.read(f"expenditures/{two.document}")
    assert [one["charge"] for one in seen["charges"]] == [mine]
    assert [seen[name] for name in ("gross", "eligible", "free")] == ["100.00", "30.00", "10.00"]
    two.other.check_explained(seen["explain"], "30.00")
    feeds = two.other.officer.get(seen["feeds"])["charges"]
    assert [one["project"] for one in feeds] == [two.other.project]
    listed = two.other.read("expenditures")["items"]
    assert [one["charges"] for one in listed] == [seen["charges"]]
    theirs = two.own.read(f"expenditures/{two.document}")
    assert [one["charge"] for one in theirs["charges"]] == [two.charge]
    assert theirs["eligible"] == "60.00"
    both = two.service.user("auditor")
    both.position = two.own.officer.position
    row = both.get(f"/api/expenditures/{two.document}")
    assert {one["charge"] for one in row["charges"]} == {mine, two.charge}
    assert row["eligible"] == "90.00"


def test_both_together_charge_no_more_than_the_document_says(two: Two) -> None:
    two.share("40.00")
    path = f"expenditures/{two.document}/charge"
    two.other.refused("exceeds_document", path, **two.other.part("0.01"))
    two.own.refused("exceeds_document", path, **two.own.part("0.01"))
    two.own.tell(f"expenditures/{two.document}/withdraw", charge=two.charge, on=NEXT)
    two.other.tell(path, on=NEXT, **two.other.part("60.00"))


def test_the_charges_of_the_other_are_unknown_here(two: Two) -> None:
    two.share()
    path, charge = f"expenditures/{two.document}", two.charge
    for command, body in (
        ("correct", {"charge": charge, "eligible": "1.00"}),
        ("withdraw", {"charge": charge}),
        ("disallow", {"charge": charge, "amount": 1, "basis": "x"}),
        ("reinstate", {"charge": charge, "amount": 1}),
    ):
        assert two.other.invalid(f"{path}/{command}", **body) == ["charge"]
    moved = {"charge": two.share("1.00"), "project": two.own.project}
    assert two.other.invalid(f"{path}/correct", **moved) == ["project"]


def test_a_claim_takes_no_charge_of_another_project(two: Two) -> None:
    mine = two.share()
    claim = two.other.claim((two.document, mine))
    named = [{"expenditure": two.document, "charge": two.charge}]
    assert two.other.invalid(f"claims/{claim}/include", charges=named) == ["charges[0].charge"]
    assert two.other.invalid(f"claims/{claim}/exclude", charges=named) == ["charges"]
    alone = [{"expenditure": two.own.spend()[0], "charge": mine}]
    found = two.other.invalid(f"claims/{claim}/include", charges=alone)
    assert found == ["charges[0].expenditure"]


def test_the_claims_of_another_project_do_not_exist(two: Two) -> None:
    claim = two.own.claim((two.document, two.charge))
    two.share()
    two.other.officer.position = two.own.officer.position
    for address in (f"claims/{claim}", f"claims/{claim}/explain"):
        two.other.officer.get(f"/api/{address}", status=404)
    assert two.other.read("claims")["items"] == []
    for command in ("submit", "return", "include", "exclude", "pay"):
        body: dict[str, Any] = {"charges": []} if command.endswith("clude") else {}
        body |= {"amount": 1, "paid_on": ON} if command == "pay" else {}
        two.other.tell(f"claims/{claim}/{command}", status=404, **body)
    manager = two.user("manager", two.other)
    manager.post(f"/api/claims/{claim}/approve", status=404)
    seen = two.other.read("expenditures", claim=claim)
    assert seen["items"] == []


def test_the_budget_of_another_project_does_not_exist(two: Two) -> None:
    path = f"projects/{two.own.project}"
    for address in ("budget", "budget/explain/recorded", "advances", "advances/explain/settled"):
        two.other.officer.get(f"/api/{path}/{address}", status=404)
    two.other.tell(f"{path}/receive-funds", status=404, amount=1)
    two.other.tell(f"{path}/shift-budget", status=404, from_line="1.1", to_line="2.1", amount=1)
    body = {"project": two.own.project, "number": 1, "period_from": ON, "period_to": ON}
    problem = two.other.officer.post("/api/claims", body, status=422)
    assert [one["field"] for one in problem["errors"]] == ["project"]


def test_who_has_one_project_records_no_document_without_a_charge(two: Two) -> None:
    body = two.other.document("5.00") | {"charges": []}
    problem = two.other.officer.post("/api/expenditures", body, status=422)
    assert [one["field"] for one in problem["errors"]] == ["charges"]


def test_a_document_known_by_another_project_is_recorded_already(two: Two) -> None:
    number = two.own.read(f"expenditures/{two.document}")["document_number"]
    body = two.other.document(document_number=number)
    problem = two.other.officer.post("/api/expenditures", body, status=409)
    assert problem["rule"] == "document_recorded"
    assert problem["collides_with"] == f"/api/expenditures/{two.document}"
    two.share()
    assert two.other.read(f"expenditures/{two.document}")["eligible"] == "30.00"


def test_line_and_project_are_those_of_the_same_charge(two: Two) -> None:
    path = f"expenditures/{two.document}/charge"
    two.other.tell(path, **two.other.part("1.00", "2.1"))
    admin = two.service.user("admin")
    admin.position = two.other.officer.position

    def found(books: Accounts, line: str) -> list[str]:
        items = admin.get("/api/expenditures", project=books.project, line=line)["items"]
        return [one["id"] for one in items]

    assert found(two.own, "1.1") == found(two.other, "2.1") == [two.document]
    assert found(two.own, "2.1") == found(two.other, "1.1") == []
