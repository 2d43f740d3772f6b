"""A small log that is sealed, and bodies outside that are asked without delay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.attestations import asking, attesting, cosigning, stamping
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Verifier
from tests.attestations.asked import Log, grow
from tests.conftest import fresh_database


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long before he asks again."""
    monkeypatch.setattr(cosigning, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(cosigning, "PACE_SECONDS", 0.02)
    monkeypatch.setattr(stamping, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(asking, "LONGEST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(attesting, "TURN_SECONDS", 0.02)
    monkeypatch.setattr(attesting, "AGAIN_SECONDS", 0.02)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The folder of the log's keys."""
    return tmp_path / "keys"


@pytest.fixture
def log(database_url: str, keys: Path) -> Verifier:
    """The key of a log of 300 events, which is sealed."""
    grow(database_url, keys, 300)
    return KeyFolder(keys).verifiers()[0]


@pytest.fixture(scope="module")
def alone(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """A log of which nothing that others say is ever kept; a module's tests share it."""
    keys = tmp_path_factory.mktemp("alone") / "keys"
    with fresh_database(server_url) as url:
        grow(url, keys, 300)
        yield Log(url, keys)
