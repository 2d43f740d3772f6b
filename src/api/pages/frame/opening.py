"""How is a page opened? The reader and the moment are found, then the page is made and answered."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from api.going import local_path
from api.identity import require_role, session_of
from api.pages.frame.assets import favicon, static
from api.pages.frame.moment import opened
from api.pages.frame.navigation import Entry, Nav
from api.pages.frame.page import LANG_COOKIE, Page
from api.pages.frame.routes import PageRoute, pages
from api.pages.frame.words import LANGS

SIGN_IN = "/sign-in"
OWN_ACCOUNT = "/account"
_YEAR_SECONDS = 31_536_000


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language asked for in the address, else the one chosen before, else Polish."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if asked in LANGS:
            return str(asked)
    return LANGS[0]


def _handler(route: PageRoute) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        lang = language_of(request)
        session = await session_of(request)
        page = Page(request, lang, session)
        request.state.page = page
        if request.query_params.get("lang") in LANGS:
            page.keep(
                Cookie(
                    LANG_COOKIE, value=lang, max_age=_YEAR_SECONDS, samesite="lax", httponly=True
                )
            )
        if session is None and not route.open_to_all:
            return page.go(_sign_in_first(page, route))
        if session is not None and not route.open_to_all and not route.own:
            if session.acting is None:
                return page.go(OWN_ACCOUNT)  # a role has to be chosen, or granted, first
            if route.roles:
                require_role(session.caller, route.roles | {"admin"})
            page.moment = await opened(request, session.caller, page.query)
            if route.of_project:
                await page.enter(page.id())
            else:
                await page.remember_project()
        _navigate(page, route)
        return await route.show(page)

    method: Callable[..., Any] = get if route.method == "GET" else post
    limit = {} if route.body_bytes is None else {"request_max_body_size": route.body_bytes}
    name = f"page:{route.method}:{route.path}"
    made: HTTPRouteHandler = method(route.path, name=name, **limit)(answer)
    return made


def _sign_in_first(page: Page, route: PageRoute) -> str:
    here = page.here() if route.method == "GET" else page.path
    return SIGN_IN if here == "/" else f"{SIGN_IN}?next={quote(local_path(here) or '/')}"


def _navigate(page: Page, route: PageRoute) -> None:
    """What can be gone to from here, for the reader's role."""
    if page.session is None or page.session.acting is None:
        return
    who = page.caller
    entries = [
        (one, one.nav) for one in pages() if one.nav and one.nav.shown_to(who.role, who.project)
    ]
    entries.sort(key=lambda pair: pair[1].order)

    def entry(one: PageRoute, nav: Nav, path: str) -> Entry:
        within = path != "/" and nav.group is None and page.path.startswith(f"{path}/")
        current = one.path == route.path or within
        return Entry(page.say(nav.label), page.link(path), current, nav.group or "")

    page.entries = [entry(one, nav, one.path) for one, nav in entries if nav.group is None]
    # Which project it is may be known only when the page has asked.
    page.project_entries = lambda project: [
        entry(one, nav, one.path.replace("{id:str}", project))
        for one, nav in entries
        if nav.group is not None
    ]


def page_routes() -> list[HTTPRouteHandler]:
    """Every address that answers with a page, and what pages load."""
    return [static, favicon, *(_handler(route) for route in pages())]
