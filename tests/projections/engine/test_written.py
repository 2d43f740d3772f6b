"""Is a row in PostgreSQL what was written down, whatever characters it is made of?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from ledger.event_store.connections import projector
from ledger.projections.engine import tables
from ledger.projections.engine.model import Rows, Table
from tests.projections.engine.folding import ODD


class Odd(Struct, frozen=True, kw_only=True):
    """A row with a field of each kind."""

    name: str
    number: int
    text: str | None
    hours: float | None
    day: date | None
    kept: bool
    listed: list[str] | None


ODDS = Table("odds", Odd, key=["name", "number"])
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
CONTROL = "".join(map(chr, range(1, 32))) + '\x7f"\\\\.\n\\.\n,null'
ROW = st.builds(
    Odd, name=TEXT, number=st.integers(-(2**63), 2**63 - 1), text=st.none() | TEXT,
    hours=st.none() | st.floats(0, 1e6).map(lambda h: round(h, 2)),
    day=st.none() | st.dates(date(1900, 1, 1)), kept=st.booleans(),
    listed=st.none() | st.lists(TEXT, max_size=3),
)  # fmt: skip


def row(text: str | None) -> Odd:
    """A row of nothing but that text."""
    return Odd(
        name=text or "", number=1, text=text, hours=None, day=None, kept=False,
        listed=None if text is None else [text],
    )  # fmt: skip


def said(rows: Sequence[Odd]) -> Rows:
    """What a handler says that puts them."""
    found = Rows()
    for found.position, one in enumerate(rows, 1):
        found.put(ODDS, one, valid_from=date(2020, 1, 1))
    return found


def stored(connection: psycopg.Connection) -> dict[tuple[Any, ...], Odd]:
    """The rows in the table."""
    found = connection.execute(
        "SELECT name, number, text, hours::float8, day, kept, listed FROM read.odds"
    )
    rows = (Odd(**dict(zip(Odd.__struct_fields__, one, strict=True))) for one in found)
    return {(one.name, one.number): one for one in rows}


@pytest.fixture
def connection(database_url: str) -> Any:
    """A projector's, with the table of odd rows."""
    with projector(database_url) as connection:
        tables.create(connection, ODDS)
        yield connection


@given(st.lists(ROW, min_size=1, max_size=8, unique_by=lambda one: (one.name, one.number)))
@example([row(ODD)])
@example([row(CONTROL)])
@example([row(""), row("null"), row("NULL"), row("\\N")])
@example([row(None)])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_row_is_stored_as_it_was_put_and_loaded_and_stored_again(
    connection: psycopg.Connection, rows: list[Odd]
) -> None:
    wanted = {(one.name, one.number): one for one in rows}
    with connection.transaction(force_rollback=True):
        changes = tables.Changes(ODDS)
        for one in said(rows).said[ODDS]:
            changes.collect_said(one)
        changes.flush(connection, "")
        assert stored(connection) == wanted

        loaded = tables.load(connection, ODDS, [(name, str(n)) for name, n in wanted], "")
        connection.execute("DELETE FROM read.odds")
        changes = tables.Changes(ODDS)
        for key, timeline in loaded.items():
            timeline.periods[0].stored = False
            changes.collect(key, timeline)
        changes.flush(connection, "")
        assert stored(connection) == wanted


def test_a_field_that_the_row_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="odds has no colour"):
        Rows().change(ODDS, "a", 1, valid_from=date(2020, 1, 1), colour="red")
