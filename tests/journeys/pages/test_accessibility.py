"""Every page, in both languages, light and dark, can be used by everybody."""

import re

import pytest
from playwright.sync_api import Page

from api.pages.frame.routes import written_pages
from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import IN_JOURNEYS, LIDERZY, OPEN, PAGES

# What a page says depends on the language, its colours on the scheme: two views show all of it.
VIEWS = [("pl", "light"), ("en", "dark")]
# What is no page of its own, but a part that a page asks for.
PARTS = frozenset({"/moment", "/choices/{collection:str}"})


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("lang", "scheme"), VIEWS)
def test_a_page_is_accessible(site: Site, lang: str, scheme: str, path: str) -> None:
    _check(site.shared("admin", lang=lang, color_scheme=scheme), path.format(liderzy=LIDERZY))


@pytest.mark.parametrize("path", OPEN)
def test_what_is_shown_without_signing_in_is_accessible(site: Site, path: str) -> None:
    _check(site.shared(None), path)


def test_every_page_is_among_those_that_are_looked_at() -> None:
    looked_at = [path.partition("?")[0] for path in (*PAGES, *OPEN)]
    for route in written_pages():
        is_file = "." in route.path.rpartition("/")[2]
        if route.method == "GET" and not is_file and route.path not in PARTS | IN_JOURNEYS:
            pattern = re.compile(re.sub(r"\{\w+:\w+\}", "[^/]+", route.path))
            assert any(map(pattern.fullmatch, looked_at)), f"add {route.path} to every_page.py"


def _check(user: Page, path: str) -> None:
    answer = user.goto(path)
    assert answer is not None
    assert answer.status < 500
    assert_accessible(user)
