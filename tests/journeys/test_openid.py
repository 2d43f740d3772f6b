"""People sign in by a real OpenID provider; what its claims lead to is granted and recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from litestar.testing import TestClient

from api.app import create_app
from tests.conftest import fresh_database
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client, Service
from tests.journeys.identity_provider import SECRET, IdentityProvider
from tests.journeys.test_accounts import GOOD
from tests.journeys.world import World

CONFIGURATION = """
issuer = "{issuer}"
client_id = "ledger"
label = "Węzeł krajowy"
scopes = ["openid", "profile", "groups"]

[[roles]]
claim = "groups"
value = "ledger-officers"
role = "officer"
project = "{code}"

[[roles]]
claim = "groups"
value = "ledger-auditors"
role = "auditor"

[[roles]]
claim = "groups"
value = "ledger-ghosts"
role = "manager"
project = "NO SUCH PROJECT"
"""
WHY = {"reason": "odejście"}
CODE = "OPENID"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def shared(
    server_url: str, provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service, told of the provider."""
    path: Path = tmp_path_factory.mktemp("openid") / "provider.toml"
    path.write_text(CONFIGURATION.format(issuer=provider.issuer, code=CODE), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, fresh_database(server_url) as url:
        patch.setenv("LEDGER_OIDC", str(path))
        patch.setenv("LEDGER_OIDC_CLIENT_SECRET", SECRET)
        with TestClient(create_app(url)) as http:
            yield Service(http)


@pytest.fixture(scope="module")
def project(shared: Service, user: Client) -> str:
    return World(user).project(code=CODE)


class Visitor(Browser):
    """A browser that goes to the provider and comes back."""

    def leave(self, **query: str) -> str:
        """Where the service sends the browser."""
        path = f"/sign-in/oidc?{urlencode(query)}"
        self.ask("GET", path, status=303, follow_redirects=False)
        return str(self.headers["location"])

    def come_back(self, address: str, *, status: int = 303) -> str | None:
        """What the service answers to whom the provider sends back: where to go on."""
        parts = urlsplit(address)
        self.page("GET", f"{parts.path}?{parts.query}", status=status, follow_redirects=False)
        found: str | None = self.headers.get("location")
        return found

    def signed_in(self, provider: IdentityProvider, subject: str, **query: str) -> str | None:
        return self.come_back(provider.visit(self.leave(**query), subject))


@pytest.fixture
def visitor(shared: Service) -> Visitor:
    return Visitor(shared)


def roles(visitor: Visitor) -> list[tuple[str, bool]]:
    found = visitor.get("/api/session")
    return [(one["role"], one["project"] is not None) for one in found["grants"]]


def test_somebody_comes_in_with_the_roles_of_the_claims(
    visitor: Visitor, provider: IdentityProvider, shared: Service, project: str, user: Client
) -> None:
    groups = ["ledger-officers", "ledger-auditors", "ledger-ghosts", "others"]
    provider.person("11111111116", preferred_username="Ewa.Żak@example.org", groups=groups)
    assert visitor.signed_in(provider, "11111111116", next="/projects?valid_at=2020-01-01") == (
        "/projects?valid_at=2020-01-01"
    )
    found = visitor.get("/api/session")
    assert (found["name"], found["how"], found["kind"]) == ("ewa.zak", "oidc", "account")
    assert roles(visitor) == [("officer", True), ("auditor", False)]
    assert found["grants"][0]["project"] == project
    user.position = shared.http.app.state.parts.log.recorded
    access = user.get("/api/access", name="ewa.zak")["items"][0]
    assert {one["through"] for one in access["roles"]} == {"identity_provider"}
    assert access["roles"][0]["granted_by"].startswith("identity provider 127.0.0.1")
    # What the provider calls the person may be a number of his: it is kept nowhere.
    assert "11111111116" not in str(user.get("/api/events", limit=500))
    assert "11111111116" not in str(user.get("/api/accounts"))


def test_roles_follow_the_claims_at_the_next_sign_in(
    shared: Service, provider: IdentityProvider, project: str
) -> None:
    provider.person("jan", preferred_username="jan", groups=["ledger-auditors"])
    first, second = Visitor(shared), Visitor(shared)
    first.signed_in(provider, "jan")
    assert roles(first) == [("auditor", False)]
    provider.person("jan", preferred_username="janusz", groups=["ledger-officers"])
    second.signed_in(provider, "jan")
    assert second.get("/api/session")["name"] == "jan"
    assert roles(second) == [("officer", True)]
    assert roles(first) == [("officer", True)]


def test_the_same_name_of_another_person_is_another_account(
    shared: Service, provider: IdentityProvider, project: str
) -> None:
    names = set()
    for subject in ("a1", "a2", "a3"):
        provider.person(subject, preferred_username="ola", groups=[])
        visitor = Visitor(shared)
        visitor.signed_in(provider, subject)
        names.add(visitor.get("/api/session")["name"])
        visitor.get("/api/projects", status=403)
    assert names == {"ola", "ola-2", "ola-3"}


def test_a_key_that_is_new_is_asked_for(
    shared: Service, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.access.openid.provider.ASKED_AGAIN_SECONDS", 0.0)
    provider.person("maria", preferred_username="maria", groups=["ledger-auditors"])
    Visitor(shared).signed_in(provider, "maria")
    provider.new_keys()
    Visitor(shared).signed_in(provider, "maria")


def test_a_disabled_account_does_not_come_in(
    shared: Service, provider: IdentityProvider, user: Client
) -> None:
    provider.person("piotr", preferred_username="piotr", groups=["ledger-auditors"])
    first = Visitor(shared)
    first.signed_in(provider, "piotr")
    rows = user.get("/api/accounts", limit=500)["items"]
    id = next(row["id"] for row in rows if row["name"] == "piotr")
    user.post(f"/api/accounts/{id}/disable", WHY)
    first.get("/api/session", status=401)
    again = Visitor(shared)
    again.come_back(provider.visit(again.leave(), "piotr"), status=401)
    assert again.cookie is None


def test_an_admin_links_an_account_before(
    shared: Service, provider: IdentityProvider, user: Client
) -> None:
    wish = {"name": "dyrektor", "issuer": provider.issuer, "subject": "d1"}
    made = user.post("/api/accounts", wish)
    assert made["invitation"] is None
    provider.person("d1", preferred_username="somebody", groups=[])
    visitor = Visitor(shared)
    visitor.signed_in(provider, "d1")
    assert visitor.get("/api/session")["name"] == "dyrektor"
    visitor.csrf = visitor.get("/api/session")["csrf"]
    refused = visitor.post("/api/session/second-factor", {"password": GOOD}, status=409)
    assert refused["rule"] == "no_password"


@pytest.mark.parametrize("how", ["twice", "elsewhere", "state", "issuer", "code", "error"])
def test_what_was_not_sent_back_to_this_browser_now_is_refused(
    shared: Service, visitor: Visitor, provider: IdentityProvider, how: str
) -> None:
    provider.person("ewa", preferred_username="ewa", groups=["ledger-auditors"])
    back = provider.visit(visitor.leave(), "ewa")
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    changes: dict[str, dict[str, Any]] = {
        "state": {"state": "other"},
        "issuer": {"iss": "https://evil.example"},
        "code": {"code": "other"},
        "error": {"error": "access_denied"},
    }
    if how == "twice":
        visitor.come_back(back)
        visitor.cookie = None
    elif how == "elsewhere":
        visitor.jar.clear()
    query |= changes.get(how, {})
    visitor.come_back(f"/sign-in/oidc/callback?{urlencode(query)}", status=401)
    assert visitor.cookie is None


def test_one_goes_on_to_an_address_of_this_service_only(
    shared: Service, provider: IdentityProvider
) -> None:
    provider.person("ewa", preferred_username="ewa", groups=[])
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        visitor = Visitor(shared)
        assert visitor.signed_in(provider, "ewa", next=elsewhere) == "/"
