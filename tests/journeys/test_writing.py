"""What does a write answer, and what is refused? Nothing of a refused request is recorded."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.kernel.calendar import day_in_warsaw
from tests.journeys.conftest import Client, Service
from tests.journeys.world import END, START, UNKNOWN, World

OWN_ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"


INSTITUTION = {"name": "Gmina Mirzec", "sector": "local_government", "level": "commune"}


def _answer(user: Client, path: str, body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return user.raw("POST", path, json=body, headers=named)


def test_a_receipt_says_what_was_recorded_where_and_when(user: Client, world: World) -> None:
    before = world.head()
    answer = _answer(user, "/api/institutions", INSTITUTION)
    receipt = answer.json()
    assert answer.status_code == 201
    assert list(receipt) == ["id", "version", "position", "recorded_at"]
    assert (receipt["version"], receipt["position"]) == (1, before + 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", receipt["recorded_at"])
    assert receipt["id"][14] == "7"
    assert answer.headers["Ledger-Position"] == str(before + 1)
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/api/institutions/{receipt['id']}"


def test_the_receipt_is_that_of_the_last_event_of_a_command(world: World, project: str) -> None:
    activity = world.activity(project, effective_on=START)
    crowd = [{"institution": world.institution()} for _ in range(101)]
    receipt = world.tell(
        f"activities/{activity}/record-attendance", on="2018-10-01", attendees=crowd
    )
    assert receipt["version"] == 3  # two events: an event holds a hundred attendees
    assert receipt["position"] == world.head()


def test_a_create_may_bring_its_own_id_in_any_letter_case(user: Client) -> None:
    made = user.post("/api/institutions", INSTITUTION | {"id": OWN_ID.upper()})
    assert made["id"] == OWN_ID
    again = user.post("/api/institutions", INSTITUTION | {"id": OWN_ID}, status=409)
    assert (again["rule"], again["collides_with"]) == (
        "already_exists",
        f"/api/institutions/{OWN_ID}",
    )
    other = user.post(
        "/api/persons", {"id": OWN_ID, "given_name": "A", "family_name": "B"}, status=422
    )
    assert other["errors"] == [{"field": "id", "message": "is the id of another object"}]


def test_without_a_day_a_fact_is_true_from_today_in_warsaw(user: Client) -> None:
    position = user.post("/api/institutions", INSTITUTION)["position"]
    event = user.get("/api/events", after=position - 1)["items"][0]
    assert event["effective_on"] == str(day_in_warsaw(datetime.now(UTC)))


def test_a_day_in_the_future_is_refused(user: Client, unchanged: None) -> None:
    tomorrow = day_in_warsaw(datetime.now(UTC)) + timedelta(days=1)
    refused = user.post(
        "/api/institutions", INSTITUTION | {"effective_on": str(tomorrow)}, status=422
    )
    assert refused["errors"] == [{"field": "effective_on", "message": "must not be in the future"}]


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_command_marked_r_needs_a_reason(
    user: Client, project: str, unchanged: None, reason: str | None
) -> None:
    body = {"annex": "1", "value": 5} | ({} if reason is None else {"reason": reason})
    refused = user.post(f"/api/projects/{project}/amend", body, status=422)
    assert [e["field"] for e in refused["errors"]] == ["reason"]


def test_provenance_stands_beside_the_event(user: Client) -> None:
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    said = {"reason": "tekst 001", "evidence": [digest], "effective_on": "2018-08-20"}
    position = user.post("/api/institutions", INSTITUTION | said)["position"]
    event = user.get("/api/events", after=position - 1)["items"][0]
    assert {name: event[name] for name in said} == said
    assert event["recorded_by"] == "test admin"
    assert "reason" not in event["data"]


def test_what_is_no_digest_is_no_evidence(user: Client, unchanged: None) -> None:
    refused = user.post("/api/institutions", INSTITUTION | {"evidence": ["abc"]}, status=422)
    assert refused["errors"][0]["field"] == "evidence[0]"


def test_appointing_answers_with_the_appointment(world: World, project: str) -> None:
    team = world.team(project)
    made = world.tell(f"teams/{team}/appoint", institution=world.institution(), role="chair")
    members = world.client.get(f"/api/teams/{team}")["members"]
    assert [one["appointment"] for one in members] == [made["appointment"]]


def test_the_same_key_gives_the_first_answer_and_records_nothing(
    user: Client, world: World
) -> None:
    first = user.post("/api/institutions", INSTITUTION, Idempotency_Key="k1")
    before = world.head()
    assert user.post("/api/institutions", INSTITUTION, Idempotency_Key="k1") == first
    spaced = dict(reversed(INSTITUTION.items()))
    assert user.post("/api/institutions", spaced, Idempotency_Key="k1") == first
    assert world.head() == before


def test_the_same_key_with_another_body_is_refused(
    user: Client, world: World, project: str
) -> None:
    user.post("/api/institutions", INSTITUTION, Idempotency_Key="k2")
    before = world.head()
    other = INSTITUTION | {"name": "Inna"}
    refused = user.post("/api/institutions", other, status=422, Idempotency_Key="k2")
    assert refused["type"] == "/problems/key_reused"
    user.post("/api/persons", INSTITUTION, status=422, Idempotency_Key="k2")
    assert world.head() == before


def test_a_key_belongs_to_its_caller(shared: Service, user: Client) -> None:
    first = user.post("/api/institutions", INSTITUTION, Idempotency_Key="k3")
    other = shared.user("coordinator").post("/api/institutions", INSTITUTION, Idempotency_Key="k3")
    assert other["id"] != first["id"]


def test_of_concurrent_duplicates_exactly_one_is_recorded(user: Client, world: World) -> None:
    before = world.head()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: _answer(user, "/api/institutions", INSTITUTION, Idempotency_Key="k4"),
                range(16),
            )
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert world.head() == before + 1


def test_a_key_of_a_refused_request_can_be_used_for_the_mended_one(
    user: Client, world: World, project: str
) -> None:
    path = f"/api/projects/{project}/complete-milestone"
    body = {"number": 77, "effective_on": "2019-01-01"}
    user.post(path, body, status=409, Idempotency_Key="k5")
    world.tell(
        f"projects/{project}/plan-milestone", number=77, name="M", starts_on=START, ends_on=END
    )
    assert user.post(path, body, Idempotency_Key="k5")["id"] == project


def test_a_key_must_be_printable(user: Client, unchanged: None) -> None:
    user.post("/api/institutions", INSTITUTION, status=400, Idempotency_Key="k" * 256)


@pytest.mark.parametrize("quoted", ['"1"', "1", 'W/"1"', "*"])
def test_a_version_may_be_required(user: Client, world: World, quoted: str) -> None:
    made = world.institution()
    body = {"name": "Nowa", "reason": "zmiana", "effective_on": START}
    user.post(f"/api/institutions/{made}/update", body, If_Match=quoted)
    again = body | {"name": "Nowsza"}
    if quoted != "*":
        refused = user.post(f"/api/institutions/{made}/update", again, status=412, If_Match=quoted)
        assert refused["type"] == "/problems/stale_version"
    user.post(f"/api/institutions/{made}/update", again, If_Match='"2"')


def test_what_does_not_exist_is_at_no_version(user: Client, unchanged: None) -> None:
    user.post("/api/institutions", INSTITUTION, status=412, If_Match='"1"')
    user.post(
        f"/api/institutions/{UNKNOWN}/update",
        {"reason": "x", "name": "x"},
        status=404,
        If_Match='"1"',
    )
    user.post("/api/institutions", INSTITUTION, status=400, If_Match="latest")
    batch = {"commands": [{"path": "/api/institutions", "body": INSTITUTION}]}
    user.post("/api/batch", batch, status=400, If_Match='"1"')


BAD_BODIES: list[tuple[int, bytes]] = [
    (400, b"{"),
    (400, b"[]"),
    (400, b"1"),
    (400, b'"text"'),
    (400, b"{} {}"),
    (400, b'{"name": NaN}'),
    (400, b'{"name": 1e999}'),
    (400, b'{"name": "\xff"}'),
    (400, b'{"name": "\\ud800", "sector": "ngo", "level": "commune"}'),
    (400, b"[" * 100_000),
    (422, b""),
    (422, b"null"),
    (422, b'{"name": ' + b"[" * 30 + b"]" * 30 + b"}"),
    (400, b'{"name": ' + b"[" * 33 + b"]" * 33 + b"}"),
    (400, b'{"a":' * 900 + b"1" + b"}" * 900),
    (422, b'{"name": ' + b"9" * 400 + b', "sector": "ngo", "level": "commune"}'),
    (422, b'{"name": "a\\u0000b", "sector": "ngo", "level": "commune"}'),
    (422, b'{"na\\u0000me": "a", "sector": "ngo", "level": "commune"}'),
    (422, b'{"name": "  ", "sector": "ngo", "level": "commune"}'),
    (422, b'{"name": 5, "sector": "ngo", "level": "commune"}'),
    (422, b'{"name": null, "sector": "ngo", "level": "commune"}'),
    (422, b'{"name": "a", "sector": "none", "level": "commune"}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "colour": "red"}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "nip": "1234567890"}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "effective_on": "2018-02-30"}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "effective_on": 20180101}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "reason": ["x"]}'),
    (422, b'{"name": "a", "sector": "ngo", "level": "commune", "id": "none"}'),
    (422, b'{"name": "' + b"x" * 501 + b'", "sector": "ngo", "level": "commune"}'),
    (413, b'{"name": "' + b"x" * 20_000_000 + b'"}'),
]


@pytest.mark.parametrize(("status", "body"), BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_bad_body_is_refused_as_a_problem(
    user: Client, unchanged: None, status: int, body: bytes
) -> None:
    answer = user.raw("POST", "/api/institutions", content=body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert (status == 422) == bool(problem.get("errors"))
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "value",
    [1.5, 100.0, "100.005", "-1.00", -1, "1e3", True, None, "", " 1.00", "1,00", "9" * 14, "١"],
)
def test_an_amount_is_a_decimal_string_or_an_integer(
    user: Client, world: World, project: str, unchanged: None, value: Any
) -> None:
    body = {"annex": "1", "reason": "x", "value": value}
    if value is None:
        body = {"annex": "1", "reason": "x", "eu_contribution": value, "value": 0.1}
    refused = user.post(f"/api/projects/{project}/amend", body, status=422)
    assert refused["errors"][0]["field"] == "value"


def test_amounts_are_answered_with_two_places(world: World) -> None:
    for given, shown in ((7, "7.00"), ("7", "7.00"), ("7.5", "7.50"), ("007.50", "7.50")):
        project = world.project(value=given)
        assert world.client.get(f"/api/projects/{project}")["value"] == shown


def test_an_unknown_reference_is_named_by_its_field(
    user: Client, world: World, project: str
) -> None:
    known, person = world.institution(), world.person()
    before = world.head()
    for bad in (UNKNOWN, project, person):
        parties = [{"institution": known.upper()}, {"institution": bad}]
        body = {
            "project": project,
            "kind": "grant",
            "title": "t",
            "signed_on": START,
            "parties": parties,
        }
        refused = user.post("/api/agreements", body, status=422)
        assert refused["errors"] == [
            {"field": "parties[1].institution", "message": "unknown in institutions"}
        ]
    assert world.head() == before


def test_a_path_names_an_object_of_its_own_collection(
    user: Client, world: World, project: str
) -> None:
    team = world.team(project)
    before = world.head()
    unknown = user.post(f"/api/teams/{UNKNOWN}/dissolve", {"reason": "x"}, status=404)
    for id in (project, "garbage", "%00", "..%2f", "{" + team[1:-1] + "}"):
        body = {"reason": "x"}
        assert user.post(f"/api/teams/{id}/dissolve", body, status=404) == unknown
        user.get(f"/api/teams/{id}", status=404)
    for path in (f"/api/teams/{team}/sing", "/api/nothing", f"/api/nothing/{team}/dissolve"):
        user.post(path, {"reason": "x"}, status=404)
    assert world.head() == before
    user.post(f"/api/teams/{team.upper()}/dissolve", {"reason": "x"})
    assert user.get(f"/api/teams/{team.upper()}")["dissolved_on"]
