"""Are the tables made anew without anybody noticing? While others read, write and fold."""

import threading
from collections.abc import Callable
from time import sleep
from typing import Any

import psycopg
import pytest
from msgspec import Struct

from ledger.catalogue import events
from ledger.event_store.connections import options
from ledger.kernel.fields import Id
from ledger.projections.engine import rebuild, tables
from ledger.projections.engine.fold import Fold
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.worker import Worker
from tests.projections.engine.folding import (
    MODELS,
    History,
    checkpoints,
    contents,
    folding,
    reached,
)

JOINED = """
SELECT (SELECT count(*) FROM log.events), (SELECT count(*) FROM read.appointments),
    (SELECT count(*) FROM read.teams)
"""


class Thread(threading.Thread):
    """A thread whose error is ours."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        """Works, and remembers what went wrong."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`
            self.error = error

    def finish(self) -> None:
        """Waits for the end of the work."""
        self.join()
        if self.error is not None:
            raise self.error


def reader(url: str) -> psycopg.Connection:
    """A connection of those who ask."""
    return psycopg.connect(url, **options("ledger_reader", read_only=True))


def make_anew(url: str) -> None:
    """One rebuild on a connection of its own."""
    with folding(url) as connection:
        rebuild.rebuild(connection, MODELS)


def test_readers_always_see_whole_tables_while_these_are_made_anew_under_load(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "PAGE", 20)
    history = History(database_url, seed=11)
    worker = Worker(database_url, MODELS)
    first = history.record(60)
    worker.catch_up()
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        with reader(database_url) as connection:
            while not done.is_set():
                row = connection.execute(JOINED, prepare=True).fetchone()
                assert row is not None
                seen.append(row[0])

    def write() -> None:
        while not done.is_set():
            history.record(10)

    readers, writer = [Thread(read) for _ in range(3)], Thread(write)
    worker.start()
    for thread in (*readers, writer):
        thread.start()
    try:
        for _ in range(4):
            make_anew(database_url)
    finally:
        done.set()
        for thread in (*readers, writer):
            thread.finish()
        worker.stop()

    Worker(database_url, MODELS).catch_up()
    live = contents(database_url)
    assert min(seen) >= first
    make_anew(database_url)
    assert contents(database_url) == live


@pytest.mark.parametrize("order", [("teams", "appointments"), ("appointments", "teams")])
def test_a_reader_in_the_middle_of_an_answer_neither_fails_nor_sees_a_mixture(
    database_url: str, order: tuple[str, str]
) -> None:
    History(database_url, seed=12).record(60)
    Worker(database_url, MODELS).catch_up()
    expected = contents(database_url)
    switching = Thread(lambda: make_anew(database_url))

    with reader(database_url) as connection, connection.transaction():
        count = [len(expected[name]) for name in order]
        first = connection.execute(f"SELECT count(*) FROM read.{order[0]}".encode()).fetchone()
        switching.start()
        with folding(database_url) as other:
            while not other.execute(
                "SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass",
                (f"read.{order[0]}",),
            ).fetchall():
                assert switching.is_alive()
        second = connection.execute(f"SELECT count(*) FROM read.{order[1]}".encode()).fetchone()
        assert (first, second) == ((count[0],), (count[1],))
    switching.finish()

    assert contents(database_url) == expected
    assert {generation for _, generation in checkpoints(database_url)} == {3}


def test_a_worker_goes_on_with_the_new_tables_after_somebody_else_made_them(
    database_url: str,
) -> None:
    history = History(database_url, seed=13)
    worker = Worker(database_url, MODELS)
    for _ in range(3):
        history.record(30)
        worker.catch_up()
        make_anew(database_url)
        last = history.record(30)
        assert worker.catch_up() == last

    live = contents(database_url)
    make_anew(database_url)
    assert contents(database_url) == live


class Crash(Exception):
    """The process ends here."""


def test_a_crash_in_the_middle_of_a_rebuild_leaves_the_live_tables_untouched(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "PAGE", 20)
    history = History(database_url, seed=14)
    history.record(90)
    worker = Worker(database_url, MODELS)
    worker.catch_up()
    before, stood = contents(database_url), checkpoints(database_url)

    def die(done: int, _all: int) -> None:
        if done >= 40:
            connection.close()
            raise Crash

    with folding(database_url) as connection, pytest.raises(Crash):
        rebuild.rebuild(connection, MODELS, die)

    assert (contents(database_url), checkpoints(database_url)) == (before, stood)
    history.record(20)
    worker.catch_up()
    live = contents(database_url)
    make_anew(database_url)
    assert contents(database_url) == live


def test_a_crash_in_the_middle_of_the_switch_leaves_the_live_tables_untouched(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(database_url, seed=15).record(90)
    Worker(database_url, MODELS).catch_up()
    before, stood = contents(database_url), checkpoints(database_url)
    replace, replaced = tables.replace, 0

    def replace_two(connection: psycopg.Connection, table: Table) -> None:
        nonlocal replaced
        replaced += 1
        if replaced > 2:
            raise Crash
        replace(connection, table)

    with monkeypatch.context() as patched:
        patched.setattr(tables, "replace", replace_two)
        with pytest.raises(Crash):
            make_anew(database_url)

    assert (contents(database_url), checkpoints(database_url)) == (before, stood)
    make_anew(database_url)
    assert contents(database_url) == before


def test_a_failing_fold_leaves_rows_and_checkpoint_where_they_were(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(database_url, seed=16)
    history.record(40)
    worker = Worker(database_url, MODELS)
    worker.catch_up()
    before, stood = contents(database_url), checkpoints(database_url)
    history.record(20)
    write = Fold._write

    def write_and_die(self: Fold, *arguments: Any, **how: Any) -> None:
        write(self, *arguments, **how)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(Fold, "_write", write_and_die)
        with pytest.raises(Crash):
            worker.catch_up()

    assert (contents(database_url), checkpoints(database_url)) == (before, stood)
    worker.catch_up()
    live = contents(database_url)
    make_anew(database_url)
    assert contents(database_url) == live


class Thing(Struct, frozen=True, kw_only=True):
    """A team, as an invented read model shows it."""

    thing: Id
    kind: str


class LaterThing(Thing, frozen=True, kw_only=True):
    """The same after somebody added a column."""

    name: str | None


def _model(row: type[Thing], **indexes: Any) -> ReadModel:
    table = Table("test_things", row, key=["thing"], **indexes)
    model = ReadModel("test_book", table)

    def established(event: Any, fact: Fact, rows: Rows) -> None:
        said = {"thing": fact.stream, "kind": event.kind, "name": event.name}
        fields = {name: said[name] for name in row.__struct_fields__}
        rows.put(table, row(**fields), valid_from=fact.effective_on)

    model.on(events()["team.established"])(established)
    return model


def test_a_read_model_is_made_when_it_is_new_and_made_anew_when_its_shape_changes(
    database_url: str,
) -> None:
    last = History(database_url, seed=17).record(60)
    shapes = [
        (_model(Thing), ["thing", "kind"]),
        (_model(LaterThing), ["thing", "kind", "name"]),
        (_model(LaterThing, indexes=[("name",)]), ["thing", "kind", "name"]),
        (_model(LaterThing, indexes=[("name",), ("(lower(name))",)]), ["thing", "kind", "name"]),
    ]

    for generation, (model, names) in enumerate(shapes, 2):
        for _ in range(2):  # the second start finds nothing to do
            assert Worker(database_url, [model]).catch_up() == last
            assert checkpoints(database_url, [model]) == {(last, generation)}
        with folding(database_url) as connection:
            cursor = connection.execute("SELECT * FROM read.test_things")
            assert [c.name for c in cursor.description or []][-len(names) :] == names
            assert cursor.fetchall()
            indexes = connection.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'test_things'"
            ).fetchall()
            named = sum("(name)" in row[0] or "lower(name)" in row[0] for row in indexes)
            assert named == len(model.tables[0].indexes)


def test_two_workers_that_start_at_once_make_a_new_read_model_together(database_url: str) -> None:
    last = History(database_url, seed=18).record(60)
    both = [Worker(database_url, [_model(Thing)]) for _ in range(2)]

    for worker in both:
        worker.start()
    try:
        model = _model(Thing)
        while not checkpoints(database_url, [model]) or reached(database_url, [model]) < last:
            sleep(0.01)
    finally:
        for worker in both:
            worker.stop()

    with reader(database_url) as connection:
        known = connection.execute(
            "SELECT count(*), count(DISTINCT (thing, valid_from, known_from)) FROM read.test_things"
        ).fetchone()
    assert known is not None
    assert known[0] == known[1] > 0
