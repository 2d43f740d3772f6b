"""In which ways is a page used? In Polish with scripts, in English without, always by keyboard.

Nobody here clicks: a control is reached by Tab, or by the link that skips to the content, as by
somebody who has no mouse.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Locator, Page

from api.pages.frame.words import words
from tests.journeys.pages.conftest import Site

TABS_LIMIT, ROUNDS, FAR = 200, 7, 12
_STOPS = Path(__file__).with_name("stops.js").read_text(encoding="utf-8")
_IS_HERE = "(element) => element === document.activeElement"
_IS_FROM_TOP = "(element) => document.activeElement === document.body && !!element.closest('main')"


class Way(NamedTuple):
    """A language, and whether the browser runs scripts."""

    lang: str
    scripts: bool

    def say(self, pl: str, en: str) -> str:
        """What the page says, as one expects it in both languages."""
        return pl if self.lang == "pl" else en

    def word(self, en: str) -> str:
        """What the page says, told in English."""
        return words(self.lang).say(en)

    def user(self, site: Site, role: str, **more: Any) -> Page:
        """A window of somebody with that role, used in this way."""
        return site.user(role, lang=self.lang, java_script_enabled=self.scripts, **more)


WAYS = pytest.mark.parametrize(
    "way", [Way("pl", True), Way("en", False)], ids=["pl-scripts", "en-no-scripts"]
)


def reach(target: Locator) -> None:
    """Moves the focus there by the Tab key; fails where it does not get there."""
    user = target.page
    user.wait_for_load_state()
    target.wait_for(state="visible")
    # Where the way begins is not always known, and a day has stops of its own within it.
    tried = []
    for _ in range(ROUNDS):
        left = int(target.evaluate(_STOPS))
        if left == 0:
            return
        if left > FAR and target.evaluate(_IS_FROM_TOP) and _skipped(user):
            continue
        tried.append(left)
        assert abs(left) <= TABS_LIMIT, f"{left} stops away: {target}"
        for _ in range(abs(left)):
            user.keyboard.press("Tab" if left > 0 else "Shift+Tab")
    assert target.evaluate(_IS_HERE), f"the Tab key does not reach {target}: {tried}"


def _skipped(user: Page) -> bool:
    """Whether the first stop led to the content, as from the very top of a page."""
    user.keyboard.press("Tab")
    is_the_link = bool(user.locator(".govuk-skip-link").evaluate(_IS_HERE))
    if is_the_link:
        user.keyboard.press("Enter")
    return is_the_link


def skip(user: Page) -> None:
    """Goes to the content by the link at the very top of the page."""
    user.keyboard.press("Tab")
    user.keyboard.press("Enter")


def press(target: Locator) -> None:
    """Presses a button or follows a link, and waits for the page that this leads to."""
    reach(target)
    target.press("Enter")


def tick(target: Locator) -> None:
    """Ticks a box, or chooses one of some radio buttons, among which the arrow keys move."""
    user = target.page
    name = target.get_attribute("name")
    if target.get_attribute("type") != "radio":
        reach(target)
        user.keyboard.press("Space")
        return
    group = user.locator(f'[type=radio][name="{name}"]')
    checked = group.and_(user.locator(":checked"))
    reach(checked if checked.count() else group.first)
    user.keyboard.press("Space")
    for _ in range(group.count()):
        if target.is_checked():
            return
        user.keyboard.press("ArrowDown")
    assert target.is_checked()


def fill(target: Locator, text: str) -> None:
    """Types a text in the place of what stands in a field; a day as 2019-05-13."""
    reach(target)
    keyboard = target.page.keyboard
    if target.get_attribute("type") == "date":
        year, month, day = text.split("-")
        keyboard.type(f"{month}{day}{year}")
        return
    keyboard.press("ControlOrMeta+A")
    if "\n" in text or "\t" in text:
        keyboard.insert_text(text)  # pasted
    elif text:
        keyboard.type(text)
    else:
        keyboard.press("Delete")


def choose(target: Locator, label: str | re.Pattern[str]) -> None:
    """Chooses what a list offers under that label."""
    reach(target)
    options = [one.strip() for one in target.locator("option").all_inner_texts()]
    wanted = next(at for at, one in enumerate(options) if re.search(label, one))
    before = int(target.evaluate("(element) => element.selectedIndex"))
    for _ in range(abs(wanted - before)):
        target.page.keyboard.press("ArrowDown" if wanted > before else "ArrowUp")
