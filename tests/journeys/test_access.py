"""Who may do what? What a caller may not see answers exactly like what does not exist."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledger import catalogue
from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, UNKNOWN, World

ROLES = ("officer", "coordinator", "manager", "auditor", "admin")
OF_MANAGERS = {"projects/approve-milestone", "deliverables/approve", "deliverables/reject"}
OF_COORDINATORS = {
    "projects",
    "institutions",
    "persons",
    "agreements",
    "teams",
    "activities",
    "deliverables",
    "recruitments",
    "grants",
    "support-cases",
}
OF_OFFICERS = {"projects/set-budget", "projects/shift-budget"}
COMMANDS = [
    (collection, name)
    for collection in sorted(OF_COORDINATORS)
    for name in catalogue.aggregates()[collection].commands
    if f"{collection}/{name}" not in OF_OFFICERS
]


class Two:
    """Two projects, each with one of everything, and the users of the first."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.admin = service.user("admin")
        self.world = World(self.admin)
        self.own, self.other = self._project(), self._project()
        scope = self.own["projects"]
        self.coordinator = service.user("coordinator", scope)
        self.auditor = service.user("auditor", scope)
        self.manager = service.user("manager", scope)
        for user in (self.coordinator, self.auditor, self.manager):
            user.position = self.admin.position

    def _project(self) -> dict[str, str]:
        world, project = self.world, self.world.project()
        institution, person = world.institution(), world.person()
        team = world.team(project)
        world.tell(f"teams/{team}/appoint", person=person, role="chair")
        duty = {"number": 1, "party": institution, "text": "Szkolenie"}
        counts = {"subject": "team", "through": ["team_established"]}
        world.tell(
            f"projects/{project}/set-indicator",
            code="W",
            name="W",
            kind="output",
            target=1,
            counts=counts,
        )
        return {
            "projects": project,
            "persons": person,
            "teams": team,
            "agreements": world.agreement(project, institution, obligations=[duty]),
            "activities": world.activity(project),
            "deliverables": world.deliverable(project),
            "recruitments": world.recruitment(project),
            "grants": world.grant(project, institution),
            "support-cases": world.case(project, team),
        }


@pytest.fixture(scope="module")
def two(shared: Service) -> Two:
    return Two(shared)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer ledger_" + "0" * 32 + "_secret",
        "Basic dXNlcjpwYXNz",
        "bearer ledger__",
        "Bearer ledger_" + "z" * 32 + "_\u00e9",
    ],
)
def test_without_a_valid_token_nobody_is_known(shared: Service, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    for method, path in (
        ("GET", "/api/projects"),
        ("POST", "/api/projects"),
        ("POST", "/api/batch"),
        ("GET", "/api/events"),
        ("GET", f"/api/streams/{UNKNOWN}"),
    ):
        answer = shared.http.request(method, path, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_revoked_token_is_worth_nothing_at_once(shared: Service) -> None:
    user = shared.user("coordinator")
    user.get("/api/projects")
    tokens, call = shared.http.app.state.parts.tokens, shared.http.blocking_portal.call
    assert call(tokens.revoke, call(tokens.all)[-1].id)
    user.get("/api/projects", status=401)
    user.post("/api/institutions", {}, status=401)


def test_a_wrong_secret_of_a_known_token_is_refused(shared: Service) -> None:
    header = shared.user("admin").raw("GET", "/health/live").request.headers["Authorization"]
    wrong = header[:-1] + ("A" if header[-1] != "A" else "B")
    assert shared.http.get("/api/projects", headers={"Authorization": wrong}).status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_each_command_belongs_to_its_roles(shared: Service, role: str) -> None:
    user = shared.user(role)
    for collection, name in COMMANDS:
        address = f"{collection}/{name}"
        writers = {"manager"} if address in OF_MANAGERS else {"coordinator"}
        if name in ("place-hold", "lift-hold"):  # whoever hears of a proceeding
            writers = {"coordinator", "manager", "auditor"}
        if name == "receive-funds":  # of the project, and of its money
            writers = {"coordinator", "officer"}
        path = f"/api/{collection}" + ("" if name == "create" else f"/{UNKNOWN}/{name}")
        answer = user.raw("POST", path, json={"colour": "red"})
        allowed = role in writers | {"admin"}
        assert answer.status_code == (422 if allowed else 403), (address, answer.text)
        batch = {"commands": [{"path": path, "body": {"colour": "red"}}]}
        assert user.raw("POST", "/api/batch", json=batch).status_code == answer.status_code


@pytest.mark.parametrize("role", ROLES)
def test_only_auditors_and_admins_read_the_log(shared: Service, two: Two, role: str) -> None:
    user, status = shared.user(role), 200 if role in ("auditor", "admin") else 403
    user.position = two.admin.position
    user.get("/api/events", status=status)
    for path in ("", "/history"):
        user.get(f"/api/streams/{two.own['teams']}{path}", status=status)
    if status == 403:
        user.get("/api/events/stream", status=403)
    for path in ("/api/projects", "/api/teams", f"/api/projects/{two.own['projects']}/report"):
        user.get(path)
    assert user.get(user.get(f"/api/projects/{two.own['projects']}")["explain"])["items"]


def test_objects_of_another_project_are_unknown(two: Two) -> None:
    for user in (two.coordinator, two.auditor, two.manager):
        for collection, id in two.other.items():
            unknown = user.get(f"/api/{collection}/{UNKNOWN}", status=404)
            assert user.get(f"/api/{collection}/{id}", status=404) == unknown
            user.get(f"/api/{collection}/{two.own[collection]}")
            listed = {row["id"] for row in user.get(f"/api/{collection}")["items"]}
            assert id not in listed
            assert two.own[collection] in listed
            if collection not in ("projects", "persons"):
                found = user.get(f"/api/{collection}", project=two.other["projects"])
                assert found["items"] == []


def test_numbers_of_another_project_are_unknown(two: Two) -> None:
    for path in (
        "projects/{projects}/milestones",
        "projects/{projects}/indicators",
        "projects/{projects}/indicators/W/explain",
        "projects/{projects}/report",
        "projects/{projects}/explain/value",
        "grants/{grants}/explain/paid",
        "agreements/{agreements}/obligations/1/explain",
    ):
        unknown = two.auditor.get("/api/" + path.format_map(_Unknown()), status=404)
        assert two.auditor.get("/api/" + path.format_map(two.other), status=404) == unknown
        two.auditor.get("/api/" + path.format_map(two.own))


class _Unknown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return UNKNOWN


def test_the_log_of_another_project_is_unknown(two: Two) -> None:
    user, hidden = two.auditor, set(two.other.values())
    events = user.get("/api/events", limit=500)["items"]
    assert two.own["teams"] in {event["stream"] for event in events}
    assert not hidden & {event["stream"] for event in events}
    assert user.get("/api/events", project=two.other["projects"])["items"] == []
    for id in hidden:
        assert user.get("/api/events", stream=id)["items"] == []
        for path in (f"/api/streams/{id}", f"/api/streams/{id}/history"):
            unknown = user.get(path.replace(id, UNKNOWN), status=404)
            assert user.get(path, status=404) == unknown


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("projects/{projects}/add-partner", {"institution": UNKNOWN}),
    ("projects/{projects}/close", {}),
    ("teams/{teams}/dissolve", {}),
    ("teams/{teams}/appoint", {"institution": UNKNOWN, "role": "member"}),
    ("persons/{persons}/erase", {}),
    ("persons/{persons}/update", {"given_name": "Ewa"}),
    ("activities/{activities}/cancel", {}),
    ("grants/{grants}/pay", {"amount": 1}),
    ("agreements/{agreements}/fulfil", {"number": 1}),
    ("support-cases/{support-cases}/close", {"outcome": "x"}),
]


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_another_project_cannot_be_written_to(two: Two, path: str, body: dict[str, Any]) -> None:
    before = two.world.head()
    said = body | {"reason": "x"}
    hidden, unknown = f"/api/{path.format_map(two.other)}", f"/api/{path.format_map(_Unknown())}"
    for more in ({}, {"If_Match": '"77"'}):
        answer = two.coordinator.post(unknown, said, status=404, **more)
        assert two.coordinator.post(hidden, said, status=404, **more) == answer
    for atomic in (True, False):
        batch = {"atomic": atomic, "commands": [{"path": hidden, "body": said}]}
        found: Any = two.coordinator.raw("POST", "/api/batch", json=batch).json()
        assert (found if atomic else found[0])["status"] == 404
    assert two.world.head() == before


def _references(own: dict[str, str], there: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Commands on the one's objects that name the other's, and the field that does."""
    team = {"project": own["projects"], "kind": "model", "name": "x"}
    case = {"project": own["projects"], "subject": "family", "reference": "x"}
    yield "teams", team | {"project": there["projects"]}, "project"
    yield "teams", team | {"agreement": there["agreements"]}, "agreement"
    yield "support-cases", case | {"team": there["teams"]}, "team"
    member = {"person": there["persons"], "role": "member"}
    yield f"teams/{own['teams']}/appoint", member, "person"
    came = {"attendees": [{"person": there["persons"]}]}
    yield f"activities/{own['activities']}/record-attendance", came, "attendees[0].person"
    done = {"number": 1, "activities": [there["activities"]]}
    yield f"agreements/{own['agreements']}/fulfil", done, "activities[0]"


def test_a_reference_to_another_project_is_one_to_nothing(two: Two) -> None:
    before = two.world.head()
    for there in (two.other, _Unknown()):
        for path, body, field in _references(two.own, there):
            refused = two.coordinator.post(f"/api/{path}", body, status=422)
            assert [e["field"] for e in refused["errors"]] == [field]
            assert refused["errors"][0]["message"].startswith("unknown in ")
    assert two.world.head() == before


def test_objects_of_two_projects_do_not_refer_to_each_other(two: Two) -> None:
    body = {
        "project": two.own["projects"],
        "team": two.other["teams"],
        "subject": "family",
        "reference": "x",
    }
    refused = two.admin.post("/api/support-cases", body, status=422)
    assert refused["errors"] == [{"field": "team", "message": "unknown in teams"}]


def test_an_id_of_another_project_cannot_be_taken_nor_seen(two: Two) -> None:
    body = {"id": two.other["teams"], "project": two.own["projects"], "kind": "model", "name": "x"}
    refused = two.coordinator.post("/api/teams", body, status=422)
    assert refused["errors"][0]["field"] == "id"
    assert two.other["teams"] not in str(refused)


def test_who_writes_for_one_project_writes_there_only(two: Two) -> None:
    own = World(two.coordinator)
    own.team(two.own["projects"])
    person = own.person()
    own.tell(f"teams/{two.own['teams']}/appoint", person=person, role="member")
    own.institution()
    terms = {
        "code": "NEW",
        "title": "t",
        "programme": "p",
        "leader": UNKNOWN,
        "value": 1,
        "starts_on": START,
        "ends_on": START,
    }
    two.coordinator.post("/api/projects", terms, status=403)
    two.manager.post(f"/api/projects/{two.own['projects']}/close", {"reason": "x"}, status=403)


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/metrics", "/schema", "/schema/openapi.json"]
)
def test_operators_need_no_token(shared: Service, path: str) -> None:
    answer = shared.http.get(path)
    assert answer.status_code == 200
    assert "secret" not in answer.text


def test_unknown_addresses_and_methods_are_problems(shared: Service) -> None:
    user: Client = shared.user("admin")
    for method, path, status in (
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/projects", 405),
        ("DELETE", f"/api/projects/{UNKNOWN}", 405),
    ):
        answer = user.raw(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_address_says_which_methods_it_knows(shared: Service) -> None:
    user: Client = shared.user("admin")
    every = "GET, HEAD, OPTIONS, POST"
    for method, path, status, allowed in (
        ("PUT", "/api/projects", 405, every),
        ("OPTIONS", "/api/projects", 204, every),
        ("OPTIONS", f"/api/projects/{UNKNOWN}/close", 204, "OPTIONS, POST"),
        ("POST", "/log/tile/0/x001/000", 405, "GET, HEAD, OPTIONS"),
    ):
        answer = user.raw(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (status, allowed)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/projects", 200), ("/api/nothing", 404), ("/api/events/stream", 200), ("/sign-in", 200)],
)
def test_who_asks_for_the_head_gets_no_body(shared: Service, path: str, status: int) -> None:
    answer = shared.user("admin").raw("HEAD", path)
    assert (answer.status_code, answer.content) == (status, b"")
    assert int(answer.headers["Ledger-Position"]) > 0
