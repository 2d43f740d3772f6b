"""Does the log keep its promises? Positions, times, versions, and all or none."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from ledger.event_store import group_commit
from ledger.event_store.append import KeyTaken, RequestKey, Stored, VersionConflict
from ledger.event_store.group_commit import GroupWriter
from tests.event_store.writing import (
    event_log,
    group_writer,
    head,
    heads,
    plain,
    said,
    streams,
    written,
)

LONG = 40_000  # characters: more than an index of PostgreSQL takes


async def _outcomes(
    writer: GroupWriter, appends: Sequence[Sequence[StoredEvent]]
) -> Sequence[object]:
    """What each of the appends got, all asked for at once."""
    return await asyncio.gather(*(writer.append(a) for a in appends), return_exceptions=True)


def test_positions_have_no_gap_with_many_writers_and_refusals_between(database_url: str) -> None:
    own = streams(24)
    shared = streams(1)[0]

    async def client(writer: GroupWriter, stream: UUID) -> tuple[int, int]:
        acknowledged = refused = 0
        for version in range(1, 16):
            await writer.append([plain(stream, version)])
            acknowledged += 1
            try:
                await writer.append([plain(shared, version), plain(stream, version + 1)])
            except VersionConflict:
                refused += 1
            else:
                return acknowledged + 2, refused
        return acknowledged, refused

    async def run() -> list[tuple[int, int]]:
        async with group_writer(database_url) as writer:
            return await asyncio.gather(*(client(writer, stream) for stream in own))

    results = asyncio.run(run())

    rows = written(database_url)
    assert sum(refused for _, refused in results) > 0
    assert len(rows) == sum(acknowledged for acknowledged, _ in results)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert head(database_url) == len(rows)


def test_an_answer_names_the_place_where_the_events_stand(database_url: str) -> None:
    targets = streams(20)

    async def run() -> list[Stored]:
        async with group_writer(database_url) as writer:
            appends = [writer.append([plain(s, 1), plain(s, 2)]) for s in targets]
            return await asyncio.gather(*appends)

    answers = asyncio.run(run())

    rows = written(database_url)
    for stream, answer in zip(targets, answers, strict=True):
        assert [r.position for r in rows if r.stream == stream] == [answer.first, answer.last]
        at = datetime.fromisoformat(answer.recorded_at)
        assert {r.recorded_at for r in rows if r.stream == stream} == {at}


def test_recorded_at_never_falls_even_if_the_clock_goes_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    ticks = iter([0, 5, -3600, 1, 9, 9, -86_400, 10, 3])

    class Clock(datetime):
        """A clock that is set back now and then."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return start + timedelta(seconds=next(ticks))

    monkeypatch.setattr(group_commit, "datetime", Clock)

    async def run() -> None:
        for some in (streams(4), streams(5)):  # the second is another process
            async with group_writer(database_url) as writer:
                for stream in some:
                    await writer.append([plain(stream, 1)])

    asyncio.run(run())

    times = [row.recorded_at for row in written(database_url)]
    assert len(times) == 9
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert times == [start + timedelta(seconds=s) for s in (0, 5, 5, 5, 9, 9, 9, 10, 10)]


def test_a_version_conflict_refuses_only_the_one_append_of_a_batch(database_url: str) -> None:
    stream, *others = streams(6)
    appends = [[plain(s, 1)] for s in others[:2]]
    appends += [[plain(stream, 1)], [plain(stream, 1, b"again")], [plain(stream, 3)]]
    appends += [[plain(stream, 2)], *([plain(s, 1)] for s in others[2:])]

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as writer:
            return await _outcomes(writer, appends)

    outcomes = asyncio.run(run())

    refused = [n for n, o in enumerate(outcomes) if isinstance(o, VersionConflict)]
    assert refused == [3, 4]
    rows = written(database_url)
    assert heads(rows) == {stream: 2} | dict.fromkeys(others, 1)
    assert [row.position for row in rows] == list(range(1, 8))


def test_a_conflict_with_what_the_writer_has_not_seen_is_refused_as_well(
    database_url: str,
) -> None:
    stream, other = streams(2)

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as first, group_writer(database_url) as second:
            await first.append([plain(other, 1)])
            await second.append([plain(stream, 1), plain(stream, 2)])
            return await _outcomes(
                first, [[plain(stream, 1)], [plain(stream, 2)], [plain(stream, 3)]]
            )

    outcomes = asyncio.run(run())

    assert [isinstance(o, VersionConflict) for o in outcomes] == [True, True, False]
    assert heads(written(database_url)) == {stream: 3, other: 1}


POISONS = {
    "a type with U+0000": lambda s: [plain(s, 1, topic="a\x00b")],
    "a type that is no Unicode": lambda s: [plain(s, 1, topic="\ud800")],
    "a version that no bigint holds": lambda s: [plain(s, 1), plain(s, 2**70)],
    "a state that is no bytes": lambda s: [plain(s, 1, None)],  # type: ignore[arg-type]
}


def test_a_poison_append_does_not_fail_its_neighbours(database_url: str) -> None:
    async def run(bad: UUID, good: Sequence[UUID], poison: str) -> Sequence[object]:
        async with group_writer(database_url) as writer:
            appends = [[plain(s, 1), plain(s, 2)] for s in good]
            appends.insert(4, POISONS[poison](bad))
            first = await _outcomes(writer, appends)
            return [*first, *await _outcomes(writer, [[plain(bad, 1)]])]

    for number, poison in enumerate(POISONS, 1):
        bad, *good = streams(9)

        outcomes = asyncio.run(run(bad, good, poison))

        failed = [n for n, o in enumerate(outcomes) if isinstance(o, BaseException)]
        assert failed == [4], poison
        rows = written(database_url)
        assert heads(rows[-17:]) == dict.fromkeys(good, 2) | {bad: 1}
        assert [row.position for row in rows] == list(range(1, 17 * number + 1))


def test_a_key_that_no_index_holds_is_refused_at_once_and_alone(database_url: str) -> None:
    bad, *good = streams(4)
    endless = "".join(chr(0x4E00 + (n * n * 7919) % 20_000) for n in range(LONG))

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as writer:
            return await asyncio.gather(
                writer.append([plain(good[0], 1)]),
                writer.append([plain(bad, 1)], None, [RequestKey("c", endless, b"", (0,))]),
                writer.append([plain(good[1], 1)], None, [RequestKey("c", "k", b"", (0,))]),
                writer.append([plain(good[2], 1)]),
                return_exceptions=True,
            )

    outcomes = asyncio.run(run())

    assert isinstance(outcomes[1], psycopg.errors.ProgramLimitExceeded)
    assert heads(written(database_url)) == dict.fromkeys(good, 1)


def test_an_append_to_several_streams_is_stored_whole_or_not_at_all(database_url: str) -> None:
    taken, one, two = streams(3)

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as writer:
            await writer.append([plain(taken, 1)])
            return await _outcomes(
                writer,
                [
                    [plain(one, 1), plain(two, 1), plain(taken, 1)],
                    [plain(one, 1), plain(two, 1), plain(one, 2), plain(taken, 2)],
                ],
            )

    outcomes = asyncio.run(run())

    assert isinstance(outcomes[0], VersionConflict)
    assert outcomes[0].stream == str(taken)
    rows = written(database_url)
    assert [(r.position, r.stream, r.version) for r in rows[1:]] == [
        (2, one, 1), (3, two, 1), (4, one, 2), (5, taken, 2),
    ]  # fmt: skip


def test_an_append_is_refused_when_a_stream_that_it_relied_on_moved(database_url: str) -> None:
    guarded, one, two, three = streams(4)

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as writer, group_writer(database_url) as other:
            await writer.append([plain(guarded, 1)])
            await other.append([plain(guarded, 2)])
            return await asyncio.gather(
                writer.append([plain(one, 1)], {guarded: 1}),
                writer.append([plain(two, 1)], {guarded: 2}),
                writer.append([plain(guarded, 3)]),
                writer.append([plain(three, 1)], {guarded: 2}),
                writer.append([plain(three, 1)], {one: 0, guarded: 3}),
                return_exceptions=True,
            )

    outcomes = asyncio.run(run())

    assert [isinstance(o, VersionConflict) for o in outcomes] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert heads(written(database_url)) == {guarded: 3, two: 1, three: 1}


def test_two_processes_interleave_without_gaps_or_lost_appends(database_url: str) -> None:
    own = streams(12)
    shared = streams(3)

    async def client(writer: GroupWriter, stream: UUID, number: int) -> list[tuple[UUID, int]]:
        done, version = [], 0
        for turn in range(12):
            target = shared[(number + turn) % len(shared)]
            try:
                await writer.append([plain(stream, version + 1), plain(target, turn + 1)])
            except VersionConflict:
                continue
            version += 1
            done += [(stream, version), (target, turn + 1)]
        return done

    async def run() -> list[tuple[UUID, int]]:
        async with group_writer(database_url) as a, group_writer(database_url) as b:
            results = await asyncio.gather(
                *(client(b if n % 2 else a, stream, n) for n, stream in enumerate(own))
            )
            return [one for result in results for one in result]

    acknowledged = asyncio.run(run())

    rows = written(database_url)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(acknowledged) == sorted((row.stream, row.version) for row in rows)
    for stream in heads(rows):
        versions = [row.version for row in rows if row.stream == stream]
        assert versions == list(range(1, len(versions) + 1))


def test_an_append_of_five_thousand_events_and_three_megabytes_goes_through(
    database_url: str,
) -> None:
    stream, *others = streams(4)
    large = [plain(stream, n + 1, f"{n:05}".encode() * 120) for n in range(5_000)]

    async def run() -> Sequence[object]:
        async with group_writer(database_url) as writer:
            small = [[plain(s, 1)] for s in others]
            return await _outcomes(writer, [small[0], large, *small[1:]])

    answers = asyncio.run(run())

    rows = written(database_url)
    assert sum(len(e.state) for e in large) == 3_000_000
    assert len(rows) == 5_003
    assert isinstance(answers[1], Stored)
    found = [r for r in rows if r.stream == stream]
    assert [r.position for r in found] == list(range(answers[1].first, answers[1].last + 1))
    assert [r.leaf for r in found] == [e.state for e in large]


def test_the_position_at_a_moment_is_the_one_that_a_naive_search_finds(database_url: str) -> None:
    times = [3, 3, 3, 7, 8, 8, 20, 21, 21, 21, 40]
    start = datetime(2024, 2, 29, 12, tzinfo=UTC)
    moments = [start + timedelta(seconds=s / 2) for s in range(-1, 90)]

    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT log.position_at(now())").fetchone()
        assert found == (0,)
        for position, second in enumerate(times, 1):
            connection.execute(
                "INSERT INTO log.events (position, stream, version, type, recorded_at, leaf)"
                " VALUES (%s, gen_random_uuid(), 1, 't', %s, '')",
                (position, start + timedelta(seconds=second)),
            )
        connection.execute("UPDATE log.head SET position = %s", (len(times),))
    answers = asyncio.run(_positions(database_url, moments))

    assert answers == [
        sum(start + timedelta(seconds=second) <= moment for second in times) for moment in moments
    ]


async def _positions(url: str, moments: Sequence[datetime]) -> list[int]:
    async with event_log(url) as log:
        return [await log.position_at(moment.isoformat()) for moment in moments]


def test_every_append_wakes_those_who_listen_and_tells_the_position(database_url: str) -> None:
    target = streams(1)[0]

    async def run() -> int:
        async with group_writer(database_url) as writer:
            await writer.append([plain(target, 1)])
            return (await writer.append([plain(target, 2), plain(target, 3)])).last

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("LISTEN ledger_log")
        last = asyncio.run(run())
        notices = [notice.payload for notice in connection.notifies(timeout=60, stop_after=2)]

    assert notices == ["1", str(last)]


def test_the_answer_to_a_request_is_remembered_with_its_events_or_not_at_all(
    database_url: str,
) -> None:
    one, two, three = streams(3)
    key = RequestKey("caller", "key", b"digest", (0, 2))

    async def run() -> None:
        async with event_log(database_url) as log:
            assert await log.answered("caller", "key") is None
            with pytest.raises(VersionConflict):
                await log.append([said(one, 7)], {}, [key])
            assert await log.answered("caller", "key") is None
            await log.append([said(two, 1)], {})
            await log.append([said(one, 1), said(one, 2), said(two, 2)], {}, [key])
            with pytest.raises(KeyTaken):
                await log.append([said(three, 1)], {}, [key])
            answered = await log.answered("caller", "key")
            assert answered is not None
            assert (answered.digest, list(answered.positions)) == (b"digest", [2, 4])
            assert await log.answered("another", "key") is None

    asyncio.run(run())

    assert heads(written(database_url)) == {one: 2, two: 2}
    assert head(database_url) == 4
