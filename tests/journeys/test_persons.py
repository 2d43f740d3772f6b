"""Who reads the names of persons, and what is left of a person who was erased?"""

import json

from tests.journeys.conftest import Client, Service
from tests.journeys.world import World


def test_names_of_persons_are_hidden_from_officers(shared: Service, world: World) -> None:
    project, officer = world.project(), shared.user("officer")
    person = world.person(family_name="Tajemnicza")
    team, activity = world.team(project), world.activity(project)
    world.tell(f"teams/{team}/appoint", person=person, role="chair")
    world.tell(
        f"activities/{activity}/record-attendance", on="2018-10-01", attendees=[{"person": person}]
    )
    world.tell(
        f"projects/{project}/set-indicator",
        code="W",
        name="W",
        kind="output",
        target=1,
        counts={"subject": "person", "through": ["team_appointed"]},
    )
    officer.position = world.client.position
    assert "Tajemnicza" in str(world.client.get(f"/api/teams/{team}"))
    officer.get("/api/persons", status=403)
    officer.get(f"/api/persons/{person}", status=403)
    for path in _about(project, team, activity):
        text = json.dumps(officer.get(path), ensure_ascii=False)
        assert "Tajemnicza" not in text


def _about(project: str, team: str, activity: str) -> list[str]:
    return [
        f"/api/teams/{team}",
        "/api/teams",
        f"/api/activities/{activity}",
        f"/api/projects/{project}/report",
        f"/api/projects/{project}/indicators",
        f"/api/projects/{project}/indicators/W/explain",
    ]


def test_an_erased_person_is_named_in_no_answer_not_even_of_the_past(
    user: Client, world: World
) -> None:
    project, person = (
        world.project(),
        world.person(
            family_name="Zapomniana", email="z@example.pl", phone="600100200", born_on="1984-02-29"
        ),
    )
    team, activity = world.team(project), world.activity(project)
    world.tell(f"teams/{team}/appoint", person=person, role="chair")
    world.tell(
        f"activities/{activity}/record-attendance", on="2018-10-01", attendees=[{"person": person}]
    )
    world.tell(
        f"projects/{project}/set-indicator",
        code="W",
        name="W",
        kind="output",
        target=1,
        counts={"subject": "person", "through": ["team_appointed"]},
    )
    before = world.tell(f"persons/{person}/erase", on="2020-01-01")["position"] - 1
    paths = [*_about(project, team, activity), "/api/persons", f"/api/persons/{person}"]
    for path in paths:
        for moment in ({}, {"known_at": before}, {"valid_at": "2019-01-01", "known_at": before}):
            text = json.dumps(user.get(path, **moment), ensure_ascii=False)
            assert not any(x in text for x in ("Zapomniana", "z@example", "600100200", "02-29"))
    assert user.get("/api/persons", name="zapomniana")["items"] == []
    assert user.get("/api/persons", name="zapomniana", known_at=before)["items"] == []
    assert user.get(f"/api/persons/{person}", known_at=before)["erased"] is True
    assert user.get(f"/api/projects/{project}/indicators")["items"][0]["achieved"] == 1
