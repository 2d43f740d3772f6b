"""Who is it that wants to come in? A name, a password and, where there is one, a second factor.

Unknown names, wrong passwords and disabled accounts get the same answer after the same time.
"""

from typing import NamedTuple

from ledger.access import passwords
from ledger.access.accounts import NOBODY, Account, Accounts
from ledger.access.devices import Devices
from ledger.access.failures import Counted, Failures, of_address, of_browser, of_name
from ledger.access.refusals import SecondFactorNeeded, SignInRefused
from ledger.access.second_factors import SecondFactors


class Shown(NamedTuple):
    """What somebody shows, and from where; `device` is what his browser kept of an earlier time."""

    name: str
    password: str
    code: str | None
    address: str
    device: str | None


class LetIn(NamedTuple):
    """The account, and what its browser is to keep; None: it is known already."""

    account: Account
    device: str | None


class SigningIn:
    """The door."""

    def __init__(
        self, accounts: Accounts, factors: SecondFactors, failures: Failures, devices: Devices
    ) -> None:
        self._accounts = accounts
        self._factors = factors
        self._failures = failures
        self._devices = devices

    async def let_in(self, shown: Shown) -> LetIn:
        """The account behind what is shown.

        Raises `SignInRefused`, `SecondFactorNeeded` where all but the code is right, and
        `TooManyTries` after failures.
        """
        account = await self._accounts.of_name(shown.name)
        # The same is asked of the database whether there is such an account or not.
        id = NOBODY if account is None else account.id
        known = shown.device is not None and await self._devices.knows(shown.device, id)
        counted = self._counted(shown, known=known)
        await self._failures.begin(counted)
        found = await self._check_password(account, shown.password)
        if found.has_second_factor:
            if not shown.code:
                await self._failures.withdraw(counted)
                raise SecondFactorNeeded
            if not await self._factors.accepts(found.id, shown.code):
                raise SignInRefused
        await self._failures.succeeded(counted)
        await self._failures.clean()
        await self._accounts.signed_in(found.id)
        return LetIn(found, None if known else await self._devices.remember(found.id))

    @staticmethod
    def _counted(shown: Shown, *, known: bool) -> list[Counted]:
        if known and shown.device is not None:
            return [of_browser(shown.device)]
        return [of_name(shown.name.strip().lower()), of_address(shown.address)]

    async def _check_password(self, account: Account | None, password: str) -> Account:
        kept = await self._accounts.password(NOBODY if account is None else account.id)
        right = await passwords.verify(kept, password)
        if account is None or not right or account.disabled_at is not None:
            raise SignInRefused
        if kept is not None and passwords.is_outdated(kept):
            await self._accounts.set_password(account.id, await passwords.hashed(password))
        return account

    async def is_right(self, account: Account, password: str, code: str | None = None) -> bool:
        """Whether somebody signed in knows the password, too, and the code where one is given.

        Failures count as at the door. Raises `TooManyTries`.
        """
        counted = [of_name(account.name)]
        await self._failures.begin(counted)
        kept = await self._accounts.password(account.id)
        if not await passwords.verify(kept, password):
            return False
        if code is not None and not await self._factors.accepts(account.id, code):
            return False
        await self._failures.succeeded(counted)
        return True
