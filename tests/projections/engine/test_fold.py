"""Are the tables always the fold of the log? In pages of any size, exactly once."""

import signal
import subprocess
import sys
from time import sleep
from typing import Any

import pytest

from ledger import worker
from ledger.projections.engine import fold, rebuild
from ledger.projections.engine.model import MAX_POSITION
from ledger.worker import Worker
from tests.projections.engine.folding import (
    MODELS,
    NAMES,
    Contents,
    History,
    checkpoints,
    contents,
    folding,
    reached,
    start_anew,
)

WORKER = f"""
import sys
from ledger import worker
from ledger.projections.engine.model import read_models
worker.PAGE = 3
models = [m for m in read_models() if m.name in {NAMES!r}]
worker.Worker(sys.argv[1], models).run()
"""


def rebuilt(url: str) -> Contents:
    """The tables made anew from the whole log."""
    with folding(url) as connection:
        rebuild.rebuild(connection, MODELS)
    return contents(url)


def test_folding_page_by_page_of_any_size_equals_a_rebuild(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = History(database_url, seed=1).record(160)
    expected = rebuilt(database_url)
    assert min(map(len, expected.values())) > 5
    assert reached(database_url) == last

    for page in (1, 2, 7, 1_000):
        start_anew(database_url)
        monkeypatch.setattr(worker, "PAGE", page)
        assert Worker(database_url, MODELS).catch_up() == last
        assert contents(database_url) == expected, page


def test_the_pages_of_a_rebuild_make_no_difference_either(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(database_url, seed=5).record(160)
    monkeypatch.setattr(rebuild, "PAGE", 3)
    by_three = rebuilt(database_url)
    monkeypatch.setattr(rebuild, "PAGE", 1_000)

    assert rebuilt(database_url) == by_three


def test_what_is_forgotten_between_pages_makes_no_difference(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(database_url, seed=6).record(120)
    warm = rebuilt(database_url)
    monkeypatch.setattr(rebuild, "PAGE", 7)
    for timelines in (0, 1, 4):
        monkeypatch.setattr(fold, "TIMELINES_CACHED", timelines)
        assert rebuilt(database_url) == warm, timelines

    monkeypatch.setattr(worker, "PAGE", 7)
    late = Worker(database_url, MODELS)
    more(database_url, seed=61)
    late.catch_up()

    incremental = contents(database_url)
    assert rebuilt(database_url) == incremental


def more(url: str, seed: int) -> None:
    """Further facts on streams of which some are known already."""
    history = History(url, seed)
    with folding(url) as connection:
        rows = connection.execute("SELECT stream::text, max(version) FROM log.events GROUP BY 1")
        history.versions.update(dict(rows.fetchall()))
    history.record(60)


def test_a_fold_that_remembers_nothing_between_pages_gives_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(database_url, seed=7).record(120)
    monkeypatch.setattr(worker, "PAGE", 4)
    apply = fold.Fold.apply

    def forgetful(self: fold.Fold, *arguments: Any) -> None:
        self.forget()
        apply(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(fold.Fold, "apply", forgetful)
        Worker(database_url, MODELS).catch_up()

    incremental = contents(database_url)
    assert rebuilt(database_url) == incremental


def test_rows_of_one_key_never_overlap_in_the_tables(database_url: str) -> None:
    last = History(database_url, seed=8).record(200)
    Worker(database_url, MODELS).catch_up()

    with folding(database_url) as connection:
        for table in (t for m in MODELS for t in m.tables):
            same = " AND ".join(f"a.{k} = b.{k}" for k in table.key)
            found = connection.execute(
                f"SELECT a.* FROM read.{table.name} AS a JOIN read.{table.name} AS b ON {same}"
                " AND (a.valid_from, a.known_from) < (b.valid_from, b.known_from)"
                " WHERE a.valid_from < b.valid_to AND b.valid_from < a.valid_to"
                " AND a.known_from < b.known_to AND b.known_from < a.known_to".encode()
            )
            assert found.fetchall() == []
            wrong = connection.execute(
                f"SELECT * FROM read.{table.name} WHERE valid_from >= valid_to"
                f" OR known_from >= known_to OR known_from > {last} OR position > known_from"
                f" OR known_to > {last} AND known_to <> {MAX_POSITION}".encode()
            )
            assert wrong.fetchall() == []


def test_a_worker_that_is_killed_again_and_again_folds_every_event_exactly_once(
    database_url: str,
) -> None:
    history = History(database_url, seed=9)
    history.record(60)

    for pages in (0, 1, 4, 9):
        start = reached(database_url)
        child = subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        last = history.record(40)
        while reached(database_url) < min(start + 3 * pages, last):
            assert child.poll() is None
            sleep(0.005)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL

    last = history.record(10)
    assert Worker(database_url, MODELS).catch_up() == last
    incremental = contents(database_url)
    assert [row[0] for row in checkpoints(database_url)] == [last]
    assert rebuilt(database_url) == incremental


def test_two_workers_on_one_database_fold_every_event_exactly_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAGE", 3)
    history = History(database_url, seed=10)
    both = [Worker(database_url, MODELS) for _ in range(2)]

    for one in both:
        one.start()
    try:
        last = history.record(400)
        while reached(database_url) < last:
            sleep(0.01)
    finally:
        for one in both:
            one.stop()

    incremental = contents(database_url)
    assert reached(database_url) == last
    assert rebuilt(database_url) == incremental
