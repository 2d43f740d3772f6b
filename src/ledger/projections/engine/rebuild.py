"""How is a read model made anew while the service goes on? Beside the live table, then switched.

The tables are filled from the first event under other names, without disturbing anybody. Then,
in one transaction that holds the live checkpoint, what came in meanwhile is folded and the new
tables take the old ones' place. After a crash the half-made tables are simply dropped.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from time import sleep

import psycopg

from ledger.event_store.log import pages
from ledger.projections.engine import filling, tables
from ledger.projections.engine.fold import CHANNEL, Fold, lock_checkpoints
from ledger.projections.engine.model import ReadModel, Table

PAGE = 5_000
PATIENCE_SECONDS = 0.05  # far less than deadlock_timeout, for all tables together
TRIES = 1_200

Progress = Callable[[int, int], None]


def rebuild(
    connection: psycopg.Connection, models: Sequence[ReadModel], progress: Progress | None = None
) -> int:
    """Makes the tables of `models` anew from the log; the position up to which they now stand.

    `progress` is told (events folded, events in all). The connection is the projector's.
    """
    try:
        with filling.prepared(connection):
            connection.execute("SELECT pg_advisory_lock(%s)", (filling.REBUILDING,))
            filling.wait_for_orphans(connection)
            return _rebuild(connection, models, progress or (lambda _done, _all: None))
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock_all()")


def _rebuild(
    connection: psycopg.Connection, models: Sequence[ReadModel], progress: Progress
) -> int:
    for model in models:
        for table in model.tables:
            tables.create(connection, table, tables.NEW)
    position = head = _head(connection)
    extent = filling.Extent(head, PAGE)
    filling.fill_all(connection, models, extent, lambda done: progress(done, head))
    fold = Fold(models, suffix=tables.NEW)
    with connection.transaction():
        _make_checkpoints(connection, models)
        lock_checkpoints(connection, models)
        for page in pages(connection, position, PAGE):
            fold.apply(connection, page, {m.name: position for m in models})
            position = page[-1].position
        _switch(connection, models, position)
    progress(position, position)
    return position


def _head(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT position FROM log.head").fetchone()
    return int(row[0]) if row else 0


def _make_checkpoints(connection: psycopg.Connection, models: Sequence[ReadModel]) -> None:
    connection.cursor().executemany(
        "INSERT INTO read.checkpoints (model, position, shape) VALUES (%s, 0, '')"
        " ON CONFLICT DO NOTHING",
        [(m.name,) for m in models],
    )


def _switch(connection: psycopg.Connection, models: Sequence[ReadModel], position: int) -> None:
    _take_over(connection, [table for model in models for table in model.tables])
    for model in models:
        for table in model.tables:
            tables.replace(connection, table)
        connection.execute(
            "UPDATE read.checkpoints SET position = %s, shape = %s, generation = generation + 1"
            " WHERE model = %s",
            (position, tables.shape(model), model.name),
        )
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(position)))


def _take_over(connection: psycopg.Connection, taken: Sequence[Table]) -> None:
    """Waits until nobody reads the live tables, and lets nobody in until the switch is done.

    A reader may hold one table and ask for another that we hold. We are the one that steps back,
    and soon: before the database would break the deadlock by failing the reader.
    """
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{PATIENCE_SECONDS}s",))
    for _ in range(TRIES):
        with suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            tables.lock(connection, taken)
            break
        sleep(PATIENCE_SECONDS)
    else:
        raise TimeoutError("somebody reads the live tables without end")
    connection.execute("SET LOCAL lock_timeout = 0")


def outdated(connection: psycopg.Connection, models: Sequence[ReadModel]) -> list[ReadModel]:
    """The models whose tables are missing or were made by another definition."""
    rows = connection.execute("SELECT model, shape FROM read.checkpoints").fetchall()
    found: dict[str, str] = dict(rows)
    return [m for m in models if found.get(m.name) != tables.shape(m)]
