"""Whom does a project know? Who takes part in it, and whom it entered; and nobody else."""

import io
import zipfile
from typing import Any

import pytest

from tests.edges.worlds import Two
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client
from tests.journeys.world import START, UNKNOWN, World


@pytest.fixture(scope="module")
def anna(two: Two) -> Client:
    """Coordinates the first project."""
    return two.user("coordinator", two.own.project)


@pytest.fixture(scope="module")
def jan(two: Two) -> Client:
    """Coordinates the other one."""
    return two.user("coordinator", two.other.project)


def told(user: Client, path: str, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    """What becomes of a command that may be refused."""
    answer = user.raw("POST", path, json=body, headers=headers)
    return answer.status_code, answer.json()


def appointing(two: Two, person: str) -> tuple[str, dict[str, Any]]:
    return f"/api/teams/{two.own.ids['teams']}/appoint", {"person": person, "role": "member"}


@pytest.mark.parametrize("who", ["persons", "persons-idle", "persons-entered"])
def test_a_person_of_nobody_or_of_another_project_does_not_exist(
    two: Two, anna: Client, who: str
) -> None:
    person, reason = two.other.ids[who], {"reason": "próba"}
    before = two.own.books.world.head()
    anna.get(f"/api/persons/{person}", status=404)
    for path, body in (
        appointing(two, "{}"),
        ("/api/persons/{}/update", {"given_name": "Ewa"} | reason),
        ("/api/persons/{}/erase", reason),
        ("/api/persons/{}/erase", {}),
    ):
        answers = []
        for id in (person, UNKNOWN):
            named = {k: id if v == "{}" else v for k, v in body.items()}
            answers.append(told(anna, path.replace("{}", id), named))
        assert answers[0] == answers[1]
        assert answers[0][0] in (404, 422)
    taken = {"id": person, "given_name": "Ewa", "family_name": "Nowak"}
    assert told(anna, "/api/persons", taken)[1]["errors"] == [
        {"field": "id", "message": "is the id of another object"}
    ]
    found = anna.get("/api/persons", limit=500)["items"]
    assert person not in {one["id"] for one in found}
    assert two.own.books.world.head() == before


def test_who_was_entered_for_a_project_is_brought_into_its_teams_and_activities(
    two: Two, anna: Client, jan: Client
) -> None:
    person = World(anna).person(family_name="Wprowadzona")
    jan.position = two.admin.position = anna.position
    assert [p["id"] for p in anna.get("/api/persons", name="wprowadz")["items"]] == [person]
    jan.get(f"/api/persons/{person}", status=404)
    anna.post(*appointing(two, person))
    attended = {"attendees": [{"person": person}], "effective_on": "2018-10-02"}
    anna.post(f"/api/activities/{two.own.ids['activities']}/record-attendance", attended)
    anna.post(f"/api/persons/{person}/update", {"phone": "600100200", "reason": "numer"})
    event = two.admin.get("/api/events", stream=person)["items"][0]
    assert event["data"]["entered_for"] == two.own.project
    anna.post(f"/api/persons/{person}/erase", {"reason": "na prośbę"})
    assert anna.get(f"/api/persons/{person}")["erased"] is True


def test_a_person_is_entered_and_appointed_in_one_request(two: Two, anna: Client) -> None:
    id = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2d"
    path, body = appointing(two, id)
    commands = [
        {"path": "/api/persons", "body": {"id": id, "given_name": "Ewa", "family_name": "Nowak"}},
        {"path": path, "body": body},
    ]
    anna.post("/api/batch", {"commands": commands})
    members = anna.get(f"/api/teams/{two.own.ids['teams']}")["members"]
    assert "Ewa Nowak" in [one["person_name"] for one in members]


def test_a_form_enters_a_person_whom_the_next_form_appoints(two: Two) -> None:
    browser = Browser(two.service)
    browser.sign_in(two.service.token("coordinator", two.own.project))

    def sent(path: str, **fields: Any) -> str:
        form = {"csrf": browser.csrf, "effective_on": START} | fields
        browser.page("POST", path, status=303, data=form, follow_redirects=False)
        return str(browser.headers["location"])

    at = sent("/persons/create", given_name="Zofia", family_name="Zformularza")
    person = at.removeprefix("/persons/").partition("?")[0]
    team = two.own.ids["teams"]
    line = {"lines": "Zofia Zformularza", "do": "find", "csrf": browser.csrf}
    found = browser.page("POST", f"/teams/{team}/appoint", status=200, data=line)
    assert f'value="|{person}" checked' in found.decode()
    row = f"|{person}"
    sent(f"/teams/{team}/appoint", row=row, who=row, do="record")
    assert "Zofia Zformularza" in browser.page("GET", f"/teams/{team}", status=200).decode()


def test_who_belongs_to_two_projects_is_changed_and_erased_by_those_of_all(
    two: Two, anna: Client, jan: Client
) -> None:
    person = World(jan).person(family_name="Wspólna")
    two.admin.position = jan.position
    two.admin.post(*appointing(two, person))
    anna.position = jan.position = two.admin.position
    for user in (anna, jan):
        assert user.get(f"/api/persons/{person}")["family_name"] == "Wspólna"
        for command, body in (("update", {"phone": "600100200"}), ("erase", {})):
            path, said = f"/api/persons/{person}/{command}", body | {"reason": "próba"}
            status, refused = told(user, path, said)
            assert (status, refused["rule"]) == (409, "takes_part_elsewhere")
            assert not any(side.project in str(refused) for side in (two.own, two.other))
    two.admin.post(f"/api/persons/{person}/update", {"phone": "600100200", "reason": "numer"})


def test_a_bundle_does_not_say_for_which_other_project_somebody_was_entered(
    two: Two, jan: Client
) -> None:
    person = World(jan).person()
    two.admin.position = jan.position
    two.admin.post(*appointing(two, person))
    entered, position = two.admin.get("/api/events", stream=person)["items"][0], two.admin.position
    auditor = two.user("auditor", two.own.project)
    path = f"/api/projects/{two.own.project}/bundle.zip"
    answer = auditor.raw("GET", path, headers={"Ledger-Position": str(position)})
    members = zipfile.ZipFile(io.BytesIO(answer.content))
    texts = {name: members.read(name) for name in members.namelist()}
    told = [
        line for text in texts.values() for line in text.splitlines() if person.encode() in line
    ]
    assert told
    assert not [line for line in told if two.other.project.encode() in line]
    mark = f"{entered['position']} {entered['leaf_hash']} withheld"
    assert mark in texts["proofs/hashes.txt"].decode().splitlines()
