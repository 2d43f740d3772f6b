"""How long does one row at (valid_at, known_at) take? In a small log and in a large one."""

# ruff: noqa: S311 - where is asked needs no secret randomness

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any, NamedTuple

from ledger.benchmark.figures import Figure, Timing, figure, timing
from ledger.benchmark.history import DAYS, FIRST_DAY
from ledger.projections import milestone_schedule, project_register, team_roster
from ledger.projections.engine.query import Listing
from ledger.projections.engine.reading import Reading

QUERIES = 2_000
WARM_UP = 200
AIM = "p99 grows less than twofold"


class Point(NamedTuple):
    """A listing's rows by one id, and the ids there are."""

    what: str
    query: str
    ids: Sequence[str]


def points(teams: Sequence[str], projects: Sequence[str]) -> list[Point]:
    """What is asked of a log with these objects."""
    return [
        Point("a team with its members", _by_id(team_roster.LISTING), teams),
        Point("a project", _by_id(project_register.LISTING), projects),
        Point("a project's milestones", _of_parent(milestone_schedule.LISTING), projects),
    ]


def _by_id(listing: Listing) -> str:
    return f"{listing.select} WHERE {listing.single} = %(id)s"


def _of_parent(listing: Listing) -> str:
    return f"{listing.select} WHERE {listing.filters['id']}"


def time_points(url: str, asked: Sequence[Point], events: int) -> list[Timing]:
    """One after the other, at random ids, days and positions."""
    return asyncio.run(_time_points(url, asked, events))


async def _time_points(url: str, asked: Sequence[Point], events: int) -> list[Timing]:
    reading = Reading(url, readers=1)
    await reading.open()
    try:
        return [await _time_point(reading, point, events) for point in asked]
    finally:
        await reading.close()


async def _time_point(reading: Reading, point: Point, events: int) -> Timing:
    chance, times = random.Random(2), list[float]()
    for _ in range(WARM_UP + QUERIES):
        params = _anywhere(chance, point.ids, events)
        began = perf_counter()
        await reading.rows(point.query, params)
        times.append(perf_counter() - began)
    return timing(times[WARM_UP:], sum(times[WARM_UP:]))


def _anywhere(chance: random.Random, ids: Sequence[str], events: int) -> Mapping[str, Any]:
    return {
        "id": chance.choice(ids),
        "valid_at": FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
        "known_at": chance.randrange(1, events + 1),
        "personal": True,
        "scope": None,
        "moment": "",
    }


def compare(
    asked: Sequence[Point], small: tuple[int, Sequence[Timing]], large: tuple[int, Sequence[Timing]]
) -> Iterator[Figure]:
    """The p99 of the large log beside that of the small one."""
    for point, before, after in zip(asked, small[1], large[1], strict=True):
        assert before.p99_ms is not None
        assert after.p99_ms is not None
        yield figure(
            f"p99 of {point.what} at (valid_at, known_at), {large[0]:,} events",
            Timing(after.p99_ms, after.p50_ms, after.p99_ms),
            unit="ms",
            baseline=(f"with {small[0]:,} events", before.p99_ms),
            aim=AIM,
        )
