"""Nothing is believed that the provider did not sign, for us, now, and for this very visit."""

import asyncio
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from msgspec import json

from ledger.access.openid import (
    Identity,
    Provider,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderSettings,
    RoleRule,
    Visit,
    read_configuration,
)

ISSUER = "https://login.example.org"
VISIT = Visit("state", "nonce", "v" * 43, "/")
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
SHARED = OctKey.import_key("x" * 64, {"kid": "shared"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
SETTINGS = ProviderSettings(issuer=ISSUER, client_id="ledger")
Signed = Callable[[], str]


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": "ledger", "sub": "anna", "nonce": "nonce"}
    found: dict[str, Any] = said | {"iat": now, "exp": now + 300} | changes
    return {name: value for name, value in found.items() if value is not None}


def signed(key: Any = KEY, alg: str = "RS256", kid: str = "one", **changes: Any) -> str:
    return jwt.encode({"alg": alg, "kid": kid}, claims(**changes), key, algorithms=[alg])


def by_hand(alg: str, secret: bytes | None = None) -> str:
    """A token that no decent library makes."""
    parts = [{"alg": alg, "kid": "one"}, claims()]
    text = b".".join(urlsafe_b64encode(json.encode(part)).rstrip(b"=") for part in parts)
    mac = b"" if secret is None else hmac.new(secret, text, sha256).digest()
    return (text + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


class Fake:
    """A provider that says what a test wants; `asked` counts how often its keys were read."""

    def __init__(self, token: str, *keys: Any, **published: Any) -> None:
        self.token = token
        self.keys = [key.as_dict(private=key is SHARED) for key in keys or (KEY,)]
        self.published = published
        self.userinfo: dict[str, Any] | None = None
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/.well-known/openid-configuration":
                here = {
                    "issuer": ISSUER,
                    "authorization_endpoint": f"{ISSUER}/auth",
                    "token_endpoint": f"{ISSUER}/token",
                    "jwks_uri": f"{ISSUER}/keys",
                }
                if self.userinfo is not None:
                    here["userinfo_endpoint"] = f"{ISSUER}/me"
                return httpx.Response(200, json=here | self.published)
            case "/keys":
                self.asked += 1
                return httpx.Response(200, json={"keys": self.keys})
            case "/me":
                return httpx.Response(200, json=self.userinfo)
            case _:
                said = {"id_token": self.token, "access_token": "x"}
                return httpx.Response(200, json=said)


def come_back(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, said: ProviderSettings = SETTINGS
) -> Identity:
    def client(_issuer: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(fake.answer))

    monkeypatch.setattr("ledger.access.openid.provider._client", client)
    return asyncio.run(Provider(said).identity(VISIT, "code", "https://ledger.example.org/back"))


def test_what_is_signed_for_us_now_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = come_back(Fake(signed(groups=["a"])), monkeypatch)
    assert (found.issuer, found.subject, found.claims["groups"]) == (ISSUER, "anna", ["a"])


HOSTILE: dict[str, Signed] = {
    "unsigned": lambda: by_hand("none"),
    "another key": lambda: signed(OTHER),
    "another key under its own name": lambda: signed(OTHER, kid="two"),
    "a secret that both know": lambda: signed(SHARED, "HS256", "shared"),
    "the public key as a secret": lambda: by_hand("HS256", KEY.as_pem(private=False)),
    "an algorithm that is not ours": lambda: signed(alg="RS384"),
    "another issuer": lambda: signed(iss="https://evil.example"),
    "another audience": lambda: signed(aud="other"),
    "several audiences": lambda: signed(aud=["ledger", "other"]),
    "another party": lambda: signed(azp="other"),
    "another visit": lambda: signed(nonce="other"),
    "no visit": lambda: signed(nonce=None),
    "the past": lambda: signed(exp=int(time.time()) - 120),
    "no end": lambda: signed(exp=None),
    "the future": lambda: signed(iat=int(time.time()) + 3600),
    "nobody": lambda: signed(sub=""),
    "no subject": lambda: signed(sub=None),
    "a truncated token": lambda: signed()[:-10],
    "no token": lambda: "",
    "no three parts": lambda: "a.b",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_not_is_not_believed(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderFailed):
        come_back(Fake(HOSTILE[how](), KEY, SHARED), monkeypatch)


def test_several_audiences_are_told_apart_by_the_party(monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed(aud=["ledger", "other"], azp="ledger")
    assert come_back(Fake(token), monkeypatch).subject == "anna"


def test_keys_of_a_curve_sign_too(monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed(CURVE, "ES256", "curve")
    assert come_back(Fake(token, KEY, CURVE), monkeypatch).subject == "anna"


def test_whoever_makes_up_names_of_keys_does_not_make_us_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = Fake(signed(OTHER, kid="made up"))

    def client(_issuer: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(fake.answer))

    async def many() -> None:
        provider = Provider(SETTINGS)
        for _ in range(5):
            with pytest.raises(ProviderFailed):
                await provider.identity(VISIT, "code", "https://ledger.example.org/back")

    monkeypatch.setattr("ledger.access.openid.provider._client", client)
    asyncio.run(many())
    assert fake.asked == 1


def test_userinfo_adds_to_the_token_and_changes_nothing_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = Fake(signed(groups=["a"]))
    fake.userinfo = {"sub": "anna", "groups": ["b"], "email": "anna@example.org"}
    found = come_back(fake, monkeypatch)
    assert (found.claims["groups"], found.claims["email"]) == (["a"], "anna@example.org")
    fake.userinfo = {"sub": "jan"}
    with pytest.raises(ProviderFailed, match="somebody else"):
        come_back(fake, monkeypatch)


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"jwks_uri": f"{ISSUER}/token"},
    ],
)
def test_a_provider_that_is_not_the_one_is_not_spoken_with(
    published: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProviderFailed):
        come_back(Fake(signed(), **published), monkeypatch)


def test_how_surely_the_person_is_known_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = ProviderSettings(issuer=ISSUER, client_id="ledger", acr_values=("high",))
    assert come_back(Fake(signed(acr="high")), monkeypatch, strict).subject == "anna"
    for acr in ("low", None):
        with pytest.raises(ProviderFailed, match="surely"):
            come_back(Fake(signed(acr=acr)), monkeypatch, strict)


@pytest.mark.parametrize(
    ("claim", "said", "holds"),
    [
        ("groups", {"groups": ["a", "b"]}, True),
        ("groups", {"groups": "b"}, True),
        ("groups", {"groups": ["c"]}, False),
        ("groups", {}, False),
        ("realm.roles", {"realm": {"roles": ["b"]}}, True),
        ("https://x.org/roles", {"https://x.org/roles": ["b"]}, True),
        ("realm.roles", {"realm": ["b"]}, False),
    ],
)
def test_a_role_follows_from_a_claim(claim: str, said: dict[str, Any], holds: bool) -> None:
    assert RoleRule(claim=claim, value="b", role="officer").holds(said) is holds


GOOD = 'issuer = "https://login.example.org"\nclient_id = "ledger"\n'


def test_the_file_is_read_with_its_roles(tmp_path: Path) -> None:
    path = tmp_path / "provider.toml"
    path.write_text(GOOD + '[[roles]]\nclaim = "g"\nvalue = "v"\nrole = "officer"\n')
    found = read_configuration(path)
    assert found.roles == (RoleRule(claim="g", value="v", role="officer"),)
    assert found.secret() is None
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    path.write_text(GOOD + f'client_secret_file = "{secret}"\n')
    assert read_configuration(path).secret() == "s3cret"


@pytest.mark.parametrize(
    "more",
    [
        'colour = "red"',
        'algorithms = ["none"]',
        'algorithms = ["HS256"]',
        'scopes = ["profile"]',
        'client_secret_file = "/nowhere/at/all"',
        '[[roles]]\nclaim = "g"\nvalue = "v"\nrole = "king"',
        "no toml",
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(more: str, tmp_path: Path) -> None:
    path = tmp_path / "provider.toml"
    path.write_text(f"{GOOD}{more}\n")
    with pytest.raises(ProviderMisconfigured):
        read_configuration(path)


def test_a_provider_is_reached_safely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "provider.toml"
    path.write_text(GOOD.replace("https", "http"))
    with pytest.raises(ProviderMisconfigured, match="https"):
        read_configuration(path)
    with pytest.raises(ProviderMisconfigured):
        read_configuration(tmp_path / "nowhere")
