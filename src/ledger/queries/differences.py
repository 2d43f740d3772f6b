"""How is found what differs between two moments of knowledge? SQL, derived from the read tables.

A row belongs to a project by its own column `project`, or else by the object whose row it is: the
first part of its key names the stream. A stream that several projects share belongs to each of them
from the event on that says so. Only what became known, or was known no longer, in (since, known_at]
is looked at.
"""

from collections.abc import Sequence
from functools import cache

from ledger.projections.engine.model import Column, Table, read_models
from ledger.projections.engine.query import institution_name, person_name

PROJECT = "%(project)s::uuid"
# What a row is called: by a column of its own, or by whom or what it refers to.
_OWN_NAMES = (
    "name", "title", "document_number", "describes", "line", "annex", "text", "reference",
    "tranche", "code", "from_line",
)  # fmt: skip

# Streams that came to be the project's, beside others', within the range.
_NEW = f"""
new AS MATERIALIZED (
    SELECT DISTINCT h.stream FROM read.stream_shares AS h
    WHERE h.project = {PROJECT} AND h.known_from > %(since)s AND h.known_from <= %(known_at)s)"""
# From which event on the stream of a row `r` is the project's.
_SINCE = f"""
    SELECT min(x.known_from) AS since FROM (
        SELECT s.known_from FROM read.streams AS s
        WHERE s.stream = r.{{stream}} AND s.project = {PROJECT}
        UNION ALL
        SELECT h.known_from FROM read.stream_shares AS h
        WHERE h.stream = r.{{stream}} AND h.project = {PROJECT}) AS x
    WHERE x.known_from <= %(known_at)s"""


@cache
def tables() -> dict[str, Table]:
    """The tables whose rows belong to projects."""
    some = (table for model in read_models() for table in model.tables if not table.shared)
    return {table.name: table for table in sorted(some, key=lambda one: one.name)}


def has_project(table: Table) -> bool:
    """Whether its rows say themselves to which project they belong."""
    return "project" in (*table.key, *table.names)


def _on_the_day(row: str) -> str:
    return f"{row}.valid_from <= %(valid_at)s AND %(valid_at)s < {row}.valid_to"


def _known(row: str, position: str) -> str:
    return f"{row}.known_from <= {position} AND {position} < {row}.known_to"


def _same_key(table: Table, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in table.key)


def _joined(table: Table, also: str = "") -> str:
    """Every touched key `t` with its row before (`a`) and after (`b`), dead ones included."""
    name = f"read.{table.name}"
    return f"""
LEFT JOIN {name} AS a ON {_same_key(table, "a", "t")} AND a.alive AND {_on_the_day("a")}
    AND {_known("a", "%(since)s")}{also}
LEFT JOIN {name} AS b ON {_same_key(table, "b", "t")} AND {_on_the_day("b")}
    AND {_known("b", "%(known_at)s")}"""


def _touched(table: Table) -> str:
    """The keys of rows of which something became known, or was no longer; `since`: ours."""
    keys = ", ".join(f"r.{name}" for name in table.key)
    in_range = " OR ".join(
        f"r.{at} > %(since)s AND r.{at} <= %(known_at)s" for at in ("known_from", "known_to")
    )
    if has_project(table):
        return f"""
    SELECT {keys}, 0 AS since, r.known_to FROM read.{table.name} AS r
    WHERE ({in_range}) AND {_on_the_day("r")} AND r.project = {PROJECT}"""
    # OFFSET 0: what is touched is found first, and of that what is the project's.
    stream = table.key[0]
    return f"""
    SELECT {keys}, m.since, r.known_to FROM (
        SELECT {keys}, r.known_to FROM read.{table.name} AS r
        WHERE ({in_range}) AND {_on_the_day("r")}
        UNION
        SELECT {keys}, r.known_to FROM new JOIN read.{table.name} AS r ON r.{stream} = new.stream
        WHERE r.known_from <= %(known_at)s AND {_on_the_day("r")} OFFSET 0) AS r
    CROSS JOIN LATERAL ({_SINCE.format(stream=stream)}) AS m
    WHERE m.since IS NOT NULL"""


def _differing(table: Table) -> str:
    """Which rows of a table differ: its name, their keys, how they differ, since which event."""
    own = has_project(table)
    keys = ", ".join(f"r.{name}" for name in table.key)
    of_a = f" AND a.project = {PROJECT}" if own else " AND t.since <= %(since)s"
    in_b = f"coalesce(b.alive{f' AND b.project = {PROJECT}' if own else ''}, false)"
    values = [", ".join(f"{row}.{name}" for name in table.names) for row in "ab"]
    changed = (
        f"(a.alive AND {in_b} AND ROW({values[0]}) IS DISTINCT FROM ROW({values[1]}))"
        if table.names
        else "false"
    )
    return f"""
SELECT '{table.name}'::text COLLATE "C" AS of_table,
    jsonb_build_array({", ".join(f"t.{name}" for name in table.key)})::text COLLATE "C" AS key,
    CASE WHEN a.alive IS NULL THEN 'added' WHEN {in_b} THEN 'changed' ELSE 'removed' END AS change,
    CASE WHEN b.position IS NULL THEN t.ended
        ELSE greatest(b.position, CASE WHEN t.since > %(since)s THEN t.since END) END AS position
FROM (SELECT {keys}, min(r.since) AS since,
        max(r.known_to) FILTER (WHERE r.known_to <= %(known_at)s) AS ended
    FROM ({_touched(table)}) AS r GROUP BY {keys}) AS t{_joined(table, of_a)}
WHERE (a.alive IS NOT NULL) <> {in_b} OR {changed}"""


@cache
def differences() -> str:
    """One row per difference of a page, then, without position, how many of each kind there are."""
    union = "\nUNION ALL".join(map(_differing, tables().values()))
    return f"""
WITH {_NEW}, differing AS MATERIALIZED ({union})
(SELECT d.position, d.of_table, d.key, d.change FROM differing AS d
WHERE (d.position, d.of_table, d.key) > (%(position)s::bigint, %(of_table)s::text, %(key)s::text)
ORDER BY d.position, d.of_table, d.key LIMIT %(limit)s)
UNION ALL
SELECT NULL, d.of_table, count(*)::text, d.change FROM differing AS d GROUP BY 2, 4"""


@cache
def rows_of(table: str) -> str:
    """The rows of these keys (`%(key_0)s` …, `%(change)s`), before and after, as JSON."""
    one = tables()[table]
    arrays = ", ".join(f"%(key_{n})s::{c.type}[]" for n, c in enumerate(one.key_columns))
    subject = f"t.{one.key[0]}"
    names = {row: _name(one, row) for row in "ab"}
    return f"""
SELECT jsonb_build_array({", ".join(f"t.{name}" for name in one.key)})::text,
    {_values(one.columns, "a")}, {_values(one.columns, "b")}, {subject}::text,
    (SELECT s.collection FROM read.streams AS s WHERE s.stream = {subject} LIMIT 1),
    CASE t.change WHEN 'removed' THEN {names["a"]} ELSE {names["b"]} END
FROM unnest({arrays}, %(change)s::text[]) AS t ({", ".join(one.key)}, change){_joined(one)}"""


def _values(columns: Sequence[Column], row: str) -> str:
    values = (
        f"{row}.{c.name}::text" if c.type.startswith("numeric(") else f"{row}.{c.name}"
        for c in columns
    )
    return f"jsonb_build_array({', '.join(values)})::text"


def _name(table: Table, row: str) -> str:
    names = (*table.key, *table.names)
    if own := next((name for name in _OWN_NAMES if name in names), None):
        return f"{row}.{own}::text"
    found = []
    if "person" in names:
        found.append(person_name(f"{row}.person"))
    of = (name for name in ("institution", "holder") if name in names)
    found += [institution_name(f"{row}.{name}") for name in of]
    if "expenditure" in names:
        found.append(
            "(SELECT n.document_number FROM {accounting_documents:ever} AS n"
            f" WHERE n.expenditure = {row}.expenditure ORDER BY n.valid_from DESC LIMIT 1)"
        )
    if "claim" in names:
        found.append(
            "(SELECT n.number::jsonb #>> '{}' FROM {claims:ever} AS n"
            f" WHERE n.claim = {row}.claim ORDER BY n.valid_from DESC LIMIT 1)"
        )
    return f"coalesce({', '.join(found)})" if found else "NULL::text"
