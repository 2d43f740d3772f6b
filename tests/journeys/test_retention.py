"""Until when are documents kept, and how is somebody erased whose data need not be kept longer?"""

from typing import Any

import pytest

from tests.journeys.accounts import accounts
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

NEW = {"programme": "FERS 2021-2027", "starts_on": "2023-01-01", "ends_on": "2025-12-31"}
DUE = "/api/persons-due-for-erasure"


def kept(user: Client, project: str, **moment: Any) -> dict[str, Any]:
    found: dict[str, Any] = user.get(f"/api/projects/{project}/retention", **moment)
    return found


def new_project(world: World) -> str:
    """A project of 2021-2027 that was last paid on 12 March 2026."""
    project = world.project(effective_on="2023-01-01", **NEW)
    for on in ("2024-05-01", "2026-03-12"):
        world.tell(f"projects/{project}/receive-funds", amount="10.00", on=on)
    return project


def old_project(world: World, paid_on: str = "2019-05-13") -> str:
    """A project of 2014-2020."""
    project = world.project()
    world.tell(f"projects/{project}/receive-funds", amount="10.00", on=paid_on)
    return project


def test_five_years_from_the_end_of_the_year_of_the_last_payment(
    user: Client, world: World
) -> None:
    project = new_project(world)
    found = kept(user, project)
    assert (found["last_payment_on"], found["keep_until"]) == ("2026-03-12", "2031-12-31")
    assert (found["regulation"], found["suspended"]) == ("2021/1060", False)
    assert kept(user, project, lang="en")["basis"] == "Article 82 of Regulation (EU) 2021/1060"
    event = user.get("/api/events", after=found["counts_from"] - 1, limit=1)["items"][0]
    assert event["type"] == "project.funds-received"
    assert kept(user, project, valid_at="2025-01-01")["keep_until"] == "2029-12-31"
    assert kept(user, project, valid_at="2024-01-01")["keep_until"] is None
    user.get(f"/api/projects/{world.institution()}/retention", status=404)


def test_two_years_after_the_accounts_with_the_last_claim_that_was_approved(
    shared: Service, world: World
) -> None:
    books = accounts(world)
    claim = books.claim(books.spend())
    books.tell(f"claims/{claim}/submit")
    books.by(shared.user("manager"), f"claims/{claim}/approve", effective_on="2019-07-01")
    found = kept(world.client, books.project)
    assert found["accounts_due_on"] == "2021-02-15"
    assert (found["keep_from"], found["keep_until"]) == ("2021-12-31", "2023-12-31")
    books.tell(f"claims/{claim}/pay", amount="1.00", paid_on="2019-08-01", on="2019-08-01")
    assert kept(world.client, books.project)["keep_until"] == "2023-12-31"


def test_an_open_proceeding_suspends_the_end_and_then_moves_it(user: Client, world: World) -> None:
    project = old_project(world)  # kept until the end of 2022
    assert kept(user, project)["keep_until"] == "2022-12-31"
    said = {"hold": "II SA/Rz 12/21", "because": "skarga do sądu"}
    placed = world.tell(f"projects/{project}/place-hold", **said, on="2021-03-01")
    while_open = kept(user, project)
    assert (while_open["suspended"], while_open["keep_until"]) == (True, None)
    world.tell(f"projects/{project}/lift-hold", **said, on="2021-03-31")
    after = kept(user, project)
    assert (after["suspended"], after["keep_until"]) == (False, "2023-01-30")
    assert [(one["hold"], one["days"]) for one in after["holds"]] == [("II SA/Rz 12/21", 30)]
    assert kept(user, project, valid_at="2021-03-15")["suspended"] is True
    assert kept(user, project, known_at=placed["position"] - 1)["holds"] == []
    world.refused("hold_unknown", f"projects/{project}/lift-hold", **said, on="2021-04-01")


class Story:
    """Somebody who took part in a project of long ago, and the people who look after the data."""

    def __init__(self, service: Service, user: Client, world: World) -> None:
        self.service, self.user, self.world = service, user, world
        self.project = old_project(world)
        self.person = self.joins(self.project, family_name="Przeterminowana")

    def joins(self, project: str, person: str | None = None, **fields: Any) -> str:
        person = person or self.world.person(**fields)
        team = self.world.team(project)
        self.world.tell(f"teams/{team}/appoint", person=person, role="member")
        return person

    def by(self, role: str, name: str | None = None) -> Client:
        made = self.service.user(role, name=name or f"pani {role}")
        made.position = self.user.position
        return made

    def due(self) -> set[str]:
        return {one["id"] for one in self.by("auditor").get(DUE, limit=500)["items"]}

    def request(self, *persons: str, status: int = 201, **more: Any) -> dict[str, Any]:
        asker = self.by("coordinator", "Anna")
        body = {"persons": list(persons), "reason": "po okresie przechowywania"} | more
        answer = asker.post("/api/erasures", body, status=status)
        self.user.position = max(self.user.position, asker.position)
        return answer


@pytest.fixture
def story(shared: Service, user: Client, world: World) -> Story:
    return Story(shared, user, world)


def test_who_took_part_in_what_is_over_is_due(story: Story) -> None:
    found = story.by("coordinator").get(DUE, limit=500)["items"]
    (row,) = [one for one in found if one["id"] == story.person]
    assert row["person_name"] == "Anna Przeterminowana"
    assert (row["due_since"], row["projects"][0]["keep_until"]) == ("2023-01-01", "2022-12-31")
    idle = story.world.person()
    current = story.joins(new_project(story.world))
    both = story.joins(new_project(story.world), story.joins(story.project))
    assert not {idle, current, both} & story.due()
    story.by("officer").get(DUE, status=403)
    story.service.user("coordinator", story.project).get(DUE, status=403)


def test_the_list_comes_page_by_page(story: Story) -> None:
    story.joins(story.project)
    whole = story.user.get(DUE, limit=500)["items"]
    pages: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = story.user.get(DUE, limit=1, **cursor)
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert pages == whole


def test_two_people_erase_whom_nothing_keeps(story: Story) -> None:
    other = story.joins(story.project, born_on="1993-06-01", family_name="Inna")
    asked = story.request(story.person, other)
    path = f"/api/erasures/{asked['id']}"
    anna, ewa = story.by("admin", "Anna"), story.by("manager", "Ewa")
    assert anna.post(f"{path}/approve", {}, status=409)["rule"] == "four_eyes"
    story.by("coordinator", "Ewa").post(f"{path}/approve", {}, status=403)
    named = ewa.get(path)
    assert (named["status"], named["requested_by"]) == ("requested", "Anna")
    names = {one["person"]: one["person_name"] for one in named["persons"]}
    assert names == {story.person: "Anna Przeterminowana", other: "Anna Inna"}
    ewa.post(f"{path}/approve", {})
    story.user.position = ewa.position
    for person in (story.person, other):
        row = story.user.get(f"/api/persons/{person}")
        assert (row["erased"], row["family_name"]) == (True, "[erased]")
    after = story.user.get(path)
    assert (after["status"], after["decided_by"]) == ("approved", "Ewa")
    assert {one["person_name"] for one in after["persons"]} == {"[erased]"}
    assert not {story.person, other} & story.due()
    events = story.user.get("/api/events", stream=other)["items"]
    assert events[-1]["data"] == {"ages": [{"entered_on": "2018-04-01", "age_group": "under_25"}]}
    assert ewa.post(f"{path}/approve", {}, status=409)["rule"] == "erasure_decided"


def test_who_must_be_kept_is_not_erased_in_this_way(story: Story) -> None:
    kept_person = story.joins(new_project(story.world))
    refused = story.request(story.person, kept_person, status=409)
    assert refused["rule"] == "retention_not_over"
    assert refused["collides_with"] == f"/api/persons/{kept_person}"
    asked = story.request(story.person)
    hold = {"hold": "OLAF", "on": "2026-01-01", "because": "dochodzenie"}
    story.world.tell(f"projects/{story.project}/place-hold", **hold)
    ewa = story.by("manager", "Ewa")
    refused = ewa.post(f"/api/erasures/{asked['id']}/approve", {}, status=409)
    assert refused["rule"] == "retention_not_over"
    assert story.user.get(f"/api/persons/{story.person}")["erased"] is False
    ewa.post(f"/api/erasures/{asked['id']}/reject", {"reason": "toczy się postępowanie"})
    story.user.position = ewa.position
    (row,) = story.user.get("/api/erasures", person=story.person)["items"]
    assert (row["status"], row["decided_by"]) == ("rejected", "Ewa")


def test_only_those_of_all_projects_take_part(story: Story) -> None:
    asked = story.request(story.person)
    scoped = {role: story.service.user(role, story.project) for role in ("coordinator", "manager")}
    body = {"persons": [story.person], "reason": "próba"}
    scoped["coordinator"].post("/api/erasures", body, status=403)
    scoped["manager"].get("/api/erasures", status=403)
    scoped["manager"].get(f"/api/erasures/{asked['id']}", status=403)
    scoped["manager"].post(f"/api/erasures/{asked['id']}/approve", {}, status=403)


def test_pages_of_erasures_are_offered_to_those_of_all_projects_only(story: Story) -> None:
    for project, status in ((None, 200), (story.project, 403)):
        browser = Browser(story.service)
        browser.sign_in(story.service.token("coordinator", project))
        for path in ("/erasures", "/erasures/due"):
            browser.page("GET", path, status=status)
        offered = b'href="/erasures"' in browser.page("GET", "/persons", status=200)
        assert offered == (project is None)
