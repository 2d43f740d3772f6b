"""Every page, in both languages, light and dark, can be used by everybody."""

import pytest
from playwright.sync_api import Page

from tests.journeys.pages.accessible import violations
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import OPEN, pages

VIEWS = [("pl", "light"), ("en", "dark"), ("pl", "dark"), ("en", "light")]


@pytest.mark.parametrize(("lang", "scheme"), VIEWS)
def test_every_page_is_accessible(site: Site, lang: str, scheme: str) -> None:
    user = site.user("admin", lang=lang, color_scheme=scheme)
    found = [one for path in pages(site) for one in _of(user, path)]
    assert not found, "\n".join(found)


def test_what_is_shown_without_signing_in_is_accessible(site: Site) -> None:
    user = site.user(None)
    found = [one for path in OPEN for one in _of(user, path)]
    assert not found, "\n".join(found)


def _of(user: Page, path: str) -> list[str]:
    answer = user.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    return [f"{path}: {one}" for one in violations(user)]
