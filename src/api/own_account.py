"""Which addresses does somebody use for his own account? Password, second factor, invitation."""

from typing import Any

import segno
from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.bodies import json_object
from api.cookies import check_site
from api.identity import Session
from api.sessions import Secret, answer_begun, begin, private, signed_in
from api.state import service
from ledger.access import Account, passwords
from ledger.kernel.errors import Collision, Forbidden, Invalid, NotFound, Refusal
from ledger.kernel.intake import read


class SecondFactorThere(Refusal):
    """There is a second factor already: remove it before another one is set up."""


class NoPassword(Refusal):
    """The account signs in by an identity provider: password and second factor are kept there."""


class ChangePassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password until now, and the one from now on."""

    current: Secret
    password: Secret


class Accept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invitation, as its link holds it, and the password that is chosen."""

    invitation: Secret
    password: Secret


class Prove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password once more: a browser that was left alone is not enough."""

    password: Secret


class Code(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of the moment."""

    code: Secret


class ProveWithCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password and a code, or a recovery code."""

    password: Secret
    code: Secret


class OfferAnswer(Struct, frozen=True, kw_only=True):
    """What a device is told: the key as text, as an address, and as a picture (SVG) of it."""

    key: str
    address: str
    picture: str


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Codes for when the device is lost; each works once, and they are shown this once."""

    recovery_codes: list[str]


class Accepted(Struct, frozen=True, kw_only=True):
    """The name by which one signs in now."""

    name: str


# For the pages and the addresses below.


async def account_of(request: Request[Any, Any, Any], session: Session) -> Account:
    """The account that is signed in. Raises `Forbidden` for a token."""
    found = await service(request).access.accounts.in_force(session.holder)
    if session.kind != "account" or found is None:
        raise Forbidden(needed="of an account, not of a token")
    return found[0]


async def proved(
    request: Request[Any, Any, Any], session: Session, password: str, code: str | None = None
) -> Account:
    """The account, if that is its password, and the code where one is needed.

    Raises `Invalid`, `NoPassword`, `TooManyTries`.
    """
    account = await account_of(request, session)
    if not account.has_password:
        raise NoPassword(collides=Collision("accounts", account.id))
    if not await service(request).access.door.is_right(account, password, code):
        if code is not None:
            raise Invalid.field("password", "or the code is wrong")
        raise Invalid.field("password", "is not the password")
    return account


async def change_password(request: Request[Any, Any, Any], current: str, password: str) -> Cookie:
    """Sets another password; every session of the account ends, and this one begins anew."""
    session = await signed_in(request)
    access = service(request).access
    try:
        account = await proved(request, session, current)
    except Invalid:
        raise Invalid.field("current", "is not the password") from None
    passwords.check(password, *_own_words(account))
    await access.accounts.set_password(account.id, await passwords.hashed(password))
    await access.sessions.end_all(account.id, by=account.name)
    return await begin(request, account.id, "account", "password")


def _own_words(account: Account) -> list[str]:
    return [one for one in (account.name, account.display_name, account.email) if one]


async def invited(request: Request[Any, Any, Any], invitation: str) -> Account:
    """Whom an invitation is for. Raises `NotFound` where it is unknown, used or over."""
    access = service(request).access
    id = await access.invitations.account(invitation)
    found = None if id is None else await access.accounts.in_force(id)
    if found is None:
        raise NotFound
    return found[0]


async def accept(request: Request[Any, Any, Any], invitation: str, password: str) -> Account:
    """Uses an invitation up: the password is chosen, and all sessions until now end.

    Raises `NotFound` for an invitation that is worth nothing, `Invalid` for a weak password.
    """
    check_site(request)
    access = service(request).access
    account = await invited(request, invitation)
    passwords.check(password, *_own_words(account))
    kept = await passwords.hashed(password)
    if await access.invitations.use(invitation) != account.id:
        raise NotFound
    await access.accounts.set_password(account.id, kept)
    await access.sessions.end_all(account.id, by=account.name)
    await access.devices.forget(account.id)
    return account


async def offer_second_factor(request: Request[Any, Any, Any], password: str) -> OfferAnswer:
    """A new secret for a device. Raises `SecondFactorThere`."""
    account = await proved(request, await signed_in(request), password)
    offer = await service(request).access.factors.offer(account.id, account.name)
    if offer is None:
        raise SecondFactorThere(collides=Collision("accounts", account.id))
    picture = segno.make(offer.address, error="m").svg_inline(scale=5, omitsize=True)
    return OfferAnswer(key=offer.secret, address=offer.address, picture=picture)


async def confirm_second_factor(request: Request[Any, Any, Any], code: str) -> list[str]:
    """Puts the factor in force; answers the recovery codes. Raises `Invalid`."""
    account = await account_of(request, await signed_in(request))
    codes = await service(request).access.factors.confirm(account.id, code)
    if codes is None:
        raise Invalid.field("code", "is not the code of the moment")
    return codes


async def remove_second_factor(request: Request[Any, Any, Any], password: str, code: str) -> None:
    """Takes the factor away. Raises `Invalid`."""
    account = await proved(request, await signed_in(request), password, code)
    await service(request).access.factors.remove(account.id)


async def renew_recovery_codes(request: Request[Any, Any, Any], password: str) -> list[str]:
    """New recovery codes in the place of those before. Raises `NotFound` without a factor."""
    account = await proved(request, await signed_in(request), password)
    if not account.has_second_factor:
        raise NotFound
    return await service(request).access.factors.new_recovery_codes(account.id)


@post("/api/session/password", name="own:password")
async def set_own_password(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Changes one's password; all other sessions end."""
    await signed_in(request)
    said, _ = read(ChangePassword, json_object(await request.body()))
    changed = await change_password(request, said.current, said.password)
    return await answer_begun(request, [changed])


@post("/api/invitations", name="own:accept")
async def accept_invitation(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Chooses a password by the link that an admin handed over."""
    said, _ = read(Accept, json_object(await request.body()))
    account = await accept(request, said.invitation, said.password)
    return private(Accepted(name=account.name), 201)


@post("/api/session/second-factor", name="own:offer")
async def offer_factor(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Offers a second factor; it counts once a code of it was shown."""
    await signed_in(request)
    said, _ = read(Prove, json_object(await request.body()))
    return private(await offer_second_factor(request, said.password), 201)


@post("/api/session/second-factor/confirm", name="own:confirm")
async def confirm_factor(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Puts the second factor in force."""
    await signed_in(request)
    said, _ = read(Code, json_object(await request.body()))
    codes = await confirm_second_factor(request, said.code)
    return private(RecoveryCodes(recovery_codes=codes), 201)


@post("/api/session/second-factor/remove", name="own:remove", status_code=204)
async def remove_factor(request: Request[Any, Any, Any]) -> Response[None]:
    """Takes the second factor away."""
    await signed_in(request)
    said, _ = read(ProveWithCode, json_object(await request.body()))
    await remove_second_factor(request, said.password, said.code)
    return Response(None, status_code=204)


@post("/api/session/recovery-codes", name="own:recovery")
async def renew_codes(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Makes new recovery codes."""
    await signed_in(request)
    said, _ = read(Prove, json_object(await request.body()))
    codes = await renew_recovery_codes(request, said.password)
    return private(RecoveryCodes(recovery_codes=codes), 201)


def own_account_routes() -> list[HTTPRouteHandler]:
    """Every address by which somebody keeps his own account."""
    return [
        set_own_password,
        accept_invitation,
        offer_factor,
        confirm_factor,
        remove_factor,
        renew_codes,
    ]
