"""Are the triggers in place that refuse every change? The migrations say which there must be."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import psycopg

from ledger.verification.report import Check

_ALWAYS = re.compile(r"ALTER TABLE ([\w.]+) ENABLE ALWAYS TRIGGER (\w+);")
_MADE = re.compile(
    r"CREATE TRIGGER (\w+)\s+(BEFORE|AFTER) ([A-Z ]+?) ON ([\w.]+)\s+FOR EACH (ROW|STATEMENT)"
    r"(?:\s+WHEN \((.+?)\)\s+EXECUTE)?"
)
_ROW = 1
_TIMES = {"BEFORE": 2, "AFTER": 0}
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
_LOOKS = """
SELECT g.tgenabled::text, g.tgtype, p.prosrc,
    substring(pg_get_triggerdef(g.oid) FROM ' WHEN \\((.*)\\) EXECUTE ')
FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid
JOIN pg_class AS c ON c.oid = g.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = %s AND g.tgname = %s AND NOT g.tgisinternal"""


class Guard(NamedTuple):
    """A trigger that there must be, and what it is called upon."""

    table: str
    name: str
    type: int
    when: str | None


def check_guards(connection: psycopg.Connection) -> Check:
    """Warns of every trigger that is missing, switched off or another one."""
    check = Check(name="triggers")
    text = _migrations()
    for guard in guards(text):
        check.checked += 1
        row = connection.execute(_LOOKS, (guard.table, guard.name)).fetchone()
        what = f"The trigger {guard.name} of {guard.table}"
        if row is None:
            check.warnings.append(f"{what} is missing.")
        elif row[0] != "A":
            check.warnings.append(f"{what} is switched off.")
        elif row[1] != guard.type or row[2] not in text or _plain(row[3]) != guard.when:
            check.warnings.append(f"{what} is not the one that was made.")
    return check


def guards(text: str) -> Iterator[Guard]:
    """The triggers that the migrations leave switched on for everybody."""
    made = {(one[4], one[1]): one for one in _MADE.finditer(text)}
    for table, name in _ALWAYS.findall(text):
        _, when, events, _, each, condition = made[table, name].groups()
        kind = _TIMES[when] | (_ROW if each == "ROW" else 0)
        kind |= sum(bit for event, bit in _EVENTS.items() if event in events.split())
        yield Guard(table, name, kind, _plain(condition))


def _plain(condition: str | None) -> str | None:
    """A condition without what PostgreSQL adds when it shows it."""
    return None if condition is None else re.sub(r"::\w+|[()\s]", "", condition).lower()


def _migrations() -> str:
    here = files("ledger.database").joinpath("migrations")
    return "\n".join(
        entry.read_text(encoding="utf-8")
        for entry in sorted(here.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".sql")
    )
