"""Witnesses are shown what is new; what they sign is kept if it holds, and sealing never waits."""

from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from ledger.attestations.attesting import Attesting
from ledger.attestations.outside import Outside
from ledger.attestations.submitting import ANSWER_LIMIT_BYTES
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import COSIGNATURE, Verifier, parse, vouched
from tests.attestations.asked import Log, attested, cosigned, grow, newest, read, standing, until
from tests.attestations.bodies import Judge, answering, witnessing
from tests.integrity.growing import as_owner, tables

ZERO = Verifier("witness.example/w", bytes(32), COSIGNATURE)


def shown(url: str, keys: Path, *witnesses: WitnessAt) -> AbstractContextManager[Attesting]:
    return attested(url, keys, Outside(witnesses))


def test_what_is_sealed_is_cosigned_and_served(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with (
        witnessing(tmp_path / "a", log, "a.example/w") as one,
        witnessing(tmp_path / "b", log, "b.example/w") as two,
        shown(database_url, keys, one.at, two.at) as made,
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
        shown(database_url, keys, one.at),
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
        with shown(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [300])
        as_owner(database_url, *tables("tree.cosignatures"), "TRUNCATE tree.cosignatures")
        size = grow(database_url, keys)
        with shown(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [size])


def test_a_witness_that_comes_back_is_shown_what_it_missed(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with witnessing(tmp_path / "w", log) as one:
        port = one.at.url
    with shown(database_url, keys, one.at) as made:
        until(lambda: "witness.example/w" in made.failures())
        size = grow(database_url, keys)
        assert size == 301  # nobody waited for the witness
    with witnessing(tmp_path / "w", log) as again:
        assert again.at.url != port
        with shown(database_url, keys, again.at) as made:
            until(lambda: cosigned(database_url) == [size])
            assert made.failures() == {}


def answer(text: str, status: int = 200) -> Judge:
    return lambda _: (status, text.encode(), "text/plain")


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
        ("9999\n", 409, "has cosigned size 9999"),
        ("", 302, "302"),
    ],
)
def test_what_a_hostile_witness_answers_is_not_kept(
    alone: Log, text: str, status: int, why: str
) -> None:
    size = grow(alone.url, alone.keys)
    with (
        answering(answer(text, status)) as url,
        shown(alone.url, alone.keys, WitnessAt(url, ZERO)) as made,
    ):
        until(lambda: why in made.failures().get(ZERO.name, ""))
        assert grow(alone.url, alone.keys) == size + 1
    assert cosigned(alone.url) == []


def test_a_cosignature_of_another_checkpoint_is_not_kept(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with witnessing(tmp_path / "w", log) as one:
        with shown(database_url, keys, one.at):
            until(lambda: cosigned(database_url) == [300])
        old = newest(database_url, keys).cosignatures
        grow(database_url, keys)
        with (
            answering(answer(old)) as url,
            shown(database_url, keys, WitnessAt(url, one.at.verifier)) as made,
        ):
            until(lambda: "is wrong" in made.failures().get(ZERO.name, ""))
    assert cosigned(database_url) == [300]


def test_only_one_process_asks_and_another_takes_over(
    database_url: str, keys: Path, log: Verifier, tmp_path: Path
) -> None:
    with (
        witnessing(tmp_path / "w", log) as one,
        shown(database_url, keys, one.at),
        shown(database_url, keys, one.at) as second,
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
    with shown(database_url, keys) as made:
        assert made.failures() == {}
