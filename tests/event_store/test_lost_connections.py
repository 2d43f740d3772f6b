"""What becomes of an append whose answer is lost? It is stored once and acknowledged once."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, Self
from uuid import UUID

import psycopg
import pytest

from ledger.event_store.append import RequestKey, Stored, VersionConflict
from ledger.event_store.connections import options
from ledger.event_store.group_commit import GroupWriter
from tests.event_store.writing import group_writer, head, heads, plain, streams, written

KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'ledger_writer' AND datname = current_database()
"""
LOST = psycopg.OperationalError("the connection is lost")


class Late(NamedTuple):
    """A statement that was sent and has not arrived yet."""

    statement: Any
    params: Any


class Fate:
    """What befalls the writer's connections, one step after the other."""

    def __init__(self, url: str, *steps: str) -> None:
        self.url = url
        self.steps = list(steps)
        self.late: Late | None = None

    def next(self, *possible: str) -> str | None:
        """The next step, where it is one of these; it is then behind us."""
        return self.steps.pop(0) if self.steps and self.steps[0] in possible else None

    async def connect(self) -> psycopg.AsyncConnection:
        """A connection that suffers this fate."""
        if self.next("away"):
            raise LOST
        made = await Doomed.connect(self.url, **options("ledger_writer"))
        made.fate = self
        return made


class Doomed(psycopg.AsyncConnection[Any]):
    """A connection that is lost around the statement that appends."""

    fate: Fate

    async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """Carries it out, or half of it."""
        if b"UPDATE log.head" in str(query).encode():
            match self.fate.next("lost before", "lost after", "late"):
                case "lost before":
                    return await self._lost()
                case "lost after":
                    await super().execute(query, params, **more)
                    return await self._lost()
                case "late":
                    self.fate.late = Late(query, params)
                    return await self._lost()
                case _:
                    await self._arrive()
        return await super().execute(query, params, **more)

    async def _lost(self) -> Self:
        await self.close()
        raise LOST

    async def _arrive(self) -> None:
        """What was sent on the lost connection comes in, just before what is sent on this one."""
        late, self.fate.late = self.fate.late, None
        if late is not None:
            other = await psycopg.AsyncConnection.connect(self.fate.url, **options("ledger_writer"))
            async with other:
                await other.execute(late.statement, late.params)


FATES: Sequence[Sequence[str]] = (
    ["lost before"],
    ["lost after"],
    ["late"],
    ["lost after", "away", "away"],
    ["late", "away", "late"],
    ["lost before", "lost before", "lost after"],
)


@pytest.mark.parametrize("steps", FATES, ids=", ".join)
def test_an_append_is_stored_once_and_acknowledged_whatever_becomes_of_its_connection(
    database_url: str, steps: Sequence[str]
) -> None:
    known, *fresh = streams(4)

    async def run() -> Sequence[object]:
        fate = Fate(database_url)
        async with group_writer(database_url, fate.connect) as writer:
            await writer.append([plain(known, 1)])
            fate.steps = list(steps)
            outcomes = await asyncio.gather(
                writer.append([plain(known, 2), plain(known, 3)]),
                *(writer.append([plain(stream, 1)]) for stream in fresh),
                writer.append([plain(known, 3)]),
                return_exceptions=True,
            )
            assert not fate.steps
            assert fate.late is None
            return outcomes

    *answers, refused = asyncio.run(run())

    assert [(a.first, a.last) for a in answers if isinstance(a, Stored)] == [
        (2, 3), (4, 4), (5, 5), (6, 6),
    ]  # fmt: skip
    assert isinstance(refused, VersionConflict)
    rows = written(database_url)
    assert [(r.position, r.version) for r in rows if r.stream == known] == [(1, 1), (2, 2), (3, 3)]
    assert len(rows) == head(database_url) == 6


def test_what_another_process_wrote_meanwhile_is_not_taken_for_our_own(database_url: str) -> None:
    stream, other = streams(2)

    async def run() -> Sequence[object]:
        fate = Fate(database_url)
        async with (
            group_writer(database_url, fate.connect) as writer,
            group_writer(database_url) as another,
        ):
            await writer.append([plain(other, 1)])
            await another.append([plain(stream, 1, b"the same")])
            fate.steps = ["lost before"]
            return await asyncio.gather(
                writer.append([plain(stream, 1, b"the same")]), return_exceptions=True
            )

    (outcome,) = asyncio.run(run())

    assert isinstance(outcome, VersionConflict)
    assert len(written(database_url)) == 2


def test_a_request_whose_answer_was_lost_is_remembered_once(database_url: str) -> None:
    (stream,) = streams(1)
    key = RequestKey("caller", "key", b"digest", (0,))

    async def run() -> Stored:
        fate = Fate(database_url, "lost after", "away")
        async with group_writer(database_url, fate.connect) as writer:
            return await writer.append([plain(stream, 1)], None, [key])

    assert asyncio.run(run()).first == 1

    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT caller, key, positions FROM log.requests").fetchall()
    assert rows == [("caller", "key", [1])]
    assert len(written(database_url)) == 1


def test_killing_the_writers_connection_under_load_loses_and_doubles_nothing(
    database_url: str,
) -> None:
    own = streams(32)
    acknowledged: list[tuple[int, UUID, int]] = []
    kills = 0

    async def client(writer: GroupWriter, stream: UUID) -> None:
        for version in range(1, 31):
            stored = await writer.append([plain(stream, version)])
            assert stored.first == stored.last
            acknowledged.append((stored.first, stream, version))

    async def kill(admin: psycopg.AsyncConnection, clients: Sequence[asyncio.Task[None]]) -> None:
        """Kills each time that the clients came forward a bit."""
        nonlocal kills
        while not all(one.done() for one in clients):
            before = len(acknowledged)
            await admin.execute(KILL)
            kills += 1
            while len(acknowledged) < before + 90 and not all(one.done() for one in clients):
                await asyncio.sleep(0)

    async def run() -> None:
        admin = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
        async with admin, group_writer(database_url) as writer:
            clients = [asyncio.create_task(client(writer, stream)) for stream in own]
            await kill(admin, clients)
            await asyncio.gather(*clients)

    asyncio.run(run())

    rows = written(database_url)
    assert kills > 5
    assert sorted(acknowledged) == [(row.position, row.stream, row.version) for row in rows]
    assert [row.position for row in rows] == list(range(1, 32 * 30 + 1))
    assert heads(rows) == dict.fromkeys(own, 30)
