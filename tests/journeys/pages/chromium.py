"""Which browser do the tests drive? One that is on the machine, or one that can be had for it.

`python -m tests.journeys.pages.chromium`, a part of `make test`, installs one where there is none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
INSTALL_SECONDS = 300
# A container's root cannot use the sandbox, and its /dev/shm is small.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-color-profile=srgb",
    # A window keeps its process from page to page, where each page would have begun another.
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
]


class NoBrowser(Exception):
    """No browser was found, or none could be installed."""


def browser() -> str:
    """The path of a browser of Chromium's kind. Raises `NoBrowser`."""
    for found in chain(_on_the_machine(), _of_playwright()):
        return found
    raise NoBrowser("there is no Chromium, Chrome or Edge; `make test` installs one where it can")


def install() -> str:
    """The path of a browser, which is installed if there is none.

    Raises `NoBrowser` with what was tried.
    """
    tried = []
    for way in (_nothing, _from_debian, _from_playwright):
        try:
            way()
            return browser()
        except NoBrowser:
            tried.append(str(way.__doc__))
        except (OSError, subprocess.SubprocessError) as error:
            tried.append(f"{way.__doc__} ({error})")
    raise NoBrowser("no browser for the tests of the pages: " + "; ".join(tried))


def _nothing() -> None:
    """none is on the machine"""


def _on_the_machine() -> Iterator[str]:
    """none is on the machine"""
    given = os.environ.get("LEDGER_TEST_BROWSER")
    for name in (given, *NAMES):
        if name and (found := shutil.which(name)):
            yield found
    yield from (place for place in PLACES if Path(place).is_file())


def _of_playwright() -> Iterator[str]:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).is_file():
        yield path


def _from_debian() -> None:
    """Debian's package could not be installed"""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "--quiet", *step],
                check=True,
                capture_output=True,
                env=environment,
                timeout=INSTALL_SECONDS,
            )


def _from_playwright() -> None:
    """Playwright's own could not be installed"""
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        check=True,
        capture_output=True,
        timeout=INSTALL_SECONDS,
    )


if __name__ == "__main__":
    try:
        install()
    except NoBrowser as why:
        print(why, file=sys.stderr)  # the tests say so themselves, and fail under CI
