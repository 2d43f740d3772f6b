"""Where a process finds its database and its files."""

from pathlib import Path

import pytest

from ledger.settings import settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "LEDGER_DOCUMENTS", "LEDGER_KEYS", "LEDGER_LOG_ORIGIN", "LEDGER_DATA", "LEDGER_DATABASE_URL"
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def test_evidence_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert settings(data=tmp_path).documents == str(tmp_path / "documents")


def test_evidence_lies_in_the_users_data_folder_beside_a_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = settings(database="postgresql://server/ledger")
    assert found.documents == str(tmp_path / "ledger" / "documents")


@pytest.mark.parametrize("place", ["/srv/evidence", "s3://bucket/evidence"])
def test_evidence_lies_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    monkeypatch.setenv("LEDGER_DOCUMENTS", place)
    assert settings(data=tmp_path).documents == place


def test_the_logs_key_lies_in_the_data_folder_unless_the_environment_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert settings(data=tmp_path).keys == tmp_path / "keys"
    assert settings(data=tmp_path).origin is None
    monkeypatch.setenv("LEDGER_KEYS", "/srv/keys")
    monkeypatch.setenv("LEDGER_LOG_ORIGIN", "example.org/log")
    found = settings(data=tmp_path)
    assert (found.keys, found.origin) == (Path("/srv/keys"), "example.org/log")
