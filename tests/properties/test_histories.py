"""Do the laws of the ledger hold on random histories of real commands?"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from ledger import worker
from ledger.application.state_cache import Known, StateCache
from ledger.bootstrap import Parts, parts
from ledger.event_store.codec import decode
from ledger.event_store.log import Leaf
from ledger.projections.engine.model import read_models
from ledger.projections.engine.query import Listing, listings
from ledger.projections.engine.rebuild import rebuild
from ledger.worker import Worker
from tests.projections.engine.folding import contents, folding
from tests.properties.draws import DAYS, FIRST
from tests.properties.histories import Chronicle
from tests.properties.oracle import QUESTIONS, Oracle, answers

SEEDS = (1, 2)
LISTINGS = {listing.path: listing for listing in listings()}
EVERYBODY = {"personal": False, "scope": None}
Moment = tuple[date, int]
Answers = dict[str, list[dict[str, Any]]]


@asynccontextmanager
async def living(url: str, processes: int = 1) -> AsyncIterator[Sequence[Parts]]:
    """So many processes on one database, and a worker that follows them."""
    following = Worker(url)
    async with AsyncExitStack() as stack:
        running = [await stack.enter_async_context(parts(url)) for _ in range(processes)]
        following.start()
        try:
            yield running
        finally:
            await asyncio.to_thread(following.stop)


async def history(running: Sequence[Parts], seed: int, steps: int) -> Chronicle:
    """A random history, told to all the processes in turn."""
    chronicle = Chronicle(seed)
    await chronicle.begin(running[0].ledger)
    await chronicle.go([one.ledger for one in running], steps)
    return chronicle


async def ask(one: Parts, listing: Listing, moment: Moment) -> list[dict[str, Any]]:
    """Every row of the listing at that moment; names of persons left out."""
    rows = await one.reading.rows(
        f"SELECT to_json(x)::text FROM ({listing.select}) AS x ORDER BY x.id::text",
        {"valid_at": moment[0], "known_at": moment[1], "moment": "", **EVERYBODY},
    )
    return [json.loads(row[0]) for row in rows]


async def all_answers(one: Parts, moment: Moment) -> Answers:
    """Every listing at that moment."""
    return {path: await ask(one, listing, moment) for path, listing in LISTINGS.items()}


def moments(seed: int, head: int, count: int) -> list[Moment]:
    """Random places on both axes of time, and the present."""
    chance = random.Random(seed)
    drawn = [
        (FIRST + timedelta(days=chance.randrange(-5, DAYS + 5)), chance.randrange(head + 1))
        for _ in range(count)
    ]
    return [*drawn, (date(2021, 1, 1), head)]


async def leaves(one: Parts) -> list[bytes]:
    """The whole log."""
    return [leaf.bytes async for page in one.log.pages(0) for leaf in page]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_naive_oracle_gives_the_answers_of_the_sql_at_random_moments(
    database_url: str, seed: int
) -> None:
    async def run() -> None:
        async with living(database_url) as (one,):
            chronicle = await history([one], seed, 260)
            head = await one.reading.wait_for(await one.log.head(), 60)
            oracle = Oracle(await leaves(one))
            assert chronicle.recorded > 90
            assert len(chronicle.refused) > 10
            seen = 0
            for moment in moments(seed, head, 40):
                for path, question in QUESTIONS.items():
                    found = answers(path, await ask(one, LISTINGS[path], moment))
                    assert found == question(oracle, *moment), (path, moment)
                    seen += sum(map(bool, found.values()))
            assert seen > 200

    asyncio.run(run())


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_known_never_changes_and_a_rebuild_equals_what_was_folded_on_the_way(
    database_url: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(worker, "PAGE", 7)

    async def run() -> None:
        async with living(database_url, processes=2) as running:
            one, chronicle = running[0], Chronicle(seed)
            asked: list[tuple[Moment, Answers]] = []
            await chronicle.begin(one.ledger)
            for part in range(4):
                await chronicle.go([p.ledger for p in running], 60)
                head = await one.reading.wait_for(await one.log.head(), 60)
                new = moments(seed + part, head, 6)
                asked += [(moment, await all_answers(one, moment)) for moment in new]
            assert "NotNow" not in chronicle.refused
            for moment, first in asked:
                assert await all_answers(one, moment) == first, moment

    asyncio.run(run())

    incremental = contents(database_url, read_models())
    with folding(database_url) as connection:
        rebuild(connection, read_models())
    assert contents(database_url, read_models()) == incremental
    assert sum(map(bool, incremental.values())) > 20


async def folded(one: Parts, known: Known | None, some: Sequence[Leaf]) -> Known | None:
    """The state after these events, by the definition."""
    told = [decode(leaf.bytes) for leaf in some]
    for recorded, event in zip(told, await one.vault.opened(told), strict=True):
        before = known.state if known else None
        known = Known(recorded.version, event.apply(before, recorded.effective_on))
    return known


def erased(events: Sequence[Leaf]) -> bool:
    """Whether the events are of a person who was erased."""
    return any(decode(leaf.bytes).type == "person.erased" for leaf in events)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_state_is_the_same_from_the_cache_from_zero_and_from_the_middle(
    database_url: str, seed: int
) -> None:
    async def run() -> None:
        async with living(database_url, processes=2) as running:
            chronicle = await history(running, seed, 200)
            chance, lengths = random.Random(seed), []
            for id in sorted({id for ids in chronicle.made.values() for id in ids}):
                events = await running[0].log.stream(id)
                lengths.append(len(events))
                middle = chance.randrange(len(events) + 1)
                one = running[0]
                from_zero = await folded(one, None, events)
                half = await folded(one, None, events[:middle])
                assert await folded(one, half, events[middle:]) == from_zero
                expected = {} if from_zero is None else {id: from_zero}
                assert await StateCache(one.log, one.vault).get({id}, fresh=False) == expected
                for one in running:
                    cache = one.ledger._states
                    held = (await cache.get({id}, fresh=False)).get(id)
                    upto = held.version if held else 0
                    # What is held from before an erasure cannot be folded again.
                    if upto == len(events) or not erased(events):
                        assert held == await folded(one, None, events[:upto])
                    assert await cache.get({id}, fresh=True) == expected
            assert max(lengths) > 4

    asyncio.run(run())
