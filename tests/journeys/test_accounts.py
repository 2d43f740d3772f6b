"""People sign in by a name and a password that nobody else knows, and lose it all at once."""

from typing import Any

import psycopg
import pytest

from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client, Service

GOOD, OTHER = "zielona żyrafa liczy faktury", "siedem kotów w fioletowym pociągu"
WHY = {"reason": "zmiana kadrowa"}


class Staff:
    """Two admins, and the people whom they let in."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.anna = service.user("admin", name="anna.admin")
        self.jan = service.user("admin", name="jan.admin")
        self._count = 0

    def invited(self, **body: Any) -> dict[str, Any]:
        """An account whose person did not choose a password yet."""
        self._count += 1
        wish = {"name": f"osoba{self._count}", "role": "coordinator"} | body
        made = self.anna.post("/api/accounts", wish)
        if made.get("grant"):
            self.jan.post(f"/api/access/{made['id']}/confirm", {"grant": made["grant"]})
        return made | {"name": wish["name"]}

    def person(self, **body: Any) -> dict[str, Any]:
        """An account in use, with the good password."""
        made = self.invited(**body)
        chosen = {"invitation": made["invitation"], "password": GOOD}
        assert self.browser().ask("POST", "/api/invitations", status=201, json=chosen) == {
            "name": made["name"]
        }
        return made

    def browser(self) -> Browser:
        return Browser(self.service)


@pytest.fixture(scope="module")
def staff(shared: Service) -> Staff:
    return Staff(shared)


@pytest.fixture(scope="module")
def ewa(staff: Staff) -> dict[str, Any]:
    """Somebody whom no test disables."""
    return staff.person(name="ewa", display_name="Ewa Nowak", email="ewa@example.org")


def test_somebody_invited_chooses_a_password_and_signs_in(
    staff: Staff, ewa: dict[str, Any]
) -> None:
    browser = staff.browser()
    made = browser.sign_in_as("Ewa ", GOOD)
    assert (made["kind"], made["how"], made["name"]) == ("account", "password", "ewa")
    assert made["acting"]["role"] == "coordinator"
    institution = {"name": "Gmina Mirzec", "sector": "ngo", "level": "commune"}
    recorded = browser.post("/api/institutions", institution)
    staff.anna.position = recorded["position"]
    (event,) = staff.anna.get("/api/events", stream=recorded["id"])["items"]
    assert event["recorded_by"] == "ewa"


def test_an_invitation_works_once_and_for_a_good_password_only(staff: Staff) -> None:
    made = staff.invited()
    browser, said = staff.browser(), {"invitation": made["invitation"]}
    for weak in ("short", "qwertyuiop123", f"{made['name']}{made['name']}", "Warszawa2024!"):
        refused = browser.ask(
            "POST", "/api/invitations", status=422, json=said | {"password": weak}
        )
        assert [one["field"] for one in refused["errors"]] == ["password"]
    browser.ask("POST", "/api/invitations", status=201, json=said | {"password": GOOD})
    browser.ask("POST", "/api/invitations", status=404, json=said | {"password": OTHER})
    wrong = {"invitation": "0" * 32 + "_x", "password": GOOD}
    browser.ask("POST", "/api/invitations", status=404, json=wrong)


def test_another_invitation_makes_the_one_before_worthless_and_is_recorded(staff: Staff) -> None:
    made = staff.invited()
    again = staff.anna.post(f"/api/accounts/{made['id']}/invite", WHY)
    browser = staff.browser()
    said = {"invitation": made["invitation"], "password": GOOD}
    browser.ask("POST", "/api/invitations", status=404, json=said)
    said["invitation"] = again["invitation"]
    browser.ask("POST", "/api/invitations", status=201, json=said)
    events = staff.anna.get("/api/events", stream=made["id"])["items"]
    noted = [(one["data"]["what"], one["recorded_by"]) for one in events if "what" in one["data"]]
    assert noted == [("invited", "anna.admin")]


def test_unknown_names_wrong_passwords_and_disabled_accounts_answer_alike(staff: Staff) -> None:
    made = staff.person()
    staff.anna.post(f"/api/accounts/{made['id']}/disable", WHY)
    known = staff.person()
    answers = [
        staff.browser().ask("POST", "/api/session", status=401, json=said)
        for said in (
            {"name": "nobody", "password": GOOD},
            {"name": known["name"], "password": OTHER},
            {"name": made["name"], "password": GOOD},
            {"token": "ledger_wrong"},
        )
    ]
    assert all(one == answers[0] for one in answers)
    assert answers[0]["type"] == "/problems/sign_in_refused"


def test_who_has_no_role_yet_is_known_and_may_do_nothing(staff: Staff) -> None:
    made = staff.anna.post("/api/accounts", {"name": "nowy", "role": "coordinator"})
    browser = staff.browser()
    said = {"invitation": made["invitation"], "password": GOOD}
    browser.ask("POST", "/api/invitations", status=201, json=said)
    found = browser.sign_in_as("nowy", GOOD)
    assert (found["acting"], found["grants"]) == (None, [])
    browser.get("/api/projects", status=403)
    staff.jan.post(f"/api/access/{made['id']}/confirm", {"grant": made["grant"]})
    browser.get("/api/projects")
    staff.anna.post(f"/api/access/{made['id']}/revoke", {"grant": made["grant"]} | WHY)
    browser.get("/api/projects", status=403)


def test_somebody_with_several_roles_acts_under_one_at_a_time(staff: Staff) -> None:
    made = staff.person(role="coordinator")
    second = staff.anna.post(f"/api/access/{made['id']}/grant", {"role": "auditor"})
    staff.jan.post(f"/api/access/{made['id']}/confirm", {"grant": second["grant"]})
    browser = staff.browser()
    found = browser.sign_in_as(made["name"], GOOD)
    assert [one["role"] for one in found["grants"]] == ["coordinator", "auditor"]
    assert found["acting"]["role"] == "coordinator"
    browser.get("/api/events", status=403)
    chosen = browser.post("/api/session/acting", {"grant": second["grant"]})
    assert chosen["acting"]["role"] == "auditor"
    browser.get("/api/events")
    browser.post("/api/institutions", {}, status=403)
    staff.anna.post(f"/api/access/{made['id']}/revoke", {"grant": second["grant"]} | WHY)
    assert browser.get("/api/session")["acting"] is None
    browser.get("/api/projects", status=403)
    browser.post("/api/session/acting", {"grant": second["grant"]}, status=422)


def test_a_disabled_account_ends_at_once_and_comes_back_without_roles(staff: Staff) -> None:
    made = staff.person()
    browser = staff.browser()
    browser.sign_in_as(made["name"], GOOD)
    staff.anna.post(f"/api/accounts/{made['id']}/disable", {}, status=422)
    staff.anna.post(f"/api/accounts/{made['id']}/disable", WHY)
    browser.get("/api/session", status=401)
    assert staff.anna.get(f"/api/access/{made['id']}")["roles"] == []
    staff.anna.post(f"/api/accounts/{made['id']}/disable", WHY, status=409)
    staff.anna.post(f"/api/accounts/{made['id']}/enable", WHY)
    staff.anna.post(f"/api/accounts/{made['id']}/enable", WHY, status=409)
    assert staff.browser().sign_in_as(made["name"], GOOD)["grants"] == []


def test_sessions_are_listed_and_ended(staff: Staff) -> None:
    made = staff.person()
    one, two = staff.browser(), staff.browser()
    for browser in (one, two):
        browser.sign_in_as(made["name"], GOOD)
    rows = one.get("/api/sessions")["items"]
    assert [row["own"] for row in rows] == [True, False]
    one.delete(f"/api/sessions/{rows[1]['id']}")
    two.get("/api/session", status=401)
    stranger = staff.browser()
    stranger.sign_in_as(staff.person()["name"], GOOD)
    stranger.delete(f"/api/sessions/{rows[0]['id']}", status=403)
    two.sign_in_as(made["name"], GOOD)
    listed = staff.anna.get(f"/api/accounts/{made['id']}/sessions")["items"]
    assert [row["id"] for row in listed] == [rows[0]["id"], listed[1]["id"]]
    for status in (204, 404):
        ended = staff.anna.raw("DELETE", f"/api/sessions/{listed[1]['id']}")
        assert ended.status_code == status
    two.get("/api/session", status=401)
    assert staff.anna.post(f"/api/accounts/{made['id']}/end-sessions")["ended"] == 1
    one.get("/api/session", status=401)


def test_a_changed_password_ends_all_other_sessions(staff: Staff) -> None:
    made = staff.person()
    one, two = staff.browser(), staff.browser()
    for browser in (one, two):
        browser.sign_in_as(made["name"], GOOD)
    before = one.cookie
    said = {"current": OTHER, "password": OTHER}
    refused = one.post("/api/session/password", said, status=422)
    assert [error["field"] for error in refused["errors"]] == ["current"]
    one.post("/api/session/password", {"current": GOOD, "password": "krótkie"}, status=422)
    one.post("/api/session/password", {"current": GOOD, "password": OTHER})
    assert one.cookie != before
    one.get("/api/session")
    two.get("/api/session", status=401)
    said = {"name": made["name"], "password": GOOD}
    staff.browser().ask("POST", "/api/session", status=401, json=said)


def test_who_an_account_is_can_be_erased_and_is_not_in_the_log(
    staff: Staff, ewa: dict[str, Any]
) -> None:
    at = f"/api/accounts/{ewa['id']}"
    row = staff.anna.get(at)
    assert (row["display_name"], row["email"]) == ("Ewa Nowak", "ewa@example.org")
    assert row["has_password"]
    with psycopg.connect(staff.service.http.app.state.parts.url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM log.events WHERE leaf LIKE '%Nowak%' OR leaf LIKE '%ewa@%'"
        ).fetchone()
    assert found == (0,)
    staff.anna.post(f"{at}/describe", {})
    row = staff.anna.get(at)
    assert (row["display_name"], row["email"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "ewa nowak"}, "name"),
        ({"name": "ewa@example.org"}, "name"),
        ({"name": "operator"}, "name"),
        ({"name": "x", "role": "king"}, "role"),
        ({"name": "xyz", "until": "2099-01-01"}, "role"),
        ({"name": "xyz", "issuer": "https://login.example.org"}, "subject"),
    ],
)
def test_an_account_that_cannot_be_meant_is_not_made(
    staff: Staff, body: dict[str, Any], field: str
) -> None:
    refused = staff.anna.post("/api/accounts", body, status=422)
    assert [one["field"] for one in refused["errors"]] == [field]


def test_a_name_is_one_persons(staff: Staff, ewa: dict[str, Any]) -> None:
    refused = staff.anna.post("/api/accounts", {"name": "EWA"}, status=409)
    assert refused["rule"] == "name_taken"
    assert refused["collides_with"] == f"/api/accounts/{ewa['id']}"


def test_only_admins_keep_accounts(staff: Staff, ewa: dict[str, Any]) -> None:
    at = f"/api/accounts/{ewa['id']}"
    for role in ("officer", "coordinator", "manager", "auditor"):
        user: Client = staff.service.user(role)
        for path in ("/api/accounts", at, f"{at}/sessions"):
            user.get(path, status=403)
        for path in ("/api/accounts", f"{at}/invite", f"{at}/disable", f"{at}/end-sessions"):
            user.post(path, WHY, status=403)
    names = [row["name"] for row in staff.anna.get("/api/accounts", limit=500)["items"]]
    assert names == sorted(names)
    first = staff.anna.get("/api/accounts", limit=1)
    assert staff.anna.get("/api/accounts", cursor=first["next"])["items"][0]["name"] == names[1]


def test_a_token_has_neither_password_nor_second_factor(staff: Staff) -> None:
    browser = staff.browser()
    browser.sign_in(staff.service.token("coordinator"))
    browser.post("/api/session/password", {"current": GOOD, "password": OTHER}, status=403)
    browser.post("/api/session/second-factor", {"password": GOOD}, status=403)
