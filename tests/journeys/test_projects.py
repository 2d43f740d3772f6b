"""How does a project live: its annexes, its partners, its milestones, its end?"""

from tests.journeys.conftest import Client, Service
from tests.journeys.world import END, START, World


def test_a_closed_project_takes_corrections_only(user: Client, world: World) -> None:
    project, party = world.project(), world.institution()
    team, activity = world.team(project), world.activity(project)
    duty = {"number": 1, "party": party, "text": "Szkolenie"}
    agreement = world.agreement(project, party, obligations=[duty])
    world.tell(f"agreements/{agreement}/fulfil", on="2019-01-01", number=1)
    made = world.tell(f"teams/{team}/appoint", institution=party, role="chair")
    who = [{"institution": party}]
    world.tell(f"activities/{activity}/record-attendance", on="2018-10-01", attendees=who)
    world.tell(f"projects/{project}/close", on="2021-06-30")
    refused = world.refused("project_closed", f"projects/{project}/close", on="2021-07-01")
    assert refused["collides_with"] == f"/api/projects/{project}"
    for path, body in (
        (f"projects/{project}/amend", {"annex": "1", "value": 5}),
        (
            f"projects/{project}/plan-milestone",
            {"number": 1, "name": "M", "starts_on": START, "ends_on": END},
        ),
        ("teams", {"project": project, "kind": "model", "name": "ZM"}),
        (f"teams/{team}/dissolve", {}),
        (f"teams/{team}/appoint", {"institution": party, "role": "member"}),
        (f"agreements/{agreement}/terminate", {}),
        (f"activities/{activity}/cancel", {}),
    ):
        world.refused("project_closed", path, on="2021-07-01", **body)
    world.tell(f"teams/{team}/void", appointment=made["appointment"])
    world.tell(f"activities/{activity}/revoke-attendance", attendees=who)
    world.tell(f"agreements/{agreement}/reopen", on="2021-07-01", number=1)
    assert user.get(f"/api/projects/{project}")["status"] == "closed"
    assert user.get(f"/api/projects/{project}", valid_at="2021-06-29")["status"] == "ended"


def test_a_project_changes_by_annex(user: Client, world: World) -> None:
    project = world.project(value="100.00", eu_contribution="80.00")
    path = f"projects/{project}/amend"
    world.refused("nothing_changes", path, annex="1", value="100.00")
    world.refused("contribution_exceeds_value", path, annex="1", value="79.99")
    world.tell(path, annex="1", ends_on="2018-01-01", status=422)
    world.refused("not_true_yet", path, on="2018-03-31", annex="1", value="200.00")
    world.tell(path, on="2020-01-01", annex="Aneks 1", value="200.00", ends_on="2021-06-30")
    row = user.get(f"/api/projects/{project}")
    assert (row["value"], row["eu_share"], row["ends_on"]) == ("200.00", "40.00", "2021-06-30")
    assert row["annexes"][0]["annex"] == "Aneks 1"
    assert row["annexes"][0]["changes"] == {"value": "200.00", "ends_on": "2021-06-30"}
    before = user.get(f"/api/projects/{project}", valid_at="2019-12-31")
    assert (before["value"], before["eu_share"], before["annexes"]) == ("100.00", "80.00", [])


def test_partners_come_and_go(user: Client, world: World) -> None:
    leader, partner = world.institution(), world.institution()
    project = world.project(leader=leader)
    world.refused("partner_already", f"projects/{project}/add-partner", institution=leader)
    world.tell(f"projects/{project}/add-partner", on="2019-01-01", institution=partner)
    world.refused("partner_already", f"projects/{project}/add-partner", institution=partner)
    gone = f"projects/{project}/remove-partner"
    world.refused("not_true_yet", gone, on="2018-12-31", institution=partner)
    world.refused("partner_unknown", gone, on="2019-12-31", institution=leader)
    world.tell(gone, on="2020-01-01", institution=partner)
    partners = [
        [p["institution"] for p in user.get(f"/api/projects/{project}", valid_at=day)["partners"]]
        for day in ("2018-12-31", "2019-12-31", "2020-01-01")
    ]
    assert partners == [[], [partner], []]


def test_the_code_of_a_project_is_its_own(world: World) -> None:
    first = world.project(code="SAME")
    leader = world.institution()
    refused = world.refused(
        "code_taken",
        "projects",
        code="SAME",
        title="t",
        programme="p",
        leader=leader,
        value=1,
        starts_on=START,
        ends_on=END,
    )
    assert refused["collides_with"] == f"/api/projects/{first}"


def test_a_milestone_is_planned_completed_and_approved(user: Client, world: World) -> None:
    project = world.project()
    at = f"projects/{project}"
    world.tell(
        f"{at}/plan-milestone", number=1, name="I", starts_on="2018-06-01", ends_on="2019-03-31"
    )
    stage = {"number": 1, "starts_on": "2018-06-01", "ends_on": "2019-03-31"}
    world.refused("milestone_planned_already", f"{at}/plan-milestone", name="I", **stage)
    world.refused(
        "outside_project",
        f"{at}/reschedule-milestone",
        on="2018-07-01",
        **(stage | {"ends_on": "2021-04-01"}),
    )
    world.refused("milestone_unknown", f"{at}/complete-milestone", number=2)
    world.refused("milestone_not_started", f"{at}/complete-milestone", on="2018-05-31", number=1)
    world.refused(
        "milestone_not_completed",
        f"{at}/approve-milestone",
        on="2019-05-01",
        number=1,
        approved_by="MRPiPS",
    )
    world.tell(f"{at}/reschedule-milestone", on="2018-12-01", **(stage | {"ends_on": "2019-04-30"}))
    world.tell(f"{at}/complete-milestone", on="2019-05-10", number=1)
    world.refused(
        "milestone_completed_already", f"{at}/complete-milestone", on="2019-05-11", number=1
    )
    world.tell(f"{at}/approve-milestone", on="2019-06-01", number=1, approved_by="MRPiPS")
    world.refused(
        "milestone_approved_already",
        f"{at}/approve-milestone",
        on="2019-06-02",
        number=1,
        approved_by="MRPiPS",
    )
    _stands(user, f"/api/{at}/milestones")


def _stands(user: Client, path: str) -> None:
    days = {
        "2018-05-31": "planned",
        "2018-06-01": "in_progress",
        "2019-04-30": "in_progress",
        "2019-05-01": "overdue",
        "2019-05-10": "completed",
        "2019-06-01": "approved",
    }
    for day, status in days.items():
        row = user.get(path, valid_at=day)["items"][0]
        assert (day, row["status"]) == (day, status)


def test_a_required_deliverable_may_be_approved_in_the_same_batch(
    user: Client, world: World, shared: Service
) -> None:
    project = world.project()
    world.tell(
        f"projects/{project}/plan-milestone",
        number=1,
        name="I",
        starts_on=START,
        ends_on=END,
        requires=["model"],
    )
    done = {"number": 1, "effective_on": "2019-03-31"}
    missing = world.refused(
        "deliverable_missing", f"projects/{project}/complete-milestone", on="2019-03-31", number=1
    )
    assert "model" in missing["detail"]
    made = "0197a3c5-7c1e-7d3a-9b52-000000000001"
    first = {"effective_on": START, "version": "1.0"}
    version = {"effective_on": "2019-03-31", "version": "1.0"}
    begun = [
        ("deliverables", {"id": made, "project": project, "kind": "model", "title": "Model"}),
        (f"deliverables/{made}/issue-version", first),
        (f"deliverables/{made}/submit", first),
    ]
    ended = [
        (f"deliverables/{made}/approve", version | {"approved_by": "MRPiPS"}),
        (f"projects/{project}/complete-milestone", done),
    ]
    for who, commands in ((shared.user("coordinator"), begun), (user, ended)):
        batch = {"commands": [{"path": f"/api/{path}", "body": body} for path, body in commands]}
        who.post("/api/batch", batch)
    row = user.get(f"/api/projects/{project}/milestones")["items"][0]
    assert (row["status"], row["completed_on"]) == ("completed", "2019-03-31")
