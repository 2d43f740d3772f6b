"""How does one come in, and out again? By a password, an identity provider, or a token."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Response

from api.going import local_path
from api.openid import START, provider_label
from api.own_account import accept, invited
from api.pages.frame import refusals
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.sessions import sign_in_with_password, sign_in_with_token, sign_out
from ledger.access.refusals import SecondFactorNeeded, SignInRefused, TooManyTries
from ledger.kernel.errors import Invalid, LedgerError, TooLarge

FORM_LIMIT_BYTES = 10_000


async def form_of(page: Page) -> dict[str, str]:
    """The fields of a small form. Raises `TooLarge`."""
    body = await page.request.body()
    if len(body) > FORM_LIMIT_BYTES:
        raise TooLarge(what="the form.")
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _shown(page: Page, following: str, **more: Any) -> Response[Any]:
    made = {"errors": {}, "name": "", "step": "password"} | more
    status = 422 if made["errors"] else 200
    return page.show(
        "sign_in.html",
        status=status,
        next=following,
        provider=provider_label(page.request),
        provider_path=START,
        **made,
    )


@page("/sign-in", open_to_all=True)
async def sign_in(page: Page) -> Response[Any]:
    """The form for signing in."""
    step = "token" if "token" in page.query else "password"
    return _shown(page, local_path(page.query.get("next")) or "/", step=step)


@posted("/sign-in", open_to_all=True)
async def signed_in(page: Page) -> Response[Any]:
    """Begins a session for whoever shows what lets him in."""
    form = await form_of(page)
    following = local_path(form.get("next")) or "/"
    step = form.get("step", "password")
    name, code = form.get("name", "").strip(), form.get("code", "").strip() or None
    try:
        if "token" in form:
            page.keep(await sign_in_with_token(page.request, form["token"]))
        else:
            password = form.get("password", "")
            for cookie in await sign_in_with_password(page.request, name, password, code):
                page.keep(cookie)
    except SecondFactorNeeded:
        told = page.say("Sign in once more, with the code that your device shows now.")
        return _shown(page, following, name=name, step="code", told=told)
    except (SignInRefused, TooManyTries) as error:
        field = "token" if "token" in form else "password"
        told = _why(page, error, field)
        return _shown(page, following, name=name, step=step, errors={field: told})
    return page.go(following)


def _why(page: Page, error: LedgerError, field: str) -> str:
    """What to tell somebody who is not let in: never which part of it was wrong."""
    if isinstance(error, TooManyTries):
        return refusals.told(page.words, error)
    if field == "token":
        return page.say("This token is not in force. Check that you copied all of it.")
    return page.say("The name, the password or the code is not right.")


@posted("/sign-out", open_to_all=True)
async def signed_out(page: Page) -> Response[Any]:
    """Ends the session."""
    page.keep(await sign_out(page.request))
    return page.go("/sign-in")


@page("/sign-in/invitation/{link:str}", open_to_all=True)
async def invitation(page: Page) -> Response[Any]:
    """Where somebody who was invited chooses a password."""
    account = await invited(page.request, str(page.request.path_params["link"]))
    return page.show("invitation.html", name=account.name, errors={})


@posted("/sign-in/invitation/{link:str}", open_to_all=True)
async def accepted(page: Page) -> Response[Any]:
    """Uses the invitation up."""
    link = str(page.request.path_params["link"])
    account = await invited(page.request, link)
    form = await form_of(page)
    if form.get("password") != form.get("repeated"):
        errors = {"repeated": page.say("The two passwords differ.")}
        return page.show("invitation.html", status=422, name=account.name, errors=errors)
    try:
        await accept(page.request, link, form.get("password", ""))
    except Invalid as error:
        errors = {"password": refusals.field_error(page.words, error.errors[0])}
        return page.show("invitation.html", status=422, name=account.name, errors=errors)
    return page.go("/sign-in")
