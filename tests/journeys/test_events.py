"""What was recorded? Events as they stand, replayed streams, and what each event changed."""

import hashlib
import json
from datetime import date
from typing import Any

import msgspec
import pytest

from ledger.projections.engine.reading import Moment
from ledger.queries import event_list
from ledger.queries.asking import Asker, Question
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

LEAF = (
    "position",
    "stream",
    "version",
    "type",
    "effective_on",
    "recorded_at",
    "recorded_by",
    "reason",
    "evidence",
    "request_id",
    "data",
)


def _walk(user: Client, path: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        page = user.get(path, **params)
        rows += page["items"]
        if page["next"] is None:
            return rows
        params["cursor"] = page["next"]


def test_a_stream_is_replayed_up_to_a_version_or_a_moment(user: Client, world: World) -> None:
    project = world.project(title="Pierwszy")
    changed = world.tell(f"projects/{project}/amend", on="2019-01-01", annex="1", title="Drugi")
    path = f"/api/streams/{project}"
    assert user.get(path)["state"]["title"] == "Drugi"
    first = user.get(path, version=1)
    assert (first["state"]["title"], first["version"]) == ("Pierwszy", 1)
    assert user.get(path, known_at=changed["position"] - 1)["state"]["title"] == "Pierwszy"
    recorded = user.get(path, known_at=changed["recorded_at"])
    assert (recorded["state"]["title"], recorded["collection"]) == ("Drugi", "projects")
    user.get(path, version=3, status=404)
    user.get(path, version=0, status=422)
    user.get(path, version=1, known_at=1, status=422)
    user.get(path, known_at=first["position"] - 1, status=404)
    user.get(f"/api/streams/{UNKNOWN}", status=404)


def test_history_says_what_each_event_changed(user: Client, world: World) -> None:
    project = world.project(title="Pierwszy")
    world.tell(
        f"projects/{project}/amend", on="2019-01-01", annex="1", title="Drugi", because="aneks"
    )
    rows = user.get(f"/api/streams/{project}/history")["items"]
    assert [row["version"] for row in rows] == [1, 2]
    assert rows[1]["reason"] == "aneks"
    assert {"field": "title", "before": "Pierwszy", "after": "Drugi"} in rows[1]["changes"]
    assert {"field": "title", "before": None, "after": "Pierwszy"} in rows[0]["changes"]
    assert all(change["before"] != change["after"] for row in rows for change in row["changes"])


def test_history_is_a_list_like_the_others(user: Client, world: World) -> None:
    project = world.project()
    for annex, day in (("1", "2019-01-01"), ("2", "2019-02-01")):
        world.tell(f"projects/{project}/amend", on=day, annex=annex, title=annex)
    path = f"/api/streams/{project}/history"
    assert _walk(user, path, limit=1) == user.get(path)["items"]
    assert [row["version"] for row in user.get(path, valid_at="2019-01-31")["items"]] == [1, 2]
    for name, value in (("limit", 501), ("limit", 0), ("cursor", "x"), ("valid_at", "x")):
        assert user.get(path, **{name: value}, status=422)["errors"][0]["field"] == name


def test_events_are_filtered_by_everything_that_tells_them_apart(
    shared: Service, user: Client, world: World
) -> None:
    project = world.project()
    other = shared.user("coordinator", name="Kasia")
    team = World(other).team(project, effective_on="2019-05-13")
    user.position = other.position

    def found(**params: Any) -> list[str]:
        return [event["type"] for event in _walk(user, "/api/events", **params)]

    assert found(project=project) == ["project.started", "team.established"]
    assert found(stream=team) == ["team.established"]
    assert found(recorded_by="Kasia") == ["team.established"]
    assert found(project=project, type="project.started") == ["project.started"]
    assert found(project=project, effective_from="2019-05-13") == ["team.established"]
    assert found(project=project, effective_to="2019-05-12") == ["project.started"]
    assert found(project=project, valid_at="2019-05-12") == ["project.started"]
    last = user.get("/api/events", project=project)["items"][-1]["position"]
    assert found(project=project, after=last) == []
    assert found(project=project, known_at=last - 1) == ["project.started"]
    assert found(project=UNKNOWN) == []
    user.get("/api/events", project="P1", status=422)


def test_the_leaf_hash_is_that_of_the_event_as_it_stands(auditor: Client) -> None:
    for event in auditor.get("/api/events", limit=500)["items"]:
        assert tuple(event) == (*LEAF, "leaf_hash")
        leaf = msgspec.json.encode({name: event[name] for name in LEAF})
        assert hashlib.sha256(b"\x00" + leaf).hexdigest() == event["leaf_hash"]
        assert leaf.decode() == json.dumps(
            {name: event[name] for name in LEAF}, ensure_ascii=False, separators=(",", ":")
        )


@pytest.mark.parametrize("near", [1, 20, 10_000])
def test_the_latest_events_of_a_project_are_found_wherever_they_stand(
    real_case: Service, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_list, "NEAR", near)
    portal, parts = real_case.http.blocking_portal, real_case.http.app.state.parts

    async def compared() -> None:
        head = await parts.log.head()
        question = Question(parts.reading, Moment(date(2026, 1, 1), head), Asker())
        for (project,) in await question.rows("SELECT p.project::text FROM {projects} AS p"):
            filters = {"project": project}
            everything = await event_list.positions(question, filters, 0, 10_000)
            assert len(everything) > 20
            for before in (event_list.LAST, head, everything[-5]):
                expected = [one for one in reversed(everything) if one < before][:10]
                found = await event_list.newest_positions(question, filters, before, 10)
                assert found == expected

    portal.call(compared)
