"""Which addresses keep the accounts of people? `/api/accounts`, for admins of all projects."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.bodies import json_object
from api.identity import caller_of, require_admin
from api.moments import PAGING, limit_of, query_of
from api.queries import id_in_path
from api.sessions import private, rows_of
from api.state import service
from api.tokens import secret_answer
from ledger.access import Account
from ledger.application.people import NewAccount, People
from ledger.event_store.codec import written_time
from ledger.kernel.errors import Invalid
from ledger.kernel.fields import AccessRole, Date, Id, ProjectId, ShortText, Text
from ledger.kernel.intake import read

INVITATION_PATH = "/sign-in/invitation/"


class NewAccountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to sign in; another admin has to confirm the role before it counts.

    With `issuer` and `subject` an identity provider signs the person in, and not a password.
    """

    name: ShortText
    display_name: ShortText | None = None
    email: ShortText | None = None
    issuer: ShortText | None = None
    subject: ShortText | None = None
    role: AccessRole | None = None
    project: ProjectId | None = None
    until: Date | None = None
    reason: Text | None = None


class Why(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is done."""

    reason: Text


class Description(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the account is; what is not said is erased."""

    display_name: ShortText | None = None
    email: ShortText | None = None


class AccountRow(Struct, frozen=True, kw_only=True):
    """An account; its roles say /api/access/{id}."""

    id: Id
    name: str
    display_name: str | None
    email: str | None
    issuer: str | None
    has_password: bool
    has_second_factor: bool
    created_at: str
    signed_in_at: str | None
    disabled_at: str | None


class InvitationAnswer(Struct, frozen=True, kw_only=True):
    """The link by which the person chooses a password: it works once, for three days."""

    id: Id
    invitation: str | None = None
    address: str | None = None
    grant: Id | None = None


class SessionsEnded(Struct, frozen=True, kw_only=True):
    """How many sessions were going on."""

    id: Id
    ended: int


class Done(Struct, frozen=True, kw_only=True):
    """The account to which it was done."""

    id: Id


_TIMES = ("created_at", "signed_in_at", "disabled_at")


def account_row(account: Account) -> AccountRow:
    """An account as admins read it."""
    said = {name: getattr(account, name) for name in account.__struct_fields__}
    times = {name: written_time(said[name]) if said[name] else None for name in _TIMES}
    return AccountRow(**(said | times))


async def people_of(request: Request[Any, Any, Any]) -> People:
    """The accounts, as the caller may keep them. Raises `Forbidden` for all but admins."""
    caller = await caller_of(request)
    require_admin(caller)
    parts = service(request)
    return People(parts.ledger, parts.access, caller, request.state.request_id)


def invitation_answer(id: str, link: str | None, grant: str | None = None) -> InvitationAnswer:
    """A link as it is handed over."""
    address = None if link is None else INVITATION_PATH + link
    return InvitationAnswer(id=id, invitation=link, address=address, grant=grant)


def wanted_account(said: NewAccountBody) -> NewAccount:
    """The account that is meant. Raises `Invalid`."""
    if (said.issuer is None) != (said.subject is None):
        missing = "issuer" if said.issuer is None else "subject"
        raise Invalid.field(missing, "issuer and subject go together")
    if said.role is None and (said.project or said.until):
        raise Invalid.field("role", "is required where a project or an end is named")
    grants: tuple[dict[str, Any], ...] = ()
    if said.role is not None:
        until = said.until.isoformat() if said.until else None
        grants = ({"role": said.role, "project": said.project, "until": until},)
    both = said.issuer is not None and said.subject is not None
    return NewAccount(
        name=said.name,
        display_name=said.display_name,
        email=said.email,
        subject=(said.issuer or "", said.subject or "") if both else None,
        grants=grants,
        reason=said.reason,
    )


@get("/api/accounts", name="accounts")
async def list_accounts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The accounts, by name."""
    require_admin(await caller_of(request))
    query = query_of(request, PAGING)
    limit = limit_of(query)
    accounts = service(request).access.accounts
    rows = await accounts.all(query.get("cursor", ""), limit + 1)
    following = rows[limit - 1].name if len(rows) > limit else None
    body = {
        "items": [account_row(one) for one in rows[:limit]],
        "next": following,
        "position": await service(request).log.head(),
    }
    return secret_answer(request, body, 200)


@get("/api/accounts/{id:str}", name="accounts:one")
async def show_account(request: Request[Any, Any, Any]) -> Response[bytes]:
    """One account."""
    people = await people_of(request)
    return secret_answer(request, account_row(await people.account(id_in_path(request))), 200)


@post("/api/accounts", name="accounts:create")
async def create_account(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Makes an account, and the link by which its person chooses a password."""
    people = await people_of(request)
    said, _ = read(NewAccountBody, json_object(await request.body()))
    made = await people.create(wanted_account(said))
    grant = made.receipt.extra.get("grant")
    return secret_answer(request, invitation_answer(made.id, made.invitation, grant))


@post("/api/accounts/{id:str}/invite", name="accounts:invite")
async def invite(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Makes another link, by which the person chooses another password."""
    people = await people_of(request)
    said, _ = read(Why, json_object(await request.body()))
    id = id_in_path(request)
    return secret_answer(request, invitation_answer(id, await people.invite(id, said.reason)))


@post("/api/accounts/{id:str}/disable", name="accounts:disable")
async def disable_account(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Ends everything of an account at once: sessions and roles."""
    people = await people_of(request)
    said, _ = read(Why, json_object(await request.body()))
    id = id_in_path(request)
    await people.disable(id, said.reason)
    return secret_answer(request, Done(id=id))


@post("/api/accounts/{id:str}/enable", name="accounts:enable")
async def enable_account(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Lets an account sign in again; its roles are granted anew."""
    people = await people_of(request)
    said, _ = read(Why, json_object(await request.body()))
    id = id_in_path(request)
    await people.enable(id, said.reason)
    return secret_answer(request, Done(id=id))


@post("/api/accounts/{id:str}/describe", name="accounts:describe")
async def describe_account(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Says who the account is; the log does not hold it, so it can be erased."""
    people = await people_of(request)
    said, _ = read(Description, json_object(await request.body()))
    account = await people.account(id_in_path(request))
    await service(request).access.accounts.describe(account.id, said.display_name, said.email)
    return secret_answer(request, Done(id=account.id))


@get("/api/accounts/{id:str}/sessions", name="accounts:sessions")
async def list_sessions_of(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The sessions of an account that go on."""
    people = await people_of(request)
    account = await people.account(id_in_path(request))
    rows = rows_of(await service(request).access.sessions.of(account.id))
    return private({"items": rows, "next": None}, 200)


@post("/api/accounts/{id:str}/end-sessions", name="accounts:end-sessions")
async def end_sessions_of(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Ends all sessions of an account at once."""
    people = await people_of(request)
    id = id_in_path(request)
    return private(SessionsEnded(id=id, ended=await people.end_sessions(id)), 201)


def account_routes() -> list[HTTPRouteHandler]:
    """Every address by which accounts are kept."""
    return [
        list_accounts,
        show_account,
        create_account,
        invite,
        disable_account,
        enable_account,
        describe_account,
        list_sessions_of,
        end_sessions_of,
    ]
