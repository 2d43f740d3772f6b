"""Which window does a test get? One that an earlier test used, made as if it were new.

That is quick: a new one is a process of its own, with nothing in its cache.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from playwright.sync_api import Browser, Error, Page, Request

SIZE = {"width": 1280, "height": 900}
WAIT_MILLISECONDS = 10_000

Options = tuple[tuple[str, Any], ...]
Cookies = Iterable[Any]


class Windows:
    """The windows of one site; all of it belongs to the browser's thread."""

    def __init__(self, browser: Browser, url: str, note: Callable[[Request], None]) -> None:
        self._browser, self._url, self._note = browser, url, note
        self._idle: dict[Options, list[Page]] = defaultdict(list)
        self._lent: list[tuple[Options, Page]] = []
        self._opened = ExitStack()

    def lend(self, options: dict[str, Any], cookies: Cookies) -> Page:
        """A window for the test at hand."""
        kind = tuple(sorted(options.items()))
        page = self._idle[kind].pop() if self._idle[kind] else self.open(options)
        page.context.add_cookies(list(cookies))
        self._lent.append((kind, page))
        return page

    def open(self, options: dict[str, Any]) -> Page:
        """A window that is not taken back."""
        context = self._browser.new_context(base_url=self._url, viewport=SIZE, **options)  # type: ignore[arg-type]
        self._opened.callback(context.close)
        context.on("request", self._note)
        page = context.new_page()
        page.set_default_timeout(WAIT_MILLISECONDS)
        return page

    def take_back(self) -> None:
        """Keeps the windows of the test that is over for the next ones."""
        while self._lent:
            kind, page = self._lent.pop()
            try:
                _empty(page, dict(kind).get("color_scheme"))
            except Error:
                page.context.close()
            else:
                self._idle[kind].append(page)

    def close(self) -> None:
        """Closes them all."""
        self._opened.close()


def _empty(page: Page, scheme: Any) -> None:
    for other in page.context.pages:
        if other != page:
            other.close()
    page.unroute_all()
    if not page.url.startswith("about:"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
    page.context.clear_cookies()
    page.emulate_media(media="screen", color_scheme=scheme or "light")
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]
