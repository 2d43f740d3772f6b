"""What changed in a project between two moments of knowledge: rows, and the events behind them."""

from itertools import pairwise
from typing import Any

import pytest
from msgspec import inspect

from ledger.projections.engine.model import Table
from ledger.projections.person_register import PERSONS
from ledger.queries.differences import tables
from tests.journeys.accounts import ON, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

LATE = "2021-07-31"


def changes(user: Client, project: str, since: int | str, **asked: Any) -> dict[str, Any]:
    asked = {"from": since, "valid_at": ON} | asked
    answer: dict[str, Any] = user.get(f"/api/projects/{project}/changes", **asked)
    return answer


def told(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one["table"], one["change"], one["name"]) for one in answer["items"]]


def test_what_became_known_late_is_told_with_its_event_and_reason(
    world: World, user: Client
) -> None:
    project, gmina = world.project(), world.institution(name="Gmina Mirzec")
    team = world.team(project, name="GPZ-K Mirzec")
    world.tell(f"teams/{team}/appoint", institution=gmina, role="member", because="powołanie")
    appointed = world.head()
    (member,) = user.get(f"/api/teams/{team}")["members"]
    dismissal = {"appointment": member["appointment"]}
    world.tell(f"teams/{team}/dismiss", on="2019-01-01", because="odwołanie", **dismissal)
    answer = changes(user, project, appointed - 1)
    assert answer["items"] == []
    assert (answer["from"], answer["to"]) == (appointed - 1, world.head())
    (gone,) = changes(user, project, appointed)["items"]
    assert (gone["table"], gone["change"], gone["name"]) == (
        "appointments", "removed", "Gmina Mirzec",
    )  # fmt: skip
    assert gone["key"] == {"team": team, "appointment": member["appointment"]}
    assert (gone["subject"], gone["subject_collection"]) == (team, "teams")
    assert (gone["position"], gone["type"]) == (world.head(), "team.member-dismissed")
    assert (gone["reason"], gone["recorded_by"]) == ("odwołanie", "test admin")
    assert {"field": "role", "before": "member", "after": None} in gone["fields"]
    assert changes(user, project, appointed, valid_at="2018-12-31")["items"] == []
    (come,) = changes(user, project, appointed - 1, to=appointed)["items"]
    assert (come["change"], come["reason"]) == ("added", "powołanie")
    assert {"field": "role", "before": None, "after": "member"} in come["fields"]


def test_of_a_changed_row_the_fields_that_differ_are_told(world: World, user: Client) -> None:
    project = world.project(value="1000.00")
    before = world.head()
    world.tell(f"projects/{project}/amend", annex="Aneks 1", value="1500.00", on="2019-02-01")
    (annex, terms) = changes(user, project, before)["items"]
    assert (annex["table"], annex["change"]) == ("annexes", "added")
    assert (terms["table"], terms["change"]) == ("projects", "changed")
    assert terms["fields"] == [{"field": "value", "before": "1000.00", "after": "1500.00"}]


def test_moments_are_positions_or_times(world: World, user: Client) -> None:
    project = world.project()
    team = world.team(project)
    (event,) = world.client.get("/api/events", stream=team)["items"]
    answer = changes(user, project, "2018-01-01T00:00:00Z", to=event["recorded_at"])
    assert (answer["from"], answer["to"]) == (0, event["position"])
    assert ("teams", "added") in [(table, change) for table, change, _ in told(answer)]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": 1, "to": "2019-05-13"}, "to"),
        ({"from": 1, "to": 10**9}, "to"),
        ({"from": 2, "to": 1}, "from"),
        ({"from": 1, "known_at": 1}, "known_at"),
        ({"from": 1, "valid_at": "x"}, "valid_at"),
        ({"from": 1, "limit": 0}, "limit"),
        ({"from": 1, "cursor": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_meant_is_named(
    user: Client, project: str, asked: dict[str, Any], field: str
) -> None:
    problem = user.get(f"/api/projects/{project}/changes", status=422, **asked)
    assert [one["field"] for one in problem["errors"]] == [field]


def test_a_charge_that_went_to_another_project_left_the_one_and_came_to_the_other(
    shared: Service, world: World
) -> None:
    mine, other = accounts(world), accounts(world)
    expenditure, charge = mine.spend("100.00")
    before = world.head()
    mine.tell(f"expenditures/{expenditure}/correct", charge=charge, project=other.project)
    seen = {}
    for books in (mine, other):
        auditor = shared.user("auditor", books.project)
        auditor.position = world.client.position
        seen[books] = changes(auditor, books.project, before)["items"]
    (left,) = [one for one in seen[mine] if one["table"] == "charges"]
    assert left["change"] == "removed"
    assert all(field["after"] is None for field in left["fields"])
    assert {"field": "project", "before": mine.project, "after": None} in left["fields"]
    came = {one["table"]: one for one in seen[other]}
    assert came["charges"]["change"] == came["accounting_documents"]["change"] == "added"
    assert {one["position"] for one in seen[other]} == {world.head()}
    assert {"field": "project", "before": None, "after": other.project} in (
        came["charges"]["fields"]
    )


def test_a_grant_of_one_project_sees_no_other(shared: Service, world: World, project: str) -> None:
    stranger = shared.user("auditor", world.project())
    stranger.position = world.client.position
    stranger.get(f"/api/projects/{project}/changes", status=404, **{"from": 0})
    shared.nobody().get(f"/api/projects/{project}/changes", status=401, **{"from": 0})


@pytest.mark.parametrize(("role", "name"), [("officer", None), ("auditor", "Anna Kowalska")])
def test_a_person_is_named_to_those_who_may_read_persons(
    shared: Service, world: World, role: str, name: str | None
) -> None:
    project = world.project()
    team, anna = world.team(project), world.person(given_name="Anna", family_name="Kowalska")
    before = world.head()
    world.tell(f"teams/{team}/appoint", person=anna, role="chair")
    reader = shared.user(role)
    reader.position = world.client.position
    assert told(changes(reader, project, before)) == [("appointments", "added", name)]


def personal(table: Table) -> list[str]:
    """The fields of its rows that hold sealed personal data."""
    row = inspect.type_info(table.row)
    assert isinstance(row, inspect.StructType)
    found = []
    for field in row.fields:
        kinds = field.type.types if isinstance(field.type, inspect.UnionType) else [field.type]
        metas = [kind for kind in kinds if isinstance(kind, inspect.Metadata)]
        if any((meta.extra or {}).get("sealed") for meta in metas):
            found.append(field.name)
    return found


def test_personal_data_stand_in_no_table_of_a_project() -> None:
    assert "given_name" in personal(PERSONS)
    assert PERSONS.name not in tables()
    assert {name: personal(table) for name, table in tables().items() if personal(table)} == {}


def test_the_real_case_is_told_page_by_page(auditor: Client) -> None:
    project = auditor.get("/api/projects", code="LIDERZY")["items"][0]["id"]
    head = auditor.get("/api/projects")["position"]
    asked = {"limit": 100, "to": head, "valid_at": LATE}
    first = answer = changes(auditor, project, head - 400, **asked)
    found = list(answer["items"])
    while answer["next"]:
        answer = changes(auditor, project, head - 400, cursor=answer["next"], **asked)
        assert answer["totals"] == first["totals"]
        found += answer["items"]
    assert len(found) == sum(n for of in first["totals"].values() for n in of.values()) > 300
    positions = [one["position"] for one in found]
    assert all(earlier <= later for earlier, later in pairwise(positions))
    assert len({(one["table"], str(one["key"])) for one in found}) == len(found)
    assert first["totals"]["custodies"] == {"added": 0, "changed": 1, "removed": 0}
    (moved,) = [one for one in found if one["table"] == "custodies"]
    assert (moved["type"], moved["name"]) == (
        "custody.moved", "Dokumenty księgowe do wniosku W-001",
    )  # fmt: skip
    assert [field["field"] for field in moved["fields"]] == ["place"]


def test_nothing_is_different_between_a_moment_and_itself(auditor: Client) -> None:
    project = auditor.get("/api/projects", code="LIDERZY")["items"][0]["id"]
    answer = changes(auditor, project, 500, to=500)
    assert (answer["items"], answer["totals"], answer["next"]) == ([], {}, None)
