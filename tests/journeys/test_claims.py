"""How does a payment claim go from a draft to its payment, between two people?"""

from typing import Any

import pytest

from ledger.aggregates.expenditures.identity import expenditure_id
from tests.journeys.accounts import ON, Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

NEXT, LATER = "2019-05-14", "2019-06-13"


@pytest.fixture
def books(world: World) -> Accounts:
    """The books of a project of the test's own."""
    return accounts(world)


@pytest.fixture(scope="module")
def manager(shared: Service) -> Client:
    """Somebody who approves what others submit."""
    return shared.user("manager", name="Maria")


def sums(claim: dict[str, Any]) -> list[str]:
    return [claim["totals"]["eligible"], claim["totals"]["eu_amount"]]


def test_a_claim_goes_from_draft_to_payment(books: Accounts, manager: Client) -> None:
    first, second = books.spend("1000.00"), books.spend("250.00", books.part("250.00", "2.1"))
    claim = books.claim(first, second, number="POWR/17-003")
    row = books.read(f"claims/{claim}")
    assert (row["status"], row["number"], sums(row)) == (
        "draft", "POWR/17-003", ["1250.00", "1053.50"],
    )  # fmt: skip
    assert row["totals"]["by_category"] == {"indirect": "250.00", "personel": "1000.00"}
    books.check_explained(row["explain"], "1250.00")
    books.tell(f"claims/{claim}/submit")
    row = books.read(f"claims/{claim}")
    assert (row["status"], row["submitted_on"]) == ("submitted", ON)
    books.check_explained(row["explain"], "1250.00")
    assert books.by(manager, f"claims/{claim}/approve", effective_on=NEXT)["id"] == claim
    row = books.read(f"claims/{claim}")
    assert (row["status"], row["approved_by"], row["approved"]) == ("approved", "Maria", "1250.00")
    charges = books.read(f"expenditures/{first[0]}")["charges"]
    assert [(one["status"], one["claim_name"]) for one in charges] == [("approved", "POWR/17-003")]
    books.tell(f"claims/{claim}/pay", amount="1000.00", paid_on=NEXT, on=NEXT)
    books.tell(f"claims/{claim}/pay", amount="53.50", paid_on=NEXT, on=LATER)
    row = books.read(f"claims/{claim}")
    assert (row["status"], row["paid"]) == ("paid", "1053.50")
    assert books.read(f"claims/{claim}", valid_at=NEXT)["paid"] == "1000.00"
    assert books.read(f"claims/{claim}", valid_at=ON)["status"] == "submitted"


def test_who_submitted_a_claim_cannot_approve_it_whatever_the_roles(
    books: Accounts, manager: Client
) -> None:
    claim = books.claim(books.spend())
    books.tell(f"claims/{claim}/submit")
    problem = books.refused("four_eyes", f"claims/{claim}/approve")
    assert problem["collides_with"] == f"/api/claims/{claim}"
    books.by(manager, f"claims/{claim}/return", reason="braki")
    books.tell(f"claims/{claim}/submit")
    books.by(manager, f"claims/{claim}/approve")


def test_each_role_does_its_part(books: Accounts, shared: Service) -> None:
    claim = books.claim(books.spend())
    for role in ("manager", "auditor", "coordinator"):
        other = shared.user(role)
        for command in ("submit", "include", "exclude", "pay"):
            books.by(other, f"claims/{claim}/{command}", 403)
    books.tell(f"claims/{claim}/submit")
    for role in ("officer", "auditor", "coordinator"):
        books.by(shared.user(role), f"claims/{claim}/approve", 403)


def test_who_disallows_does_not_have_to_spend(books: Accounts, shared: Service) -> None:
    id, charge = books.spend()
    auditor = shared.user("auditor")
    refuse: dict[str, Any] = {"charge": charge, "amount": "1.00", "reason": "x", "basis": "art. 71"}
    books.by(auditor, f"expenditures/{id}/disallow", **refuse)
    books.by(auditor, f"expenditures/{id}/withdraw", 403, charge=charge, reason="x")
    books.by(shared.user("manager"), f"expenditures/{id}/disallow", 403, **refuse)
    books.by(
        shared.user("coordinator"), f"expenditures/{id}/correct", 403, reason="x", description="x"
    )


def test_a_charge_stands_in_one_claim_at_most(books: Accounts) -> None:
    spent = books.spend()
    first, second = books.claim(spent), books.claim()
    named = [{"expenditure": spent[0], "charge": spent[1]}]
    for claim in (first, second):
        problem = books.refused("charge_claimed", f"claims/{claim}/include", charges=named)
        assert problem["collides_with"] == f"/api/claims/{first}"
        number = books.read(f"claims/{first}")["number"]
        assert problem["detail"].startswith(f"The charge stands in the claim {number}:")
    problem = books.refused("charge_not_included", f"claims/{second}/exclude", charges=named)
    assert problem["collides_with"] == f"/api/expenditures/{spent[0]}"
    books.refused("charge_claimed", f"expenditures/{spent[0]}/withdraw", charge=spent[1])
    books.exclude(first, spent, on=NEXT)
    books.include(second, spent, on=NEXT)
    assert books.read(f"claims/{first}")["charges"] == []
    assert books.read(f"claims/{first}", valid_at=ON)["charges"][0]["charge"] == spent[1]
    assert books.read(f"claims/{second}", valid_at=ON)["charges"] == []
    assert books.read(f"claims/{second}")["charges"][0]["charge"] == spent[1]


def test_the_sums_are_frozen_when_the_claim_is_submitted(books: Accounts, manager: Client) -> None:
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount="5.00", basis="x")
    books.tell(f"claims/{claim}/submit")
    assert sums(books.read(f"claims/{claim}")) == ["95.00", "80.07"]
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount="10.00", basis="x", on=NEXT)
    assert sums(books.read(f"claims/{claim}")) == ["95.00", "80.07"]
    books.by(manager, f"claims/{claim}/approve", effective_on=NEXT)
    row = books.read(f"claims/{claim}")
    assert (row["approved"], sums(row)) == ("85.00", ["95.00", "80.07"])
    line = books.budget()["1.1"]
    assert [line[name] for name in ("recorded", "claimed", "approved", "disallowed")] == [
        "100.00", "95.00", "85.00", "15.00",
    ]  # fmt: skip
    for name in ("claimed", "approved", "disallowed"):
        books.check_explained(line[f"explain_{name}"], line[name])


def test_the_part_of_the_union_is_the_same_in_the_draft_and_when_frozen(books: Accounts) -> None:
    id, charge = books.spend("100.00")
    refuse = {"charge": charge, "amount": "50.00", "basis": "x"}
    books.tell(f"expenditures/{id}/disallow", **refuse)
    books.tell(f"expenditures/{id}/correct", charge=charge, eu_amount="50.00")
    claim = books.claim((id, charge))
    assert sums(books.read(f"claims/{claim}")) == ["50.00", "7.86"]
    books.tell(f"claims/{claim}/submit")
    assert sums(books.read(f"claims/{claim}")) == ["50.00", "7.86"]


def test_what_was_known_of_a_claim_stays_known(books: Accounts, manager: Client) -> None:
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    drafted = books.world.head()
    books.tell(f"claims/{claim}/submit")
    submitted = books.world.head()
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount=10, basis="x")
    books.by(manager, f"claims/{claim}/approve")
    for known_at, status, claimed, approved in (
        (drafted, "draft", "100.00", "0.00"),
        (submitted, "submitted", "100.00", "0.00"),
        (books.world.head(), "approved", "100.00", "90.00"),
    ):
        row = books.read(f"claims/{claim}", known_at=known_at)
        assert (row["status"], sums(row)[0]) == (status, claimed)
        books.check_explained(row["explain"], claimed)
        line = books.budget(known_at=known_at)["1.1"]
        assert (line["claimed"], line["approved"]) == (claimed, approved)
        books.check_explained(line["explain_approved"], approved)


def test_a_repeated_inclusion_gets_its_first_answer(books: Accounts) -> None:
    id, charge = books.spend()
    claim = books.claim()
    body = {"charges": [{"expenditure": id, "charge": charge}], "effective_on": ON}
    path, key = f"/api/claims/{claim}/include", f"key {claim}"
    books.officer.post(path, body, status=412, If_Match='"2"')
    first = books.officer.post(path, body, Idempotency_Key=key, If_Match='"1"')
    assert (first["id"], first["version"]) == (claim, 2)
    assert books.officer.post(path, body, Idempotency_Key=key, If_Match='"1"') == first
    books.officer.post(path, body, status=409)


def test_an_open_claim_moves_with_its_charges(books: Accounts, manager: Client) -> None:
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    books.tell(f"expenditures/{id}/correct", charge=charge, eligible="90.00")
    assert sums(books.read(f"claims/{claim}")) == ["90.00", "75.85"]
    books.tell(f"claims/{claim}/submit")
    books.tell(f"expenditures/{id}/correct", charge=charge, eligible="80.00")
    assert sums(books.read(f"claims/{claim}")) == ["90.00", "75.85"]
    books.by(manager, f"claims/{claim}/return", reason="kwota")
    row = books.read(f"claims/{claim}")
    assert (sums(row), row["submitted_on"], row["submitted_by"]) == (
        ["80.00", "67.42"], None, None,
    )  # fmt: skip
    books.check_explained(row["explain"], "80.00")
    books.tell(f"claims/{claim}/submit")
    assert sums(books.read(f"claims/{claim}")) == ["80.00", "67.42"]


def test_a_settled_charge_stays_and_is_corrected_financially(
    books: Accounts, manager: Client, shared: Service
) -> None:
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    books.tell(f"claims/{claim}/submit")
    books.by(manager, f"claims/{claim}/approve")
    wrong = {"charge": charge, "eligible": "90.00"}
    problem = books.refused("charge_settled", f"expenditures/{id}/correct", **wrong)
    assert problem["collides_with"] == f"/api/claims/{claim}"
    books.refused("charge_settled", f"expenditures/{id}/withdraw", charge=charge)
    books.tell(f"expenditures/{id}/correct", description="Warsztaty")
    done = books.tell(f"expenditures/{id}/disallow", charge=charge, amount=10, basis="x")
    auditor = shared.user("auditor")
    event = auditor.get("/api/events", stream=id, after=done["position"] - 1)["items"][0]
    assert event["type"] == "expenditure.financially-corrected"
    assert event["data"]["eu_amount"] == "8.43"


def test_a_claim_is_open_or_it_is_not_changed(books: Accounts, manager: Client) -> None:
    spent, other = books.spend(), books.spend()
    claim = books.claim(spent)
    more = {"charges": [{"expenditure": other[0], "charge": other[1]}]}
    books.refused("claim_not_submitted", f"claims/{claim}/approve")
    books.refused("claim_not_approved", f"claims/{claim}/pay", amount=1, paid_on=ON)
    books.tell(f"claims/{claim}/submit")
    for command in ("include", "exclude"):
        books.refused("claim_not_open", f"claims/{claim}/{command}", **more)
    books.refused("claim_not_open", f"claims/{claim}/submit")
    books.by(manager, f"claims/{claim}/approve")
    books.refused("claim_not_submitted", f"claims/{claim}/return")


def test_bad_values_of_a_claim_are_named(books: Accounts) -> None:
    body = {"project": books.project, "number": 1, "period_from": ON, "period_to": ON}
    for changes, bad in (
        ({"project": UNKNOWN}, ["project"]),
        ({"number": 0}, ["number"]),
        ({"number": ""}, ["number"]),
        ({"number": 1.5}, ["number"]),
        ({"period_to": "2019-05-12"}, ["period_to"]),
        ({"period_from": None}, ["period_from"]),
    ):
        problem = books.officer.post("/api/claims", body | changes, status=422)
        assert [one["field"] for one in problem["errors"]] == bad
    claim = books.claim()
    spent = books.spend()
    named = {"expenditure": spent[0], "charge": spent[1]}
    for charges, bad in (
        ([], ["charges"]),
        ([named, named], ["charges[1].charge"]),
        ([named | {"charge": UNKNOWN}], ["charges[0].charge"]),
        ([named | {"expenditure": UNKNOWN}], ["charges[0].expenditure"]),
        ([{"charge": spent[1]}], ["charges[0].expenditure"]),
    ):
        assert books.invalid(f"claims/{claim}/include", charges=charges) == bad
    for amount in ("-1", "0.001", 1.5):
        assert books.invalid(f"claims/{claim}/pay", amount=amount, paid_on=ON) == ["amount"]
    assert books.invalid(f"claims/{claim}/pay", amount=1, paid_on="2999-01-01") == ["paid_on"]
    assert books.invalid(f"claims/{claim}/return", because=None) == ["reason"]


def test_a_number_is_given_once_in_a_project(books: Accounts, world: World) -> None:
    claim = books.claim(number=900)
    body = {"project": books.project, "number": "900", "period_from": ON, "period_to": ON}
    problem = books.officer.post("/api/claims", body, status=409)
    assert problem["rule"] == "claim_number_taken"
    assert problem["collides_with"] == f"/api/claims/{claim}"
    accounts(world).claim(number=900)


def test_claims_are_found_by_project_and_status(books: Accounts) -> None:
    draft, sent = books.claim(), books.claim()
    books.tell(f"claims/{sent}/submit")

    def found(query: str = "") -> set[str]:
        items = books.read(f"claims?project={books.project}{query}")["items"]
        return {one["id"] for one in items}

    assert found() == {draft, sent}
    assert found("&status=submitted") == {sent}
    assert found("&status=paid") == set()
    assert books.officer.raw("GET", "/api/claims?status=lost").status_code == 422


def test_two_documents_with_a_charge_of_the_same_id_do_not_stand_in_one_claim(
    books: Accounts,
) -> None:
    same = "0197a3c5-7c1e-7d3a-9b52-0000000000aa"
    one = books.spend("10.00", books.part("10.00", charge=same))
    other = books.spend("20.00", books.part("20.00", charge=same))
    claim = books.claim(one)
    named = [{"expenditure": other[0], "charge": other[1]}]
    assert books.invalid(f"claims/{claim}/include", charges=named) == ["charges[0].charge"]
    assert sums(books.read(f"claims/{claim}"))[0] == "10.00"
    another = books.claim(other)
    books.tell(f"claims/{another}/submit")
    assert sums(books.read(f"claims/{another}"))[0] == "20.00"


def _batch(books: Accounts, number: str, eligible: str) -> tuple[str, str, list[dict[str, Any]]]:
    """A document, a claim, the charge in it, and its submission; all in one request."""
    claim, charge = (
        f"0197a3c5-7c1e-7d3a-9b53-{number:0>12}",
        f"0197a3c5-7c1e-7d3a-9b54-{number:0>12}",
    )
    document = books.document("10.00", books.part(eligible, charge=charge))
    id = expenditure_id("8133315014", None, document["document_number"])
    opening = {"id": claim, "project": books.project, "number": f"B{number}", "effective_on": ON,
               "period_from": ON, "period_to": ON}  # fmt: skip
    include = {"charges": [{"expenditure": id, "charge": charge}], "effective_on": ON}
    return id, claim, [
        {"path": "/api/expenditures", "body": document},
        {"path": "/api/claims", "body": opening},
        {"path": f"/api/claims/{claim}/include", "body": include},
        {"path": f"/api/claims/{claim}/submit", "body": {"effective_on": ON}},
    ]  # fmt: skip


def test_a_document_is_recorded_and_claimed_in_one_request(books: Accounts) -> None:
    id, claim, commands = _batch(books, "1", "7.00")
    receipts: Any = books.officer.post("/api/batch", {"atomic": True, "commands": commands})
    assert [one["id"] for one in receipts] == [id, claim, claim, claim]
    row = books.read(f"claims/{claim}")
    assert (row["status"], sums(row)) == ("submitted", ["7.00", "5.90"])
    assert books.read(f"expenditures/{id}")["charges"][0]["claim"] == claim


def test_what_is_refused_in_the_end_was_never_begun(books: Accounts) -> None:
    id, claim, commands = _batch(books, "2", "7.00")
    approve = {"path": f"/api/claims/{claim}/approve", "body": {"effective_on": ON}}
    before = books.world.head()
    body = {"atomic": True, "commands": [*commands, approve]}
    problem = books.officer.post("/api/batch", body, status=409)
    assert (problem["rule"], problem["index"]) == ("four_eyes", 4)
    assert books.world.head() == before
    books.officer.get(f"/api/expenditures/{id}", status=404)
    books.officer.post("/api/batch", {"atomic": True, "commands": commands})
