"""The thirteen elements of the audit trail: what answers each of them, and what is missing."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from ledger.queries.audit_trail import AuditElement
from tests.journeys.accounts import Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

LATE = "2021-07-31"
DIGEST = "ab" * 32
NAMED = ("position", "type", "stream", "effective_on")


def elements(user: Client, project: str, **asked: Any) -> dict[int, dict[str, Any]]:
    """The elements by their numbers."""
    asked = {"valid_at": LATE} | asked
    answer = user.get(f"/api/projects/{project}/audit-trail", **asked)
    return {one["number"]: one for one in answer["items"]}


def counts(links: list[dict[str, Any]]) -> dict[str, int]:
    return {one["what"]: one["count"] for one in links}


@pytest.fixture(scope="module")
def liderzy(auditor: Client) -> str:
    return str(auditor.get("/api/projects", code="LIDERZY")["items"][0]["id"])


@pytest.fixture(scope="module")
def real(auditor: Client, liderzy: str) -> dict[int, dict[str, Any]]:
    return elements(auditor, liderzy)


def test_the_real_case_answers_to_thirteen_elements(real: dict[int, dict[str, Any]]) -> None:
    assert list(real) == list(range(1, 14))
    for one in real.values():
        msgspec.convert(one, AuditElement, strict=True)
    assert {number: one["status"] for number, one in real.items()} == {
        **dict.fromkeys(range(1, 14), "partly"), 4: "missing", 7: "missing",
    }  # fmt: skip


def test_of_the_real_case_it_says_what_stands_in_its_books(
    auditor: Client, liderzy: str, real: dict[int, dict[str, Any]]
) -> None:
    answers = {number: counts(one["answers"]) for number, one in real.items()}
    assert answers[2] == {"projects": 1, "annexes": 1}
    assert answers[3]["claims"] == 6
    assert answers[5] == {"receipts": 5, "payments": 2}
    assert answers[6]["approved"] == 3
    assert answers[10]["indicators"] == 2
    assert answers[12]["custodies"] == 2
    books = auditor.get("/api/expenditures", project=liderzy, valid_at=LATE, limit=500)
    assert books["next"]
    assert answers[12]["documents"] == 1502


def test_of_the_real_case_it_says_what_is_missing(real: dict[int, dict[str, Any]]) -> None:
    missing = {number: counts(one["missing"]) for number, one in real.items()}
    assert missing[1] == {"papers": 1}
    assert missing[3]["late_drafts"] == 1
    assert missing[5]["approved_unpaid"] == 2
    assert missing[6]["unchecked"] == 1
    assert missing[7] == {"everything": 1}
    assert missing[9]["procurement_missing"] == 1
    assert missing[9]["period"] == 1
    assert missing[12]["unpaid"] == 6
    # Twelve are kept in an archive, and of the rest nobody says where the papers are.
    assert missing[12]["bare"] == 1502 - 12
    assert missing[13]["flat_rate_base"] == 1


def test_what_does_not_apply_is_not_missing(auditor: Client) -> None:
    project = auditor.get("/api/projects", code="KOOPERACJA")["items"][0]["id"]
    found = elements(auditor, project)
    assert found[9]["status"] == "complete"
    for number in (8, 11):
        assert found[number]["status"] == "not_applicable"
        assert found[number]["missing"] == []


def test_every_address_leads_to_as_much_as_it_promises(
    auditor: Client, real: dict[int, dict[str, Any]]
) -> None:
    followed = 0
    for one in real.values():
        for link in (*one["answers"], *one["missing"]):
            if link["address"]:
                assert auditor.get(link["address"])
                followed += 1
        assert one["events_count"] == sum(of["count"] for of in one["events"])
        for of in one["events"]:
            page = auditor.get(of["address"] + "&limit=500")
            assert {event["type"] for event in page["items"]} == {of["type"]}
            assert page["items"][0]["position"] == of["first"]
            if page["next"] is None:
                assert len(page["items"]) == of["count"]
                assert page["items"][-1]["position"] == of["last"]
                followed += 1
    assert followed > 40


def test_findings_are_as_many_as_behind_their_address(
    auditor: Client, real: dict[int, dict[str, Any]]
) -> None:
    links = [
        link
        for one in real.values()
        for link in one["missing"]
        if link["address"] and "rule" in parse_qs(urlsplit(link["address"]).query)
    ]
    assert len(links) > 8
    for link in links:
        found = auditor.get(link["address"] + "&limit=500")
        assert found["next"] or len(found["items"]) == link["count"]


def test_it_speaks_polish_unless_asked_for_english(auditor: Client, liderzy: str) -> None:
    polish, english = (elements(auditor, liderzy, lang=lang)[12] for lang in ("pl", "en"))
    assert elements(auditor, liderzy)[12] == polish
    assert polish["title"] == "Faktury, dowody zapłaty i zapisy księgowe"
    assert polish["basis"] == "załącznik XIII sekcja I pkt 12 rozporządzenia (UE) 2021/1060"
    assert english["title"] == "Invoices, proofs of payment, accounting records"
    assert english["basis"] == "Annex XIII, section I, point 12, of Regulation (EU) 2021/1060"


@pytest.fixture
def books(world: World) -> Accounts:
    return accounts(world)


def test_evidence_and_custody_complete_an_element(world: World, books: Accounts) -> None:
    user, project = world.client, books.project
    paid = {"paid_on": "2019-05-13", "accounting_number": "KS/1"}
    expenditure, _ = books.spend(**paid)
    assert counts(elements(user, project)[12]["missing"]) == {"bare": 1}
    world.create(
        "custodies", project=project, holder=world.institution(), place="Rzeszów",
        describes="Faktury", expenditures=[expenditure],
    )  # fmt: skip
    found = elements(user, project)[12]
    assert (found["status"], found["missing"]) == ("complete", [])
    assert counts(found["answers"]) == {"documents": 1, "paid": 1, "custodies": 1}


def test_documents_that_events_name_stand_as_evidence(world: World, books: Accounts) -> None:
    user, project = world.client, books.project
    assert counts(elements(user, project)[2]["missing"]) == {"papers": 1}
    world.tell(f"projects/{project}/amend", annex="A", value="200.00", evidence=[DIGEST])
    found = elements(user, project)[2]
    assert found["documents"] == {"count": 1, "stored": 0, "held": 0, "digests": [DIGEST]}
    assert (found["status"], found["missing"]) == ("complete", [])
    before = world.head()
    world.create(
        "custodies", project=project, holder=world.institution(), place="Rzeszów",
        describes="Aneks", digests=[DIGEST],
    )  # fmt: skip
    assert elements(user, project)[2]["documents"]["held"] == 1
    assert elements(user, project, known_at=before)[2]["documents"]["held"] == 0


def test_a_training_without_attendance_is_missed(world: World, books: Accounts) -> None:
    user, project = world.client, books.project
    training = world.activity(project)
    assert counts(elements(user, project)[10]["missing"])["unattended"] == 1
    assert "unattended" not in counts(elements(user, project, valid_at="2018-10-01")[10]["missing"])
    attendees = [{"institution": world.institution()}]
    world.tell(f"activities/{training}/record-attendance", attendees=attendees, on="2018-10-02")
    assert "unattended" not in counts(elements(user, project)[10]["missing"])


def test_it_is_there_for_those_who_see_the_project_only(
    shared: Service, world: World, books: Accounts
) -> None:
    mine, stranger = (shared.user("auditor", one) for one in (books.project, world.project()))
    for reader in (mine, stranger):
        reader.position = world.client.position
    assert len(elements(mine, books.project)) == 13
    path = f"/api/projects/{books.project}/audit-trail"
    stranger.get(path, status=404)
    mine.get(path, status=404, valid_at="2001-01-01")
    assert mine.get(path, status=422, lang="de")["errors"][0]["field"] == "lang"


def test_what_a_number_is_made_of_names_events_of_the_log(auditor: Client, liderzy: str) -> None:
    path = f"/api/projects/{liderzy}/budget"
    rows = auditor.get(path, valid_at=LATE, by="category")["items"]
    row = next(one for one in rows if one["category"] == "indirect")
    claim = auditor.get("/api/claims", project=liderzy, valid_at=LATE)["items"][0]
    advances = auditor.get(f"/api/projects/{liderzy}/advances", valid_at=LATE)
    links = [link for one in (row, advances) for name, link in one.items() if "explain" in name]
    items = [one for link in links for one in auditor.get(link)["items"]]
    items += auditor.get(claim["explain"])["items"]
    for position in {one["position"]: None for one in items[:: len(items) // 40]}:
        [event] = auditor.get("/api/events", after=position - 1, limit=1)["items"]
        for one in items:
            if one["position"] == position:
                assert {name: one[name] for name in NAMED} == {name: event[name] for name in NAMED}
