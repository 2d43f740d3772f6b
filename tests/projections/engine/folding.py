"""What do the fold's tests fold? Random facts of real events, and how tables are compared."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from ledger.catalogue import events
from ledger.event_store.codec import Provenance
from ledger.event_store.connections import projector
from ledger.event_store.log import EventLog, Pending
from ledger.kernel.messages import Event
from ledger.projections.engine.model import ReadModel, read_models

NAMES = ("stream_register", "milestone_schedule", "team_roster")
MODELS = tuple(model for model in read_models() if model.name in NAMES)
DAY = date(2020, 1, 1)
ODD = "tab\t, back\\slash, \\N, line\nbreak, żółć 🇵🇱"


def _id(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 64) + number))


def _event(name: str, /, **fields: Any) -> Event:
    return events()[name](**fields)


def _of_team(chance: random.Random) -> Event:
    appointment = _id(2, chance.randrange(12))
    cases: list[tuple[str, dict[str, Any]]] = [
        ("team.established", {"project": _id(3, 1), "kind": "model", "name": ODD}),
        ("team.member-appointed", {"appointment": appointment, "role": "chair"}),
        ("team.member-appointed", {"appointment": appointment, "role": "member"}),
        ("team.member-dismissed", {"appointment": appointment}),
        ("team.appointment-voided", {"appointment": appointment}),
        ("team.dissolved", {"appointments": (appointment, _id(2, 1))}),
    ]
    name, fields = chance.choice(cases)
    return _event(name, **fields)


def _of_project(chance: random.Random) -> Event:
    number, day = chance.randrange(1, 4), DAY + timedelta(days=chance.randrange(9))
    cases: list[tuple[str, dict[str, Any]]] = [
        ("planned", {"name": ODD, "starts_on": day, "ends_on": day, "requires": ("report",)}),
        ("rescheduled", {"starts_on": day, "ends_on": day}),
        ("completed", {}),
        ("approved", {"approved_by": chance.choice(["MFiPR", ODD])}),
    ]
    name, fields = chance.choice(cases)
    return _event(f"project.milestone-{name}", number=number, **fields)


def _of_expenditure(chance: random.Random) -> Event:
    amount = f"{chance.randrange(1, 99)}.00"
    return _event(
        "expenditure.charged",
        charge=_id(5, chance.randrange(9)),
        project=_id(3, chance.randrange(4)),
        budget_line="1.1",
        eligible=amount,
    )


MAKERS = {1: _of_team, 3: _of_project, 4: _of_expenditure}


class History:
    """Random facts on a few streams, in no order of days; the engine asks for no more sense."""

    def __init__(self, url: str, seed: int) -> None:
        self.url = url
        self._chance = random.Random(seed)
        self.versions: dict[str, int] = {}

    def _next(self) -> Pending:
        kind = self._chance.choice([1, 1, 1, 3, 3, 4])
        stream = _id(kind, self._chance.randrange(3))
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        event = MAKERS[kind](self._chance)
        on = DAY + timedelta(days=self._chance.randrange(9))
        provenance = Provenance(effective_on=on, recorded_by="chance", request_id="r")
        return Pending(stream, version, event, provenance)

    async def record_some(self, log: EventLog, count: int) -> int:
        """Records so many events in appends of a few; the last position."""
        last = 0
        while count > 0:
            some = min(count, self._chance.randrange(1, 6))
            last = (await log.append([self._next() for _ in range(some)], {})).last
            count -= some
        return last

    def record(self, count: int) -> int:
        """The same, for tests that wait for it."""

        async def run() -> int:
            log = EventLog(self.url)
            await log.open()
            try:
                return await self.record_some(log, count)
            finally:
                await log.close()

        return asyncio.run(run())


Contents = dict[str, list[tuple[Any, ...]]]


def contents(url: str, models: Sequence[ReadModel] = MODELS, suffix: str = "") -> Contents:
    """Every row of the models' tables, known_from and known_to included."""
    found = {}
    with psycopg.connect(url) as connection:
        for table in (table for model in models for table in model.tables):
            rows = connection.execute(
                sql.SQL("SELECT t FROM {} AS t ORDER BY t::text").format(
                    sql.Identifier("read", table.name + suffix)
                )
            )
            found[table.name] = rows.fetchall()
    return found


def checkpoints(url: str, models: Sequence[ReadModel] = MODELS) -> set[tuple[int, int]]:
    """Where the models stand: (position, generation)."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT position, generation FROM read.checkpoints WHERE model = ANY(%s)",
            ([model.name for model in models],),
        )
        return {(row[0], row[1]) for row in rows}


def reached(url: str, models: Sequence[ReadModel] = MODELS) -> int:
    """How far all models have come."""
    return min(position for position, _ in checkpoints(url, models))


def start_anew(url: str) -> None:
    """Empties the tables, as if nothing had been folded yet."""
    with psycopg.connect(url) as connection:
        for table in (table for model in MODELS for table in model.tables):
            name = sql.Identifier("read", table.name)
            connection.execute(sql.SQL("TRUNCATE {}").format(name))
        connection.execute("UPDATE read.checkpoints SET position = 0, generation = 99")


@contextmanager
def folding(url: str) -> Iterator[psycopg.Connection]:
    """The projector's connection."""
    with projector(url) as connection:
        yield connection
