"""Who may do what is recorded: two admins grant a role, one ends it, and every day can be asked."""

from typing import Any

import pytest

from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

WHY = {"reason": "zmiana zadań"}


class Office:
    """Two admins, and what they hand out."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.anna = service.user("admin", name="anna")
        self.jan = service.user("admin", name="jan")

    def token(self, role: str = "coordinator", **more: Any) -> tuple[dict[str, Any], Client]:
        """A token that Anna made and nobody confirmed yet."""
        made = self.anna.post("/api/tokens", {"name": "ewa", "role": role} | more)
        return made, self.service.bearer(made["token"])

    def confirmed(self, role: str = "coordinator", **more: Any) -> tuple[dict[str, Any], Client]:
        made, user = self.token(role, **more)
        self.jan.post(f"/api/access/{made['id']}/confirm", {"grant": made["grant"]})
        user.position = self.anna.position = self.jan.position
        return made, user


@pytest.fixture(scope="module")
def office(shared: Service) -> Office:
    return Office(shared)


@pytest.fixture(scope="module")
def two_projects(office: Office) -> list[str]:
    world = World(office.anna)
    return [world.project(), world.project()]


def test_a_token_works_once_another_admin_confirmed_it(office: Office) -> None:
    made, user = office.token()
    user.get("/api/projects", status=401)
    confirm = f"/api/access/{made['id']}/confirm", {"grant": made["grant"]}
    refused = office.anna.post(*confirm, status=409)
    assert refused["rule"] == "four_eyes"
    assert refused["collides_with"] == f"/api/access/{made['id']}"
    user.get("/api/projects", status=401)
    office.jan.post(*confirm)
    user.get("/api/projects")
    office.jan.post(*confirm, status=409)


def test_who_receives_a_role_does_not_confirm_it(office: Office, shared: Service) -> None:
    made, _ = office.token("admin")
    receiver = shared.user("admin", name="ewa")
    confirm = f"/api/access/{made['id']}/confirm", {"grant": made["grant"]}
    assert receiver.post(*confirm, status=409)["rule"] == "four_eyes"


def test_a_revoked_grant_ends_at_once(office: Office) -> None:
    made, user = office.confirmed()
    user.get("/api/projects")
    office.anna.post(f"/api/access/{made['id']}/revoke", {"grant": made["grant"]}, status=422)
    office.anna.post(f"/api/access/{made['id']}/revoke", {"grant": made["grant"]} | WHY)
    user.get("/api/projects", status=401)


def test_a_revoked_token_has_no_role_any_more(office: Office) -> None:
    made, user = office.confirmed()
    office.anna.post(f"/api/tokens/{made['id']}/revoke", WHY)
    user.get("/api/projects", status=401)
    assert office.anna.get(f"/api/access/{made['id']}")["roles"] == []
    office.anna.post(f"/api/tokens/{made['id']}/revoke", WHY, status=404)


def test_a_rotated_token_has_another_secret(office: Office, shared: Service) -> None:
    made, user = office.confirmed()
    kept = office.anna.post(f"/api/tokens/{made['id']}/rotate", {"keep_hours": 1})
    for one in (user, shared.bearer(kept["token"])):
        one.get("/api/projects")
    last = office.anna.post(f"/api/tokens/{made['id']}/rotate", {})
    for one in (user, shared.bearer(kept["token"])):
        one.get("/api/projects", status=401)
    shared.bearer(last["token"]).get("/api/projects")


def test_a_token_says_when_it_was_used_and_when_it_ends(office: Office) -> None:
    made, user = office.confirmed(expires_on="2099-12-31")
    rows = {row["id"]: row for row in office.anna.get("/api/tokens", limit=500)["items"]}
    assert rows[made["id"]]["used_at"] is None
    assert rows[made["id"]]["expires_at"] == "2099-12-31T22:59:59.999999Z"
    user.get("/api/projects")
    rows = {row["id"]: row for row in office.anna.get("/api/tokens", limit=500)["items"]}
    assert rows[made["id"]]["used_at"] is not None
    role = office.anna.get(f"/api/access/{made['id']}")["roles"][0]
    assert role["until"] == "2099-12-31"


def test_tokens_are_listed_page_by_page(office: Office) -> None:
    office.token()
    first = office.anna.get("/api/tokens", limit=1)
    second = office.anna.get("/api/tokens", limit=1, cursor=first["next"])
    assert first["items"][0]["id"] < second["items"][0]["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "king"}, "role"),
        ({"expires_on": "2001-01-01"}, "expires_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
        ({"project": UNKNOWN}, "project"),
        ({"name": ""}, "name"),
    ],
)
def test_a_token_that_cannot_be_meant_is_not_made(
    office: Office, body: dict[str, Any], field: str
) -> None:
    before = len(office.anna.get("/api/tokens", limit=500)["items"])
    wish = {"name": "ewa", "role": "officer"} | body
    refused = office.anna.post("/api/tokens", wish, status=422)
    assert [one["field"] for one in refused["errors"]] == [field]
    assert len(office.anna.get("/api/tokens", limit=500)["items"]) == before


def test_a_role_for_one_project_reaches_that_one_only(
    office: Office, two_projects: list[str]
) -> None:
    own, other = two_projects
    _, user = office.confirmed("officer", project=own)
    assert [row["id"] for row in user.get("/api/projects")["items"]] == [own]
    user.get(f"/api/projects/{other}", status=404)


def test_could_she_approve_this_on_that_day(office: Office, two_projects: list[str]) -> None:
    made = office.anna.post("/api/access", {"kind": "account", "name": "maria"})["id"]
    at = f"/api/access/{made}"
    wish = {"role": "manager", "project": two_projects[0], "effective_on": "2020-03-01"}
    proposed = office.anna.post(f"{at}/grant", wish)
    granted = office.jan.post(
        f"{at}/confirm", {"grant": proposed["grant"], "effective_on": "2020-03-02"}
    )
    ended = office.anna.post(
        f"{at}/revoke", {"grant": proposed["grant"], "effective_on": "2020-09-01"} | WHY
    )

    def could(day: str, known: dict[str, Any]) -> list[str]:
        row = office.anna.get(at, valid_at=day, known_at=known["position"])
        return [one["role"] for one in row["roles"] if not one["proposed"]]

    assert could("2020-06-01", proposed) == []
    assert could("2020-06-01", granted) == ["manager"]
    assert could("2020-03-01", granted) == []
    assert could("2021-01-01", granted) == ["manager"]
    assert could("2021-01-01", ended) == []
    assert could("2020-08-31", ended) == ["manager"]
    role = office.anna.get(at, valid_at="2020-06-01")["roles"][0]
    assert (role["proposed_by"], role["granted_by"]) == ("anna", "jan")
    assert (role["since"], role["through"]) == ("2020-03-02", "two_admins")


def test_roles_are_found_by_role_project_and_name(office: Office, two_projects: list[str]) -> None:
    made, _ = office.confirmed("officer", project=two_projects[1], name="ksiegowosc")

    def ids(**filters: Any) -> list[str]:
        return [row["id"] for row in office.anna.get("/api/access", limit=500, **filters)["items"]]

    for filters in (
        {"role": "officer"},
        {"project": two_projects[1]},
        {"name": "ksiegowosc", "kind": "token"},
    ):
        assert made["id"] in ids(**filters)
    for filters in ({"role": "auditor"}, {"kind": "account"}, {"project": two_projects[0]}):
        assert made["id"] not in ids(**filters)


def test_auditors_read_who_may_do_what_and_nobody_else_does(
    office: Office, shared: Service, two_projects: list[str]
) -> None:
    made, _ = office.confirmed("officer", project=two_projects[0])
    other, _ = office.confirmed("officer", project=two_projects[1])
    for role in ("officer", "coordinator", "manager"):
        user = shared.user(role)
        user.get("/api/access", status=403)
        user.get(f"/api/access/{made['id']}", status=403)
        user.get("/api/tokens", status=403)
    auditor = shared.user("auditor")
    auditor.position = office.jan.position
    assert auditor.get(f"/api/access/{made['id']}")["roles"]
    auditor.get("/api/tokens", status=403)
    scoped = shared.user("auditor", two_projects[0])
    scoped.position = office.jan.position
    assert scoped.get(f"/api/access/{made['id']}")["roles"]
    unknown = scoped.get(f"/api/access/{UNKNOWN}", status=404)
    assert scoped.get(f"/api/access/{other['id']}", status=404) == unknown
    listed = [row["id"] for row in scoped.get("/api/access", limit=500)["items"]]
    assert made["id"] in listed
    assert other["id"] not in listed


def test_only_admins_of_all_projects_hand_out_roles(
    office: Office, shared: Service, two_projects: list[str]
) -> None:
    made, _ = office.token()
    scoped = shared.user("admin", two_projects[0])
    users = [scoped, *(shared.user(role) for role in ("officer", "manager", "auditor"))]
    for user in users:
        for path, body in (
            ("/api/tokens", {"name": "x", "role": "admin"}),
            (f"/api/tokens/{made['id']}/rotate", {}),
            (f"/api/tokens/{made['id']}/revoke", WHY),
            ("/api/access", {"kind": "token", "name": "x"}),
            (f"/api/access/{made['id']}/grant", {"role": "admin"}),
            (f"/api/access/{made['id']}/confirm", {"grant": made["grant"]}),
            (f"/api/access/{made['id']}/revoke-all", WHY),
        ):
            user.post(path, body, status=403)


def test_what_the_operator_alone_may_do_is_no_address(office: Office) -> None:
    made, _ = office.token()
    body = {"roles": [{"role": "admin"}]}
    path = f"/api/access/{made['id']}/take-over"
    office.anna.post(path, body, status=404)
    batch = {"commands": [{"path": path, "body": body}]}
    office.anna.post("/api/batch", batch, status=404)
