"""What does the identity provider say? Its addresses, its keys, and who somebody is.

Nothing is believed that is not signed with one of its keys, for us, now, and for this very visit.
Keys are asked for anew when one is used that is not known, but not at the beck of whoever makes
names of keys up.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from ledger.access.openid.configuration import ProviderSettings, is_safe
from ledger.access.openid.visits import Visit

TIMEOUT_SECONDS = 10.0
BELIEVED_SECONDS = 3600.0  # its addresses and keys, unless a key is missing
ASKED_AGAIN_SECONDS = 10.0
LEEWAY_SECONDS = 60
LONGEST_BYTES = 1_000_000


class ProviderFailed(Exception):
    """The provider cannot be reached, or what it says is not to be believed; says why to us."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is, by the word of the provider: its own name for him, and its claims."""

    issuer: str
    subject: str
    claims: dict[str, Any]


class _Known(Struct, kw_only=True):
    """What the provider published, and when we asked."""

    addresses: dict[str, Any]
    keys: KeySet
    at: float


class Provider:
    """The provider, as we speak with it."""

    def __init__(self, said: ProviderSettings) -> None:
        self.settings = said
        self._known: _Known | None = None
        self._asking = asyncio.Lock()

    async def address(self, visit: Visit, redirect_uri: str) -> str:
        """Where the browser goes to. Raises `ProviderFailed`."""
        known = await self._published()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.settings.scopes),
            "state": visit.state,
            "nonce": visit.nonce,
            "code_challenge": visit.challenge(),
            "code_challenge_method": "S256",
        }
        if self.settings.acr_values:
            query["acr_values"] = " ".join(self.settings.acr_values)
        at = str(known.addresses["authorization_endpoint"])
        return f"{at}{'&' if '?' in at else '?'}{urlencode(query)}"

    async def identity(self, visit: Visit, code: str, redirect_uri: str) -> Identity:
        """Who came back with that code. Raises `ProviderFailed`."""
        known = await self._published()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": visit.verifier,
            "client_id": self.settings.client_id,
        }
        secret = self.settings.secret()
        async with _client(self.settings.issuer) as client:
            answer = await _asked(
                client,
                "POST",
                known.addresses["token_endpoint"],
                data=form,
                auth=None if secret is None else _basic(self.settings.client_id, secret),
            )
            token = answer.get("id_token")
            if not isinstance(token, str):
                raise ProviderFailed("no id_token")
            claims = await self._verified(token, visit.nonce)
            claims |= await self._more(client, known, answer.get("access_token"), claims)
        return Identity(issuer=self.settings.issuer, subject=claims["sub"], claims=claims)

    async def _more(
        self, client: httpx.AsyncClient, known: _Known, access: Any, claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the provider tells of the person beside the token, if it does; never who it is."""
        address = known.addresses.get("userinfo_endpoint")
        if address is None or not isinstance(access, str):
            return {}
        headers = {"Authorization": f"Bearer {access}"}
        said = await _asked(client, "GET", address, headers=headers)
        if said.get("sub") != claims["sub"]:
            raise ProviderFailed("userinfo is about somebody else")
        return {name: value for name, value in said.items() if name not in claims}

    async def _verified(self, token: str, nonce: str) -> dict[str, Any]:
        keys = await self._keys_for(token)
        try:
            found = jwt.decode(token, keys, algorithms=list(self.settings.algorithms))
        except (JoseError, ValueError) as error:
            raise ProviderFailed(f"the token is not signed by the provider: {error}") from None
        claims: dict[str, Any] = found.claims
        self._check(claims, nonce)
        return claims

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        """OpenID Connect Core 1.0, section 3.1.3.7."""
        registry = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderFailed(f"the token is not for us now: {error}") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.settings.client_id:
            raise ProviderFailed("the token is for another party")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ProviderFailed("the token is about nobody")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise ProviderFailed("the token is of another visit")
        if self.settings.acr_values and claims.get("acr") not in self.settings.acr_values:
            raise ProviderFailed("the person is not known surely enough")

    async def _keys_for(self, token: str) -> KeySet:
        """The provider's keys; asked for anew where the token's is not among them."""
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError) as error:
            raise ProviderFailed(f"the token cannot be read: {error}") from None
        kid = header.get("kid")
        known = await self._published()
        if kid is not None and all(key.kid != kid for key in known.keys):
            known = await self._published(older_than=ASKED_AGAIN_SECONDS)
        return known.keys

    async def _published(self, older_than: float = BELIEVED_SECONDS) -> _Known:
        async with self._asking:
            known = self._known
            if known is None or time.monotonic() - known.at > older_than:
                known = self._known = await self._ask()
            return known

    async def _ask(self) -> _Known:
        issuer = self.settings.issuer
        async with _client(issuer) as client:
            where = issuer.rstrip("/") + "/.well-known/openid-configuration"
            addresses = await _asked(client, "GET", where)
            if addresses.get("issuer") != issuer:
                raise ProviderFailed("the provider calls itself otherwise")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            there = [*needed, *(["userinfo_endpoint"] if "userinfo_endpoint" in addresses else [])]
            if not all(is_safe(str(addresses.get(name, ""))) for name in there):
                raise ProviderFailed("an address of the provider is missing or not safe")
            published = await _asked(client, "GET", addresses["jwks_uri"])
        return _Known(addresses=addresses, keys=_signing(published), at=time.monotonic())


def _signing(published: dict[str, Any]) -> KeySet:
    """The keys that sign; secrets that both sides know are none."""
    some = published.get("keys")
    usable = [
        key
        for key in (some if isinstance(some, list) else [])
        if isinstance(key, dict) and key.get("use", "sig") == "sig" and key.get("kty") != "oct"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFailed(f"the provider's keys cannot be read: {error}") from None


def _client(issuer: str) -> httpx.AsyncClient:
    """By the proxy and certificates that the environment names; not to this very machine."""
    return httpx.AsyncClient(
        timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=issuer.startswith("https:")
    )


def _basic(user: str, secret: str) -> httpx.BasicAuth:
    """RFC 6749, section 2.3.1: both are encoded as in a form first."""
    return httpx.BasicAuth(*(urlencode({"": one})[1:] for one in (user, secret)))


async def _asked(
    client: httpx.AsyncClient, method: str, address: str, **more: Any
) -> dict[str, Any]:
    """The JSON object that the provider answers. Raises `ProviderFailed`."""
    try:
        answer = await client.request(method, address, **more)
        found = answer.json() if len(answer.content) <= LONGEST_BYTES else None
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(f"{type(error).__name__} at {address}") from None
    if answer.status_code != 200 or not isinstance(found, dict):
        raise ProviderFailed(f"status {answer.status_code} at {address}")
    return found
