"""Can everybody use a page? axe-core, and what it does not see; by day and by night."""

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

ASSETS = Path(__file__).parents[3] / "src" / "api" / "assets"
AXE = ASSETS / "node_modules" / "axe-core" / "axe.min.js"
NARROW, HALF = 320, 640  # 320 CSS pixels (WCAG 1.4.10); 1280 pixels at a zoom of 200 %
SOME_ROWS, EVERY_ROW = 12, 1_000_000  # of a table: a dozen show all that there is to find
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# With `LEDGER_EXAMINE=all make test ARGS=tests/journeys/pages` nothing is spared.
EVERYTHING = os.environ.get("LEDGER_EXAMINE") == "all"
Scheme = Literal["light", "dark"]


@cache
def _text(name: str | Path) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def assert_accessible(page: Page, *, in_both: bool = False) -> None:
    """Fails with every violation that the page has as it stands.

    In both: it is looked at in Polish and in English, by one call each.
    """
    found = violations(page, in_both=in_both)
    assert not found, f"{page.url}:\n" + "\n".join(found)


def assert_accessible_in_both_languages(page: Page) -> None:
    """Fails with every violation that the page has in English or in Polish, where it stays."""
    url = page.url
    for lang in ("en", "pl"):
        page.goto(f"{url}{'&' if '?' in url else '?'}lang={lang}")
        assert_accessible(page, in_both=True)


def violations(page: Page, *, in_both: bool = False) -> list[str]:
    """What axe finds, what it does not see, and where a narrow or enlarged page breaks.

    In Polish all rules by day and those about colours once more by night, unless the page is looked
    at in both languages; in English all rules by night: its words are others, and shorter, but
    colours and places are the same.
    """
    if not page.evaluate("document.body.classList.contains('js-enabled')"):
        page = _with_scripts(page)
    # By the browser's own protocol: the page's policy forbids scripts in it, and stays in force.
    if EVERYTHING:
        page.evaluate(_text(AXE))
        both = _seen_in(page, "light", {}) + _seen_by_night(page, {})
        enlarged: list[str] = page.evaluate(_text("enlarged.js"))
        return both + enlarged + _fits(page)
    if page.evaluate(_text(AXE) + "; document.documentElement.lang") == "en":
        return _seen_by_night(page, {})
    found = _seen_in(page, "light", {})
    if not in_both:
        found += _seen_by_night(page, {"runOnly": OF_COLOURS})
    found += page.evaluate(_text("enlarged.js"))
    return found + _fits(page)


def _with_scripts(page: Page) -> Page:
    """The same page in a window that runs scripts: axe waits by timers, which need them."""
    browser = page.context.browser
    assert browser is not None
    html, url = page.content(), page.url.partition("#")[0]
    if browser not in _EXAMINING:
        _EXAMINING[browser] = browser.new_context(viewport=page.viewport_size).new_page()
    same = _EXAMINING[browser]
    same.unroute_all()
    same.route(url, lambda route: route.fulfill(body=html, content_type="text/html"))
    same.goto(url)
    return same


_EXAMINING: dict[Browser, Page] = {}


def _seen_by_night(page: Page, options: dict[str, Any]) -> list[str]:
    found = _seen_in(page, "dark", options)
    page.emulate_media(color_scheme="light")
    return found


def _seen_in(page: Page, scheme: Scheme, options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    asked = {"rows": EVERY_ROW if EVERYTHING else SOME_ROWS, "options": options}
    found = page.evaluate(_text("axe.js"), asked) + page.evaluate(_text("accessible.js"))
    return [f"{scheme}: {one}" for one in found]


def _fits(page: Page) -> list[str]:
    """Whether the page can be read without scrolling sideways, narrow and enlarged."""
    found = []
    before = page.viewport_size
    assert before is not None
    for width in (NARROW, HALF):
        page.set_viewport_size({"width": width, "height": before["height"]})
        if (wider := page.evaluate(_OVERFLOW)) > 0:
            found.append(f"at {width} pixels the page is {wider} too wide")
    page.set_viewport_size(before)
    return found


_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
