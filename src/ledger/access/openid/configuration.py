"""Which identity provider is trusted, and what follows from its claims? A file in TOML.

issuer = "https://login.example.org"
client_id = "ledger"
client_secret_file = "/run/secrets/oidc"    # or LEDGER_OIDC_CLIENT_SECRET; none: a public client
label = "Węzeł krajowy"                     # what the button says
scopes = ["openid", "profile"]
name_claim = "preferred_username"           # what new accounts are called after
create_accounts = true                      # false: only accounts that an admin linked come in
acr_values = []                             # how surely the person must be known, if it matters
algorithms = ["RS256", "ES256", "PS256"]

[[roles]]
claim = "groups"                            # `a.b` looks into objects; lists hold any of theirs
value = "ledger-officers"
role = "officer"
project = "LIDERZY"                         # by its code; left out: for all projects
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from ledger.kernel.fields import AccessRole

SECRET = "LEDGER_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of a variable
# Signed with a key of the provider's own: never `none`, never a secret that both know.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderMisconfigured(Exception):
    """The file cannot be used; the message says why."""


class RoleRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has that value in that claim has that role, for the project of that code or for all."""

    claim: str
    value: str
    role: AccessRole
    project: str | None = None

    def holds(self, claims: Mapping[str, Any]) -> bool:
        """Whether it holds for somebody of whom these are the claims."""
        found: Any = claims.get(self.claim)
        if found is None:
            found = claims
            for part in self.claim.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        values = found if isinstance(found, list) else [found]
        return any(isinstance(one, str) and one == self.value for one in values)


class ProviderSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says; see the module's text."""

    issuer: str
    client_id: str
    client_secret_file: str | None = None
    label: str = "OpenID Connect"
    scopes: tuple[str, ...] = ("openid", "profile")
    name_claim: str = "preferred_username"
    create_accounts: bool = True
    acr_values: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256")
    roles: tuple[RoleRule, ...] = ()

    def secret(self) -> str | None:
        """The client's secret. Raises `ProviderMisconfigured`."""
        if text := os.environ.get(SECRET):
            return text
        if self.client_secret_file is None:
            return None
        try:
            return Path(self.client_secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProviderMisconfigured(f"the client's secret cannot be read: {error}") from None

    def roles_of(self, claims: Mapping[str, Any]) -> list[RoleRule]:
        """The rules that hold for these claims."""
        return [rule for rule in self.roles if rule.holds(claims)]


def read_configuration(path: Path) -> ProviderSettings:
    """What the file says. Raises `ProviderMisconfigured`."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(said, ProviderSettings)
    except (OSError, ValueError) as error:  # msgspec's and TOML's errors are ValueErrors
        raise ProviderMisconfigured(f"{path}: {error}") from None
    if not is_safe(found.issuer):
        raise ProviderMisconfigured(f"{path}: the issuer must be reached by https")
    if bad := set(found.algorithms) - ALGORITHMS:
        raise ProviderMisconfigured(f"{path}: {', '.join(sorted(bad))} is no safe algorithm")
    if "openid" not in found.scopes or not found.algorithms:
        raise ProviderMisconfigured(f"{path}: the scope openid and an algorithm are needed")
    found.secret()
    return found


def is_safe(address: str) -> bool:
    """Whether nobody on the way to the address can listen or change what is said."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    except ValueError:
        return False
