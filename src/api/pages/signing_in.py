"""How does one come in, and out again?"""

from typing import Any
from urllib.parse import parse_qs

from litestar import Response

from api.pages.frame.links import local_path
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.sessions import sign_in_with_token, sign_out
from ledger.access.refusals import SignInRefused
from ledger.kernel.errors import TooLarge

FORM_LIMIT_BYTES = 10_000


async def form_of(page: Page) -> dict[str, str]:
    """The fields of a small form. Raises `TooLarge`."""
    body = await page.request.body()
    if len(body) > FORM_LIMIT_BYTES:
        raise TooLarge(what="the form.")
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    return {name: values[0].strip() for name, values in fields.items()}


@page("/sign-in", open_to_all=True)
async def sign_in(page: Page) -> Response[Any]:
    """The form for signing in."""
    return page.show("sign_in.html", next=local_path(page.query.get("next")) or "/", refused=False)


@posted("/sign-in", open_to_all=True)
async def signed_in(page: Page) -> Response[Any]:
    """Begins a session for the token."""
    form = await form_of(page)
    following = local_path(form.get("next")) or "/"
    try:
        page.keep(await sign_in_with_token(page.request, form.get("token", "")))
    except SignInRefused:
        return page.show("sign_in.html", status=422, next=following, refused=True)
    return page.go(following)


@posted("/sign-out", open_to_all=True)
async def signed_out(page: Page) -> Response[Any]:
    """Ends the session."""
    page.keep(await sign_out(page.request))
    return page.go("/sign-in")
