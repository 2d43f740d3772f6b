"""How do people sign in by an identity provider? OpenID Connect: authorization code with PKCE.

For Polish bodies a national identity node speaks through such a provider. It says who somebody is;
what he may do follows from its claims as the operator configured it, and is recorded.
"""

from ledger.access.openid.configuration import (
    ProviderMisconfigured,
    ProviderSettings,
    RoleRule,
    read_configuration,
)
from ledger.access.openid.provider import Identity, Provider, ProviderFailed
from ledger.access.openid.visits import Visit, Visits

__all__ = [
    "Identity",
    "Provider",
    "ProviderFailed",
    "ProviderMisconfigured",
    "ProviderSettings",
    "RoleRule",
    "Visit",
    "Visits",
    "read_configuration",
]
