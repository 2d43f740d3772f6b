"""Do two processes fill the tables of a rebuild as one does? And is either's death harmless?"""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from time import sleep
from typing import Any

import psycopg
import pytest

from ledger.projections.engine import filling, rebuild
from ledger.worker import Worker
from tests.projections.engine.folding import (
    MODELS,
    NAMES,
    Contents,
    History,
    checkpoints,
    contents,
    folding,
)

# Its companion has all the work; it dies as soon as that has told of some.
KILLED = f"""
import os, signal, sys
from ledger.event_store.connections import projector
from ledger.projections.engine import filling
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
filling.LONG_LOG = 1
filling._taken = lambda _queue: iter(())
models = [m for m in read_models() if m.name in {NAMES!r}]
with projector(sys.argv[1]) as connection:
    rebuild(connection, models, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any log is long enough."""
    monkeypatch.setattr(filling, "LONG_LOG", 1)


@pytest.fixture
def idle_parent(two_processes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process has to do everything."""

    def none(_queue: int) -> Iterator[int]:
        return iter(())

    monkeypatch.setattr(filling, "_taken", none)


def prepare(url: str, seed: int) -> Contents:
    """A log and what one worker folds from it."""
    History(url, seed).record(200)
    Worker(url, MODELS).catch_up()
    return contents(url)


def make_anew(url: str) -> list[tuple[int, int]]:
    """One rebuild, and what it told of its progress."""
    told: list[tuple[int, int]] = []
    with folding(url) as connection:
        rebuild.rebuild(connection, MODELS, lambda *progress: told.append(progress))
    return told


@pytest.mark.usefixtures("two_processes")
def test_two_processes_make_the_same_tables_as_folding_page_by_page(database_url: str) -> None:
    expected = prepare(database_url, seed=31)

    told = make_anew(database_url)

    assert contents(database_url) == expected
    assert told == sorted(told)
    assert told[-1] == (200, 200)


@pytest.mark.usefixtures("idle_parent")
def test_the_second_process_does_it_alone_if_the_first_takes_no_job(database_url: str) -> None:
    expected = prepare(database_url, seed=32)

    make_anew(database_url)

    assert contents(database_url) == expected


@pytest.mark.usefixtures("idle_parent")
def test_a_second_process_that_is_killed_fails_the_rebuild_and_nothing_else(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = prepare(database_url, seed=33)
    stood = checkpoints(database_url)
    ended = filling._Companion.ended

    def kill_first(self: Any) -> bool:
        self._process.kill()
        return ended(self)

    with monkeypatch.context() as patched:
        patched.setattr(filling._Companion, "ended", kill_first)
        with pytest.raises(RuntimeError, match="-9"):
            make_anew(database_url)

    assert (contents(database_url), checkpoints(database_url)) == (expected, stood)
    make_anew(database_url)
    assert contents(database_url) == expected


@pytest.mark.usefixtures("two_processes")
def test_an_error_of_the_first_process_ends_the_second(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = prepare(database_url, seed=34)
    started: list[Any] = []
    start = subprocess.Popen

    def remembered(*arguments: Any, **how: Any) -> Any:
        started.append(start(*arguments, **how))
        return started[-1]

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", remembered)
        patched.setattr(filling, "fill", fail)
        with pytest.raises(ZeroDivisionError):
            make_anew(database_url)

    assert [one.returncode for one in started] == [-signal.SIGKILL]
    assert contents(database_url) == expected


def test_a_killed_rebuild_leaves_no_process_behind_and_the_tables_as_they_were(
    database_url: str,
) -> None:
    expected = prepare(database_url, seed=35)

    child = subprocess.run([sys.executable, "-c", KILLED, database_url], check=False)

    assert child.returncode == -signal.SIGKILL
    assert contents(database_url) == expected
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = 'ledger_projector'"
            " AND datname = current_database()"
        ).fetchall():
            sleep(0.01)
    make_anew(database_url)
    assert contents(database_url) == expected


def test_a_rebuild_waits_for_what_is_left_of_a_killed_one(database_url: str) -> None:
    expected = prepare(database_url, seed=36)
    thread = threading.Thread(target=make_anew, args=(database_url,))

    with folding(database_url) as orphan:
        orphan.execute("SELECT pg_advisory_lock_shared(%s)", (filling._FILLING,))
        thread.start()
        waits = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        while not orphan.execute(waits, (filling._FILLING,)).fetchall():
            assert thread.is_alive()
        made = orphan.execute("SELECT to_regclass('read.teams__new')").fetchone()
        assert made == (None,)
    thread.join()

    assert contents(database_url) == expected


def test_a_second_process_whose_rebuild_is_over_touches_nothing(database_url: str) -> None:
    with folding(database_url) as connection:
        still = filling._rebuilds_still(connection, connection.info.backend_pid)
        assert not still
        connection.execute("SELECT pg_advisory_lock(%s)", (filling.REBUILDING,))
        assert filling._rebuilds_still(connection, connection.info.backend_pid)
