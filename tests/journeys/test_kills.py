"""Is everything that was acknowledged recorded exactly once, whenever the service is killed?"""

import asyncio
import json
import random
from collections import Counter, defaultdict
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import psycopg

from ledger.event_store.connections import projector
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
from ledger.worker import Worker
from tests.journeys.server import Server, token
from tests.journeys.world import END, START

CLIENTS, KILLS, SECONDS_BETWEEN = 50, 3, (0.3, 1.2)
GIVES_UP = 0.1  # the share of requests whose sender does not ask again


class Said(NamedTuple):
    """A request and its answer; no receipts where it was refused or never answered."""

    marks: list[str]
    receipts: list[dict[str, Any]]
    answered: bool


class Crowd:
    """Clients that write to the same few objects until they are told to stop."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.said: list[Said] = []
        self.stopping = False
        self.institutions: list[str] = []
        self.teams: list[str] = []
        self.activities: list[str] = []

    async def prepare(self) -> None:
        """The objects that all write to."""
        for n in range(60):
            self.institutions.append(await self._made("institutions", _institution(f"I{n}")))
        terms = {"code": "P", "title": "P", "programme": "PO WER", "value": 1, "starts_on": START,
                 "ends_on": END, "leader": self.institutions[0]}  # fmt: skip
        project = await self._made("projects", terms)
        for n in range(2):
            team = {"project": project, "kind": "model", "name": f"Z{n}"}
            self.teams.append(await self._made("teams", team))
            held = {"project": project, "kind": "training", "title": f"S{n}", "starts_on": START,
                    "ends_on": START}  # fmt: skip
            self.activities.append(await self._made("activities", held))

    async def _made(self, collection: str, body: dict[str, Any]) -> str:
        answer = await self.http.post(f"/api/{collection}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def client(self, seed: int) -> None:
        """One client: it asks again, with the same key, until it is answered."""
        dice = random.Random(seed)
        while not self.stopping:
            path, body, marks = self._wish(dice)
            self.said.append(await self._say(path, body, marks, patient=dice.random() > GIVES_UP))

    def _wish(self, dice: random.Random) -> tuple[str, dict[str, Any], list[str]]:
        mark = uuid4().hex
        institution = dice.choice(self.institutions)
        match dice.randrange(4):
            case 0:
                return "/api/institutions", _institution(mark), [mark]
            case 1:
                path = f"/api/teams/{dice.choice(self.teams)}/appoint"
                named = {"institution": institution, "role": "member", "reason": mark}
                return path, named, [mark]
            case 2:
                path = f"/api/activities/{dice.choice(self.activities)}/record-attendance"
                return path, {"attendees": [{"institution": institution}], "reason": mark}, [mark]
            case _:
                marks = [f"{mark}-{n}" for n in range(3)]
                commands = [{"path": "/api/institutions", "body": _institution(m)} for m in marks]
                return "/api/batch", {"atomic": True, "commands": commands}, marks

    async def _say(
        self, path: str, body: dict[str, Any], marks: list[str], *, patient: bool
    ) -> Said:
        headers = {"Idempotency-Key": marks[0]}
        while True:
            try:
                answer = await self.http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 201:
                found = answer.json()
                return Said(marks, found if isinstance(found, list) else [found], True)
            if answer is not None and answer.status_code == 409:
                return Said(marks, [], True)
            assert answer is None or answer.status_code == 503, answer.text
            if not patient:
                return Said(marks, [], False)
            await asyncio.sleep(0.05)


def _institution(mark: str) -> dict[str, Any]:
    return {"name": mark, "sector": "ngo", "level": "commune", "reason": mark}


async def _storm(server: Server, secret: str) -> list[Said]:
    limits = httpx.Limits(max_connections=CLIENTS)
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, timeout=15, limits=limits
    ) as http:
        crowd = Crowd(http)
        await crowd.prepare()
        clients = [asyncio.create_task(crowd.client(seed)) for seed in range(CLIENTS)]
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(*SECONDS_BETWEEN))
            server.kill()
            await asyncio.to_thread(server.start)
        await asyncio.sleep(SECONDS_BETWEEN[0])
        crowd.stopping = True
        await asyncio.gather(*clients)
        return crowd.said


def test_what_was_acknowledged_is_recorded_once_whenever_the_service_is_killed(
    database_url: str,
) -> None:
    secret = asyncio.run(token(database_url))
    with Server(database_url) as server:
        said = asyncio.run(_storm(server, secret))
        server.kill()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT leaf FROM log.events ORDER BY position").fetchall()
    events = [json.loads(bytes(row[0])) for row in rows]
    assert sum(bool(one.receipts) for one in said) > 100
    _positions_and_versions_have_no_gap(events)
    _acknowledged_once(events, said)
    _read_models_equal_a_rebuild(database_url, len(events))


def _positions_and_versions_have_no_gap(events: list[dict[str, Any]]) -> None:
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    versions = defaultdict(list)
    for event in events:
        versions[event["stream"]].append(event["version"])
    for found in versions.values():
        assert found == list(range(1, len(found) + 1))
    times = [event["recorded_at"] for event in events]
    assert times == sorted(times)


def _acknowledged_once(events: list[dict[str, Any]], said: list[Said]) -> None:
    recorded = Counter(event["reason"] for event in events if event["reason"])
    assert set(recorded.values()) == {1}
    positions = [receipt["position"] for one in said for receipt in one.receipts]
    assert len(positions) == len(set(positions))
    for one in said:
        there = [mark in recorded for mark in one.marks]
        if one.answered:
            assert all(there) if one.receipts else not any(there)
        assert all(there) or not any(there)  # an atomic batch is never there in part
        for mark, receipt in zip(one.marks, one.receipts, strict=False):
            event = events[receipt["position"] - 1]
            assert (event["reason"], event["stream"], event["version"], event["recorded_at"]) == (
                mark, receipt["id"], receipt["version"], receipt["recorded_at"]
            )  # fmt: skip


def _read_models_equal_a_rebuild(url: str, head: int) -> None:
    assert Worker(url).catch_up() == head
    folded = _read_tables(url)
    with projector(url) as connection:
        assert rebuild(connection, read_models()) == head
    assert _read_tables(url) == folded


def _read_tables(url: str) -> dict[str, list[str]]:
    names = [table.name for model in read_models() for table in model.tables]
    found = {}
    with psycopg.connect(url) as connection:
        for name in names:
            rows = connection.execute(f"SELECT t::text FROM read.{name} AS t ORDER BY 1".encode())
            found[name] = [row[0] for row in rows]
    return found
