"""Who may sign in, and which programs? The accounts and tokens, for administrators of all projects.

Roles are proposed, confirmed and revoked by commands: their forms are those of `/access/{id}`.
"""

from typing import Any

import msgspec
from litestar import Response

from api.accounts import (
    INVITATION_PATH,
    Description,
    NewAccountBody,
    account_row,
    people_of,
    wanted_account,
)
from api.identity import require_admin
from api.pages.frame.forms.filling import StructForm
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from api.pages.signing_in import form_of
from api.sessions import rows_of
from api.tokens import NewTokenBody, make_token, token_row
from ledger.application.credentials import revoke_token
from ledger.kernel.errors import Invalid, NotFound, Refusal

ADMIN = frozenset({"admin"})
ROWS = 100


@page("/accounts", roles=ADMIN, nav=Nav(later("Accounts"), 80, ADMIN))
async def accounts(page: Page) -> Response[Any]:
    """The accounts, by name."""
    require_admin(page.caller)
    page.project = None
    found = await page.parts.access.accounts.all(page.query.get("after", ""), ROWS + 1)
    following = page.here(after=found[ROWS - 1].name) if len(found) > ROWS else None
    rows = [account_row(one) for one in found[:ROWS]]
    return page.show("accounts.html", accounts=rows, following=following)


@page("/accounts/new", roles=ADMIN)
async def new_account(page: Page) -> Response[Any]:
    """The form of a new account."""
    require_admin(page.caller)
    return await _shown("account_new.html", StructForm(page, NewAccountBody))


async def _shown(template: str, form: StructForm) -> Response[Any]:
    drawn = await form.drawn()
    status = 422 if form.problem else 200
    return form.page.show(template, status=status, form=form, drawn=drawn, made=None)


@posted("/accounts/new", roles=ADMIN)
async def account_made(page: Page) -> Response[Any]:
    """Makes an account; the link for its password is shown this once."""
    people = await people_of(page.request)
    form = StructForm(page, NewAccountBody)
    said = await form.read(NewAccountBody)
    if said is None:
        return await _shown("account_new.html", form)
    try:
        made = await people.create(wanted_account(said))
    except (Invalid, Refusal) as error:
        form.tell(error)
        return await _shown("account_new.html", form)
    return _handed_over(page, made.id, said.name, made.invitation)


def _handed_over(page: Page, id: str, name: str, link: str | None) -> Response[Any]:
    address = (
        None if link is None else f"{str(page.request.base_url).rstrip('/')}{INVITATION_PATH}{link}"
    )
    return page.show("invited.html", id=id, name=name, address=address)


@page("/accounts/{id:str}", roles=ADMIN)
async def account(page: Page) -> Response[Any]:
    """An account: who it is, its roles, its sessions."""
    return await _account(page)


async def _account(page: Page, form: StructForm | None = None) -> Response[Any]:
    people = await people_of(page.request)
    found = await people.account(page.id())
    if form is None:
        form = StructForm(page, Description)
        known = {"display_name": found.display_name, "email": found.email}
        form.sent.fields = {name: [text] for name, text in known.items() if text}
    return page.show(
        "account_of.html",
        status=422 if form.problem else 200,
        account=account_row(found),
        roles=(await page.one("/api/access", found.id))["roles"],
        sessions=rows_of(await page.parts.access.sessions.of(found.id)),
        form=form,
        drawn=await form.drawn(),
    )


@posted("/accounts/{id:str}/describe", roles=ADMIN)
async def described(page: Page) -> Response[Any]:
    """Says who the account is."""
    people = await people_of(page.request)
    found = await people.account(page.id())
    form = StructForm(page, Description)
    said = await form.read(Description)
    if said is None:
        return await _account(page, form)
    await page.parts.access.accounts.describe(found.id, said.display_name, said.email)
    return page.go(f"/accounts/{found.id}")


@posted("/accounts/{id:str}/{deed:str}", roles=ADMIN)
async def done(page: Page) -> Response[Any]:
    """Invites anew, disables, enables, or ends the sessions of an account."""
    people = await people_of(page.request)
    id, deed = page.id(), str(page.request.path_params["deed"])
    reason = (await form_of(page)).get("reason", "") or page.say("by hand, on the account's page")
    match deed:
        case "invite":
            found = await people.account(id)
            return _handed_over(page, id, found.name, await people.invite(id, reason))
        case "disable":
            await people.disable(id, reason)
        case "enable":
            await people.enable(id, reason)
        case "end-sessions":
            await people.end_sessions(id)
        case "remove-second-factor":
            await people.remove_second_factor(id, reason)
        case _:
            raise NotFound
    return page.go(f"/accounts/{id}")


@page("/tokens", roles=ADMIN, nav=Nav(later("Tokens"), 90, ADMIN))
async def tokens(page: Page) -> Response[Any]:
    """The tokens of programs, the newest first; those that were revoked come last."""
    require_admin(page.caller)
    page.project = None
    rows = [token_row(one) for one in reversed(await page.parts.tokens.all())]
    rows.sort(key=lambda one: one.revoked_at is not None)
    return page.show("tokens.html", tokens=rows)


@page("/tokens/new", roles=ADMIN)
async def new_token(page: Page) -> Response[Any]:
    """The form of a new token."""
    require_admin(page.caller)
    return await _shown("token_new.html", StructForm(page, NewTokenBody))


@posted("/tokens/new", roles=ADMIN)
async def token_made(page: Page) -> Response[Any]:
    """Makes a token; its text is shown this once."""
    require_admin(page.caller)
    form = StructForm(page, NewTokenBody)
    said = await form.read(NewTokenBody)
    if said is None:
        return await _shown("token_new.html", form)
    try:
        made = await make_token(page.request, page.caller, said)
    except (Invalid, Refusal) as error:
        form.tell(error)
        return await _shown("token_new.html", form)
    shown = msgspec.to_builtins(made)
    return page.show("token_new.html", form=form, drawn=[], made=shown, name=said.name)


@posted("/tokens/{id:str}/revoke", roles=ADMIN)
async def token_revoked(page: Page) -> Response[Any]:
    """Ends a token at once."""
    require_admin(page.caller)
    parts, request_id = page.parts, page.request.state.request_id
    why = page.say("by hand, on the page of the tokens")
    if not await revoke_token(parts.ledger, parts.tokens, page.id(), page.caller, request_id, why):
        raise NotFound
    return page.go("/tokens")
