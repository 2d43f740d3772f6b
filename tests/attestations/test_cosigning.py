"""Witnesses are shown what is new; what they sign is kept if it holds, and sealing never waits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import psycopg
import pytest

from ledger.attestations import attesting, cosigning
from ledger.attestations.attesting import Attesting
from ledger.attestations.standing import WitnessStanding, standings
from ledger.attestations.submitting import ANSWER_LIMIT_BYTES
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import COSIGNATURE, Verifier, parse, vouched
from ledger.integrity.published import PublishedTree, SignedTree
from ledger.integrity.sealing import Sealer
from ledger.witness.judging import Answer
from tests.attestations.bodies import answering, witnessing
from tests.integrity.growing import as_owner, record, tables

SECONDS = 15
T = TypeVar("T")
ZERO = Verifier("witness.example/w", bytes(32), COSIGNATURE)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOOK_SECONDS", "PACE_SECONDS", "LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(cosigning, name, 0.02)
    monkeypatch.setattr(attesting, "TURN_SECONDS", 0.02)
    monkeypatch.setattr(attesting, "AGAIN_SECONDS", 0.02)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def log(database_url: str, keys: Path) -> Verifier:
    """The key of a log of 300 events, which is sealed."""
    grow(database_url, keys, 300)
    return KeyFolder(keys).verifiers()[0]


def grow(url: str, keys: Path, count: int = 1) -> int:
    record(url, count)
    return Sealer(url, keys).catch_up()


@contextmanager
def asking(url: str, keys: Path, *witnesses: WitnessAt) -> Iterator[Attesting]:
    made = Attesting(url, keys, witnesses)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def read(url: str, keys: Path, question: Callable[[PublishedTree], Awaitable[T]]) -> T:
    async def ask() -> T:
        tree = PublishedTree(url, keys, readers=1)
        try:
            await tree.open()
            return await question(tree)
        finally:
            await tree.close()

    return asyncio.run(ask())


def newest(url: str, keys: Path) -> SignedTree:
    found = read(url, keys, lambda tree: tree.newest())
    assert found is not None
    return found


def standing(url: str, keys: Path, *asked: WitnessAt) -> list[WitnessStanding]:
    return read(url, keys, lambda tree: standings(tree, asked))


def cosigned(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT size FROM tree.cosignatures ORDER BY size").fetchall()
    return [row[0] for row in rows]


def until(true: Callable[[], bool]) -> None:
    end = monotonic() + SECONDS
    while not true():
        assert monotonic() < end, "it does not come"
        sleep(0.02)


def test_what_is_sealed_is_cosigned_and_served(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with (
        witnessing(tmp_path / "a", log, "a.example/w") as one,
        witnessing(tmp_path / "b", log, "b.example/w") as two,
        asking(database_url, keys, one.at, two.at) as made,
    ):
        until(lambda: cosigned(database_url) == [300, 300])
        note = parse(newest(database_url, keys).whole)
        assert note.signed_by([log]) == [log]
        assert [v.witness for v in vouched(note, [one.at.verifier, two.at.verifier])] == [
            one.at.verifier, two.at.verifier,
        ]  # fmt: skip
        size = grow(database_url, keys, 700)
        until(lambda: cosigned(database_url)[-2:] == [size, size])
        found = standing(database_url, keys, one.at)
        assert [(row.name, row.position, row.lag, row.key) for row in found] == [
            ("a.example/w", size, 0, one.at.verifier.vkey), ("b.example/w", size, 0, None),
        ]  # fmt: skip
        assert made.failures() == {}
    grow(database_url, keys)
    assert newest(database_url, keys).cosignatures == ""
    assert standing(database_url, keys, one.at)[0].lag == 1


def test_a_checkpoint_that_others_vouch_for_goes_before_a_newer_one(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with (
        witnessing(tmp_path / "w", log) as one,
        asking(database_url, keys, one.at),
    ):
        until(lambda: cosigned(database_url) == [300])
    grow(database_url, keys)

    def size(least: int) -> int:
        found = read(database_url, keys, lambda tree: tree.vouched_for(least))
        assert found is not None
        return found.checkpoint.size

    assert (size(1), size(300), size(301)) == (300, 300, 301)
    assert read(database_url, keys, lambda tree: tree.vouched_for(302)) is None


def test_a_witness_that_knows_more_than_the_database_remembers_tells_it(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with witnessing(tmp_path / "w", log) as one:
        with asking(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [300])
        as_owner(database_url, *tables("tree.cosignatures"), "TRUNCATE tree.cosignatures")
        size = grow(database_url, keys)
        with asking(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [size])


def test_a_witness_that_comes_back_is_shown_what_it_missed(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with witnessing(tmp_path / "w", log) as one:
        port = one.at.url
    with asking(database_url, keys, one.at) as made:
        until(lambda: "witness.example/w" in made.failures())
        size = grow(database_url, keys)
        assert size == 301  # nobody waited for the witness
    with witnessing(tmp_path / "w", log) as again:
        assert again.at.url != port
        with asking(database_url, keys, again.at) as made:
            until(lambda: cosigned(database_url) == [size])
            assert made.failures() == {}


def answer(text: str, status: HTTPStatus = HTTPStatus.OK) -> Callable[[bytes], Answer]:
    return lambda _: Answer(status, text)


@pytest.mark.parametrize(
    ("text", "status", "why"),
    [
        ("", 200, "no cosignature of its key"),
        ("\u2014 other.example/w AAAAAAAA\n", 200, "no cosignature of its key"),
        ("nonsense\n", 200, "no signature"),
        ("x" * (ANSWER_LIMIT_BYTES + 1), 200, "too long"),
        ("no", 500, "500: no"),
        ("no", 404, "404: no"),
        ("no", 403, "403: no"),
        ("no", 422, "ForkTold: 422: no"),
        ("seven\n", 409, "409, but no size"),
        ("7", 409, "409, but no size"),
        ("7\n", 409, "has cosigned size 7"),
        ("301\n", 409, "has cosigned size 301"),
        ("", 302, "302"),
    ],
)
def test_what_a_hostile_witness_answers_is_not_kept(
    database_url: str, keys: Path, log: Verifier, text: str, status: int, why: str
) -> None:
    with (
        answering(answer(text, HTTPStatus(status))) as url,
        asking(database_url, keys, WitnessAt(url, ZERO)) as made,
    ):
        until(lambda: why in made.failures().get(ZERO.name, ""))
        assert grow(database_url, keys) == 301
    assert cosigned(database_url) == []


def test_a_cosignature_of_another_checkpoint_is_not_kept(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with witnessing(tmp_path / "w", log) as one:
        with asking(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [300])
        old = newest(database_url, keys).cosignatures
        grow(database_url, keys)
        with (
            answering(answer(old)) as url,
            asking(database_url, keys, WitnessAt(url, one.at.verifier)) as made,
        ):
            until(lambda: "is wrong" in made.failures().get(ZERO.name, ""))
    assert cosigned(database_url) == [300]


def test_only_one_process_asks_and_another_takes_over(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with (
        witnessing(tmp_path / "w", log) as one,
        asking(database_url, keys, one.at),
        asking(database_url, keys, one.at) as second,
    ):
        until(lambda: cosigned(database_url) == [300])
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        size = grow(database_url, keys)
        until(lambda: cosigned(database_url) == [300, size])
        assert second.failures() == {}


def test_nobody_is_asked_where_there_is_no_witness(database_url: str, keys: Path) -> None:
    with asking(database_url, keys) as made:
        assert made.failures() == {}
