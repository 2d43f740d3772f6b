"""The log's keys lie in a folder of their own, which nobody else reads."""

import stat
from pathlib import Path

import pytest

from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.keys import ForkRefused, KeyFolder
from ledger.integrity.note import sign


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "data" / "keys")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_a_key_that_only_its_owner_reads(folder: KeyFolder) -> None:
    made = folder.open()
    assert (mode(folder.path), mode(folder.path / "log.key")) == (0o700, 0o600)
    assert mode(folder.path / "log.vkey") == 0o644
    assert made.origin.startswith("ledger.localhost/")
    assert folder.verifiers() == [made.signers[0].verifier]
    assert folder.open().signers[0].verifier == made.signers[0].verifier


def test_the_verifier_keys_hold_no_secret(folder: KeyFolder) -> None:
    folder.open()
    private = (folder.path / "log.key").read_text().split("+", 4)[4].strip()
    assert private not in (folder.path / "log.vkey").read_text()


def test_a_log_is_called_as_one_wants_and_keeps_its_name(folder: KeyFolder) -> None:
    assert folder.open("example.org/log").origin == "example.org/log"
    folder.rotate()
    assert folder.keys().origin == "example.org/log"
    with pytest.raises(KeysRefused, match="not to example"):
        folder.open("example.org/other")


@pytest.mark.parametrize("name", ["with space", "with+plus", "with\nline"])
def test_a_name_that_no_note_can_carry_is_refused(folder: KeyFolder, name: str) -> None:
    with pytest.raises(KeysRefused, match="cannot be a name"):
        folder.open(name)
    assert not (folder.path / "log.key").exists()


def test_a_key_that_others_may_read_is_not_used(folder: KeyFolder) -> None:
    folder.open()
    (folder.path / "log.key").chmod(0o640)
    with pytest.raises(KeysRefused, match="chmod 600"):
        folder.open()


@pytest.mark.parametrize("content", ["", "a", "PRIVATE+KEY+a+b+c", "PRIVATE+KEY+a+00000000+AQ=="])
def test_what_is_no_key_is_not_used(folder: KeyFolder, content: str) -> None:
    folder.open()
    (folder.path / "log.key").write_text(content)
    with pytest.raises(KeysRefused, match="holds no private key"):
        folder.open()


def test_a_key_that_was_used_and_is_gone_is_not_made_anew(folder: KeyFolder) -> None:
    made = folder.open()
    folder.remember(Checkpoint(made.origin, 1, bytes(32)))
    (folder.path / "log.key").unlink()
    with pytest.raises(KeysRefused, match="is gone"):
        folder.open()


def test_after_a_rotation_both_sign_until_the_old_key_is_taken_away(folder: KeyFolder) -> None:
    old = folder.open().signers[0].verifier
    new = folder.rotate()
    assert folder.verifiers() == [new, old]
    both = sign("text\n", folder.keys().signers)
    assert both.signed_by([new]) == [new]
    assert both.signed_by([old]) == [old]
    (kept,) = (folder.path / "old").iterdir()
    assert (mode(kept.parent), mode(kept)) == (0o700, 0o600)
    kept.unlink()
    assert [one.verifier for one in folder.keys().signers] == [new]
    assert folder.verifiers() == [new, old]  # what it signed can still be verified


def test_a_key_of_another_log_does_not_sign_here(folder: KeyFolder, tmp_path: Path) -> None:
    folder.open()
    folder.rotate()
    other = KeyFolder(tmp_path / "other")
    other.open()
    (folder.path / "old" / "other.key").write_bytes((other.path / "log.key").read_bytes())
    (folder.path / "old" / "other.key").chmod(0o600)
    with pytest.raises(KeysRefused, match="belongs to the log"):
        folder.keys()


def test_what_was_signed_last_only_ever_grows(folder: KeyFolder) -> None:
    folder.open()
    assert folder.last() is None
    first = Checkpoint("a", 5, bytes(32))
    folder.remember(first)
    folder.remember(first)
    assert folder.last() == first
    with pytest.raises(ForkRefused, match="another root was signed for size 5"):
        folder.remember(Checkpoint("a", 5, b"\x01" * 32))
    with pytest.raises(ForkRefused, match="size 5 was signed"):
        folder.remember(Checkpoint("a", 4, bytes(32)))
    assert folder.last() == first
    folder.remember(Checkpoint("a", 6, b"\x01" * 32))


def test_a_file_that_cannot_be_read_stops_the_signing(folder: KeyFolder) -> None:
    folder.open()
    (folder.path / "log.last").write_text("a\n5\n")
    with pytest.raises(KeysRefused, match="cannot be read"):
        folder.last()


def test_only_one_signs_with_the_keys_at_a_time(folder: KeyFolder) -> None:
    folder.open()
    with folder.held() as first, KeyFolder(folder.path).held() as second:
        assert (first, second) == (True, False)
    with folder.held() as again:
        assert again


def test_what_a_killed_process_left_half_written_is_in_nobodys_way(folder: KeyFolder) -> None:
    folder.open()
    (folder.path / "log.last.part").write_text("half")
    folder.remember(Checkpoint("a", 1, bytes(32)))
    assert folder.last() == Checkpoint("a", 1, bytes(32))
