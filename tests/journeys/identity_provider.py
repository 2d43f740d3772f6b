"""An OpenID provider in a process of its own, and somebody who signs in there with a browser."""

import re
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from ledger.cli.serving import free_port

HERE = Path(__file__).parent / "provider"
MAKE = Path(__file__).parents[2] / "src" / "api" / "assets" / "make.py"
CALLBACK = "http://testserver.local/sign-in/oidc/callback"
SECRET = "a secret & of: tests"
START_SECONDS = 30


class IdentityProvider:
    """npm's oidc-provider on loopback."""

    def __init__(self) -> None:
        self._port = free_port("127.0.0.1", 0)
        self.issuer = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        found = subprocess.run(
            [sys.executable, "-E", MAKE, "node"], capture_output=True, text=True, check=True
        )
        self._process = subprocess.Popen(
            [found.stdout.strip(), "server.mjs", str(self._port), CALLBACK],
            cwd=HERE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = monotonic() + START_SECONDS
        while not self._answers():
            assert monotonic() < end, "the provider does not start"
            sleep(0.02)
        return self

    def _answers(self) -> bool:
        try:
            httpx.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5)
        except httpx.TransportError:
            return False
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def person(self, subject: str, **claims: Any) -> None:
        """There is somebody of whom these are the claims."""
        httpx.post(f"{self.issuer}/test/people", json={subject: claims}).raise_for_status()

    def new_keys(self) -> None:
        """From now on it signs with another key."""
        httpx.post(f"{self.issuer}/test/new-keys").raise_for_status()

    def visit(self, address: str, subject: str) -> str:
        """Signs in there as somebody; the address to which the provider sends the browser back."""
        with httpx.Client() as browser:
            answer = browser.get(address)
            for _ in range(20):
                if answer.is_redirect:
                    following = urljoin(str(answer.url), answer.headers["location"])
                    if following.startswith(CALLBACK):
                        return following
                    answer = browser.get(following)
                else:
                    answer = self._submitted(browser, answer, subject)
        raise AssertionError(answer.text)

    @staticmethod
    def _submitted(browser: httpx.Client, page: httpx.Response, subject: str) -> httpx.Response:
        """The form of the page, filled in."""
        found = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
        assert found is not None, page.text
        assert prompt is not None, page.text
        form = {"prompt": prompt[1], "login": subject, "password": "x"}
        return browser.post(urljoin(str(page.url), found[1]), data=form)
