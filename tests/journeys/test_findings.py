"""A finding appears with the facts, is gone when they are mended, and stays known to history."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from api.app import create_app
from ledger.findings import Finding, catalogue
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import Asker, Question
from ledger.queries.findings import expenditure_findings
from tests.findings.given import day
from tests.findings.story import DAY, Story
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN


@pytest.fixture
def story(shared: Service, user: Client) -> Story:
    return Story(shared, user)


def test_a_payment_before_the_documents_day_is_found_until_it_is_corrected(story: Story) -> None:
    expenditure, _ = story.spend({"eligible": "10.00"}, paid_on="2019-05-09")
    position = story.world.head()
    path = f"expenditures/{expenditure}/correct"
    found = story.mended("paid_before_issued", path, paid_on="2019-05-11", on=DAY)
    assert (found["subject"], found["position"]) == (expenditure, position)
    assert (found["severity"], found["subject_collection"]) == ("warning", "expenditures")
    assert found["message"].startswith(f"Dokument {found['subject_name']} (Drukarnia) zapłacono")


def test_a_payment_after_the_end_is_found_until_an_annex_moves_the_end(story: Story) -> None:
    story.spend({"eligible": "10.00"}, paid_on="2021-04-10")
    annex = {"annex": "Aneks nr 1", "ends_on": "2021-06-30"}
    story.mended("period", f"projects/{story.project}/amend", on=DAY, **annex)


def test_a_line_is_exceeded_until_a_part_of_the_charge_is_disallowed(story: Story) -> None:
    expenditure, (charge,) = story.spend({"budget_line": "1.1", "eligible": "1000.01"})
    path = f"expenditures/{expenditure}/disallow"
    less = {"charge": charge, "amount": "0.01", "basis": "umowa", "on": "2019-06-01"}
    found = story.mended("budget_exceeded", path, **less)
    assert (found["subject"], found["subject_name"]) == (story.project, "1.1")
    assert "o 0,01\u00a0zł" in found["message"]


def test_a_shift_between_tasks_is_found_until_a_new_budget_is_agreed(story: Story) -> None:
    path = f"projects/{story.project}"
    story.world.tell(f"{path}/shift-budget", from_line="1.2", to_line="2.1", amount="1000.01")
    lines = [{"line": "1.1", "task": "Zadanie 1", "category": "personnel", "amount": "1000.00"}]
    found = story.mended("task_shift", f"{path}/set-budget", lines=lines)
    assert found["subject_name"] == "Zadanie 1"


def test_cross_financing_is_too_much_until_the_charge_is_withdrawn(
    shared: Service, user: Client
) -> None:
    story = Story(shared, user, value="1000.00", eu_contribution="842.80")
    story.spend({"budget_line": "3.1", "eligible": "84.28"})  # a tenth of the Union's contribution
    assert story.of("cross_financing") == []
    expenditure, (charge,) = story.spend({"budget_line": "3.1", "eligible": "0.01"})
    path = f"expenditures/{expenditure}/withdraw"
    story.mended("cross_financing", path, charge=charge, on=DAY)


def test_more_vat_than_the_document_has_is_found_until_a_charge_is_corrected(story: Story) -> None:
    part = {"eligible": "500.00", "eligible_vat": "115.01"}
    expenditure, charges = story.spend(part, part)
    path = f"expenditures/{expenditure}/correct"
    story.mended("vat_twice", path, charge=charges[0], eligible_vat="114.99", on=DAY)


def test_a_missing_procurement_is_found_until_it_is_named(story: Story) -> None:
    amounts = {"net": "50000.01", "vat": "0.00", "gross": "50000.01"}
    expenditure, (charge,) = story.spend({"eligible": "100.00"}, **amounts)
    path = f"expenditures/{expenditure}/correct"
    story.mended("procurement_missing", path, charge=charge, procurement="ZP/1/2019", on=DAY)


def test_an_unpaid_document_in_a_claim_is_found_until_its_payment_is_entered(story: Story) -> None:
    expenditure, (charge,) = story.spend({"eligible": "100.00"}, paid_on=None)
    assert story.of("unpaid") == []
    story.claim((expenditure, charge))
    path = f"expenditures/{expenditure}/correct"
    story.mended("unpaid", path, paid_on="2019-06-30", on=DAY)


def test_a_flat_rate_is_wrong_after_a_financial_correction_of_its_base(story: Story) -> None:
    base, (charge,) = story.spend({"eligible": "1000.00"})
    flat = {"budget_line": "9.1", "eligible": "250.00", "method": "flat_rate"}
    overheads, (rate,) = story.spend(flat)
    claim = story.claim((base, charge), (overheads, rate))
    story.approve(claim)
    assert story.of("flat_rate_base") == []
    why = {"basis": "art. 65", "on": "2019-09-01"}
    story.world.tell(f"expenditures/{base}/disallow", charge=charge, amount="200.00", **why)
    less = {"charge": rate, "amount": "50.00"} | why
    found = story.mended("flat_rate_base", f"expenditures/{overheads}/disallow", **less)
    assert (found["severity"], found["subject"]) == ("error", claim)
    before = story.world.head() - 1
    assert story.of("flat_rate_base", known_at=before, valid_at="2019-08-31") == []


def test_an_actual_indirect_cost_beside_a_flat_rate_is_found_until_it_is_moved(
    story: Story,
) -> None:
    expenditure, (charge,) = story.spend({"budget_line": "9.1", "eligible": "10.00"})
    assert story.of("real_cost_in_flat_rate") == []
    story.spend({"budget_line": "9.1", "eligible": "1.00", "method": "flat_rate"})
    path = f"expenditures/{expenditure}/correct"
    story.mended("real_cost_in_flat_rate", path, charge=charge, budget_line="2.1", on=DAY)


def test_a_small_project_needs_a_simplified_method(shared: Service, user: Client) -> None:
    story = Story(shared, user, value="430000.00", eu_contribution="400000.00")
    story.spend({"eligible": "10.00"})
    (found,) = story.of("simplified_required")
    assert found["subject"] == story.project
    story.spend({"eligible": "10.00", "method": "lump_sum"})
    assert story.of("simplified_required") == []


def test_a_tranche_counts_what_was_settled_when_it_came(story: Story) -> None:
    base, (charge,) = story.spend({"eligible": "1000.00"})
    funds = f"projects/{story.project}/receive-funds"
    story.world.tell(funds, amount="1000.00", tranche="1", on="2018-05-01")
    story.world.tell(funds, amount="500.00", tranche="2", on="2019-08-01")
    before = story.world.head()
    (found,) = story.of("tranche_unsettled")
    assert (found["subject_name"], found["position"]) == ("2", before)
    story.approve(story.claim((base, charge)))  # 842.80 of 1000.00, approved on 2019-08-01
    assert story.of("tranche_unsettled") == []
    assert story.of("tranche_unsettled", known_at=before) == [found]


def test_a_claim_is_late_until_it_is_submitted(story: Story) -> None:
    then = "2019-08-01"
    assert len(story.of("claim_late", valid_at=then)) == 1
    expenditure, (charge,) = story.spend({"eligible": "10.00"})
    story.claim((expenditure, charge))
    assert story.of("claim_late", valid_at=then) == []
    assert len(story.of("claim_late", valid_at="2019-10-11")) == 1


def bring(user: Client, content: bytes) -> str:
    """Stores a document; answers its digest."""
    made = user.raw("POST", "/api/documents", files={"file": ("skan.txt", content)})
    assert made.status_code == 201, made.text
    return hashlib.sha256(content).hexdigest()


def test_evidence_is_missing_until_a_document_is_stored_and_named(story: Story) -> None:
    expenditure, (charge,) = story.spend({"eligible": "10.00"})
    story.claim((expenditure, charge))
    digest = bring(story.user, f"faktura {expenditure}".encode())
    body = {"charge": charge, "amount": "1.00", "basis": "umowa", "evidence": [digest], "on": DAY}
    found = story.mended("evidence_missing", f"expenditures/{expenditure}/disallow", **body)
    assert found["subject"] == expenditure
    assert story.of("custody_unknown") == []


def test_no_evidence_is_asked_for_of_flat_rates_nor_before_the_claim_is_submitted(
    story: Story,
) -> None:
    actual, (charge,) = story.spend({"eligible": "100.00"})
    flat = {"budget_line": "9.1", "eligible": "25.00", "method": "flat_rate"}
    overheads, (rate,) = story.spend(flat)
    assert story.of("evidence_missing") == []
    claim = story.draft((actual, charge), (overheads, rate))
    assert story.of("evidence_missing") == []
    story.world.tell(f"claims/{claim}/submit", on="2019-07-10")
    assert [one["subject"] for one in story.of("evidence_missing")] == [actual]
    assert story.of("evidence_missing", valid_at="2019-07-09") == []


def test_evidence_that_the_store_does_not_hold_is_found_until_it_is_brought(story: Story) -> None:
    content = f"protokół {story.project}".encode()
    digest = hashlib.sha256(content).hexdigest()
    expenditure, _ = story.spend({"eligible": "10.00"}, evidence=[digest])
    before = story.world.head()
    (found,) = story.of("custody_unknown")
    assert (found["subject"], found["position"]) == (expenditure, before)
    assert digest in found["message"]
    bring(story.user, content)
    story.world.institution()  # a stored document is known from the next position on
    assert story.of("custody_unknown") == []
    assert story.of("custody_unknown", known_at=before) == [found]


def test_a_person_in_two_places_is_named_only_to_those_who_may_read_persons(story: Story) -> None:
    person = story.world.person(given_name="Zofia", family_name="Kowalska")
    where = [
        story.world.activity(story.project, place=place, title=place)
        for place in ("Rzeszów", "Lublin")
    ]
    for one in where:
        attendees = [{"person": person}]
        story.world.tell(f"activities/{one}/record-attendance", attendees=attendees, on=DAY)
    (found,) = story.of("attendance_clash")
    assert found["message"].startswith("Zofia Kowalska jest 01.10.2018")
    (seen,) = story.of("attendance_clash", user=story.other("officer"))
    assert seen["message"].startswith("Ta sama osoba jest 01.10.2018")
    assert (seen["subject"], seen["subject_name"]) == (person, None)
    wrong = {"attendees": [{"person": person}], "on": DAY}
    story.mended("attendance_clash", f"activities/{where[0]}/revoke-attendance", **wrong)


def test_an_appointment_needs_a_signed_agreement(story: Story) -> None:
    place = {"voivodeship": "świętokrzyskie", "county": "starachowicki", "commune": "Mirzec"}
    school, commune = (
        story.world.institution(sector=sector, **place)
        for sector in ("education", "local_government")
    )
    team = story.world.team(story.project, kind="commune_county", **place)
    story.world.tell(f"teams/{team}/appoint", institution=school, role="member")
    (found,) = story.of("appointment_unfounded")
    assert (found["subject"], found["subject_collection"]) == (team, "teams")
    agreement = story.world.agreement(story.project, commune)
    assert story.of("appointment_unfounded") == []
    story.world.tell(f"agreements/{agreement}/terminate", on="2019-01-01")
    assert len(story.of("appointment_unfounded")) == 1
    assert story.of("appointment_unfounded", valid_at="2018-12-31") == []


def test_what_was_promised_is_found_when_it_does_not_come(story: Story) -> None:
    path = f"projects/{story.project}"
    stage = {"number": 1, "name": "Model", "starts_on": "2018-04-01", "ends_on": "2019-03-31"}
    story.world.tell(f"{path}/plan-milestone", **stage)
    counts = {"subject": "institution", "through": ["agreement_signed"]}
    promised = {"code": "X", "name": "Instytucje", "kind": "output", "target": 1, "counts": counts}
    story.world.tell(f"{path}/set-indicator", **promised)
    assert len(story.of("indicator_behind")) == 1
    story.world.agreement(story.project, story.world.institution())
    assert story.of("indicator_behind") == []
    story.mended("milestone_overdue", f"{path}/complete-milestone", number=1, on="2019-05-01")


def test_another_projects_document_is_known_only_to_those_who_see_it(
    shared: Service, user: Client
) -> None:
    mine, theirs = Story(shared, user), Story(shared, user)
    amounts = {"net": "777.00", "vat": "0.00", "gross": "777.00", "issuer_nip": "8133315014"}
    own, _ = mine.spend({"eligible": "1.00"}, **amounts)
    theirs.spend({"eligible": "1.00"}, document_number="TAJNE/1", **amounts)
    (found,) = mine.of("same_amount")
    assert (found["subject"], "TAJNE/1" in found["message"]) == (own, True)
    assert mine.of("same_amount", user=mine.other("officer", here=True)) == []


def test_the_findings_of_one_document_are_those_of_its_projects(
    shared: Service, user: Client
) -> None:
    story = Story(shared, user)
    expenditure, _ = story.spend(
        {"budget_line": "1.1", "eligible": "1001.00"}, paid_on="2017-01-01"
    )
    story.spend({"eligible": "1.00"}, paid_on="2017-01-01")
    listed = [
        one for rule in ("period", "paid_before_issued") for one in story.of(rule)
        if one["subject"] == expenditure
    ]  # fmt: skip
    reading = shared.http.app.state.parts.reading
    moment = Moment(day(DAY), story.world.head())
    ask: Callable[..., Any] = shared.http.blocking_portal.call
    found = ask(expenditure_findings, Question(reading, moment, Asker()), expenditure, "pl")
    own = [one for one in found if one.rule != "same_amount"]
    assert sorted(one.id for one in own) == sorted(one["id"] for one in listed)
    hidden = Question(reading, moment, Asker(project=UNKNOWN))
    assert ask(expenditure_findings, hidden, expenditure, "pl") == []


def test_the_list_is_in_order_can_be_filtered_and_turned_page_by_page(story: Story) -> None:
    for n in range(3):
        story.spend({"budget_line": "1.1", "eligible": "1000.00"}, paid_on=f"2017-01-0{n + 1}")
    path = f"/api/projects/{story.project}/findings"
    whole = story.user.get(path, valid_at=DAY)
    rows = [msgspec.convert(one, Finding, strict=True) for one in whole["items"]]
    places = [one.place for one in rows]
    assert places == sorted(places)
    assert len({one.id for one in rows}) == len(rows) > 6
    assert {"error", "warning"} == {one.severity for one in rows}
    errors = story.user.get(path, valid_at=DAY, severity="error")["items"]
    assert errors == [one for one in whole["items"] if one["severity"] == "error"]
    walked: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = story.user.get(path, valid_at=DAY, limit=2, cursor=cursor)
        assert len(page["items"]) <= 2
        walked += page["items"]
        cursor = page["next"]
    assert walked == whole["items"]


def test_the_same_findings_are_told_in_english(story: Story) -> None:
    story.spend({"eligible": "1.00"}, paid_on="2017-01-01")
    (found,) = story.of("period", lang="en")
    assert "was paid on 1 January 2017" in found["message"]
    assert found["basis"] == "Article 65(2) of Regulation (EU) No 1303/2013"


@pytest.mark.parametrize("bad", [{"lang": "de"}, {"rule": "x"}, {"severity": "x"}, {"line": "x"}])
def test_what_cannot_be_asked_is_refused(story: Story, bad: dict[str, str]) -> None:
    path = f"/api/projects/{story.project}/findings"
    assert story.user.get(path, status=422, **bad)["errors"][0]["field"] in bad


def test_who_may_not_see_a_project_does_not_see_its_findings(story: Story, world: Any) -> None:
    stranger = story.service.user("officer", world.project())
    stranger.get(f"/api/projects/{story.project}/findings", status=404)
    story.user.get(f"/api/projects/{UNKNOWN}/findings", status=404)
    assert story.of("claim_late", valid_at="2017-01-01") == []  # before there was a project


def test_a_rule_that_is_added_later_judges_old_facts_from_then_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = catalogue.rules()
    known = tuple(one for one in everything if one.id != "period")
    monkeypatch.setattr(catalogue, "rules", lambda: known)
    with TestClient(create_app(database_url)) as http:
        story = Story(Service(http), Service(http).user("admin"))
        story.spend({"eligible": "1.00"}, paid_on="2017-01-01")
        head = story.world.head()
    monkeypatch.setattr(catalogue, "rules", lambda: everything)
    with TestClient(create_app(database_url)) as http:
        story.service = Service(http)
        story.user = story.world.client = story.service.user("admin")
        assert story.of("period") == []
        assert len(story.of("paid_before_issued", known_at=head)) == 1
        story.world.institution()
        assert len(story.of("period")) == 1
        assert story.of("period", known_at=head) == []
    with TestClient(create_app(database_url)) as http:  # nothing is introduced twice
        story.user = Service(http).user("admin")
        assert len(story.of("period", known_at=head + 1)) == 1


def test_the_real_history_before_and_after_the_annex(auditor: Client) -> None:
    (liderzy,) = auditor.get("/api/projects", code="LIDERZY")["items"]
    (annex,) = auditor.get("/api/events", project=liderzy["id"], type="project.amended")["items"]
    path = f"/api/projects/{liderzy['id']}/findings"

    def said(**asked: Any) -> list[str]:
        return [
            one["message"] for one in auditor.get(path, valid_at="2020-10-15", **asked)["items"]
        ]

    (late,) = said(rule="milestone_overdue", known_at=annex["position"] - 1)
    assert late.startswith("Kamień milowy nr 2 „")
    assert said(rule="milestone_overdue") == []
    # The nine partners in Mirzec signed; so did their commune and county.
    unfounded = said(rule="appointment_unfounded")
    assert not [one for one in unfounded if "Mirzec" in one]
