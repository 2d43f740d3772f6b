"""Can everybody use a page? axe-core, and what it does not see."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ASSETS = Path(__file__).parents[3] / "src" / "api" / "assets"
AXE = ASSETS / "node_modules" / "axe-core" / "axe.min.js"
NARROW, HALF = 320, 640  # 320 CSS pixels (WCAG 1.4.10); 1280 pixels at a zoom of 200 %
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def assert_accessible(page: Page) -> None:
    """Fails with every violation that the page has as it stands."""
    assert not (found := violations(page)), f"{page.url}:\n" + "\n".join(found)


def violations(page: Page) -> list[str]:
    """What axe finds, what it does not see, and where a narrow or enlarged page breaks."""
    # By the browser's own protocol: the page's policy forbids scripts in it, and stays in force.
    page.evaluate(_text(AXE))
    results: Any = page.evaluate("axe.run({resultTypes: ['violations']})")
    found = [
        f"{one['id']}: {one['help']}: {node['html'][:160]} {node['failureSummary']}"
        for one in results["violations"]
        for node in one["nodes"]
    ]
    found += page.evaluate(_text(Path(__file__).with_name("accessible.js")))
    return found + _fits(page)


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
