"""Who may call? Tokens for machines, sessions for people; no secret is kept as it is.

`Access` is the credentials of one database, behind one pool of connections.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg_pool import AsyncConnectionPool

from ledger.access.accounts import Account, Accounts
from ledger.access.devices import Devices
from ledger.access.failures import Failures
from ledger.access.granted import Granted
from ledger.access.invitations import Invitations
from ledger.access.openid import Provider, Visits, read_configuration
from ledger.access.second_factors import SecondFactors
from ledger.access.secret import AccessKey
from ledger.access.sessions import Session, Sessions
from ledger.access.signing_in import SigningIn
from ledger.access.tokens import ROLES, Token, Tokens
from ledger.event_store.connections import options
from ledger.settings import settings

__all__ = ["ROLES", "Access", "Account", "Session", "Token", "Tokens", "connected"]


class Access:
    """The credentials in the database, each kind in its own object; `keys`: a folder outside it.

    Raises `ProviderMisconfigured` where what the settings say of an identity provider is unusable.
    """

    def __init__(self, url: str, keys: Path) -> None:
        pool = self._pool = AsyncConnectionPool(
            url, kwargs=options("ledger_writer"), min_size=1, max_size=4, open=False
        )
        self.key = AccessKey(keys)
        self.granted = Granted(pool)
        self.tokens = Tokens(pool, self.granted)
        self.sessions = Sessions(pool)
        self.accounts = Accounts(pool, self.key)
        self.invitations = Invitations(pool)
        self.factors = SecondFactors(pool, self.key)
        self.failures = Failures(pool, self.key)
        self.devices = Devices(pool)
        self.visits = Visits(pool)
        told = settings().openid
        self.provider = None if told is None else Provider(read_configuration(told))
        self.door = SigningIn(self.accounts, self.factors, self.failures, self.devices)

    async def open(self) -> None:
        """Connects."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Tokens]:
    """The tokens, connected while the context lasts."""
    access = Access(url, settings().keys)
    try:
        await access.open()
        yield access.tokens
    finally:
        await access.close()
