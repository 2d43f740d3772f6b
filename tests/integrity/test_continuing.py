"""A log whose events were lost ends, and another one goes on from what was kept: said for ever."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.event_store.connections import sealer
from ledger.integrity import continuing
from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.continuations import Continuation, read_continuation
from ledger.integrity.continuing import NothingLost, carry_out, judge, next_name, plan, planned
from ledger.integrity.key_files import KeysRefused, write
from ledger.integrity.keys import ForkRefused, KeyFolder
from ledger.integrity.note import Note, NoteRefused, Signer, parse, sign
from ledger.integrity.sealing import Sealer
from tests.integrity.growing import as_owner, checkpoints, record, roots, tables

ORIGIN = "ledger.example/log"
TREE = ("tree.tiles", "tree.checkpoints")


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    made = KeyFolder(tmp_path / "keys")
    made.open(ORIGIN)
    return made


def seal(url: str, folder: KeyFolder) -> int:
    return Sealer(url, folder.path).catch_up()


def lose(url: str, upto: int) -> None:
    """The database as it was in a backup of that size."""
    as_owner(
        url,
        *tables("log.events", *TREE),
        f"DELETE FROM log.events WHERE position > {upto}",
        f"UPDATE log.head SET position = {upto}",
        f"DELETE FROM tree.checkpoints WHERE size > {upto}",
        f"UPDATE tree.tiles SET hashes = substr(hashes, 1, {32 * upto})",
    )


def lost(url: str, folder: KeyFolder) -> continuing.Lost:
    with sealer(url) as connection:
        return judge(connection, folder)


@pytest.fixture
def restored(database_url: str, folder: KeyFolder) -> str:
    """Of 30 signed events 20 are there; the last checkpoint that came back is of 18."""
    for count in (10, 8, 2, 10):
        record(database_url, count)
        seal(database_url, folder)
    lose(database_url, 20)
    as_owner(database_url, "DELETE FROM tree.checkpoints WHERE size = 20")
    as_owner(database_url, f"UPDATE tree.tiles SET hashes = substr(hashes, 1, {32 * 18})")
    with pytest.raises(ForkRefused):
        seal(database_url, folder)
    return database_url


def test_what_was_lost_is_told_by_what_was_signed(restored: str, folder: KeyFolder) -> None:
    found, known = lost(restored, folder), roots(restored)
    assert (found.kept, found.restored) == (Checkpoint(ORIGIN, 18, known[18]), 20)
    assert (found.signed.size, found.signed) == (30, folder.last())


def test_the_log_ends_and_another_one_goes_on(restored: str, folder: KeyFolder) -> None:
    [old] = folder.verifiers()
    made = plan(folder, lost(restored, folder), by="Anna Nowak", reason="awaria", name=None)
    with pytest.raises(KeysRefused, match="finish it"):
        seal(restored, folder)
    carry_out(folder, made)
    record(restored, 1)
    assert seal(restored, folder) == 21
    known, found = roots(restored), checkpoints(restored, folder.path)
    assert [(one.origin, one.size) for one in found] == [
        (ORIGIN, 10), (ORIGIN, 18), (f"{ORIGIN}/2", 21),
    ]  # fmt: skip
    assert all(one.root == known[one.size] for one in found)
    assert folder.keys().origin == f"{ORIGIN}/2"
    assert folder.keys(ORIGIN).origin == f"{ORIGIN}/2"  # the settings still have the old name
    assert folder.verifiers() == [made.continuation.verifier, old]
    assert [path.stem for path in folder.continued.ended.iterdir()] == [old.key_id.hex()]
    [said] = folder.continuations()
    assert said.told() == (
        f"The events 19 to 30 of the log {ORIGIN} were signed and are lost; {ORIGIN}/2 goes on"
        f" from 18. Anna Nowak said so on {said.at}: awaria"
    )
    assert planned(folder) is None


def test_it_can_happen_again_to_the_log_that_went_on(restored: str, folder: KeyFolder) -> None:
    for size in (21, 18):
        made = plan(folder, lost(restored, folder), by="A", reason="r", name=None)
        carry_out(folder, made)
        record(restored, 1)
        seal(restored, folder)
        record(restored, 9)
        seal(restored, folder)
        lose(restored, size)
    assert [one.verifier.name for one in folder.continuations()] == [f"{ORIGIN}/2", f"{ORIGIN}/3"]
    assert lost(restored, folder).kept.size == 18


def test_a_backup_without_any_checkpoint_keeps_nothing(restored: str, folder: KeyFolder) -> None:
    as_owner(restored, "DELETE FROM tree.checkpoints", "DELETE FROM tree.tiles")
    made = plan(folder, lost(restored, folder), by="A", reason="r", name="other.example")
    assert made.continuation.kept.size == 0
    carry_out(folder, made)
    assert seal(restored, folder) == 20
    assert [one.origin for one in checkpoints(restored, folder.path)] == ["other.example"]


def test_a_log_of_which_nothing_is_lost_does_not_end(database_url: str, folder: KeyFolder) -> None:
    with pytest.raises(NothingLost, match="nothing was signed"):
        lost(database_url, folder)
    record(database_url, 5)
    seal(database_url, folder)
    record(database_url, 5)
    with pytest.raises(NothingLost, match="sealed on"):
        lost(database_url, folder)


CHANGES = (
    ("UPDATE log.events SET leaf = 'x' WHERE position = 3", "changed, not only restored"),
    ("DELETE FROM log.events WHERE position = 3", "position 3 is missing"),
    ("UPDATE tree.checkpoints SET note = 'x' WHERE size = 18", "does not hold"),
    ("UPDATE tree.checkpoints SET size = 19 WHERE size = 18", "not the one that was signed"),
)


def test_a_database_that_was_changed_is_no_backup(restored: str, folder: KeyFolder) -> None:
    for change, why in CHANGES:
        with psycopg.connect(restored) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(change.encode())
            with pytest.raises(ForkRefused, match=why):
                judge(owner, folder)
            owner.rollback()
    assert lost(restored, folder).kept.size == 18


SIGNED = Checkpoint(ORIGIN, 9, bytes(32))
LOST = continuing.Lost(SIGNED._replace(size=5), SIGNED, 6)


@pytest.mark.parametrize("step", range(12))
def test_whatever_is_killed_when_it_is_finished_afterwards(
    folder: KeyFolder, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.remember(SIGNED)
    folder.rotate()
    made = plan(folder, LOST, by="A", reason="r", name=None)
    calls = 0

    def failing(real: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise OSError("the machine is gone")
            return real(*given, **named)

        return call

    with monkeypatch.context() as patched:
        for module in ("continuing", "keys"):
            patched.setattr(f"ledger.integrity.{module}.write", failing(write))
        patched.setattr(Path, "unlink", failing(Path.unlink))
        with suppress(OSError):
            carry_out(folder, made)
    if (begun := planned(folder)) is not None:
        assert begun == made
        carry_out(folder, begun)
    assert folder.keys().origin == f"{ORIGIN}/2"
    assert len(folder.keys().signers) == 1
    assert (len(folder.verifiers()), len(folder.continuations())) == (3, 1)
    assert folder.last() == Checkpoint(f"{ORIGIN}/2", 5, bytes(32))
    assert planned(folder) is None


def test_a_name_that_was_used_before_is_refused(restored: str, folder: KeyFolder) -> None:
    for name, why in ((ORIGIN, "signed here already"), ("a b", "cannot be a name")):
        with pytest.raises(KeysRefused, match=why):
            plan(folder, lost(restored, folder), by="A", reason="r", name=name)
    assert planned(folder) is None


def test_names_are_numbered() -> None:
    assert next_name("a") == "a/2"
    assert next_name("a/b") == "a/b/2"
    assert next_name("a/b/2") == "a/b/3"
    assert next_name("ledger.localhost/12345678") == "ledger.localhost/12345678/2"


def key(name: str, seed: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)))


OLD, NEW, OTHER = key("old", 1), key("new", 2), key("other", 3)
SAID = Continuation(
    kept=Checkpoint("old", 5, bytes(32)),
    signed=Checkpoint("old", 9, bytes(32)),
    restored=6,
    verifier=NEW.verifier,
    by="A",
    at="2026-11-21T00:00:00Z",
    reason="r",
)
NOTE = sign(SAID.text(), [OLD, NEW]).write()


def test_a_statement_is_read_as_it_was_made() -> None:
    assert read_continuation(NOTE, [OLD.verifier]) == SAID
    assert list(SAID.lost) == [6, 7, 8, 9]


def text(change: str, by: str) -> bytes:
    return sign(SAID.text().replace(change, by), [OLD, NEW]).write()


@pytest.mark.parametrize(
    "stored",
    [
        b"nothing", sign(SAID.text(), [OLD]).write(), sign(SAID.text(), [NEW]).write(),
        sign(SAID.text(), [OTHER, NEW]).write(), text("ledger continuation 1", "another 1"),
        text("kept 5", "kept 9"), text("kept 5", "kept 05"), text("kept 5 A", "kept 5 B="),
        text("continued new", "continued other"), text("restored 6", "restored x"),
        text("reason r\n", ""), text("reason r\n", "reason r\nmore r\n"),
        text("ended old", "ended new"),
        Note(SAID.text() + "x\n", parse(NOTE).signatures).write(),
    ],
)  # fmt: skip
def test_nothing_else_is_a_statement(stored: bytes) -> None:
    with pytest.raises(NoteRefused):
        read_continuation(stored, [OLD.verifier])


def test_a_folder_whose_statement_was_changed_is_not_used(folder: KeyFolder) -> None:
    carry_out(folder, plan(folder, LOST, by="A", reason="r", name=None))
    [note] = folder.continued.notes.iterdir()
    note.write_bytes(note.read_bytes().replace(b"reason r", b"reason s"))
    with pytest.raises(KeysRefused, match="does not hold"):
        folder.continuations()
