"""The master key lies in a file of its owner's alone, or in the environment."""

import stat
from base64 import b64encode
from pathlib import Path

import pytest

from ledger.privacy.master import (
    NEXT_VARIABLE,
    VARIABLE,
    MasterKey,
    MasterKeyRefused,
    MasterKeys,
)


@pytest.fixture
def keys(tmp_path: Path) -> MasterKeys:
    return MasterKeys(tmp_path / "keys")


def test_the_first_start_makes_a_key_that_only_its_owner_reads(keys: MasterKeys) -> None:
    made = keys.first()
    path = keys.folder / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert keys.first().material == made.material == keys.in_force(made.id).material
    assert len(made.material) == 32


def test_a_key_that_others_may_read_is_refused(keys: MasterKeys) -> None:
    keys.first()
    (keys.folder / "master.key").chmod(0o640)
    with pytest.raises(MasterKeyRefused, match="chmod 600"):
        keys.first()


@pytest.mark.parametrize("content", ["", "no key", b64encode(bytes(31)).decode()])
def test_what_is_no_key_is_refused(keys: MasterKeys, content: str) -> None:
    keys.first()
    (keys.folder / "master.key").write_text(content)
    with pytest.raises(MasterKeyRefused, match="32 bytes in base64"):
        keys.first()


def test_a_database_under_another_key_is_refused(keys: MasterKeys) -> None:
    keys.first()
    with pytest.raises(MasterKeyRefused, match="0123456789abcdef"):
        keys.in_force("0123456789abcdef")


def test_the_environment_goes_before_files_and_leaves_none(
    keys: MasterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = MasterKey.new(), MasterKey.new()
    monkeypatch.setenv(VARIABLE, one.text())
    assert keys.first().id == one.id
    with pytest.raises(MasterKeyRefused, match=NEXT_VARIABLE):
        keys.prepare()
    monkeypatch.setenv(NEXT_VARIABLE, other.text())
    assert keys.prepare().id == other.id
    assert keys.in_force(other.id).material == other.material
    keys.settle(other.id)
    assert not keys.folder.exists()


def test_a_key_that_follows_takes_its_place_only_when_it_is_in_force(keys: MasterKeys) -> None:
    first, following = keys.first(), keys.prepare()
    assert set(keys.all()) == {first.id, following.id}
    keys.settle(first.id)
    assert set(keys.all()) == {first.id, following.id}
    keys.settle(following.id)
    assert set(keys.all()) == {following.id}


def test_an_id_says_nothing_of_the_key() -> None:
    key = MasterKey.new()
    assert key.id not in key.material.hex()
    assert MasterKey.read(key.text(), "here").id == key.id
