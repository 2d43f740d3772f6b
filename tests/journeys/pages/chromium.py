"""Which browser do the tests drive? One that is on the machine, or one that can be had for it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
]


class NoBrowser(Exception):
    """No browser was found, and none could be installed."""


@cache
def browser() -> str:
    """The path of a browser of Chromium's kind. Raises `NoBrowser` with what was tried."""
    tried = []
    for way in (_on_the_machine, _from_debian, _from_playwright):
        try:
            return next(way())
        except StopIteration:
            tried.append(str(way.__doc__))
        except (OSError, subprocess.SubprocessError) as error:
            tried.append(f"{way.__doc__} ({error})")
    raise NoBrowser("no browser: " + "; ".join(tried))


def _on_the_machine() -> Iterator[str]:
    """none is on the machine"""
    given = os.environ.get("LEDGER_TEST_BROWSER")
    for name in (given, *NAMES):
        if name and (found := shutil.which(name)):
            yield found
    yield from (place for place in PLACES if Path(place).is_file())


def _from_debian() -> Iterator[str]:
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
        yield from _on_the_machine()


def _from_playwright() -> Iterator[str]:
    """Playwright's own could not be installed"""
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        check=True,
        capture_output=True,
        timeout=INSTALL_SECONDS,
    )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).is_file():
            yield playwright.chromium.executable_path
