"""Whom does an indicator count, from which day, and by which characteristics?"""

from typing import Any

import pytest

from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, World


class Story:
    """One project and its indicators."""

    def __init__(self, service: Service) -> None:
        self.user: Client = service.user("admin")
        self.world = World(self.user)
        self.project = self.world.project()
        self.manager = World(service.user("manager"))

    def counts(self, code: str, subject: str, *through: str, **where: Any) -> None:
        """Sets an indicator."""
        counts = {"subject": subject, "through": list(through), "where": where}
        self.world.tell(
            f"projects/{self.project}/set-indicator",
            code=code,
            name=code,
            kind="output",
            target=10,
            counts=counts,
        )

    def row(self, code: str, day: str = "2021-01-01", **moment: Any) -> dict[str, Any]:
        """The indicator's row, whose explanation adds up."""
        path = f"/api/projects/{self.project}/indicators"
        rows = self.user.get(path, valid_at=day, **moment)["items"]
        found: dict[str, Any] = next(row for row in rows if row["code"] == code)
        explained = self.user.get(found["explain"])
        subjects = [item["subject"] for item in explained["items"]]
        assert len(set(subjects)) == explained["total"] == found["achieved"]
        for counted in found["breakdown"].values():
            assert sum(counted.values()) == found["achieved"]
        return found

    def achieved(self, code: str, day: str = "2021-01-01", **moment: Any) -> int:
        """How much of the indicator is achieved on the day."""
        return int(self.row(code, day, **moment)["achieved"])

    def attend(self, activity: str, *who: dict[str, Any], on: str = "2018-10-01") -> None:
        """Records that they took part."""
        self.world.tell(f"activities/{activity}/record-attendance", on=on, attendees=list(who))

    def appoint(self, team: str, on: str, **who: Any) -> str:
        """Appoints a member; answers the appointment."""
        return str(self.world.tell(f"teams/{team}/appoint", on=on, **who)["appointment"])


@pytest.fixture
def story(shared: Service) -> Story:
    return Story(shared)


def test_a_subject_counts_once_from_the_day_of_its_first_fact(story: Story) -> None:
    world, party = story.world, story.world.institution()
    story.counts("W", "institution", "team_appointed", "activity_attended", "agreement_signed")
    story.appoint(world.team(story.project), "2019-05-01", institution=party, role="member")
    assert [story.achieved("W", day) for day in ("2019-04-30", "2019-05-01")] == [0, 1]
    story.attend(world.activity(story.project), {"institution": party})
    assert [story.achieved("W", day) for day in ("2018-09-30", "2018-10-01")] == [0, 1]
    world.agreement(story.project, party, signed_on="2018-05-05", effective_on="2018-05-05")
    assert story.achieved("W") == 1
    item = story.user.get(story.row("W")["explain"])["items"][0]
    assert (item["counted_on"], item["type"]) == ("2018-05-05", "agreement.signed")
    assert item["subject_name"].startswith("Instytucja")


def test_the_nth_fact_counts_where_several_are_asked_for(story: Story) -> None:
    party = {"institution": story.world.institution()}
    story.counts("W", "institution", "activity_attended", min_times=3)
    for day in ("2018-10-01", "2018-11-01", "2018-12-01"):
        assert story.achieved("W", day) == 0
        story.attend(story.world.activity(story.project), party, on=day)
    assert [story.achieved("W", day) for day in ("2018-11-30", "2018-12-01")] == [0, 1]


def test_hours_are_summed_until_they_suffice(story: Story) -> None:
    person = {"person": story.world.person()}
    story.counts("W", "person", "activity_attended", min_hours=12)
    story.attend(story.world.activity(story.project, hours=8), person)
    assert story.achieved("W") == 0
    story.attend(
        story.world.activity(story.project, hours=8), person | {"hours": 3.5}, on="2018-11-01"
    )
    assert story.achieved("W") == 0
    story.attend(story.world.activity(story.project), person | {"hours": 0.5}, on="2018-12-01")
    assert [story.achieved("W", day) for day in ("2018-11-30", "2018-12-01")] == [0, 1]


def test_what_was_revoked_or_voided_never_counted(story: Story) -> None:
    world = story.world
    one, two = world.institution(), world.institution()
    story.counts("W", "institution", "activity_attended", "team_appointed")
    activity, team = world.activity(story.project), world.team(story.project)
    story.attend(activity, {"institution": one})
    made = story.appoint(team, "2019-01-01", institution=two, role="member")
    known = world.client.position
    assert story.achieved("W") == 2
    world.tell(
        f"activities/{activity}/revoke-attendance",
        on="2020-01-01",
        attendees=[{"institution": one}],
    )
    world.tell(f"teams/{team}/void", on="2020-01-01", appointment=made)
    assert [story.achieved("W", day) for day in ("2019-06-01", "2021-01-01")] == [0, 0]
    assert story.achieved("W", known_at=known) == 2


def test_what_merely_ended_goes_on_counting(story: Story) -> None:
    world, party = story.world, story.world.institution()
    story.counts("W", "institution", "team_appointed", "agreement_signed")
    team = world.team(story.project)
    made = story.appoint(team, "2019-01-01", institution=party, role="member")
    world.tell(f"teams/{team}/dismiss", on="2019-02-01", appointment=made)
    agreement = world.agreement(story.project, world.institution())
    world.tell(f"agreements/{agreement}/terminate", on="2019-02-01")
    world.tell(f"teams/{team}/dissolve", on="2019-03-01")
    assert story.achieved("W") == 2


def test_conditions_on_the_subject_choose_whom_to_count(story: Story) -> None:
    world, team = story.world, story.world.team(story.project)
    for sector, level, voivodeship in (
        ("ngo", "commune", "podkarpackie"),
        ("ngo", "county", "lubelskie"),
        ("health", "commune", "podkarpackie"),
    ):
        party = world.institution(sector=sector, level=level, voivodeship=voivodeship)
        story.appoint(team, "2019-01-01", institution=party, role="member")
    for code, where, number in (
        ("all", {}, 3),
        ("ngo", {"sectors": ["ngo"]}, 2),
        ("two", {"sectors": ["ngo", "health"], "levels": ["commune"]}, 2),
        ("voi", {"voivodeships": ["lubelskie"]}, 1),
        ("none", {"sectors": ["ngo"], "voivodeships": ["mazowieckie"]}, 0),
    ):
        story.counts(code, "institution", "team_appointed", **where)
        assert (code, story.achieved(code)) == (code, number)
    assert story.row("all")["breakdown"] == {
        "sector": {"health": 1, "ngo": 2},
        "level": {"commune": 2, "county": 1},
        "voivodeship": {"lubelskie": 1, "podkarpackie": 2},
    }


def test_conditions_on_the_fact_choose_what_to_count(story: Story) -> None:
    world = story.world
    one, two, three = (world.institution() for _ in range(3))
    training = world.activity(story.project, kind="training")
    meeting = world.activity(story.project, kind="team_meeting")
    story.attend(training, {"institution": one}, {"institution": two})
    story.attend(meeting, {"institution": three})
    model, steering = (world.team(story.project, kind=kind) for kind in ("model", "steering"))
    story.appoint(model, "2019-01-01", institution=one, role="chair")
    story.appoint(steering, "2019-01-01", institution=two, role="member")
    facts = ("activity_attended", "team_appointed")
    for code, through, where, number in (
        ("kinds", facts[:1], {"activity_kinds": ["training"]}, 2),
        ("teams", facts[1:], {"team_kinds": ["steering"]}, 1),
        ("roles", facts[1:], {"roles": ["chair", "animator"]}, 1),
        # A condition on teams says nothing about activities.
        ("both", facts, {"roles": ["chair"]}, 3),
        ("either", facts, {"activity_kinds": ["team_meeting"], "team_kinds": ["model"]}, 2),
    ):
        story.counts(code, "institution", *through, **where)
        assert (code, story.achieved(code)) == (code, number)


def test_objects_of_every_kind_can_be_counted(story: Story) -> None:
    world, project = story.world, story.project
    party = world.institution(level="commune")
    team = world.team(project, voivodeship="lubelskie")
    world.case(project, team, effective_on="2019-01-01")
    world.grant(project, party)
    world.agreement(project, party, party2 := world.institution(), kind="partnership")
    held = world.activity(project, ends_on="2018-10-05")
    gone = world.activity(project)
    world.tell(f"activities/{gone}/cancel", on="2018-09-01")
    model = world.deliverable(project)
    for step in ("issue-version", "submit"):
        world.tell(f"deliverables/{model}/{step}", on="2019-03-31", version="1")
    approved = {"on": "2019-03-31", "version": "1", "approved_by": "M"}
    approval = story.manager.tell(f"deliverables/{model}/approve", **approved)
    story.user.position = approval["position"]
    choice = world.recruitment(project)
    world.tell(f"recruitments/{choice}/select", on="2018-05-01", institutions=[party2])
    for subject, fact, subjects, day in (
        ("team", "team_established", {team}, START),
        ("support_case", "case_opened", None, "2019-01-01"),
        ("grant", "grant_awarded", None, START),
        ("institution", "grant_awarded", {party}, START),
        ("agreement", "agreement_signed", None, START),
        ("activity", "activity_held", {held}, "2018-10-05"),
        ("deliverable", "deliverable_approved", {model}, "2019-03-31"),
        ("institution", "recruited", {party2}, "2018-05-01"),
    ):
        code = f"{subject}-{fact}"
        story.counts(code, subject, fact)
        items = story.user.get(story.row(code)["explain"])["items"]
        assert [item["counted_on"] for item in items] == [day], code
        assert subjects is None or {item["subject"] for item in items} == subjects
    story.counts("kinds", "agreement", "agreement_signed", agreement_kinds=["cooperation"])
    assert story.achieved("kinds") == 0
    story.counts("products", "deliverable", "deliverable_approved", deliverable_kinds=["model"])
    assert story.achieved("products") == 1


def test_a_rescheduled_activity_is_held_on_its_new_day(story: Story) -> None:
    activity = story.world.activity(story.project)
    story.counts("W", "activity", "activity_held")
    story.world.tell(
        f"activities/{activity}/reschedule",
        on="2018-09-01",
        starts_on="2018-12-01",
        ends_on="2018-12-02",
    )
    assert [story.achieved("W", d) for d in ("2018-10-02", "2018-12-01", "2018-12-02")] == [0, 0, 1]


def test_persons_are_broken_down_by_sex_and_age_at_entry(story: Story) -> None:
    world, team = story.world, story.world.team(story.project)
    county = world.institution(voivodeship="lubelskie")
    for sex, born_on in (
        ("f", "1994-05-01"),
        ("f", "1994-05-02"),
        ("m", "1964-05-01"),
        ("m", "1964-04-30"),
        (None, None),
    ):
        person = world.person(sex=sex, born_on=born_on, institution=county)
        story.appoint(team, "2019-05-01", person=person, role="member")
    story.counts("W", "person", "team_appointed")
    assert story.row("W")["breakdown"] == {
        "sex": {"f": 2, "m": 2, "unknown": 1},
        "age_group": {"25_54": 1, "over_54": 2, "under_25": 1, "unknown": 1},
        "voivodeship": {"lubelskie": 5},
    }


def test_characteristics_are_those_of_the_first_entry(story: Story) -> None:
    world, party = story.world, story.world.institution(sector="ngo", level="commune")
    story.counts("W", "institution", "team_appointed")
    story.appoint(world.team(story.project), "2019-05-01", institution=party, role="member")
    world.tell(f"institutions/{party}/update", on="2020-01-01", sector="health")
    assert story.row("W")["breakdown"]["sector"] == {"ngo": 1}
    world.tell(f"institutions/{party}/update", on="2019-05-01", sector="police")
    assert story.row("W")["breakdown"]["sector"] == {"police": 1}


def test_an_erased_person_goes_on_counting_in_the_same_breakdown(story: Story) -> None:
    world, team = story.world, story.world.team(story.project)
    person = world.person(
        sex="f", born_on="1994-01-01", institution=world.institution(voivodeship="lubelskie")
    )
    story.counts("W", "person", "team_appointed")
    story.appoint(team, "2019-05-01", person=person, role="member")
    before = story.row("W")
    world.tell(f"persons/{person}/erase", on="2020-01-01")
    after = story.row("W")
    assert after["breakdown"] == before["breakdown"]
    assert story.row("W", "2019-06-01")["breakdown"] == before["breakdown"]
    assert story.user.get(after["explain"])["items"][0]["subject_name"] == "[erased]"


@pytest.mark.parametrize(
    ("born_on", "group"),
    [("1994-05-01", "25_54"), ("1994-05-02", "under_25"), ("1964-05-02", "25_54")],
)
def test_the_age_on_entry_outlives_the_day_of_birth(story: Story, born_on: str, group: str) -> None:
    """In the year in which somebody becomes 25 or 55 the year of birth does not tell the group."""
    world, team = story.world, story.world.team(story.project)
    story.counts("W", "person", "team_appointed")
    person = world.person(born_on=born_on)
    story.appoint(team, "2019-05-01", person=person, role="member")
    before = story.row("W")["breakdown"]["age_group"]
    assert before == {group: 1}
    erasure = world.tell(f"persons/{person}/erase", on="2020-01-01")["position"]
    assert story.row("W")["breakdown"]["age_group"] == before
    path = f"/api/projects/{story.project}/indicators"
    then = story.user.get(path, known_at=erasure - 1)["items"][0]
    assert then["breakdown"]["age_group"] == before


def test_a_dropped_indicator_is_seen_before_it_was_dropped_only(story: Story) -> None:
    world, path = story.world, f"/api/projects/{story.project}/indicators"
    story.counts("W", "team", "team_established")
    drop = f"projects/{story.project}/drop-indicator"
    world.refused("indicator_unknown", drop, code="none")
    world.refused("not_true_yet", drop, on="2018-03-31", code="W")
    dropped = world.tell(drop, on="2020-01-01", code="W")["position"]

    def codes(**moment: Any) -> list[str]:
        return [row["code"] for row in story.user.get(path, **moment)["items"]]

    assert codes() == []
    assert codes(valid_at="2019-12-31") == ["W"]
    assert codes(known_at=dropped - 1) == ["W"]
    story.user.get(f"{path}/W/explain", status=404)
    story.counts("W", "team", "team_established")
    assert codes(valid_at="2019-12-31") == ["W"]


def test_facts_of_another_project_do_not_count(story: Story, shared: Service) -> None:
    other, party = Story(shared), story.world.institution()
    story.counts("W", "institution", "team_appointed")
    other.appoint(story.world.team(other.project), "2019-01-01", institution=party, role="chair")
    assert story.achieved("W") == 0


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("target", {"target": 0}),
        ("target", {"target": "10"}),
        ("counts.through", {"counts": {"subject": "team", "through": []}}),
        ("counts.through[0]", {"counts": {"subject": "team", "through": ["sung"]}}),
        ("counts.subject", {"counts": {"subject": "choir", "through": ["team_established"]}}),
        (
            "counts.where.colour",
            {
                "counts": {
                    "subject": "team",
                    "through": ["team_established"],
                    "where": {"colour": "red"},
                }
            },
        ),
        (
            "counts.where.min_times",
            {
                "counts": {
                    "subject": "team",
                    "through": ["team_established"],
                    "where": {"min_times": 0},
                }
            },
        ),
    ],
)
def test_an_indicator_that_counts_nothing_is_refused(
    story: Story, field: str, change: dict[str, Any]
) -> None:
    counts = {"subject": "team", "through": ["team_established"]}
    body = {"code": "W", "name": "W", "kind": "output", "target": 1, "counts": counts}
    refused = story.world.tell(
        f"projects/{story.project}/set-indicator", status=422, **(body | change)
    )
    assert [e["field"] for e in refused["errors"]] == [field]


@pytest.mark.parametrize("code", ["A/B", "~2", "~1/~0", ".", "..", "ż ?#&"])
def test_an_indicator_is_explained_whatever_its_code(story: Story, code: str) -> None:
    story.world.team(story.project)
    story.counts(code, "team", "team_established")
    assert story.achieved(code, "2026-01-01") == 1
