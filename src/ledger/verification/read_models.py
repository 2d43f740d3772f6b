"""Do the read models say what the events say? All are made anew beside the live ones, and compared.

A row that is known at a position never changes, except that it may come to be known no longer. So
both sides are compared as they were known at the position that the live tables have come to, and
the service may go on meanwhile. The new tables are dropped again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from ledger.event_store.connections import projector
from ledger.projections.engine import filling, tables
from ledger.projections.engine.model import MAX_POSITION, ReadModel, Table
from ledger.verification.report import Check, Kind

PAGE = 5_000
SHOWN = 100  # rows of a table that are told one by one
_SETTINGS = {"work_mem": "256MB", "lock_timeout": "60s"}

Told = Callable[[int, int], None]


def check_read_models(url: str, some: Sequence[ReadModel], upto: int, told: Told) -> Check:
    """Folds the log up to that position and compares every row of those read models."""
    check = Check(name="read models")
    with projector(url) as connection, filling.prepared(connection):
        connection.execute("SELECT pg_advisory_lock(%s)", (filling.REBUILDING,))
        filling.wait_for_orphans(connection)
        for name, value in _SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        models = list(_comparable(connection, some, check))
        with _side_tables(connection, models):
            if not _filled(connection, models, upto, check, told):
                return check
            for model in models:
                _compare_model(connection, model, upto, check)
    return check


def _comparable(
    connection: psycopg.Connection, some: Sequence[ReadModel], check: Check
) -> Iterator[ReadModel]:
    """The models whose tables were made by the definition that this program has.

    Where no service has run yet there are none, and nothing that could differ.
    """
    rows = connection.execute("SELECT model, shape FROM read.checkpoints").fetchall()
    shapes: dict[str, str] = dict(rows)
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'read'")
    there = {name for (name,) in found}
    for model in some:
        if shapes.get(model.name) == tables.shape(model):
            yield model
        elif model.name not in shapes and there.isdisjoint(one.name for one in model.tables):
            check.notes.append(f"{model.name} is not made yet: the service makes it.")
        else:
            text = f"{model.name} was not made by this program: `ledger rebuild {model.name}`."
            check.add(Kind.UNCHECKED, text)


@contextmanager
def _side_tables(connection: psycopg.Connection, models: Sequence[ReadModel]) -> Iterator[None]:
    sides = [table for model in models for table in model.tables]
    try:
        for table in sides:
            tables.create(connection, table, tables.NEW, lasting=False)
        yield
    finally:
        if not connection.closed:
            for table in sides:
                connection.execute(
                    sql.SQL("DROP TABLE IF EXISTS {}").format(_name(table, tables.NEW))
                )


def _filled(
    connection: psycopg.Connection,
    models: Sequence[ReadModel],
    upto: int,
    check: Check,
    told: Told,
) -> bool:
    """Whether all events could be folded; one that was tampered with may not be."""
    try:
        extent = filling.Extent(upto, PAGE, indexed=False)
        filling.fill_all(connection, models, extent, lambda done: told(done, upto))
    except Exception as error:  # noqa: BLE001 - a forged event may be made to break any handler
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        check.add(Kind.UNCHECKED, f"The events cannot be folded: {said}.")
    else:
        return True
    return False


def _compare_model(
    connection: psycopg.Connection, model: ReadModel, upto: int, check: Check
) -> None:
    row = connection.execute(
        "SELECT position FROM read.checkpoints WHERE model = %s", (model.name,)
    ).fetchone()
    position = int(row[0]) if row else 0
    if position > upto and position > _head(connection):
        text = f"{model.name} has folded {position} events, the log has fewer."
        check.add(Kind.CUT, text, upto + 1)
    if position < upto:
        check.notes.append(f"{model.name} has come to {position} of {upto}.")
    at = min(position, upto)
    for table in model.tables:
        try:
            with connection.transaction():
                # Its policies do not apply to the owner; one that did would be an error.
                connection.execute("SET LOCAL row_security = off")
                _compare(connection, model, table, at, check)
        except psycopg.Error as error:
            said = str(error).partition("\n")[0]
            check.add(Kind.READ_MODEL, f"{table.name} cannot be compared: {said}.")


def _head(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT max(position) FROM log.events").fetchone()
    return int(row[0] or 0) if row else 0


def _compare(
    connection: psycopg.Connection, model: ReadModel, table: Table, at: int, check: Check
) -> None:
    live, fresh = _known_at(table, "", at), _known_at(table, tables.NEW, at)
    key = [*table.key, "valid_from", "known_from"]
    cursor = connection.cursor()
    cursor.execute(
        sql.SQL(
            "WITH live AS ({}), fresh AS ({}) SELECT to_jsonb(live), to_jsonb(fresh)"
            " FROM live FULL JOIN fresh USING ({})"
            " WHERE (live) IS DISTINCT FROM (fresh)"
            " ORDER BY coalesce(fresh.position, live.position)"
        ).format(live, fresh, sql.SQL(", ").join(map(sql.Identifier, key)))
    )
    for number, (ours, anew) in enumerate(cursor):
        if number < SHOWN:
            check.add(Kind.READ_MODEL, *_told(table, key, ours, anew))
        else:
            check.count += 1
    _compare_beyond(connection, model, table, at, check)


def _compare_beyond(
    connection: psycopg.Connection, model: ReadModel, table: Table, at: int, check: Check
) -> None:
    """Rows that are there twice, and rows from positions that nothing was folded of yet."""
    row = connection.execute(
        sql.SQL(
            "SELECT count(*) FILTER (WHERE known_from <= %(at)s),"
            " (SELECT count(*) FROM {fresh} WHERE known_from <= %(at)s),"
            " count(*) FILTER (WHERE known_from > c.position"
            "  OR known_to > c.position AND known_to < %(end)s)"
            " FROM {live} CROSS JOIN (SELECT max(position) AS position"
            "  FROM read.checkpoints WHERE model = %(model)s) AS c"
        ).format(fresh=_name(table, tables.NEW), live=_name(table, "")),
        {"at": at, "end": MAX_POSITION, "model": model.name},
    ).fetchone()
    assert row is not None
    ours, anew, beyond = row
    check.checked += anew
    if ours > anew and not check.count:
        check.add(Kind.READ_MODEL, f"{table.name} has {ours} rows, the events make {anew}.")
    if beyond:
        text = f"{table.name} has {beyond} rows that know of events not folded yet."
        check.add(Kind.READ_MODEL, text)


def _known_at(table: Table, suffix: str, at: int) -> sql.Composed:
    """The rows known at that position, as they were known then."""
    names = [*table.key, *table.names, *tables.TIME_NAMES]
    columns = [
        sql.SQL("CASE WHEN known_to > {} THEN {} ELSE known_to END AS known_to").format(
            sql.Literal(at), sql.Literal(MAX_POSITION)
        )
        if name == "known_to"
        else sql.Identifier(name)
        for name in names
    ]
    return sql.SQL("SELECT {} FROM {} WHERE known_from <= {}").format(
        sql.SQL(", ").join(columns), _name(table, suffix), sql.Literal(at)
    )


def _told(
    table: Table, key: Sequence[str], ours: Mapping[str, Any] | None, anew: Mapping[str, Any] | None
) -> tuple[str, int]:
    """What differs in a row, and which event it comes from."""
    one = ours or anew
    assert one is not None
    which = f"{table.name} " + ", ".join(f"{name} {one[name]}" for name in key)
    if anew is None:
        return f"{which}: no event makes this row.", one["position"]
    if ours is None:
        return f"{which}: the row is missing.", one["position"]
    changed = [
        f"{name} is {ours[name]!r}, the events say {anew[name]!r}"
        for name in one
        if ours[name] != anew[name]
    ]
    return f"{which}: {'; '.join(changed)}.", anew["position"]


def _name(table: Table, suffix: str) -> sql.Identifier:
    return sql.Identifier(tables.SCHEMA, table.name + suffix)
