"""A log that goes on after a rightful restore: nobody is told that nothing happened."""

from pathlib import Path

import pytest
from litestar.testing import TestClient

from api.app import create_app
from ledger.aggregates.institutions import InstitutionRegistered
from ledger.cli import main
from ledger.integrity.keys import KeyFolder
from ledger.integrity.receipts import check
from ledger.integrity.sealing import Sealer
from ledger.verification import Kind, Report, Trust, verify
from ledger.worker import Worker
from tests.bundle.checking import VERIFIER, ran
from tests.journeys.conftest import Service
from tests.verification.conftest import Copy
from tests.verification.tampering import Ledger, append, first, kinds, tampering

LOST = InstitutionRegistered(name="Utracona", sector="ngo", level="commune")


class Restored:
    """A ledger that was restored from a backup, and what the world knew of what came after it."""

    def __init__(
        self, ledger: Ledger, kept: bytes, size: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.ledger, self.kept, self.size = ledger, kept, size
        self._capfd = capfd

    def typed(self, *command: str) -> tuple[int, str]:
        self._capfd.readouterr()
        code = main(["log", *command, "--database", self.ledger.url])
        return code, "".join(self._capfd.readouterr())

    def proceed(self, *more: str) -> tuple[int, str]:
        return self.typed("continue", *more)

    def verify(self, *kept: bytes) -> Report:
        folder = KeyFolder(self.ledger.keys)
        trust = Trust(
            keys=folder.verifiers(),
            last=folder.last(),
            kept=kept,
            continuations=folder.continuations(),
        )
        return verify(self.ledger.url, trust, str(self.ledger.documents), models=[])

    def warnings(self, *kept: bytes) -> list[str]:
        report = self.verify(*kept)
        assert report.ok, report.told()
        return [text for check in report.checks for text in check.warnings]


@pytest.fixture
def restored(
    ledger: Ledger,
    copy: Copy,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Restored:
    monkeypatch.setenv("LEDGER_KEYS", str(ledger.keys))
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)
    backup, size = copy(ledger), ledger.size()
    append(ledger, LOST)
    Sealer(ledger.url, ledger.keys).catch_up()
    with ledger.owner() as owner:
        [row] = owner.execute("SELECT note FROM tree.checkpoints ORDER BY size DESC LIMIT 1")
    Worker(backup.url).catch_up()
    return Restored(backup, bytes(row[0]), size, capfd)


SAID = ("--after-restore", "--by", "Anna Nowak", "--reason", "awaria macierzy")


def test_it_is_done_deliberately_and_told_for_ever(restored: Restored) -> None:
    size = restored.size
    before = KeyFolder(restored.ledger.keys).keys().origin
    assert first(restored.verify()) == (Kind.ROLLED_BACK, size + 1)
    assert restored.proceed()[0] == 2
    assert restored.proceed("--after-restore")[0] == 2
    code, said = restored.proceed(*SAID)
    assert code == 0, said
    sentence = (
        f"The events {size + 1:,} to {size + 1:,} of the log {before} were signed and are lost"
    )
    assert sentence in said
    assert restored.proceed(*SAID)[0] == 1  # nothing is lost now
    assert [text.startswith(sentence) for text in restored.warnings()] == [True]
    report = restored.verify()
    assert report.sealed == report.events == size + 1  # the statement is an event of its own
    assert restored.typed("continuations")[1].startswith("ledger continuation 1\nended ")


def test_a_checkpoint_of_what_was_lost_is_explained(restored: Restored) -> None:
    assert restored.proceed(*SAID)[0] == 0
    [lost, _] = sorted(restored.warnings(restored.kept))
    assert f"A checkpoint of size {restored.size + 1} is among what was lost" in lost


def test_a_service_that_seals_is_not_disturbed(restored: Restored) -> None:
    with KeyFolder(restored.ledger.keys).held():
        code, said = restored.proceed(*SAID)
    assert (code, "stop `ledger serve`" in said) == (1, True)


def test_the_event_and_the_statement_need_each_other(restored: Restored) -> None:
    assert restored.proceed(*SAID)[0] == 0
    folder = KeyFolder(restored.ledger.keys)
    [note] = folder.continued.notes.iterdir()
    kept = note.read_bytes()
    note.unlink()
    assert ("continuations", Kind.UNCHECKED) in kinds(restored.verify())
    note.write_bytes(kept)
    with tampering(restored.ledger) as owner:
        owner.execute("UPDATE log.events SET type = 'another' WHERE type = 'log.continued'")
    assert ("continuations", Kind.REMOVED) in kinds(restored.verify())


def test_a_checkpoint_of_the_log_that_had_ended_is_told(restored: Restored, tmp_path: Path) -> None:
    assert restored.proceed(*SAID)[0] == 0
    with tampering(restored.ledger) as owner:
        owner.execute("DELETE FROM tree.checkpoints WHERE size = %s", (restored.size + 1,))
        owner.execute(
            "INSERT INTO tree.checkpoints (size, root, note) VALUES (%s, %s, %s)",
            (restored.size + 1, bytes(32), restored.kept),
        )
    report = restored.verify()
    assert ("checkpoints", Kind.CHECKPOINT) in kinds(report)
    assert any("had ended at" in one.text for one in report.differences)


def test_the_service_goes_on_as_the_new_log(restored: Restored, tmp_path: Path) -> None:
    assert restored.proceed(*SAID)[0] == 0
    keys = restored.ledger.keys
    folder = KeyFolder(keys)
    new = folder.keys().origin
    with TestClient(create_app(restored.ledger.url, keys=keys)) as http:
        auditor = Service(http).user("auditor")
        [said] = auditor.get("/api/log/continuations")["items"]
        size = restored.size
        assert (said["kept"], said["lost_from"], said["lost_to"]) == (size, size + 1, size + 1)
        assert (said["continued"], said["by"], said["reason"]) == (new, SAID[2], SAID[4])
        assert said["statement"].encode() == folder.continued.stored()[0]
        assert auditor.raw("GET", "/log/checkpoint").text.startswith(f"{new}\n")
        assert check(auditor.raw("GET", "/api/log/receipts/1").content).checkpoint.origin == new
        project = auditor.get("/api/projects")["items"][0]["id"]
        for known_at in ({}, {"known_at": size}):  # as it was known before the log went on, too
            bundle = auditor.raw("GET", f"/api/projects/{project}/bundle.zip", params=known_at)
            (tmp_path / "bundle.zip").write_bytes(bundle.content)
            done = ran(VERIFIER, "bundle.zip", folder=tmp_path)
            assert done.returncode == 0, done.stdout
            [lost] = [line for line in done.stdout.splitlines() if line.startswith("NB: ")]
            assert lost.startswith(f"NB: The events {size + 1} to {size + 1} of the log ")
        Service(http).user("manager").get("/api/log/continuations", status=403)


def test_keys_that_cannot_be_read_are_no_fault_of_the_caller(restored: Restored) -> None:
    assert restored.proceed(*SAID)[0] == 0
    keys = restored.ledger.keys
    with TestClient(create_app(restored.ledger.url, keys=keys)) as http:
        auditor = Service(http).user("auditor")
        [note] = KeyFolder(keys).continued.notes.iterdir()
        note.write_bytes(b"nothing")
        project = auditor.get("/api/projects")["items"][0]["id"]
        for path in ("/api/log/continuations", "/api/log/receipts/1"):
            auditor.get(path, status=503)
        auditor.get(f"/api/projects/{project}/bundle.zip", status=503)
