"""Is a batch carried out as a whole, or one by one?"""

from typing import Any

import pytest

from tests.journeys.conftest import Client
from tests.journeys.world import END, START, UNKNOWN, World

OWN_ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"


INSTITUTION = {"name": "Gmina Mirzec", "sector": "local_government", "level": "commune"}


def _batch(*commands: tuple[str, Any], atomic: bool = True) -> dict[str, Any]:
    return {"atomic": atomic, "commands": [{"path": p, "body": b} for p, b in commands]}


def test_commands_of_a_batch_see_what_those_before_them_did(user: Client, world: World) -> None:
    team, project, leader = (
        str(one) for one in (OWN_ID[:-1] + "1", OWN_ID[:-1] + "2", OWN_ID[:-1] + "3")
    )
    terms = {"code": "BATCH", "title": "t", "programme": "p", "value": 1}
    before = world.head()
    receipts: Any = user.post(
        "/api/batch",
        _batch(
            ("/api/institutions", INSTITUTION | {"id": leader}),
            (
                "/api/projects",
                terms | {"id": project, "leader": leader, "starts_on": START, "ends_on": END},
            ),
            ("/api/teams", {"id": team, "project": project, "kind": "model", "name": "ZM"}),
            (f"/api/teams/{team}/appoint", {"institution": leader, "role": "chair"}),
        ),
    )
    assert [one["position"] for one in receipts] == list(range(before + 1, before + 5))
    assert [one["version"] for one in receipts] == [1, 1, 1, 2]
    assert receipts[3]["appointment"]
    assert user.get(f"/api/teams/{team}")["members"][0]["institution"] == leader


def test_an_atomic_batch_is_recorded_whole_or_not_at_all(
    user: Client, world: World, unchanged: None
) -> None:
    body = _batch(
        ("/api/institutions", INSTITUTION),
        ("/api/institutions", INSTITUTION | {"sector": "none"}),
        (f"/api/teams/{UNKNOWN}/dissolve", {"reason": "x"}),
    )
    refused = user.post("/api/batch", body, status=422)
    assert refused["index"] == 1
    assert refused["errors"][0]["field"] == "sector"
    body["commands"].pop(1)
    assert user.post("/api/batch", body, status=404)["index"] == 1


def test_a_batch_that_is_not_atomic_answers_one_by_one(user: Client, world: World) -> None:
    body = _batch(
        ("/api/institutions", INSTITUTION),
        ("/api/institutions", INSTITUTION | {"sector": "none"}),
        ("/api/institutions", INSTITUTION),
        atomic=False,
    )
    before = world.head()
    results: Any = user.post("/api/batch", body, status=200, Idempotency_Key="one by one")
    assert [one["status"] for one in results] == [201, 422, 201]
    assert world.head() == before + 2
    again: Any = user.post("/api/batch", body, status=200, Idempotency_Key="one by one")
    assert again == results
    body["commands"][2]["body"] = INSTITUTION | {"name": "Inna"}
    user.post("/api/batch", body, status=422, Idempotency_Key="one by one")
    assert world.head() == before + 2


def test_an_atomic_batch_can_be_repeated_with_its_key(user: Client, world: World) -> None:
    body = _batch(*[("/api/institutions", INSTITUTION)] * 3)
    first = user.post("/api/batch", body, Idempotency_Key="b1")
    before = world.head()
    assert user.post("/api/batch", body, Idempotency_Key="b1") == first
    user.post(
        "/api/batch", _batch(("/api/institutions", INSTITUTION)), status=422, Idempotency_Key="b1"
    )
    assert world.head() == before


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (422, _batch()),
        (422, _batch(*[("/api/institutions", INSTITUTION)] * 1_001)),
        (422, {"atomic": True}),
        (422, {"commands": [1]}),
        (422, {"commands": {}}),
        (422, {"commands": [{"body": INSTITUTION}]}),
        (422, {"commands": [{"path": "/api/institutions", "body": INSTITUTION, "x": 1}]}),
        (422, {"commands": [{"path": "/api/institutions", "body": INSTITUTION, "as": "Jan"}]}),
        (422, {"commands": [{"path": "/api/institutions", "body": INSTITUTION}], "atomic": "no"}),
        (400, [{"path": "/api/institutions", "body": INSTITUTION}]),
        (400, _batch(("/api/institutions", []))),
        (404, _batch(("/api/batch", {}))),
        (404, _batch(("/api/teams/garbage/dissolve", {"reason": "x"}))),
        (404, _batch((f"/api/teams/urn:{OWN_ID.replace('-', '')}/dissolve", {"reason": "x"}))),
        (422, _batch(("/api/institutions/a/b/c", {}))),
    ],
)
def test_a_batch_that_is_none_is_refused(
    user: Client, unchanged: None, status: int, body: Any
) -> None:
    assert user.post("/api/batch", body, status=status)["status"] == status


def test_what_is_too_large_for_one_event_names_its_command(
    user: Client, world: World, project: str
) -> None:
    party = world.institution()
    terms = {"project": project, "kind": "cooperation", "title": "t", "signed_on": START}
    duties = [{"number": n, "party": party, "text": "ż" * 8000} for n in range(1, 9)]
    large = terms | {"parties": [{"institution": party}], "obligations": duties}
    before = world.head()
    assert user.post("/api/agreements", large, status=413)["title"] == "Too large"
    body = _batch(("/api/institutions", INSTITUTION), ("/api/agreements", large))
    assert user.post("/api/batch", body, status=413)["index"] == 1
    assert world.head() == before
