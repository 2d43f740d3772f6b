"""The key that seals second factors lies in a file of its own, which nobody else reads."""

import base64
from pathlib import Path

import pytest

from ledger.access.secret import VARIABLE, AccessKey, AccessKeyRefused


def test_it_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    sealed = AccessKey(tmp_path).seal(b"JBSWY3DPEHPK3PXP", "anna")
    assert (tmp_path / "access.key").stat().st_mode & 0o777 == 0o600
    assert AccessKey(tmp_path).unseal(sealed, "anna") == b"JBSWY3DPEHPK3PXP"
    assert AccessKey(tmp_path).seal(b"JBSWY3DPEHPK3PXP", "anna") != sealed


def test_what_is_sealed_for_one_owner_is_none_of_another(tmp_path: Path) -> None:
    key = AccessKey(tmp_path)
    sealed = key.seal(b"x", "anna")
    for text, owner in (
        (sealed, "jan"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "anna"),
        (b"short", "anna"),
    ):
        with pytest.raises(AccessKeyRefused):
            key.unseal(text, owner)
    with pytest.raises(AccessKeyRefused):
        AccessKey(tmp_path / "other").unseal(sealed, "anna")


def test_the_environment_takes_the_place_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, base64.b64encode(bytes(32)).decode())
    assert AccessKey(tmp_path).digest("name", "anna", 4) == AccessKey(tmp_path).digest(
        "name", "anna", 4
    )
    assert not (tmp_path / "access.key").exists()
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(AccessKeyRefused):
        AccessKey(tmp_path).open()


def test_a_file_that_others_may_read_or_that_holds_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "access.key"
    AccessKey(tmp_path).open()
    path.chmod(0o644)
    with pytest.raises(AccessKeyRefused, match="chmod 600"):
        AccessKey(tmp_path).open()
    path.chmod(0o600)
    path.write_text("no key")
    with pytest.raises(AccessKeyRefused, match="holds no key"):
        AccessKey(tmp_path).open()


def test_digests_depend_on_what_they_are_of(tmp_path: Path) -> None:
    key = AccessKey(tmp_path)
    assert key.digest("name", "x", 4) != key.digest("address", "x", 4)
    assert len(key.digest("name", "x", 4)) == 4
