"""Do the changes between two moments lead from the rows of one to the rows of the other?"""

import asyncio
import random
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from ledger.bootstrap import Parts
from ledger.projections.engine.reading import Moment
from ledger.projections.stream_register import of_project
from ledger.queries.asking import Asker, Question
from ledger.queries.changes import BEGINNING, RowChange, changes
from ledger.queries.differences import has_project, tables
from tests.properties.draws import DAYS, FIRST
from tests.properties.test_histories import history, living

Rows = dict[tuple[str, str], dict[str, Any]]


async def rows_at(one: Parts, project: str, moment: Moment) -> Rows:
    """Every row of the project at that moment, by table and key, as plain SQL has it."""
    found: Rows = {}
    for table in tables().values():
        belongs = (
            "t.project = %(project)s::uuid"
            if has_project(table)
            else "EXISTS (SELECT FROM {streams:ever} AS s WHERE"
            f" s.stream = t.{table.key[0]} AND {of_project('s', '%(project)s::uuid')})"
        )
        params = {"valid_at": moment.valid_at, "known_at": moment.known_at, "project": project}
        columns = ", ".join(
            f"t.{c.name}::text" if c.type.startswith("numeric(") else f"t.{c.name}"
            for c in (*table.key_columns, *table.columns)
        )
        text = f"SELECT {columns} FROM {{{table.name}}} AS t WHERE {belongs}"
        for row in await one.reading.rows(f"SELECT to_jsonb(x)::text FROM ({text}) AS x", params):
            values = msgspec.json.decode(row[0])
            key = msgspec.json.encode([values[name] for name in table.key]).decode()
            found[table.name, key] = {name: values[name] for name in table.names}
    return found


def apply(rows: Rows, differences: list[RowChange]) -> Rows:
    """The rows after these changes."""
    after = dict(rows)
    for one in differences:
        place = (one.table, msgspec.json.encode(list(one.key.values())).decode())
        stated = {field.field: field.after for field in one.fields}
        assert (place in after) == (one.change != "added"), one
        for field in one.fields:
            assert after.get(place, {}).get(field.field) == field.before, one
        if one.change == "removed":
            gone = after.pop(place)
            assert {f.field for f in one.fields} == {k for k, v in gone.items() if v is not None}
        else:
            nothing = dict.fromkeys(tables()[one.table].names)
            after[place] = after.get(place, nothing) | stated
    return after


async def all_changes(question: Question, project: str, since: int) -> list[RowChange]:
    """Every page of them, which are as many as the totals say, in order of position."""
    found: list[RowChange] = []
    place = BEGINNING
    while True:
        page = await changes(question, project, since, limit=7, after=place)
        found += page.items
        if page.next is None:
            break
        place = page.next
    assert sum(sum(of.values()) for of in page.totals.values()) == len(found)
    positions = [one.position for one in found]
    assert positions == sorted(positions)
    assert all(since < position <= question.moment.known_at for position in positions)
    return found


async def shared_later(one: Parts) -> list[int]:
    """Some positions at which a document that there was came to be another project's as well."""
    rows = await one.reading.rows(
        "SELECT min(h.known_from) FROM read.stream_shares AS h JOIN read.streams AS s"
        " USING (stream) WHERE h.known_from > s.known_from GROUP BY h.stream, h.project"
        " ORDER BY 1 LIMIT 3"
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize("seed", [11, 12])
def test_the_changes_lead_from_the_rows_of_one_moment_to_those_of_another(
    database_url: str, seed: int
) -> None:
    async def run() -> None:
        async with living(database_url) as (one,):
            chronicle = await history([one], seed, 260)
            head = await one.reading.wait_for(await one.log.head(), 60)
            chance = random.Random(seed)
            seen: set[tuple[str, str]] = set()
            ranges = [sorted(chance.randrange(head + 1) for _ in "AB") for _ in range(6)]
            ranges += [[position - 1, head] for position in await shared_later(one)]
            for since, upto in ranges:
                day = FIRST + timedelta(days=chance.randrange(-5, DAYS + 5))
                moment = Moment(chance.choice([day, date(2021, 1, 1)]), upto)
                question = Question(one.reading, moment, Asker())
                for project in chronicle.made["projects"][:2]:
                    found = await all_changes(question, project, since)
                    before = await rows_at(one, project, Moment(moment.valid_at, since))
                    after = await rows_at(one, project, moment)
                    assert apply(before, found) == after, (project, since, moment)
                    seen |= {(change.table, change.change) for change in found}
            assert {change for _, change in seen} == {"added", "changed", "removed"}
            assert len({table for table, _ in seen}) > 15

    asyncio.run(run())
