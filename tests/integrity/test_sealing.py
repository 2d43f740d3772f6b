"""The tree follows the log, and no size is ever signed with two roots."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from ledger.integrity import sealing
from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.keys import ForkRefused, KeyFolder
from ledger.integrity.note import parse
from ledger.integrity.sealing import GapFound, SealedTree, Sealer
from ledger.integrity.tree import EMPTY_ROOT
from tests.integrity.growing import (
    all_are_of_this_log,
    as_owner,
    checkpoints,
    record,
    roots,
    tables,
)

SEALS = """
import sys
from pathlib import Path
from ledger.integrity import sealing

sealing.PACE_SECONDS = 0.0  # so that there is more to interrupt
sealing.Sealer(sys.argv[1], Path(sys.argv[2])).run()
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def sealed(url: str, keys: Path) -> int:
    return Sealer(url, keys).catch_up()


def until(url: str, size: int, seconds: float = 20) -> float:
    """How long it took until the tree covered so many events."""
    began = monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        while monotonic() < began + seconds:
            row = connection.execute("SELECT max(size) FROM tree.checkpoints").fetchone()
            if row and row[0] is not None and row[0] >= size:
                return monotonic() - began
            sleep(0.01)
    raise AssertionError(f"the tree did not come to {size}")


def test_an_empty_log_is_signed_as_such(database_url: str, keys: Path) -> None:
    assert sealed(database_url, keys) == 0
    assert [one[1:] for one in checkpoints(database_url, keys)] == [(0, EMPTY_ROOT)]


def test_however_much_is_sealed_at_once_the_roots_are_those_of_the_leaves(
    database_url: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PAGE", 300)
    total = 0
    for count in (1, 254, 1, 1, 700, 900):
        record(database_url, count)
        total += count
        assert sealed(database_url, keys) == total
    found = all_are_of_this_log(database_url, keys)
    assert [one.size for one in found] == [1, 255, 256, 257, 557, 857, 957, 1257, 1557, 1857]


def test_nothing_is_signed_twice_where_nothing_was_recorded(database_url: str, keys: Path) -> None:
    record(database_url, 3)
    for _ in range(3):
        sealed(database_url, keys)
    assert len(checkpoints(database_url, keys)) == 1


def test_the_tree_is_at_most_a_second_behind_the_log(database_url: str, keys: Path) -> None:
    sealer = Sealer(database_url, keys)
    sealer.start()
    try:
        until(database_url, 0)
        took = []
        for number in range(1, 6):
            record(database_url, 10)
            took.append(until(database_url, 10 * number))
        assert sorted(took)[2] < 1, took  # a machine may be busy for a moment
    finally:
        sealer.stop()
    all_are_of_this_log(database_url, keys)


def test_a_signature_that_did_not_reach_the_database_is_made_again_of_the_same_root(
    database_url: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the file and the database: the moment that matters."""
    record(database_url, 300)
    sealed(database_url, keys)
    record(database_url, 10)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SealedTree, "_store", killed)
        with pytest.raises(KeyboardInterrupt):
            sealed(database_url, keys)
    last = KeyFolder(keys).last()
    assert last is not None
    assert last.size == 310
    assert [one.size for one in checkpoints(database_url, keys)] == [300]
    record(database_url, 7)  # before anybody looks, the log goes on
    sealed(database_url, keys)
    found = all_are_of_this_log(database_url, keys)
    assert [one.size for one in found] == [300, 310, 317]
    assert found[1] == last


def test_a_log_that_lost_signed_events_is_not_signed_any_more(
    database_url: str, keys: Path
) -> None:
    """The database was put back to an older backup."""
    record(database_url, 100)
    sealed(database_url, keys)
    record(database_url, 20)
    sealed(database_url, keys)
    as_owner(
        database_url,
        *tables("log.events", "tree.checkpoints"),
        "DELETE FROM log.events WHERE position > 100",
        "UPDATE log.head SET position = 100",
        "DELETE FROM tree.checkpoints WHERE size > 100",
    )
    with pytest.raises(ForkRefused, match="size 120 was signed, but the log has only 100"):
        sealed(database_url, keys)
    record(database_url, 20, "another history")
    with pytest.raises(ForkRefused, match="another root was signed for size 120"):
        sealed(database_url, keys)
    record(database_url, 20, "another history")
    with pytest.raises(ForkRefused, match="another root was signed for size 120"):
        sealed(database_url, keys)
    assert [one.size for one in checkpoints(database_url, keys)] == [100]


def test_another_root_in_the_file_stops_the_signing(database_url: str, keys: Path) -> None:
    record(database_url, 5)
    sealed(database_url, keys)
    record(database_url, 5)
    last = KeyFolder(keys).last()
    assert last is not None
    (keys / "log.last").write_text(Checkpoint(last.origin, 3, bytes(32)).text())
    with pytest.raises(ForkRefused, match="another root was signed for size 3"):
        sealed(database_url, keys)
    assert [one.size for one in checkpoints(database_url, keys)] == [5]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE tree.checkpoints SET root = sha256('')", "not the one that was signed"),
        ("UPDATE tree.tiles SET hashes = sha256('') || hashes WHERE level = 0", "do not have"),
        ("DELETE FROM tree.tiles", "missing"),
    ],
)
def test_a_tree_that_was_tampered_with_is_not_signed_on(
    database_url: str, keys: Path, change: str, why: str
) -> None:
    record(database_url, 5)
    sealed(database_url, keys)
    record(database_url, 5)
    as_owner(database_url, *tables("tree.checkpoints", "tree.tiles"), change)
    with pytest.raises(ForkRefused, match=why):
        sealed(database_url, keys)


def test_a_missing_event_stops_the_signing_and_is_named(database_url: str, keys: Path) -> None:
    record(database_url, 9)
    as_owner(database_url, *tables("log.events"), "DELETE FROM log.events WHERE position IN (4, 6)")
    with pytest.raises(GapFound, match="position 4 is missing"):
        sealed(database_url, keys)
    assert checkpoints(database_url, keys) == []


def test_the_loop_stops_and_says_why(database_url: str, keys: Path) -> None:
    record(database_url, 9)
    as_owner(database_url, *tables("log.events"), "DELETE FROM log.events WHERE position = 4")
    sealer = Sealer(database_url, keys)
    sealer.run()  # returns
    assert sealer.refused == "the event at position 4 is missing"


def test_a_log_signed_with_another_key_is_not_signed_with_ours(
    database_url: str, keys: Path, tmp_path: Path
) -> None:
    record(database_url, 2)
    sealed(database_url, keys)
    record(database_url, 2)
    other = tmp_path / "other"
    KeyFolder(other).open()
    for folder in (other, tmp_path / "none"):
        with pytest.raises(KeysRefused, match="was not signed with a key of"):
            sealed(database_url, folder)
    assert not (tmp_path / "none" / "log.key").exists()


def test_one_key_does_not_sign_two_logs(
    database_url: str, keys: Path, new_database: Callable[[], str]
) -> None:
    record(database_url, 4)
    sealed(database_url, keys)
    another = new_database()
    with pytest.raises(ForkRefused, match="has only 0 events"):
        sealed(another, keys)
    record(another, 4, "elsewhere")
    with pytest.raises(ForkRefused, match="another root"):
        sealed(another, keys)
    assert checkpoints(another, keys) == []


def test_a_new_key_signs_beside_the_old_one_from_the_next_checkpoint_on(
    database_url: str, keys: Path
) -> None:
    record(database_url, 1)
    sealer = Sealer(database_url, keys)
    sealer.start()
    try:
        until(database_url, 1)
        (old,) = KeyFolder(keys).verifiers()
        new = KeyFolder(keys).rotate()
        record(database_url, 1)
        until(database_url, 2)
        next((keys / "old").glob("*.key")).unlink()
        record(database_url, 1)
        until(database_url, 3)
    finally:
        sealer.stop()
    assert KeyFolder(keys).verifiers() == [new, old]
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT note FROM tree.checkpoints ORDER BY size").fetchall()
    signed = [parse(bytes(note)).signed_by([new, old]) for (note,) in rows]
    assert [set(by) for by in signed[-3:]] == [{old}, {new, old}, {new}]
    assert {one.origin for one in all_are_of_this_log(database_url, keys)} == {new.name}


def test_killed_at_any_moment_it_goes_on_with_the_same_tree(database_url: str, keys: Path) -> None:
    dice, total = random.Random(7), 0
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", SEALS, database_url, str(keys)])
        try:
            record(database_url, 1)
            until(database_url, total + 1)
            for _ in range(dice.randrange(5, 30)):
                record(database_url, dice.choice([1, 5, 300]))
                sleep(dice.random() * 0.03)
        finally:
            process.kill()
            process.wait()
        known = roots(database_url)
        last = KeyFolder(keys).last()
        assert last is not None
        assert last.root == known[last.size]
        total = sealed(database_url, keys)
        assert total == len(known) - 1
    found = all_are_of_this_log(database_url, keys)
    assert len(found) > 30


@pytest.mark.parametrize("shared", [True, False], ids=["one folder", "a copy of the keys"])
def test_two_services_on_one_database_sign_one_root_for_each_size(
    database_url: str, keys: Path, tmp_path: Path, shared: bool
) -> None:
    folders = [keys, keys if shared else tmp_path / "copy"]
    made = KeyFolder(keys).open()
    if not shared:
        folders[1].mkdir(mode=0o700)
        for name in ("log.key", "log.vkey"):
            (folders[1] / name).write_bytes((keys / name).read_bytes())
            (folders[1] / name).chmod(0o600)
    running = [
        subprocess.Popen([sys.executable, "-c", SEALS, database_url, str(folder)])
        for folder in folders
    ]
    try:
        total = 0
        for number in range(30):
            record(database_url, 40)
            total += 40
            if number == 15:
                until(database_url, 1)
                running[0].kill()
            sleep(0.05)
        until(database_url, total)
    finally:
        for process in running:
            process.kill()
            process.wait()
    known = roots(database_url)
    found = checkpoints(database_url, keys)
    assert found[-1] == Checkpoint(made.origin, total, known[total])
    for one in found:
        assert one.root == known[one.size]
    for folder in folders:
        if (last := KeyFolder(folder).last()) is not None:
            assert last.root == known[last.size]


def test_while_one_seals_the_other_waits_for_it(database_url: str, keys: Path) -> None:
    sealer = Sealer(database_url, keys)
    sealer.start()
    try:
        until(database_url, 0)
        record(database_url, 10)
        assert sealed(database_url, keys) == 10
    finally:
        sealer.stop()
