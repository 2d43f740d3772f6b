"""Who read a person's data, and what is held about a person?"""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from ledger.privacy.disclosure import Disclosure
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World


def readers(user: Client, person: str) -> list[tuple[str, str]]:
    """Who read it where, the first first."""
    items = user.get(f"/api/persons/{person}/reads")["items"]
    return [(one["reader_name"], one["path"]) for one in reversed(items)]


def reader(shared: Service, user: Client, role: str) -> Client:
    made = shared.user(role, name=f"pani {role}")
    made.position = user.position
    return made


def test_every_answer_that_names_a_person_is_in_the_journal(
    shared: Service, user: Client, world: World, project: str
) -> None:
    person, other = world.person(), world.person()
    team = world.team(project)
    world.tell(f"teams/{team}/appoint", person=person, role="chair")
    coordinator, officer = (reader(shared, user, r) for r in ("coordinator", "officer"))
    paths = [f"/api/persons/{person}", f"/api/teams/{team}", "/api/persons"]
    for path in paths:
        coordinator.get(path)
    officer.get(f"/api/teams/{team}")  # an officer sees no names
    assert readers(user, person) == [("pani coordinator", path) for path in paths]
    assert readers(user, other) == [("pani coordinator", "/api/persons")]


def test_replays_and_histories_are_in_the_journal_too(
    shared: Service, user: Client, world: World
) -> None:
    person, auditor = world.person(), reader(shared, user, "auditor")
    for path in (f"/api/streams/{person}", f"/api/streams/{person}/history"):
        auditor.get(path)
    auditor.get("/api/events", stream=person)  # stays sealed
    assert [path for _, path in readers(user, person)] == [
        f"/api/streams/{person}",
        f"/api/streams/{person}/history",
    ]


def test_an_entry_names_the_request(user: Client, world: World) -> None:
    person = world.person()
    answer = user.raw("GET", f"/api/persons/{person}", headers={"X-Request-ID": "r-1"})
    assert answer.json()["given_name"] == "Anna"
    (entry,) = user.get(f"/api/persons/{person}/reads")["items"]
    assert entry["request_id"] == "r-1"
    assert entry["read_at"].endswith("Z")


def test_a_search_that_finds_nobody_reads_nobody(user: Client, world: World) -> None:
    person = world.person(family_name="Nieznaleziona")
    assert user.get("/api/persons", name="nikt taki")["items"] == []
    assert readers(user, person) == []
    assert [p["id"] for p in user.get("/api/persons", name="NIEZNALEZ")["items"]] == [person]
    assert len(readers(user, person)) == 1


def test_the_journal_comes_page_by_page(user: Client, world: World) -> None:
    person = world.person()
    for _ in range(5):
        user.get(f"/api/persons/{person}")
    path = f"/api/persons/{person}/reads"
    whole, pages, cursor = user.get(path)["items"], [], None
    while True:
        page = user.get(path, limit=2, **({"cursor": cursor} if cursor else {}))
        pages += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(whole) == 5
    assert pages == whole


@pytest.mark.parametrize("what", ["reads", "export"])
def test_only_those_see_it_who_oversee_all_projects(
    shared: Service, user: Client, world: World, project: str, what: str
) -> None:
    path = f"/api/persons/{world.person()}/{what}"
    for role in ("officer", "coordinator", "manager"):
        reader(shared, user, role).get(path, status=403)
    for role in ("auditor", "admin"):
        reader(shared, user, role).get(path)
        shared.user(role, project).get(path, status=403)
    shared.nobody().get(path, status=401)
    user.get(f"/api/persons/{project}/{what}", status=404)


def test_a_person_gets_all_that_is_held(
    shared: Service, user: Client, world: World, project: str
) -> None:
    person = world.person(given_name="Ewa", born_on="1984-02-29", email="ewa@example.org")
    world.tell(f"persons/{person}/update", phone="600100200", because="numer")
    team = world.team(project, name="Zespół Ewy")
    made = world.tell(f"teams/{team}/appoint", person=person, role="chair", on="2019-01-01")
    dismissal = {"appointment": made["appointment"], "on": "2019-06-01", "because": "koniec"}
    world.tell(f"teams/{team}/dismiss", **dismissal)
    activity = world.activity(project, title="Szkolenie Ewy")
    came = [{"person": person, "hours": 3}, {"person": world.person()}]
    world.tell(f"activities/{activity}/record-attendance", attendees=came, on="2018-10-01")
    reader(shared, user, "coordinator").get(f"/api/persons/{person}")
    found = user.get(f"/api/persons/{person}/export")
    assert (found["person"]["given_name"], found["person"]["born_on"]) == ("Ewa", "1984-02-29")
    said: dict[str, Any] = {}
    for event in found["events"]:
        said |= event["data"]
    assert (said["email"], said["phone"]) == ("ewa@example.org", "600100200")
    assert found["events"][1]["reason"] == "numer"
    (membership,) = found["teams"]
    assert (membership["team_name"], membership["role"]) == ("Zespół Ewy", "chair")
    assert (membership["since"], membership["until"]) == ("2019-01-01", "2019-06-01")
    (part,) = found["activities"]
    assert (part["title"], part["hours"]) == ("Szkolenie Ewy", 3)
    assert [one["type"] for one in found["mentions"]] == [
        "team.member-appointed",
        "team.member-dismissed",
        "activity.attendance-recorded",
    ]
    assert [one["reader_name"] for one in found["reads"]] == ["test admin", "pani coordinator"]
    world.tell(f"persons/{person}/erase")
    after = user.get(f"/api/persons/{person}/export")
    assert after["person"]["given_name"] == after["events"][0]["data"]["given_name"] == "[erased]"
    assert after["teams"] == found["teams"]


def test_the_journal_cannot_be_changed(shared: Service, user: Client, world: World) -> None:
    user.get(f"/api/persons/{world.person()}")
    url = shared.http.app.state.parts.url
    with psycopg.connect(url, autocommit=True) as owner:
        for change in ("UPDATE journal.reads SET path = ''", "DELETE FROM journal.reads"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(change.encode())
        owner.execute("SET ROLE ledger_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("SELECT FROM journal.reads")


def test_a_list_too_long_to_sort_by_name_opens_only_its_page(
    user: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {world.person(family_name=name): name for name in ("Żak", "Adamska", "Listowska")}
    by_name = [one["id"] for one in user.get("/api/persons", limit=500)["items"]]
    monkeypatch.setattr("ledger.queries.asking.BY_NAME_LIMIT", 2)
    opened: list[str | None] = []
    inside = Disclosure.inside

    async def overheard(self: Disclosure, texts: Sequence[str | None]) -> list[str | None]:
        opened.extend(texts)
        return await inside(self, texts)

    monkeypatch.setattr(Disclosure, "inside", overheard)
    walked: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = user.get("/api/persons", limit=2, **cursor)
        walked += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert opened == []
    assert [one["id"] for one in walked] == sorted(by_name) != by_name
    assert names.items() <= {one["id"]: one["family_name"] for one in walked}.items()
    user.get("/api/persons", name="listowska", **cursor, status=422)  # of the other order
    found = user.get("/api/persons", name="listowska")["items"]
    assert [one["family_name"] for one in found] == ["Listowska"]
