"""How fast is the log sealed, and how long does a proof take? Beside what each reads at least."""

# ruff: noqa: S311 - which event is proved needs no secret randomness

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter

from ledger.benchmark.figures import Figure, Timing, figure, timing
from ledger.event_store.log import EventLog
from ledger.integrity.published import PublishedTree
from ledger.integrity.sealing import Sealer
from ledger.settings import settings

PROOFS = 2_000
WARM_UP = 200
AIM_SEALED = "> 100,000/s"
AIM_PROOF = "p99 under 2 ms at 1,000,000 events"


def measure_sealing(url: str, hashed: float) -> Iterator[Figure]:
    """Seals a log from nothing, and proves events of it; `hashed`: the baseline, events/s."""
    began = perf_counter()
    events = Sealer(url, settings().keys).catch_up()
    elapsed = perf_counter() - began
    yield figure(
        f"events sealed, {events:,} in {elapsed:.1f} s",
        events / elapsed,
        baseline=("the same events read and hashed", hashed),
        aim=AIM_SEALED,
    )
    yield asyncio.run(_measure_proofs(url, events))


async def _measure_proofs(url: str, events: int) -> Figure:
    tree, log = PublishedTree(url, settings().keys, readers=1), EventLog(url, readers=1)
    chance = random.Random(3)
    await tree.open()
    await log.open()
    try:

        async def prove() -> None:
            size = chance.randrange(1, events + 1)
            await tree.inclusion(chance.randrange(size), size)

        async def look_up() -> None:
            await log.at([chance.randrange(1, events + 1)])

        event, proof = await _time(look_up), await _time(prove)
    finally:
        await log.close()
        await tree.close()
    assert event.p99_ms is not None
    assert proof.p99_ms is not None
    return figure(
        f"p99 of an inclusion proof in any size up to {events:,}",
        Timing(proof.p99_ms, proof.p50_ms, proof.p99_ms),
        unit="ms",
        baseline=("an event by its position", event.p99_ms),
        aim=AIM_PROOF,
    )


async def _time(ask: Callable[[], Awaitable[None]]) -> Timing:
    times = list[float]()
    for _ in range(WARM_UP + PROOFS):
        began = perf_counter()
        await ask()
        times.append(perf_counter() - began)
    return timing(times[WARM_UP:], sum(times[WARM_UP:]))
