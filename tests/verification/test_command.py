"""How does `ledger verify` say it? A table for people, JSON for machines, and the exit code."""

import json
import os
from pathlib import Path

import pytest

from ledger.cli import main
from tests.verification.tampering import Ledger, forge, tampering

CHECKS = [
    "events", "sequence", "versions", "tree", "checkpoints", "signed last", "cosignatures",
    "timestamps", "continuations", "read models", "documents", "row security", "triggers",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _here(original: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)
    monkeypatch.setenv("LEDGER_KEYS", str(original.keys))
    monkeypatch.setenv("LEDGER_DOCUMENTS", str(original.documents))


def test_what_holds_is_told_in_one_line_and_ends_with_0(
    original: Ledger, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--database", original.url]) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[-1] == f"All of it holds: {original.size()} events."
    assert [name for name in CHECKS if not any(name in line and "ok" in line for line in out)] == []


def test_what_differs_is_told_to_machines_and_ends_with_1(
    ledger: Ledger, capfd: pytest.CaptureFixture[str]
) -> None:
    with tampering(ledger) as owner:
        forge(owner, 7)
    assert main(["verify", "--json", "--database", ledger.url]) == 1
    said = json.loads(capfd.readouterr().out)
    assert said["ok"] is False
    assert [one["check"] for one in said["checks"]] == CHECKS
    failed = {one["check"]: one["differences"][0] for one in said["checks"] if one["different"]}
    assert (failed["events"]["kind"], failed["events"]["position"]) == ("changed", 7)
    with ledger.owner() as connection:
        noted = connection.execute(
            "SELECT size, differences FROM tree.verifications ORDER BY id DESC"
        ).fetchone()
    assert noted == (ledger.size(), sum(one["different"] for one in said["checks"]))
    assert (failed["checkpoints"]["kind"], failed["checkpoints"]["position"]) == ("rewritten", 1)


def test_an_auditor_with_the_public_key_and_a_checkpoint_needs_no_folder_of_keys(
    original: Ledger,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    key = (original.keys / "log.vkey").read_text(encoding="utf-8").strip()
    with original.owner() as connection:
        [note, *_] = connection.execute("SELECT note FROM tree.checkpoints").fetchall()
    (tmp_path / "checkpoint").write_bytes(note[0])
    monkeypatch.setenv("LEDGER_KEYS", str(tmp_path / "none"))
    options = ["--key", key, "--checkpoint", str(tmp_path / "checkpoint")]
    assert main(["verify", "--database", original.url, *options]) == 0
    assert "checkpoints kept elsewhere" in capfd.readouterr().out


def test_a_key_that_is_none_is_bad_usage(original: Ledger) -> None:
    assert main(["verify", "--key", "none", "--database", original.url]) == 2
    assert main(["verify", "--bundle", os.devnull + "/none"]) == 2
