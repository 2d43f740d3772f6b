"""Where is the browser of the tests found, and what is tried where there is none?"""

from pathlib import Path

import pytest

from tests.journeys.pages import chromium
from tests.journeys.pages.chromium import NoBrowser, browser, install

Programs = Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """The only folder in which programs are found; no browser is anywhere."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("LEDGER_TEST_BROWSER", raising=False)
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.setattr(chromium, "_of_playwright", lambda: iter(()))
    return tmp_path


def program(path: Path, does: str = "") -> str:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge-stable"])
def test_any_browser_of_the_kind_on_the_machine_will_do(programs: Programs, name: str) -> None:
    made = program(programs / name)
    assert browser() == install() == made


def test_the_one_that_is_named_goes_first(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs / "chromium")
    named = program(programs / "other")
    monkeypatch.setenv("LEDGER_TEST_BROWSER", named)
    assert browser() == named


def test_root_installs_debians_package(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    made = program(programs / "ready")
    says = f"""[ "$*" != "--quiet install --yes --no-install-recommends chromium" ] ||
        /bin/ln {made} {programs / "chromium"}"""
    program(programs / "apt-get", says)
    with pytest.raises(NoBrowser):
        browser()
    assert install() == str(programs / "chromium")


@pytest.mark.parametrize("user", [0, 1000])
def test_where_none_can_be_had_all_that_was_tried_is_told(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("sys.executable", program(programs / "python", "exit 1"))
    program(programs / "apt-get", "exit 100")
    with pytest.raises(NoBrowser) as told:
        install()
    for tried in ("none is on the machine", "Debian's package", "Playwright's own"):
        assert tried in str(told.value)
