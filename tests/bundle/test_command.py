"""The bundle as it is typed: `ledger export bundle`."""

from pathlib import Path

import pytest

from ledger.cli import main
from tests.bundle.checking import VERIFIER, ran
from tests.bundle.conftest import DAY, Story


@pytest.fixture
def export(story: Story, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every call begins with."""
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)
    monkeypatch.setenv("LEDGER_KEYS", str(story.keys))
    return ["export", "bundle", "--database", story.url, "--valid-at", DAY.isoformat()]


def code_of(project: str, url: str) -> str:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT code FROM read.projects WHERE project = %s", (project,))
        return str(next(iter(row))[0])


def test_the_file_is_the_bundle_that_the_interface_sends(
    story: Story, export: list[str], whole: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bundle.zip"
    code = code_of(story.project, story.url)
    said = main([*export, "--project", code, "--out", str(out), "--documents", "--json"])
    assert said == 0
    assert out.read_bytes() == whole
    assert str(out) in capfd.readouterr().out
    assert ran(VERIFIER, out, folder=tmp_path).returncode == 0


def test_a_bundle_of_an_earlier_position_is_made_at_its_checkpoint(
    story: Story, export: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bundle.zip"
    asked = [*export, "--project", code_of(story.project, story.url), "--out", str(out)]
    assert main([*asked, "--known-at", "0"]) == 1
    assert "the log is signed up to position" in capfd.readouterr().err
    assert not out.exists()


def test_what_cannot_be_meant_is_bad_usage(
    export: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*export, "--project", "NONE", "--out", str(tmp_path / "x.zip")]) == 2
    assert "NONE" in capfd.readouterr().err
    assert main([*export, "--out", str(tmp_path / "x.zip")]) == 2
