"""A receipt is checked, and the log's key shown and changed, by typing it."""

import asyncio
import json
from pathlib import Path
from time import monotonic, sleep

import msgspec
import psycopg
import pytest

from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import read_vkey
from ledger.integrity.published import PublishedTree
from ledger.integrity.receipts import receipt
from ledger.integrity.sealing import Sealer
from tests.cli.typing_it import Typed, running, stop


@pytest.fixture
def place(loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A ledger with its keys, as it is named on the command line."""
    monkeypatch.setenv("LEDGER_KEYS", str(tmp_path / "keys"))
    return "--database", loaded


@pytest.fixture
def paper(place: tuple[str, str], tmp_path: Path) -> Path:
    """The receipt of the second event, in a file."""
    url, keys = place[1], tmp_path / "keys"
    Sealer(url, keys).catch_up()

    async def made() -> bytes:
        tree = PublishedTree(url, keys)
        await tree.open()
        try:
            signed = await tree.newest()
            assert signed is not None
            _, path = await tree.inclusion(1, signed.checkpoint.size)
        finally:
            await tree.close()
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT leaf FROM log.events WHERE position = 2").fetchone()
        assert row is not None
        return msgspec.json.encode(receipt(bytes(row[0]), 1, path, signed.note, tree.verifiers()))

    file = tmp_path / "receipt.json"
    file.write_bytes(asyncio.run(made()))
    return file


def test_a_receipt_that_holds_is_told_in_one_line(
    ledger: Typed, place: tuple[str, str], paper: Path
) -> None:
    key = ledger("log", "key", *place).out.strip()
    held = ledger("verify", "receipt", paper, "--key", key)
    assert (held.code, held.out.count("\n"), held.err) == (0, 1, "")
    assert held.out.startswith("Event 2 (project.started, recorded ")
    assert held.out.endswith(f"signed with the key {read_vkey(key).key_id.hex()}.\n")
    said = ledger("verify", "receipt", paper, "--key", key, "--json").json
    assert (said["holds"], said["position"], said["key_given"]) == (True, 2, True)


def test_without_a_key_it_is_said_whose_word_is_taken(ledger: Typed, paper: Path) -> None:
    held = ledger("verify", "receipt", paper)
    assert held.code == 0
    assert "only the receipt says" in held.out
    assert ledger("verify", "receipt", paper, "--json").json["key_given"] is False


def test_a_changed_receipt_proves_nothing(ledger: Typed, paper: Path) -> None:
    content = json.loads(paper.read_text())
    content["leaf"] = content["leaf"].replace("SMALL", "LARGE")
    paper.write_text(json.dumps(content))
    refused = ledger("verify", "receipt", paper)
    assert (refused.code, refused.out.count("\n")) == (1, 1)
    assert "proves nothing: the path does not lead to the root" in refused.out
    said = ledger("verify", "receipt", paper, "--json")
    assert (said.code, said.json["holds"]) == (1, False)


def test_another_key_does_not_verify_it(ledger: Typed, paper: Path, tmp_path: Path) -> None:
    other = KeyFolder(tmp_path / "other").open().signers[0].verifier.vkey
    refused = ledger("verify", "receipt", paper, "--key", other)
    assert refused.code == 1
    assert "no known key" in refused.out


def test_what_cannot_be_meant_is_bad_usage(ledger: Typed, paper: Path, tmp_path: Path) -> None:
    assert ledger("verify", "receipt", tmp_path / "nowhere").code == 2
    assert ledger("verify", "receipt", paper, "--key", "nonsense").code == 2


def test_before_the_first_start_there_is_no_key(ledger: Typed, place: tuple[str, str]) -> None:
    for command in ("key", "rotate-key"):
        refused = ledger("log", command, *place)
        assert (refused.code, refused.out) == (1, "")
        assert "no key in" in refused.err


def test_a_rotated_key_is_shown_and_the_older_one_remembered(
    ledger: Typed, place: tuple[str, str], paper: Path
) -> None:
    before = ledger("log", "key", *place, "--json").json
    made = ledger("log", "rotate-key", *place).out.strip()
    after = ledger("log", "key", *place, "--json").json
    assert (before["older"], after["key"], after["older"]) == ([], made, [before["key"]])
    assert before["origin"] == after["origin"]
    assert ledger("verify", "receipt", paper, "--key", before["key"]).code == 0


def test_the_projector_seals_the_log_without_the_service(
    ledger: Typed, place: tuple[str, str]
) -> None:
    with running("project", *place) as projector:
        end = monotonic() + 30
        while ledger("log", "key", *place).code != 0 or not sealed(place[1]):
            assert monotonic() < end
            sleep(0.1)
        assert stop(projector) == 0


def sealed(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT max(size) = (SELECT position FROM log.head) FROM tree.checkpoints"
        ).fetchone()
    return bool(row and row[0])
