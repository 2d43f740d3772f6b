"""Every digest that an event names is found again at its object, whatever the event says."""

import asyncio
from datetime import date
from typing import Any

import psycopg

from ledger.catalogue import events
from ledger.event_store.codec import Provenance
from ledger.event_store.connections import projector
from ledger.event_store.log import EventLog, Pending
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
from ledger.projections.evidence_register import MODEL
from ledger.worker import Worker

DAY = date(2019, 5, 13)
MODELS = tuple(model for model in read_models() if model is MODEL or model.name == "team_roster")
TEAM, OTHER = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
FIRST, SECOND = "a" * 64, "b" * 64


def pending(stream: str, version: int, name: str, /, *evidence: str, **fields: Any) -> Pending:
    provenance = Provenance(effective_on=DAY, recorded_by="Anna", evidence=evidence, request_id="r")
    return Pending(stream, version, events()[name](**fields), provenance)


def record(url: str) -> None:
    async def run() -> None:
        log = EventLog(url)
        await log.open()
        fields = {"project": OTHER, "kind": "model", "name": '"evidence":["x"]'}
        some = [
            pending(TEAM, 1, "team.established", **fields),
            pending(TEAM, 2, "team.dissolved", FIRST, SECOND, appointments=()),
            pending(OTHER, 1, "grant.settled", FIRST, amount="1.00", sequence=1),
            pending(TEAM, 3, "team.dissolved", FIRST, appointments=()),
        ]
        await log.append(some, {})
        await log.close()

    asyncio.run(run())


def found(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT stream::text, digest, known_from FROM read.evidence"
            " WHERE alive AND known_to > 4 ORDER BY 1, 2"
        ).fetchall()


EXPECTED = [(TEAM, FIRST, 4), (TEAM, SECOND, 2), (OTHER, FIRST, 3)]


def test_evidence_is_registered_once_for_each_object(database_url: str) -> None:
    record(database_url)
    Worker(database_url).catch_up()
    assert found(database_url) == EXPECTED


def test_a_rebuild_finds_the_same_evidence(database_url: str) -> None:
    record(database_url)
    with projector(database_url) as connection:
        rebuild(connection, MODELS)
    assert found(database_url) == EXPECTED
