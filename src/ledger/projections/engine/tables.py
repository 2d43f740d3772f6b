"""How do rows stand in PostgreSQL? Tables, their indexes, loading and writing in bulk."""

import hashlib
from collections.abc import Sequence

import psycopg
from psycopg import sql

from ledger.projections.engine.model import (
    MAX_DATE,
    MAX_POSITION,
    ReadModel,
    Said,
    Table,
)
from ledger.projections.engine.timeline import Period, Timeline
from ledger.projections.engine.visibility import condition, protect
from ledger.projections.engine.written import COPY_FORMAT, array, block, encode, line

SCHEMA = "read"
LINES_PER_WRITE = 5_000
NEW = "__new"  # a table that is being rebuilt
# Every query cuts by these. Of one width each and never null, they are found in a row without
# walking through others as long as they stand before all that has no width of its own.
_TIME_COLUMNS = (
    "sets bigint NOT NULL, known_from bigint NOT NULL, known_to bigint NOT NULL,"
    " position bigint NOT NULL, valid_from date NOT NULL, valid_to date NOT NULL,"
    " alive boolean NOT NULL"
)
TIME_NAMES = (
    "alive", "sets", "valid_from", "valid_to", "known_from", "known_to", "position",
)  # fmt: skip


def _identifier(table: Table, suffix: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table.name + suffix)


def _definition(table: Table) -> str:
    return f"{_columns(table)}, {_primary_key(table)}"


def _columns(table: Table) -> str:
    columns = [f"{c.name} {c.type} NOT NULL" for c in table.key_columns]
    columns += [f"{c.name} {c.type}" for c in table.columns]
    return ", ".join([_TIME_COLUMNS, *columns])


def _primary_key(table: Table) -> str:
    parts = (*table.key, "valid_from", "known_from")
    return f"PRIMARY KEY ({', '.join(parts)})"


def shape(model: ReadModel) -> str:
    """A digest of the model's tables: where it changes, the model is rebuilt."""
    text = ";".join(f"{t.name}({_definition(t)}){t.indexes}{condition(t)}" for t in model.tables)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def create(
    connection: psycopg.Connection, table: Table, suffix: str = "", *, lasting: bool = True
) -> None:
    """Makes the table anew, without its indexes: filled first, they cost half.

    One that is not lasting is lost when the server crashes, and costs no write-ahead log.
    """
    name = _identifier(table, suffix)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    connection.execute(
        sql.SQL(
            "CREATE {} TABLE {} ({}) WITH (fillfactor = 90, autovacuum_analyze_threshold = 500)"
        ).format(sql.SQL("" if lasting else "UNLOGGED"), name, sql.SQL(_columns(table)))
    )  # fmt: skip
    protect(connection, table, name)


def create_key(connection: psycopg.Connection, table: Table, suffix: str = "") -> None:
    """Makes the primary key, unless there is one."""
    name = _identifier(table, suffix)
    found = connection.execute(
        "SELECT FROM pg_index WHERE indrelid = %s::regclass AND indisprimary",
        (name.as_string(connection),),
    )
    if found.fetchone() is None:
        connection.execute(
            sql.SQL("ALTER TABLE {} ADD {}").format(name, sql.SQL(_primary_key(table)))
        )


def create_indexes(connection: psycopg.Connection, table: Table, suffix: str = "") -> None:
    """Makes the indexes that queries use."""
    create_key(connection, table, suffix)
    for columns in table.indexes:
        connection.execute(
            sql.SQL("CREATE INDEX ON {} ({})").format(
                _identifier(table, suffix), sql.SQL(", ").join(map(_indexed, columns))
            )
        )


def _indexed(column: str) -> sql.Composable:
    """A column, or an expression in parentheses."""
    return sql.SQL(column) if column.startswith("(") else sql.Identifier(column)


def analyze(connection: psycopg.Connection, table: Table, suffix: str = "") -> None:
    """Says how many rows there are of what."""
    connection.execute(sql.SQL("ANALYZE {}").format(_identifier(table, suffix)))


def lock(connection: psycopg.Connection, some: Sequence[Table]) -> None:
    """Keeps everybody else out of those tables that exist, until the transaction ends."""
    for table in some:
        name = _identifier(table, "")
        found = connection.execute("SELECT to_regclass(%s)", (name.as_string(connection),))
        if found.fetchone() != (None,):
            connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))


def replace(connection: psycopg.Connection, table: Table) -> None:
    """Puts the rebuilt table in the place of the old one."""
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_identifier(table, "")))
    connection.execute(
        sql.SQL("ALTER TABLE {} RENAME TO {}").format(
            _identifier(table, NEW), sql.Identifier(table.name)
        )
    )


def load(
    connection: psycopg.Connection, table: Table, keys: Sequence[tuple[str, ...]], suffix: str
) -> dict[tuple[str, ...], Timeline]:
    """The timelines of these keys as known now; a key without rows is left out."""
    names = [*table.key, *table.names]
    arrays = ", ".join(f"%s::{c.type}[]" for c in table.key_columns)
    statement = (
        f"SELECT {', '.join(f't.{n}::text' for n in names)}, t.alive, t.sets,"
        " t.valid_from::text, t.valid_to::text, t.known_from, t.position"
        f" FROM unnest({arrays}) AS k ({', '.join(table.key)})"
        f" JOIN {SCHEMA}.{table.name}{suffix} AS t USING ({', '.join(table.key)})"
        f" WHERE t.known_to = {MAX_POSITION} ORDER BY t.valid_from"
    )
    found: dict[tuple[str, ...], Timeline] = {}
    width, count = len(table.key), len(names)
    columns = [array(column) for column in zip(*keys, strict=True)]
    for row in connection.execute(statement.encode(), columns, prepare=True):
        values = encode(row[width:count])
        alive, sets, valid_from, valid_to, known_from, position = row[count:]
        period = Period(
            valid_from, valid_to, known_from, position, alive, sets, values, stored=True
        )
        key = row[:width]
        if key not in found:
            found[key] = Timeline(len(table.names))
        found[key].periods.append(period)
    return found


class Changes:
    """What a batch changes in one table: lines to copy in, and versions to close."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.lines: list[bytes] = []
        self.closings: list[tuple[tuple[str, ...], str, int, int]] = []

    def collect(self, key: tuple[str, ...], timeline: Timeline, *, live: bool = True) -> None:
        """Takes over what changed in a timeline; its `live` periods are then marked as stored."""
        for closed in timeline.closed:
            period = closed.period
            if period.stored:
                self.closings.append((key, period.valid_from, period.known_from, closed.known_to))
            else:
                self._add(key, period, closed.known_to)
        for period in timeline.periods if live else ():
            if not period.stored:
                self._add(key, period, MAX_POSITION)
                period.stored = True
        timeline.closed.clear()
        timeline.dirty = False

    def collect_said(self, said: Said) -> None:
        """Takes over a row of which nothing but this was ever said."""
        key, on, mask, values, at = said
        self.lines.append(line((*key, True, mask, on, MAX_DATE, at, MAX_POSITION, at), values))

    def _add(self, key: tuple[str, ...], period: Period, known_to: int) -> None:
        head = (
            *key, period.alive, period.sets, period.valid_from, period.valid_to,
            period.known_from, known_to, period.position,
        )  # fmt: skip
        self.lines.append(line(head, period.values))

    def flush(self, connection: psycopg.Connection, suffix: str) -> None:
        """Closes and copies, in this order."""
        table = self.table
        if self.closings:
            keys = [array(column) for column in zip(*(c[0] for c in self.closings), strict=True)]
            rest = [array(column) for column in zip(*(c[1:] for c in self.closings), strict=True)]
            arrays = ", ".join(f"%s::{c.type}[]" for c in table.key_columns)
            same = " AND ".join(f"t.{k} = c.{k}" for k in table.key)
            statement = (
                f"UPDATE {SCHEMA}.{table.name}{suffix} AS t SET known_to = c.ends"
                f" FROM unnest({arrays}, %s::date[], %s::bigint[], %s::bigint[])"
                f" AS c ({', '.join(table.key)}, begins, knew, ends)"
                f" WHERE {same} AND t.valid_from = c.begins AND t.known_from = c.knew"
            )
            connection.execute(statement.encode(), [*keys, *rest], prepare=True)
        copy_in(connection, table, self.lines, suffix)


def copy_in(
    connection: psycopg.Connection, table: Table, lines: Sequence[bytes], suffix: str
) -> None:
    """Writes the lines in one COPY."""
    if not lines:
        return
    names = ", ".join((*table.key, *TIME_NAMES, *table.names))
    statement = f"COPY {SCHEMA}.{table.name}{suffix} ({names}) FROM STDIN WITH ({COPY_FORMAT})"
    with connection.cursor().copy(statement.encode()) as copy:
        for start in range(0, len(lines), LINES_PER_WRITE):
            copy.write(block(lines[start : start + LINES_PER_WRITE]))
