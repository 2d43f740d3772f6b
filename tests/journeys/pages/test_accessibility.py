"""Every page, in both languages, light and dark, can be used by everybody."""

import re
from types import SimpleNamespace

import pytest
from litestar.testing import RequestFactory
from playwright.sync_api import Page, Route

from api.pages.frame.errors import error_page
from api.pages.frame.page import LANG_COOKIE
from api.pages.frame.page import Page as Shown
from api.pages.frame.routes import written_pages
from api.pages.frame.words import LANGS
from ledger.aggregates.claims.course import FourEyes
from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import IN_JOURNEYS, LIDERZY, OPEN, PAGES

# What is no page of its own, but a part that a page asks for.
PARTS = frozenset({"/moment", "/choices/{collection:str}"})
BOTH = pytest.mark.parametrize("lang", LANGS)
NAMES = {"id": "[0-9a-f-]{36}", "sha256": "[0-9a-f]{64}", "position": r"\d+"}


@pytest.mark.parametrize("path", PAGES)
@BOTH
def test_a_page_is_accessible(site: Site, lang: str, path: str) -> None:
    _check(site.shared("admin", lang=lang), path.format(liderzy=LIDERZY))


@pytest.mark.parametrize("path", OPEN)
@BOTH
def test_what_is_shown_without_signing_in_is_accessible(site: Site, lang: str, path: str) -> None:
    _check(site.shared(None, lang=lang), path)


@BOTH
def test_what_a_role_does_not_allow_is_told_accessibly(site: Site, lang: str) -> None:
    _check(site.shared("manager", lang=lang), "/events", status=403)


@pytest.mark.parametrize("state", ["409", "500", "running"])
@BOTH
def test_what_is_shown_for_a_moment_is_accessible(site: Site, lang: str, state: str) -> None:
    user = site.shared(None, lang=lang)
    body = _momentary(lang, state)

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    user.route("**/for-a-moment", answer)
    _check(user, "/for-a-moment")
    user.unroute("**/for-a-moment")


def _momentary(lang: str, state: str) -> bytes:
    """A page that no address brings about, as the service answers it."""
    request = RequestFactory().get("/claims/1/approve", cookies=f"{LANG_COOKIE}={lang}")
    if state == "running":
        job = SimpleNamespace(what="check", done=12_000, total=20_000, percent=60)
        shown = Shown(request, lang).show("import_running.html", job=job)
    else:
        error = FourEyes(name="Anna Nowak") if state == "409" else RuntimeError()
        shown = error_page(request, int(state), error)
    assert isinstance(shown.content, bytes)
    return shown.content


def test_every_page_is_among_those_that_are_looked_at() -> None:
    looked_at = [path.format(liderzy=LIDERZY).partition("?")[0] for path in (*PAGES, *OPEN)]
    for route in written_pages():
        is_file = "." in route.path.rpartition("/")[2]
        if route.method == "GET" and not is_file and route.path not in PARTS | IN_JOURNEYS:
            pattern = re.sub(r"\{(\w+):\w+\}", lambda it: NAMES.get(it[1], "[^/]+"), route.path)
            found = [one for one in looked_at if re.fullmatch(pattern, one)]
            assert found, f"add {route.path} to every_page.py"


def _check(user: Page, path: str, status: int | None = None) -> None:
    answer = user.goto(path)
    assert answer is not None
    assert answer.status < 500
    assert status in (None, answer.status)
    assert_accessible(user, in_both=True)
