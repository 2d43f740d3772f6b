"""What may I do here, and how do I sign in? The reader's own account."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from api.own_account import (
    account_of,
    change_password,
    confirm_second_factor,
    offer_second_factor,
    remove_second_factor,
    renew_recovery_codes,
)
from api.pages.frame import refusals
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.signing_in import form_of
from api.sessions import act_as, rows_of, signed_in
from ledger.access.refusals import TooManyTries
from ledger.kernel.errors import Invalid, LedgerError, NotFound, Refusal
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import Asker, Question
from ledger.queries.naming import named


@page("/account", own=True)
async def own_account(page: Page) -> Response[Any]:
    """Roles, password, second factor and sessions."""
    return await _shown(page)


async def _shown(page: Page, errors: dict[str, str] | None = None, **more: Any) -> Response[Any]:
    session = await signed_in(page.request)
    access = page.parts.access
    account = await account_of(page.request, session) if session.kind == "account" else None
    left = await access.factors.recovery_codes_left(account.id) if account else 0
    return page.show(
        "account.html",
        status=422 if errors else 200,
        account=account,
        errors=errors or {},
        projects=await _titles(page, {one.project for one in session.grants if one.project}),
        sessions=rows_of(await access.sessions.of(session.holder), session.id),
        codes_left=left,
        **({"offer": None, "codes": []} | more),
    )


async def _titles(page: Page, projects: set[str]) -> dict[str, str]:
    """What the projects are called for which somebody has a role."""
    reading = page.parts.reading
    moment = Moment(page.parts.ledger.today(), await reading.reached())
    found = await named(Question(reading, moment, Asker()), projects)
    return {id: one.name or id for id, one in found.items()}


@posted("/account/acting", own=True)
async def chosen(page: Page) -> Response[Any]:
    """Acts under another role from now on."""
    await act_as(page.request, (await form_of(page)).get("grant", ""))
    return page.go("/")


@posted("/account/sessions/{id:str}/end", own=True)
async def ended(page: Page) -> Response[Any]:
    """Ends another session of the reader."""
    session = await signed_in(page.request)
    sessions = page.parts.access.sessions
    if not await sessions.end(page.id(), by=session.name, holder=session.holder):
        raise NotFound
    return page.go("/account")


@posted("/account/password", own=True)
async def password_changed(page: Page) -> Response[Any]:
    """Sets another password."""
    form = await form_of(page)
    if form.get("password") != form.get("repeated"):
        return await _shown(page, {"repeated": page.say("The two passwords differ.")})

    async def change() -> Response[Any]:
        current = form.get("current", "")
        page.keep(await change_password(page.request, current, form.get("password", "")))
        return page.go("/account")

    return await _tried(page, change)


@posted("/account/second-factor", own=True)
async def factor_offered(page: Page) -> Response[Any]:
    """Shows what a device needs to know."""
    form = await form_of(page)

    async def offer() -> Response[Any]:
        made = await offer_second_factor(page.request, form.get("proof", ""))
        return await _shown(page, offer=made)

    return await _tried(page, offer, {"password": "proof"})


@posted("/account/second-factor/confirm", own=True)
async def factor_confirmed(page: Page) -> Response[Any]:
    """Puts the second factor in force; the recovery codes are shown this once."""
    form = await form_of(page)

    async def confirm() -> Response[Any]:
        codes = await confirm_second_factor(page.request, form.get("code", ""))
        return await _shown(page, codes=codes)

    return await _tried(page, confirm)


@posted("/account/second-factor/remove", own=True)
async def factor_removed(page: Page) -> Response[Any]:
    """Takes the second factor away."""
    form = await form_of(page)

    async def remove() -> Response[Any]:
        await remove_second_factor(page.request, form.get("proof", ""), form.get("code", ""))
        return page.go("/account")

    return await _tried(page, remove, {"password": "proof"})


@posted("/account/recovery-codes", own=True)
async def codes_renewed(page: Page) -> Response[Any]:
    """Makes new recovery codes."""
    form = await form_of(page)

    async def renew() -> Response[Any]:
        return await _shown(page, codes=await renew_recovery_codes(page.request, form["proof"]))

    return await _tried(page, renew, {"password": "proof"})


async def _tried(
    page: Page, step: Callable[[], Awaitable[Response[Any]]], names: dict[str, str] | None = None
) -> Response[Any]:
    """What the step answers, or the page with what stands against it at its field."""
    try:
        return await step()
    except Invalid as error:
        first = error.errors[0]
        field = (names or {}).get(first.field, first.field)
        return await _shown(page, {field: refusals.field_error(page.words, first)})
    except (Refusal, TooManyTries) as error:
        return await _shown(page, {"": _told(page, error)})


def _told(page: Page, error: LedgerError) -> str:
    return refusals.told(page.words, error)
