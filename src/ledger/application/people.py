"""How does somebody get an account, and how does it end? What is done is recorded, then it is so.

What ends something is the other way round: it ends, and then that is recorded.
"""

from typing import Any

from msgspec import Struct

from ledger.access import Access, Account
from ledger.access.accounts import NameTaken, check_name
from ledger.aggregates.access import Deed
from ledger.application.credentials import note, open_holder, revoke_everything
from ledger.application.ledger import Ledger
from ledger.application.wishes import Caller, Receipt
from ledger.kernel.errors import Collision, NotFound, Refusal


class AlreadySo(Refusal):
    """The account {name} is that already."""


class NewAccount(Struct, frozen=True, kw_only=True):
    """Who is to sign in, and the roles that are wanted; `subject`: issuer and name there."""

    name: str
    display_name: str | None = None
    email: str | None = None
    subject: tuple[str, str] | None = None
    grants: tuple[dict[str, Any], ...] = ()
    reason: str | None = None


class Invited(Struct, frozen=True, kw_only=True):
    """An account and the one-time link that its person gets; None: a provider signs it in."""

    id: str
    invitation: str | None
    receipt: Receipt


class People:
    """The accounts, as one caller keeps them in one request."""

    def __init__(self, ledger: Ledger, access: Access, caller: Caller, request_id: str) -> None:
        self._ledger = ledger
        self._access = access
        self._caller = caller
        self._request_id = request_id

    async def create(self, wanted: NewAccount) -> Invited:
        """A new account. Raises a `LedgerError`, such as `NameTaken`."""
        name = check_name(wanted.name)
        if (known := await self._access.accounts.of_name(name)) is not None:
            raise NameTaken(name=name, collides=Collision("accounts", known.id))
        receipt = await open_holder(
            self._ledger,
            "account",
            name,
            list(wanted.grants),
            self._caller,
            self._request_id,
            reason=wanted.reason,
        )
        await self._access.accounts.create(
            receipt.id,
            name,
            display_name=wanted.display_name,
            email=wanted.email,
            subject=wanted.subject,
        )
        if wanted.subject is not None:
            return Invited(id=receipt.id, invitation=None, receipt=receipt)
        link = await self._access.invitations.make(receipt.id)
        return Invited(id=receipt.id, invitation=link, receipt=receipt)

    async def account(self, id: str) -> Account:
        """The account of that id. Raises `NotFound`."""
        found = await self._access.accounts.of_id(id)
        if found is None:
            raise NotFound
        return found

    async def invite(self, id: str, reason: str | None) -> str:
        """A link by which the person chooses another password. Raises a `LedgerError`."""
        account = await self.account(id)
        await self._note(account, "invited", reason)
        return await self._access.invitations.make(account.id)

    async def disable(self, id: str, reason: str) -> None:
        """Ends everything of an account at once. Raises a `LedgerError`."""
        account = await self.account(id)
        fresh = await self._access.accounts.disable(account.id)
        await self.end_sessions(id)
        if fresh:
            await self._note(account, "disabled", reason)
        # A process may have ended after the first step: what it left undone is done now.
        revoked = await revoke_everything(self._ledger, id, self._caller, self._request_id, reason)
        if not fresh and not revoked:
            raise AlreadySo(name=account.name, collides=Collision("accounts", id))

    async def enable(self, id: str, reason: str) -> None:
        """Lets an account sign in again; its roles have to be granted anew."""
        account = await self.account(id)
        if account.disabled_at is None:
            raise AlreadySo(name=account.name, collides=Collision("accounts", id))
        await self._note(account, "enabled", reason)
        await self._access.accounts.enable(id)

    async def end_sessions(self, id: str) -> int:
        """Ends all sessions of an account at once; how many there were. Raises `NotFound`."""
        account = await self.account(id)
        await self._access.devices.forget(account.id)
        return await self._access.sessions.end_all(account.id, by=self._caller.name)

    async def remove_second_factor(self, id: str, reason: str | None) -> bool:
        """Takes a second factor away whose device is lost; False: there was none."""
        account = await self.account(id)
        if not account.has_second_factor:
            return False
        await self._note(account, "second_factor_removed", reason)
        return await self._access.factors.remove(account.id)

    async def _note(self, account: Account, what: Deed, reason: str | None) -> None:
        await note(self._ledger, account.id, what, self._caller, self._request_id, reason)
