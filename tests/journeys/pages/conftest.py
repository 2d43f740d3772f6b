"""A browser and a service with the real case in it, shared by all tests of the pages.

Playwright keeps an event loop running in its thread, where nobody else could run one any more. So
it has a thread of its own, and tests that use the browser run there.
"""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.cookies import SESSION
from ledger.access import connected
from tests.conftest import fresh_database
from tests.journeys.pages.chromium import ARGUMENTS, NoBrowser, browser
from tests.journeys.pages.windows import Windows
from tests.journeys.server import Server

if TYPE_CHECKING:
    from tests.journeys.pages.writer import Writer

BROWSER_THREAD = ThreadPoolExecutor(1, thread_name_prefix="browser")
SITES: list["Site"] = []  # those that are open


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that uses the browser in the browser's thread."""
    if "chromium" not in pyfuncitem.fixturenames:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    try:
        BROWSER_THREAD.submit(pyfuncitem.obj, **arguments).result()
    finally:
        for site in SITES:
            BROWSER_THREAD.submit(site.windows.take_back).result()
    return True


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; where none can be had, tests that need it are skipped, and fail under CI."""
    try:
        path = browser()
    except NoBrowser as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))
    playwright = BROWSER_THREAD.submit(sync_playwright().start).result()
    opened = BROWSER_THREAD.submit(
        playwright.chromium.launch, executable_path=path, args=ARGUMENTS
    ).result()
    yield opened
    BROWSER_THREAD.submit(opened.close).result()
    BROWSER_THREAD.submit(playwright.stop).result()


class Site:
    """A running service as people see it: each user a browser of their own, signed in."""

    def __init__(self, browser: Browser, server: Server, database_url: str) -> None:
        self.database_url = database_url
        self.url = server.url
        self.left_origin: list[str] = []
        self.windows = Windows(browser, server.url, self._note)
        self._tokens: dict[tuple[str, str | None, str | None], str] = {}
        self._sessions: dict[str, str] = {}
        self._shared: dict[tuple[str | None, str], Page] = {}
        SITES.append(self)

    def token(self, role: str, project: str | None = None, name: str | None = None) -> str:
        """A credential with that role."""
        key = (role, project, name)
        if key not in self._tokens:
            made = self._create(name or f"test {role}", role, project)
            with ThreadPoolExecutor(1) as thread:
                self._tokens[key] = thread.submit(asyncio.run, made).result()
        return self._tokens[key]

    async def _create(self, name: str, role: str, project: str | None) -> str:
        async with connected(self.database_url) as tokens:
            return await tokens.create(name, role, project)

    def _session(self, token: str) -> str:
        """The cookie of a session that the token begins; one for each token."""
        if token not in self._sessions:
            answer = httpx.post(f"{self.url}/api/session", json={"token": token})
            self._sessions[token] = answer.cookies[SESSION]
        return self._sessions[token]

    def cookies(self, role: str, project: str | None = None) -> dict[str, str]:
        """What a browser of somebody with that role sends."""
        return {SESSION: self._session(self.token(role, project))}

    def user(
        self, role: str | None, *, lang: str = "pl", project: str | None = None,
        name: str | None = None, **options: Any,
    ) -> Page:  # fmt: skip
        """A browser window of somebody with that role, or of somebody who is not signed in.

        To be opened in a test, not in a fixture: windows belong to the browser's thread.

        Options: those of Playwright's contexts, such as `java_script_enabled`, `color_scheme`.
        """
        return self.windows.lend(options, self._as(role, lang, project, name))

    def shared(self, role: str | None, *, lang: str = "pl") -> Page:
        """A window like that of `user`, which all tests that ask for the same one share."""
        key = (role, lang)
        if key not in self._shared:
            self._shared[key] = self.windows.open({})
            self._shared[key].context.add_cookies(self._as(role, lang))
        return self._shared[key]

    def _as(
        self, role: str | None, lang: str, project: str | None = None, name: str | None = None
    ) -> list[Any]:
        """The cookies of somebody with that role who reads that language."""
        cookies = {"ledger_lang": lang}
        if role is not None:
            cookies[SESSION] = self._session(self.token(role, project, name))
        return [{"name": name, "value": value, "url": self.url} for name, value in cookies.items()]

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.url + "/", "data:")):
            self.left_origin.append(request.url)

    def close(self) -> None:
        """Closes all windows; fails if a page asked anything of somebody else."""
        SITES.remove(self)
        BROWSER_THREAD.submit(self.windows.close).result()
        assert not self.left_origin, self.left_origin


@pytest.fixture(scope="session")
def site(chromium: Browser, real_case_url: str) -> Iterator[Site]:
    """The service on the real case; tests must not write to it."""
    with Server(real_case_url) as server:
        made = Site(chromium, server, real_case_url)
        yield made
        made.close()


@pytest.fixture(scope="session")
def new_site(chromium: Browser, server_url: str) -> Iterator[Site]:
    """The service on a ledger that is empty at first, to write to; shared by all stories."""
    with fresh_database(server_url) as url, Server(url) as server:
        made = Site(chromium, server, url)
        yield made
        made.close()


@pytest.fixture(scope="session")
def writer(new_site: Site) -> Iterator["Writer"]:
    """What writes there over HTTP, and reads what came of it."""
    from tests.journeys.pages.writer import Writer

    with closing(Writer(new_site)) as made:
        yield made
