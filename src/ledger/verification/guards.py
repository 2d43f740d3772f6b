"""Are the triggers in place that refuse every change? The migrations say which there must be."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import psycopg

from ledger.verification.report import Check

_ALWAYS = re.compile(r"ALTER TABLE ([\w.]+) ENABLE ALWAYS TRIGGER (\w+);")
_MADE = re.compile(
    r"CREATE TRIGGER (\w+)\s+BEFORE ([A-Z ]+?) ON ([\w.]+)\s+FOR EACH (ROW|STATEMENT)"
)
_BEFORE, _ROW = 2, 1
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
_LOOKS = """
SELECT g.tgenabled::text, g.tgtype, p.prosrc
FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid
WHERE g.tgrelid = to_regclass(%s) AND g.tgname = %s AND NOT g.tgisinternal AND g.tgqual IS NULL"""


class Guard(NamedTuple):
    """A trigger that there must be, and what it is called upon."""

    table: str
    name: str
    type: int


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
        elif row[1] != guard.type or row[2] not in text:
            check.warnings.append(f"{what} is not the one that was made.")
    return check


def guards(text: str) -> Iterator[Guard]:
    """The triggers that the migrations leave switched on for everybody."""
    types = {
        (table, name): _BEFORE
        | (_ROW if each == "ROW" else 0)
        | sum(bit for event, bit in _EVENTS.items() if event in events.split())
        for name, events, table, each in _MADE.findall(text)
    }
    for table, name in _ALWAYS.findall(text):
        yield Guard(table, name, types[table, name])


def _migrations() -> str:
    here = files("ledger.database").joinpath("migrations")
    return "\n".join(
        entry.read_text(encoding="utf-8")
        for entry in sorted(here.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".sql")
    )
