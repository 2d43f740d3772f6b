"""How does each object live, from its first fact to its last, and which facts are refused?"""

from typing import Any

from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, World


def test_a_deliverable_goes_from_version_to_version(
    user: Client, world: World, shared: Service
) -> None:
    manager = World(shared.user("manager"))
    made = world.deliverable(world.project())
    at = f"deliverables/{made}"
    assert user.get(f"/api/{at}")["status"] == "planned"
    world.refused("version_unknown", f"{at}/submit", version="1")
    world.tell(f"{at}/issue-version", on="2019-01-01", version="1")
    world.refused("version_exists", f"{at}/issue-version", on="2019-01-01", version="1")
    world.refused("not_true_yet", f"{at}/submit", on="2018-12-31", version="1")
    decision = {"version": "1", "approved_by": "MRPiPS"}
    world.refused("version_not_submitted", f"{at}/approve", on="2019-02-01", **decision)
    world.tell(f"{at}/submit", on="2019-02-01", version="1")
    world.refused("version_submitted_already", f"{at}/submit", on="2019-02-01", version="1")
    world.tell(f"{at}/reject", on="2019-03-01", **decision)
    world.refused("version_decided", f"{at}/approve", on="2019-03-02", **decision)
    for step in ("issue-version", "submit"):
        world.tell(f"{at}/{step}", on="2019-04-01", version="2")
    approval = {"version": "2", "approved_by": "MRPiPS"}
    world.refused("four_eyes", f"{at}/approve", on="2019-05-01", **approval)
    user.position = manager.tell(f"{at}/approve", on="2019-05-01", **approval)["position"]
    states = [
        user.get(f"/api/{at}", valid_at=day)["status"]
        for day in ("2018-12-31", "2019-01-01", "2019-02-01", "2019-03-01", "2019-05-01")
    ]
    assert states == ["planned", "issued", "submitted", "rejected", "approved"]
    row = user.get(f"/api/{at}")
    assert (row["approved_on"], row["approved_by"]) == ("2019-05-01", "MRPiPS")
    assert [v["status"] for v in row["versions"]] == ["rejected", "approved"]


def test_an_agreement_is_fulfilled_amended_left_and_terminated(user: Client, world: World) -> None:
    project = world.project()
    one, two, three = (world.institution() for _ in range(3))
    first = {"number": 1, "party": one, "text": "Szkolenia", "target": 2, "due_on": "2019-06-30"}
    duties = [first, {"number": 2, "party": two, "text": "Sprawozdania"}]
    at = f"agreements/{world.agreement(project, one, two, obligations=duties)}"
    activity, gone = world.activity(project), world.activity(project)
    world.tell(f"activities/{gone}/cancel")
    fulfil = f"{at}/fulfil"
    world.refused("not_signed_yet", fulfil, on="2018-03-31", number=1)
    world.refused("obligation_unknown", fulfil, on="2019-01-01", number=9)
    world.refused("activity_cancelled", fulfil, on="2019-01-01", number=1, activities=[gone])
    world.refused("activity_not_started", fulfil, on="2018-09-30", number=1, activities=[activity])
    world.tell(fulfil, on="2019-01-01", number=1, activities=[activity])
    world.refused("fulfilled_later", f"{at}/withdraw", on="2018-12-31", institution=one)
    world.refused("not_party", f"{at}/withdraw", on="2019-01-01", institution=three)
    world.tell(f"{at}/accede", on="2019-02-01", institution=three)
    world.refused("party_already", f"{at}/accede", on="2019-02-01", institution=three)
    added = [{"number": 3, "party": three, "text": "Diagnoza"}]
    annex = {"annex": "Aneks 1", "add_obligations": added, "end_obligations": [2]}
    world.tell(f"{at}/amend", on="2019-03-01", **annex)
    world.refused("obligation_ended", fulfil, on="2019-04-01", number=2)
    world.tell(f"{at}/withdraw", on="2019-05-01", institution=three)
    world.refused("not_party", fulfil, on="2019-05-02", number=3)
    world.refused("nothing_fulfilled", f"{at}/reopen", on="2019-07-01", number=3)
    world.tell(f"{at}/reopen", on="2019-07-01", number=1)
    world.tell(f"{at}/terminate", on="2020-01-01")
    world.refused("agreement_terminated", f"{at}/terminate", on="2020-01-02")
    world.refused("agreement_terminated", fulfil, on="2020-01-02", number=1)

    for day, seen in {
        "2018-12-31": ("in_force", 2, {1: "open", 2: "open"}),
        "2019-02-28": ("in_force", 3, {1: "partly", 2: "open"}),
        "2019-03-01": ("in_force", 3, {1: "partly", 3: "open"}),
        "2019-07-01": ("in_force", 2, {1: "overdue", 3: "open"}),
        "2020-01-01": ("terminated", 0, {1: "overdue", 3: "open"}),
    }.items():
        assert _seen(user.get(f"/api/{at}", valid_at=day)) == seen


def _seen(agreement: dict[str, Any]) -> tuple[str, int, dict[int, str]]:
    states = {o["number"]: o["status"] for o in agreement["obligations"]}
    return agreement["status"], len(agreement["parties"]), states


def test_an_agreement_is_not_in_force_before_it_is_signed(world: World) -> None:
    project, party = world.project(), world.institution()
    body = {"project": project, "kind": "grant", "title": "t", "parties": [{"institution": party}]}
    refused = world.tell("agreements", on="2018-08-20", signed_on="2018-08-21", status=422, **body)
    assert refused["errors"][0]["field"] == "signed_on"
    late = world.agreement(project, party, signed_on="2018-08-20", effective_on="2018-09-01")
    world.refused("not_true_yet", f"agreements/{late}/terminate", on="2018-08-25")


def test_a_team_is_appointed_dismissed_voided_and_dissolved(user: Client, world: World) -> None:
    team, party, person = world.team(world.project()), world.institution(), world.person()
    at = f"teams/{team}"
    world.tell(f"{at}/appoint", role="member", status=422)
    first = world.tell(f"{at}/appoint", on="2019-01-01", institution=party, role="member")
    appointment = first["appointment"]
    world.refused(
        "already_appointed", f"{at}/appoint", on="2019-02-01", institution=party, role="member"
    )
    world.tell(f"{at}/appoint", on="2019-02-01", institution=party, role="chair")
    wrong = world.tell(f"{at}/appoint", on="2019-02-01", person=person, role="adviser")
    world.refused("ends_before_start", f"{at}/dismiss", on="2018-12-31", appointment=appointment)
    world.refused("appointment_unknown", f"{at}/dismiss", appointment=team)
    world.tell(f"{at}/dismiss", on="2020-01-01", appointment=appointment)
    world.refused("appointment_ended", f"{at}/dismiss", on="2020-02-01", appointment=appointment)
    known = world.tell(f"{at}/void", on="2020-03-01", appointment=wrong["appointment"])
    world.refused("ends_before_start", f"{at}/dissolve", on="2019-01-31")
    world.tell(f"{at}/dissolve", on="2020-06-01")
    world.refused("team_is_dissolved", f"{at}/dissolve", on="2020-06-02")
    world.refused(
        "team_is_dissolved", f"{at}/appoint", on="2020-06-01", person=person, role="member"
    )

    def roles(day: str, known_at: int | None = None) -> set[str]:
        moment: dict[str, Any] = {} if known_at is None else {"known_at": known_at}
        return {m["role"] for m in user.get(f"/api/{at}", valid_at=day, **moment)["members"]}

    assert roles("2019-03-01") == {"member", "chair"}
    assert roles("2019-03-01", known["position"] - 1) == {"member", "chair", "adviser"}
    assert roles("2020-01-01") == {"chair"}
    assert roles("2020-06-01") == set()


def test_an_activity_is_moved_attended_or_cancelled(user: Client, world: World) -> None:
    project, party = world.project(), world.institution()
    activity = world.activity(project, hours=8)
    at = f"activities/{activity}"
    days = {"starts_on": "2018-11-01", "ends_on": "2018-11-02"}
    world.refused("outside_project", f"{at}/reschedule", starts_on=START, ends_on="2021-04-01")
    world.refused("not_true_yet", f"{at}/reschedule", on="2018-03-31", **days)
    world.tell(f"{at}/reschedule", on="2018-09-01", **days)
    world.refused("nothing_changes", f"{at}/reschedule", on="2018-09-01", **days)
    record = f"{at}/record-attendance"
    world.refused(
        "activity_not_started", record, on="2018-10-31", attendees=[{"institution": party}]
    )
    world.tell(record, on="2018-11-01", status=422, attendees=[{"institution": party, "hours": 9}])
    world.tell(record, on="2018-11-01", status=422, attendees=[])
    world.tell(record, on="2018-11-01", attendees=[{"institution": party}])
    world.refused("attends_already", record, on="2018-11-02", attendees=[{"institution": party}])
    world.refused("attendance_stands", f"{at}/cancel", on="2018-11-02")
    world.refused(
        "attendance_stands",
        f"{at}/reschedule",
        on="2018-11-03",
        starts_on="2018-11-02",
        ends_on="2018-11-02",
    )
    row = user.get(f"/api/{at}", valid_at="2018-11-01")
    assert (row["status"], row["attendance"], row["attendees"][0]["hours"]) == ("in_progress", 1, 8)
    revoke = f"{at}/revoke-attendance"
    world.tell(revoke, on="2019-01-01", attendees=[{"institution": party}])
    world.refused("attendance_unknown", revoke, on="2019-01-01", attendees=[{"institution": party}])
    world.tell(f"{at}/cancel", on="2019-01-02")
    world.refused("activity_cancelled", record, on="2019-01-03", attendees=[{"institution": party}])
    assert user.get(f"/api/{at}", valid_at="2018-11-01")["attendance"] == 0
    assert user.get(f"/api/{at}")["status"] == "cancelled"


def test_a_recruitment_shows_the_ranking_beside_the_choice(user: Client, world: World) -> None:
    made = world.recruitment(world.project())
    best, second, third = (world.institution(level="commune") for _ in range(3))
    county = world.institution(level="county")
    for one, families in ((best, 10), (second, 30), (third, 20)):
        world.tell(
            f"recruitments/{made}/score",
            institution=one,
            subregion="ełcki",
            values={"families": families, "will": 1},
        )
    score = {"institution": best, "subregion": "ełcki", "values": {"families": 50}}
    world.tell(f"recruitments/{made}/score", **score)
    bad = score | {"values": {"will": 1, "luck": 2}}
    refused = world.tell(f"recruitments/{made}/score", status=422, **bad)
    assert {e["field"] for e in refused["errors"]} == {"values.luck", "values.families"}
    select = f"recruitments/{made}/select"
    world.refused("quota_exceeded", select, institutions=[best, second])
    world.tell(select, on="2018-05-01", institutions=[third, county])
    world.refused("selected_already", select, on="2018-05-01", institutions=[third])
    world.refused(
        "selected_already", f"recruitments/{made}/score", **(score | {"institution": third})
    )
    row = user.get(f"/api/recruitments/{made}")
    ranked = {r["institution"]: (r["rank"], r["selected"]) for r in row["ranking"]}
    assert ranked == {best: (1, False), second: (2, False), third: (3, True), county: (None, True)}
    assert (row["selected"], row["ranking"][0]["values"]) == (2, {"families": 50})


def test_a_grant_is_never_paid_beyond_its_amount(user: Client, world: World) -> None:
    grant = world.grant(world.project(), world.institution(), "100.00")
    at = f"grants/{grant}"
    world.tell(f"{at}/pay", status=422, amount=0)
    world.tell(f"{at}/pay", on="2019-01-01", amount="60.00")
    world.refused("exceeds_grant", f"{at}/pay", on="2019-02-01", amount="40.01")
    world.refused("exceeds_payments", f"{at}/settle", on="2019-02-01", amount="60.01")
    world.tell(f"{at}/pay", on="2019-02-01", amount="40.00")
    world.tell(f"{at}/settle", on="2019-03-01", amount="99.99")
    row = user.get(f"/api/{at}")
    sums = [row[name] for name in ("paid", "settled", "outstanding", "status")]
    assert sums == ["100.00", "99.99", "0.01", "paid"]
    before = user.get(f"/api/{at}", valid_at="2019-01-31")
    assert (before["paid"], before["status"]) == ("60.00", "partly_paid")


def test_a_support_case_is_opened_and_closed_without_personal_data(
    user: Client, world: World
) -> None:
    project = world.project()
    team = world.team(project)
    body = {"project": project, "team": team, "subject": "person"}
    for reference in ("84022912345", "anna@example.pl"):
        world.tell("support-cases", status=422, reference=reference, **body)
    case = world.case(project, team, effective_on="2019-01-01")
    close = f"support-cases/{case}/close"
    world.refused("not_true_yet", close, on="2018-12-31", outcome="Praca")
    world.tell(close, on="2020-01-01", outcome="Praca")
    world.refused("case_is_closed", close, on="2020-01-02", outcome="Praca")
    assert user.get(f"/api/support-cases/{case}", valid_at="2019-12-31")["status"] == "open"
    row = user.get(f"/api/support-cases/{case}")
    assert (row["status"], row["closed_on"], row["outcome"]) == ("closed", "2020-01-01", "Praca")
    world.tell(f"teams/{team}/dissolve", on="2020-01-01")
    world.refused("team_is_dissolved", "support-cases", on="2020-01-01", reference="R/2", **body)


def test_an_institution_is_described_anew_from_a_day_on(user: Client, world: World) -> None:
    made = world.institution(name="Stara", nip="813-33-15-014", kind="urząd")
    update = f"institutions/{made}/update"
    world.refused("nothing_changes", update, on="2019-01-01", name="Stara", nip="8133315014")
    world.tell(update, status=422)
    world.tell(update, on="2020-01-01", name="Nowa", kind=None)
    late = world.tell(update, on="2019-01-01", name="Środkowa")["position"]
    names = [
        user.get(f"/api/institutions/{made}", valid_at=day)["name"]
        for day in ("2018-12-31", "2019-06-01", "2020-01-01")
    ]
    assert names == ["Stara", "Środkowa", "Nowa"]
    row = user.get(f"/api/institutions/{made}", valid_at="2019-06-01", known_at=late - 1)
    assert (row["name"], row["nip"], row["kind"]) == ("Stara", "8133315014", "urząd")
    assert user.get(f"/api/institutions/{made}")["kind"] is None


def test_a_person_is_erased_for_good(world: World) -> None:
    person, team = world.person(), world.team(world.project())
    world.tell(f"persons/{person}/erase", on="2020-01-01")
    for path, body in (
        (f"persons/{person}/update", {"given_name": "Ewa"}),
        (f"persons/{person}/erase", {}),
        (f"teams/{team}/appoint", {"person": person, "role": "chair"}),
    ):
        world.refused("person_erased", path, on="2020-01-02", **body)


def test_facts_recorded_late_are_right_at_every_moment(user: Client, world: World) -> None:
    """The same team, asked about on two axes of time."""
    team, party = world.team(world.project()), world.institution()
    at = f"teams/{team}"
    known = [world.head()]
    made = world.tell(f"{at}/appoint", on="2019-06-01", institution=party, role="member")
    known.append(made["position"])
    early = world.tell(f"{at}/appoint", on="2019-01-01", institution=party, role="chair")
    known.append(early["position"])
    ended = world.tell(f"{at}/dismiss", on="2019-09-01", appointment=made["appointment"])
    known.append(ended["position"])
    days = ("2018-12-31", "2019-01-01", "2019-06-01", "2019-09-01")
    expected = {
        0: [set(), set(), set(), set()],
        1: [set(), set(), {"member"}, {"member"}],
        2: [set(), {"chair"}, {"chair", "member"}, {"chair", "member"}],
        3: [set(), {"chair"}, {"chair", "member"}, {"chair"}],
    }
    for index, position in enumerate(known):
        rows = [user.get(f"/api/{at}", valid_at=day, known_at=position) for day in days]
        assert [{m["role"] for m in row["members"]} for row in rows] == expected[index]
