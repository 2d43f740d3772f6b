"""What was spent, on which document, and what is left of the budget? As users see it."""

from typing import Any

import pytest

from tests.journeys.accounts import ON, Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

NEXT, LATER = "2019-05-14", "2019-06-13"
ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b"


@pytest.fixture
def books(world: World) -> Accounts:
    """The books of a project of the test's own."""
    return accounts(world)


def amounts(row: dict[str, Any], *names: str) -> list[str]:
    return [row[name] for name in names]


def test_a_document_is_recorded_and_read_with_its_charges(books: Accounts) -> None:
    body = books.document(
        "1230.00", books.part("1000.00", eligible_vat="0.00"), books.part("100.00", "2.1"),
        issuer_name="Razem", issuer_nip="813-331-50-14", accounting_number="KS/1",
        paid_on="2019-05-11",
    )  # fmt: skip
    made = books.officer.post("/api/expenditures", body)
    assert len(made["charges"]) == 2
    row = books.read(f"expenditures/{made['id']}")
    assert amounts(row, "gross", "eligible", "free") == ["1230.00", "1100.00", "130.00"]
    assert row["issuer_nip"] == "8133315014"
    assert row["paid_on"] == "2019-05-11"
    first, second = sorted(row["charges"], key=lambda one: str(one["budget_line"]))
    assert amounts(first, "eligible", "eligible_vat", "eu_amount") == ["1000.00", "0.00", "842.80"]
    assert amounts(second, "eligible", "eu_amount", "status") == ["100.00", "84.28", "recorded"]
    assert first["project_name"] == "Projekt"
    assert first["claim"] is None


def test_the_known_amount_is_shared_as_the_agreement_says(books: Accounts) -> None:
    books.spend("390147.50")
    rows = books.read(f"projects/{books.project}/budget", by="source")["items"]
    assert {one["source"]: one["recorded"] for one in rows} == {
        "eu": "328816.31",
        "own": "61331.19",
    }
    for one in rows:
        books.check_explained(one["explain"], one["recorded"])


def test_a_document_is_recorded_once_however_it_is_typed(books: Accounts, shared: Service) -> None:
    number = f"FV {ID}"
    id, _ = books.spend(document_number=number)
    again = books.document(document_number=number.lower().replace(" ", ""))
    problem = books.officer.post("/api/expenditures", again, status=409)
    assert (problem["rule"], problem["collides_with"]) == (
        "document_recorded",
        f"/api/expenditures/{id}",
    )
    other = accounts(World(shared.user("admin")))
    officer = shared.user("officer", other.project)
    theirs = Accounts(officer, other.project).document(document_number=number)
    assert officer.post("/api/expenditures", theirs, status=409)["rule"] == "document_recorded"


def test_an_own_id_of_a_document_is_the_one_that_follows_from_it(books: Accounts) -> None:
    body = books.document() | {"id": UNKNOWN}
    problem = books.officer.post("/api/expenditures", body, status=422)
    assert [one["field"] for one in problem["errors"]] == ["id"]


BAD_DOCUMENTS = [
    ({"gross": "-1"}, ["gross"]),
    ({"net": "0.001"}, ["net"]),
    ({"net": 1.5}, ["net"]),
    ({"vat": "0.03"}, ["gross"]),
    ({"issuer_nip": "8133315015"}, ["issuer_nip"]),
    ({"issuer_nip": None}, ["issuer_nip"]),
    ({"issued_on": "2999-01-01"}, ["issued_on"]),
    ({"paid_on": "2999-01-01"}, ["paid_on"]),
    ({"effective_on": "2999-01-01"}, ["effective_on"]),
    ({"ksef_number": "1"}, ["ksef_number"]),
    ({"colour": "red"}, ["colour"]),
]
BAD_CHARGES = [
    ({"project": UNKNOWN}, ["project"]),
    ({"budget_line": "9.9"}, ["budget_line"]),
    ({"eligible": "1230.01"}, ["eligible"]),
    ({"eligible": "-1"}, ["eligible"]),
    ({"eligible_vat": "0.01"}, ["eligible_vat"]),
    ({"eu_amount": "1000.01"}, ["eu_amount"]),
    ({"method": "guess"}, ["method"]),
    ({"charge": "x"}, ["charge"]),
]


@pytest.mark.parametrize(("changes", "bad"), BAD_DOCUMENTS)
def test_bad_values_of_a_document_are_named_and_nothing_is_recorded(
    books: Accounts, changes: dict[str, Any], bad: list[str]
) -> None:
    before = books.world.head()
    problem = books.officer.post("/api/expenditures", books.document() | changes, status=422)
    assert [one["field"] for one in problem["errors"]] == bad
    assert books.world.head() == before


@pytest.mark.parametrize(("changes", "bad"), BAD_CHARGES)
def test_bad_values_of_a_charge_are_named(
    books: Accounts, changes: dict[str, Any], bad: list[str]
) -> None:
    body = books.document("1230.00", books.part("1000.00") | changes)
    problem = books.officer.post("/api/expenditures", body, status=422)
    assert [one["field"] for one in problem["errors"]] == [f"charges[0].{name}" for name in bad]
    id, _ = books.spend("1230.00", books.part("1.00"))
    assert books.invalid(f"expenditures/{id}/charge", **(books.part("1000.00") | changes)) == bad


def test_a_document_is_charged_up_to_its_gross_amount(books: Accounts) -> None:
    id, _ = books.spend("100.00", books.part("40.00"))
    made = books.tell(f"expenditures/{id}/charge", **books.part("60.00", "2.1"))
    problem = books.refused("exceeds_document", f"expenditures/{id}/charge", **books.part("0.01"))
    assert problem["collides_with"] == f"/api/expenditures/{id}"
    row = books.read(f"expenditures/{id}")
    assert amounts(row, "eligible", "free") == ["100.00", "0.00"]
    assert made["charge"] in [one["charge"] for one in row["charges"]]
    assert len(books.check_explained(row["explain"], "100.00")) == 2


def test_what_is_withdrawn_is_free_again_and_stays_to_be_seen(books: Accounts) -> None:
    id, charge = books.spend("100.00")
    books.tell(f"expenditures/{id}/withdraw", charge=charge, on=NEXT)
    row = books.read(f"expenditures/{id}")
    assert amounts(row, "eligible", "free") == ["0.00", "100.00"]
    assert row["charges"][0]["status"] == "withdrawn"
    assert books.check_explained(row["explain"], "0.00") == []
    books.refused("charge_withdrawn", f"expenditures/{id}/withdraw", charge=charge, on=NEXT)
    books.refused("exceeds_document", f"expenditures/{id}/charge", **books.part("0.01"))
    books.tell(f"expenditures/{id}/charge", on=NEXT, **books.part("100.00"))
    assert books.read(f"expenditures/{id}", valid_at=ON)["charges"][0]["status"] == "recorded"


def test_a_typing_mistake_was_never_true_but_was_known(books: Accounts) -> None:
    id, charge = books.spend("100.00")
    before = books.world.head()
    body = {"net": "90.00", "gross": "90.00", "charge": charge, "eligible": "80.00"}
    books.tell(f"expenditures/{id}/correct", on=LATER, description="Warsztaty", **body)
    for day in (ON, NEXT, LATER):
        row = books.read(f"expenditures/{id}", valid_at=day)
        assert amounts(row, "gross", "eligible", "free") == ["90.00", "80.00", "10.00"]
        assert row["description"] == "Warsztaty"
        assert row["charges"][0]["eu_amount"] == "67.42"
        books.check_explained(row["explain"], "80.00")
        assert books.budget(valid_at=day)["1.1"]["recorded"] == "80.00"
        old = books.read(f"expenditures/{id}", valid_at=day, known_at=before)
        assert amounts(old, "gross", "eligible") == ["100.00", "100.00"]
        books.check_explained(old["explain"], "100.00")
        assert books.budget(valid_at=day, known_at=before)["1.1"]["recorded"] == "100.00"


def test_a_mistaken_payment_is_mended_from_the_day_on_which_it_was_told(books: Accounts) -> None:
    id, _ = books.spend()
    books.tell(f"expenditures/{id}/pay", on=NEXT, paid_on=NEXT)
    books.refused("document_paid", f"expenditures/{id}/pay", on=NEXT, paid_on=NEXT)
    books.tell(f"expenditures/{id}/correct", on=LATER, paid_on=ON)
    assert books.read(f"expenditures/{id}")["paid_on"] == ON
    assert books.read(f"expenditures/{id}", valid_at=NEXT)["paid_on"] == ON
    assert books.read(f"expenditures/{id}", valid_at=ON)["paid_on"] is None


def test_what_the_issuer_changed_holds_from_its_day(books: Accounts) -> None:
    id, _ = books.spend("100.00", books.part("90.00"))
    number = {"document_number": "KOR/1", "issued_on": NEXT}
    amended = {"net": "95.00", "vat": 0, "gross": "95.00", "correcting_document": number}
    books.tell(f"expenditures/{id}/correct", on=LATER, **amended)
    row = books.read(f"expenditures/{id}", valid_at=LATER)
    assert amounts(row, "gross", "free") == ["95.00", "5.00"]
    assert row["correcting_documents"][0]["document_number"] == "KOR/1"
    earlier = books.read(f"expenditures/{id}", valid_at=NEXT)
    assert amounts(earlier, "gross", "free") == ["100.00", "10.00"]
    assert earlier["correcting_documents"] == []
    books.refused("corrected_before", f"expenditures/{id}/correct", on=LATER, **amended)
    second = amended | {"correcting_document": number | {"document_number": "KOR/2"}}
    books.refused("not_true_yet", f"expenditures/{id}/correct", on=NEXT, **second)
    less = second | {"net": "89.99", "gross": "89.99"}
    books.refused("exceeds_document", f"expenditures/{id}/correct", on=LATER, **less)
    assert books.invalid(f"expenditures/{id}/correct", on=LATER, description="x", **second) == [
        "description"
    ]


def test_corrections_need_a_reason_and_leave_number_and_issuer(books: Accounts) -> None:
    id, charge = books.spend()
    for command, body in (
        ("correct", {"description": "x"}),
        ("withdraw", {"charge": charge}),
        ("disallow", {"charge": charge, "amount": 1, "basis": "x"}),
        ("reinstate", {"charge": charge, "amount": 1}),
    ):
        path = f"expenditures/{id}/{command}"
        assert books.invalid(path, because=None, **body) == ["reason"]
    for name in ("document_number", "issuer_nip", "issuer_name"):
        assert books.invalid(f"expenditures/{id}/correct", **{name: "x"}) == [name]


def test_what_is_disallowed_and_reinstated_is_seen_on_charge_and_budget(books: Accounts) -> None:
    id, charge = books.spend("100.00")
    refuse = {"charge": charge, "basis": "art. 71"}
    books.tell(f"expenditures/{id}/disallow", amount="30.00", **refuse)
    books.tell(f"expenditures/{id}/reinstate", charge=charge, amount="10.00", on=NEXT)
    row = books.budget()["1.1"]
    assert amounts(row, "recorded", "disallowed", "remaining") == ["100.00", "20.00", "399900.00"]
    assert len(books.check_explained(row["explain_disallowed"], "20.00")) == 2
    assert books.budget(valid_at=ON)["1.1"]["disallowed"] == "30.00"
    assert books.read(f"expenditures/{id}")["charges"][0]["disallowed"] == "20.00"
    books.refused(
        "exceeds_charge", f"expenditures/{id}/disallow", amount="80.01", on=NEXT, **refuse
    )
    more = {"charge": charge, "amount": "20.01", "on": NEXT}
    books.refused("exceeds_disallowed", f"expenditures/{id}/reinstate", **more)


def test_the_budget_is_explained_line_by_line(books: Accounts) -> None:
    shift = {"from_line": "1.1", "to_line": "2.1", "amount": "500.00"}
    books.tell(f"projects/{books.project}/shift-budget", **shift)
    books.spend("100.00", books.part("60.00"), books.part("40.00", "2.1"))
    id, charge = books.spend("50.00")
    books.claim((id, charge))
    rows = books.budget()
    first, second = rows["1.1"], rows["2.1"]
    names = ("planned", "recorded", "claimed", "approved", "disallowed", "remaining")
    assert amounts(first, *names) == ["399500.00", "110.00", "50.00", "0.00", "0.00", "399390.00"]
    assert amounts(second, *names) == ["1500.00", "40.00", "0.00", "0.00", "0.00", "1460.00"]
    assert amounts(second, "task", "category") == ["2", "indirect"]
    assert (second["fixed_assets"], second["cross_financing"]) == (True, False)
    for row in rows.values():
        books.check_explained(row["explain"], row["recorded"])
        for name in ("planned", "claimed", "approved", "disallowed", "remaining"):
            books.check_explained(row[f"explain_{name}"], row[name])


def test_a_later_budget_replaces_the_lines_from_its_day(books: Accounts) -> None:
    path = f"projects/{books.project}/set-budget"
    lines = [{"line": 1, "task": 1, "category": "personel", "amount": 5}]
    assert books.invalid(path, lines=lines, because=None) == ["reason"]
    books.spend("100.00")
    books.tell(path, lines=lines, on=NEXT)
    rows = books.budget()
    assert amounts(rows["1"], "planned", "recorded") == ["5.00", "0.00"]
    assert amounts(rows["1.1"], "planned", "recorded", "remaining") == ["0.00", "100.00", "-100.00"]
    assert set(books.budget(valid_at=ON)) == {"1.1", "2.1"}


def test_sums_may_be_larger_than_any_amount(books: Accounts) -> None:
    most, sum_of_two = "9999999999999.99", "19999999999999.98"
    charges = [books.spend(most), books.spend(most)]
    claim = books.claim(*charges)
    books.tell(f"claims/{claim}/submit")
    row = books.budget()["1.1"]
    assert amounts(row, "recorded", "claimed") == [sum_of_two, sum_of_two]
    books.check_explained(row["explain_claimed"], sum_of_two)
    assert books.read(f"claims/{claim}")["totals"]["eligible"] == sum_of_two
    assert books.read(f"projects/{books.project}/report")["budget"]["recorded"] == sum_of_two


def test_advances_are_settled_by_what_is_approved(books: Accounts, shared: Service) -> None:
    path = f"projects/{books.project}"
    books.tell(f"{path}/receive-funds", amount="500.00", tranche=1)
    books.tell(f"{path}/receive-funds", amount="100.00", on=NEXT)
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    books.tell(f"claims/{claim}/submit")
    manager = shared.user("manager", name="Maria")
    manager.post(f"/api/claims/{claim}/approve", {"effective_on": NEXT})
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount="10.00", basis="x", on=LATER)
    found = books.read(f"{path}/advances")
    assert amounts(found, "received", "settled", "outstanding") == ["600.00", "75.85", "524.15"]
    assert [one["tranche"] for one in found["tranches"]] == ["1", None]
    books.check_explained(found["explain"], "600.00")
    books.check_explained(found["explain_settled"], "75.85")
    earlier = books.read(f"{path}/advances", valid_at=NEXT)
    assert amounts(earlier, "received", "settled") == ["600.00", "84.28"]


def test_without_a_contribution_disallowances_unsettle_the_whole(
    world: World, shared: Service
) -> None:
    books = accounts(world, eu_contribution=None)
    id, charge = books.spend("100.00")
    claim = books.claim((id, charge))
    books.tell(f"claims/{claim}/submit")
    manager = shared.user("manager", name="Maria")
    manager.post(f"/api/claims/{claim}/approve", {"effective_on": NEXT})
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount="10.00", basis="x", on=LATER)
    found = books.read(f"projects/{books.project}/advances")
    assert found["settled"] == "90.00"
    books.check_explained(found["explain_settled"], "90.00")


def test_a_closed_project_knows_corrections_and_disallowances_only(books: Accounts) -> None:
    id, charge = books.spend("100.00", books.part("90.00"))
    claim = books.claim()
    books.tell(f"projects/{books.project}/close", on=NEXT)
    late = {"on": LATER}
    for path, body in (
        (f"expenditures/{id}/charge", books.part("1.00")),
        (f"expenditures/{id}/pay", {"paid_on": ON}),
        (f"projects/{books.project}/receive-funds", {"amount": 1}),
        (f"projects/{books.project}/set-budget", {"lines": [{"line": "1", "task": "1",
                                                    "category": "x", "amount": 1}]}),
        (f"claims/{claim}/submit", {}),
        (f"claims/{claim}/include", {"charges": [{"expenditure": id, "charge": charge}]}),
    ):  # fmt: skip
        books.refused("project_closed", path, **(late | body))
    problem = books.officer.post("/api/expenditures", books.document(), status=409)
    assert problem["rule"] == "project_closed"
    books.tell(f"expenditures/{id}/correct", charge=charge, eligible="80.00", **late)
    books.tell(f"expenditures/{id}/disallow", charge=charge, amount=5, basis="x", **late)
    books.tell(f"expenditures/{id}/reinstate", charge=charge, amount=5, **late)
    books.tell(f"expenditures/{id}/withdraw", charge=charge, **late)


def test_a_stale_version_is_refused(books: Accounts) -> None:
    id, _ = books.spend()
    body = {"paid_on": ON, "effective_on": ON}
    books.officer.post(f"/api/expenditures/{id}/pay", body, status=412, If_Match='"2"')
    books.officer.post(f"/api/expenditures/{id}/pay", body, If_Match='"1"')


def test_a_repeated_request_gets_its_first_answer(books: Accounts) -> None:
    body, key = books.document("1230.00", books.part("1.00"), books.part("2.00")), f"key {ID}"
    first = books.officer.post("/api/expenditures", body, Idempotency_Key=key)
    before = books.world.head()
    assert books.officer.post("/api/expenditures", body, Idempotency_Key=key) == first
    other = books.document()
    books.officer.post("/api/expenditures", other, status=422, Idempotency_Key=key)
    path = f"/api/expenditures/{first['id']}/charge"
    part = books.part("3.00") | {"effective_on": ON}
    made = books.officer.post(path, part, Idempotency_Key=f"{key}2")
    assert books.officer.post(path, part, Idempotency_Key=f"{key}2") == made
    assert books.world.head() == before + 1


def _numbers(books: Accounts, **params: Any) -> set[str]:
    items = books.read("expenditures", project=books.project, **params)["items"]
    return {one["description"] for one in items}


def test_documents_are_found_by_line_issuer_claim_and_day(books: Accounts) -> None:
    books.spend(description="a")
    other = {"issuer_nip": "5265877635", "issued_on": "2019-04-01"}
    books.spend("9.00", books.part("9.00", "2.1"), description="b", **other)
    claimed = books.spend(description="c", issued_on="2019-04-30")
    claim = books.claim(claimed)
    assert _numbers(books) == {"a", "b", "c"}
    assert _numbers(books, line="2.1") == {"b"}
    assert _numbers(books, issuer_nip="5265877635") == {"b"}
    assert _numbers(books, claim=claim) == {"c"}
    assert _numbers(books, **{"from": "2019-04-30"}) == {"a", "c"}
    assert _numbers(books, to="2019-04-30") == {"b", "c"}
    assert _numbers(books, **{"from": "2019-04-02", "to": "2019-04-30"}) == {"c"}
    assert _numbers(books, line="1.1", issuer_nip="5265877635") == set()


@pytest.mark.parametrize(
    "query", ["project=x", "claim=x", "from=x", "to=2019-02-30", "colour=red", "limit=0"]
)
def test_a_bad_filter_is_named(user: Client, query: str) -> None:
    answer = user.raw("GET", f"/api/expenditures?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]
