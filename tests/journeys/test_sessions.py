"""People sign in: a session in a cookie, which other sites cannot use and which always ends."""

from typing import Any

import psycopg
import pytest

from tests.journeys.browsers import Browser
from tests.journeys.conftest import Service

NEW = {"name": "Gmina Mirzec", "sector": "ngo", "level": "commune"}


@pytest.fixture
def browser(shared: Service) -> Browser:
    return Browser(shared)


@pytest.fixture
def token(shared: Service) -> str:
    return shared.token("coordinator")


def test_a_token_begins_a_session_that_reads_and_writes(browser: Browser, token: str) -> None:
    made = browser.sign_in(token)
    assert (made["kind"], made["name"]) == ("token", "test coordinator")
    assert made["acting"]["role"] == "coordinator"
    assert browser.ask("GET", "/api/session", status=200) == made
    browser.ask("GET", "/api/projects", status=200)
    csrf = {"X-CSRF-Token": made["csrf"]}
    browser.ask("POST", "/api/institutions", status=201, json=NEW, headers=csrf)


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser, token: str) -> None:
    browser.sign_in(token)
    (said,) = [one.lower() for one in browser.said]
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "domain" not in said
    assert "expires" not in said


@pytest.mark.parametrize("csrf", [None, "", "wrong", "0" * 64])
def test_a_cookie_alone_changes_nothing(browser: Browser, token: str, csrf: str | None) -> None:
    browser.sign_in(token)
    headers = {} if csrf is None else {"X-CSRF-Token": csrf}
    for method, path in (("POST", "/api/institutions"), ("DELETE", "/api/session")):
        refused = browser.ask(method, path, status=403, json=NEW, headers=headers)
        assert refused["type"] == "/problems/cross_site"
    browser.ask("GET", "/api/session", status=200)


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_can_do_nothing_even_with_the_token(
    browser: Browser, token: str, header: dict[str, str]
) -> None:
    csrf = {"X-CSRF-Token": browser.sign_in(token)["csrf"]}
    browser.ask("POST", "/api/institutions", status=403, json=NEW, headers=csrf | header)
    browser.ask("POST", "/api/session", status=403, json={"token": token}, headers=header)


def test_a_page_of_the_service_itself_may(browser: Browser, token: str) -> None:
    headers = {
        "X-CSRF-Token": browser.sign_in(token)["csrf"],
        "Origin": "http://testserver.local",
        "Sec-Fetch-Site": "same-origin",
    }
    browser.ask("POST", "/api/institutions", status=201, json=NEW, headers=headers)


def test_signing_out_ends_the_session(browser: Browser, token: str) -> None:
    csrf = {"X-CSRF-Token": browser.sign_in(token)["csrf"]}
    before = browser.cookie
    browser.ask("DELETE", "/api/session", status=204, headers=csrf)
    assert browser.cookie is None
    browser.cookie = before
    browser.ask("GET", "/api/session", status=401)
    browser.ask("GET", "/api/projects", status=401)


def test_signing_in_gives_another_secret_and_ends_the_one_before(
    browser: Browser, token: str
) -> None:
    browser.sign_in(token)
    before = browser.cookie
    browser.sign_in(token)
    assert browser.cookie != before
    browser.cookie = before
    browser.ask("GET", "/api/session", status=401)


def test_a_secret_that_others_chose_is_never_a_session(browser: Browser, token: str) -> None:
    for chosen in ("x", "_", "0" * 32 + "_chosen", "\u00e9", "z" * 32 + "_x"):
        browser.cookie = chosen
        browser.ask("GET", "/api/session", status=401)
    browser.cookie = fixed = "0" * 32 + "_chosen"
    browser.sign_in(token)
    assert browser.cookie != fixed
    browser.cookie = fixed
    browser.ask("GET", "/api/session", status=401)


def test_a_wrong_secret_of_a_known_session_is_refused(browser: Browser, token: str) -> None:
    browser.sign_in(token)
    assert browser.cookie is not None
    browser.cookie = browser.cookie[:-1] + ("A" if browser.cookie[-1] != "A" else "B")
    browser.ask("GET", "/api/session", status=401)


def test_a_revoked_token_ends_its_sessions(browser: Browser, shared: Service, token: str) -> None:
    browser.sign_in(token)
    parts, call = shared.http.app.state.parts, shared.http.blocking_portal.call
    assert call(parts.tokens.revoke, call(parts.tokens.verify, token).id)
    browser.ask("GET", "/api/session", status=401)


@pytest.mark.parametrize(
    "past", ["seen_at = now() - interval '2 hours'", "ends_at = now() - interval '1 second'"]
)
def test_a_session_ends_by_itself(browser: Browser, shared: Service, token: str, past: str) -> None:
    id = browser.sign_in(token)["id"]
    with psycopg.connect(shared.http.app.state.parts.url) as connection:
        connection.execute(f"UPDATE access.sessions SET {past} WHERE id = %s".encode(), (id,))
    browser.ask("GET", "/api/session", status=401)


def test_a_wrong_token_beside_a_cookie_is_not_overlooked(browser: Browser, token: str) -> None:
    browser.sign_in(token)
    wrong = {"Authorization": "Bearer ledger_wrong"}
    browser.ask("GET", "/api/projects", status=401, headers=wrong)


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": 1}, {"colour": "red"}, []])
def test_what_cannot_be_meant_signs_nobody_in(browser: Browser, body: Any) -> None:
    browser.ask("POST", "/api/session", status=400 if body == [] else 422, json=body)
    browser.ask("POST", "/api/session", status=401, json={"token": "ledger_wrong"})
    assert browser.cookie is None


def test_without_a_provider_no_address_leads_to_it(browser: Browser) -> None:
    for path in ("/sign-in/oidc", "/sign-in/oidc/callback?code=x&state=y"):
        browser.page("GET", path, status=404)
