"""Each day's checkpoint is stamped; what does not hold is not kept, and sealing never waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from ledger.attestations import stamping
from ledger.attestations.authority import (
    Authority,
    check_stamp,
    query,
    read_authority,
    read_certificates,
    read_stamp,
)
from ledger.attestations.outside import Outside
from ledger.attestations.practice import POLICY, TITLE, PracticeAuthority, QueryRefused
from ledger.attestations.refusals import AnswerRefused, ConfigurationRefused
from ledger.attestations.timestamps import timestamps
from ledger.integrity.note import Verifier
from ledger.verification.timestamps import check_timestamps
from tests.attestations.asked import Log, attested, grow, kept, newest, read, until
from tests.attestations.bodies import Judge, answering
from tests.integrity.growing import as_owner, tables

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
NOTE = b"a note"
STAMPED = "SELECT size, stamped_at, response FROM tree.timestamps"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> PracticeAuthority:
    return PracticeAuthority(tmp_path_factory.mktemp("authority") / "a", lambda: NOW)


@contextmanager
def authority(practice: PracticeAuthority, judge: Judge | None = None) -> Iterator[Authority]:
    """An authority that is reached by HTTP and answers honestly, or as `judge` says."""

    def honest(body: bytes) -> tuple[int, bytes, str]:
        return 200, practice.answer(body), "application/timestamp-reply"

    with answering(judge or honest) as url:
        yield Authority(url, read_certificates(practice.root_file))


def sizes(url: str) -> list[int]:
    return [row[0] for row in kept(url, STAMPED)]


def test_the_days_checkpoint_is_stamped_once_and_the_next_day_the_next_one(
    database_url: str,
    keys: Path,
    log: Verifier,
    practice: PracticeAuthority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    today = datetime.now(UTC)
    with (
        authority(practice) as asked,
        attested(database_url, keys, Outside((), asked)) as made,
    ):
        until(lambda: sizes(database_url) == [300])
        grow(database_url, keys)
        until(lambda: made.failures() == {})

        class Tomorrow(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return today + timedelta(days=1)

        assert sizes(database_url) == [300]
        monkeypatch.setattr(stamping, "datetime", Tomorrow)
        until(lambda: sizes(database_url) == [300, 301])
    [newer, older] = read(database_url, keys, lambda tree: timestamps(tree, 2**62, 10))
    assert (older.position, older.stamped_at, older.policy) == (300, NOW, POLICY.dotted_string)
    assert (newer.authority, newer.checkpoint) == (
        asked.url, newest(database_url, keys).note.decode(),
    )  # fmt: skip
    assert read(database_url, keys, lambda tree: timestamps(tree, 301, 10)) == [older]


def test_an_authority_that_is_away_stops_nothing_and_is_asked_again(
    database_url: str, keys: Path, log: Verifier, practice: PracticeAuthority
) -> None:
    broken, turned_away = True, 0

    def sometimes(body: bytes) -> tuple[int, bytes, str]:
        nonlocal turned_away
        turned_away += broken
        return (500, b"down", "") if broken else (200, practice.answer(body), "")

    with (
        authority(practice, sometimes) as asked,
        attested(database_url, keys, Outside((), asked)) as made,
    ):
        until(lambda: "500: down" in made.failures().get(asked.url, ""))
        assert grow(database_url, keys) == 301
        # The first that is turned away from here on may have been about the checkpoint before.
        before = turned_away
        until(lambda: turned_away >= before + 2)
        broken = False
        until(lambda: sizes(database_url) == [301])


def hostile(practice: PracticeAuthority, other: PracticeAuthority) -> dict[str, Judge]:
    """What somebody might answer who is not the authority, or not an honest one."""
    old = practice.answer(query(NOTE).sent)
    rejected = bytes.fromhex("30053003020102")
    return {
        "no timestamp": lambda _: (200, b"nonsense", ""),
        "too long": lambda _: (200, bytes(stamping.ANSWER_LIMIT_BYTES + 1), ""),
        "something else": lambda _: (200, old, ""),
        "does not hold": lambda body: (200, other.answer(body), ""),
        "was refused: status 2": lambda _: (200, rejected, ""),
    }


@pytest.mark.parametrize(
    "why",
    ["no timestamp", "too long", "something else", "does not hold", "was refused: status 2"],
)
def test_what_does_not_hold_is_not_kept(
    alone: Log, practice: PracticeAuthority, tmp_path: Path, why: str
) -> None:
    judge = hostile(practice, PracticeAuthority(tmp_path / "other"))[why]
    with (
        authority(practice, judge) as asked,
        attested(alone.url, alone.keys, Outside((), asked)) as made,
    ):
        until(lambda: why in made.failures().get(asked.url, ""))
    assert sizes(alone.url) == []


def test_an_answer_to_another_question_is_refused(practice: PracticeAuthority) -> None:
    certificates = read_certificates(practice.root_file)
    one, two = query(NOTE), query(NOTE)
    assert check_stamp(practice.answer(one.sent), NOTE, certificates, one.nonce).at == NOW
    with pytest.raises(AnswerRefused, match="Nonce"):
        check_stamp(practice.answer(one.sent), NOTE, certificates, two.nonce)


def test_no_byte_of_a_timestamp_can_be_changed(practice: PracticeAuthority) -> None:
    certificates, whole = read_certificates(practice.root_file), practice.answer(query(NOTE).sent)
    held = 0
    for at in range(0, len(whole), 3):
        spoiled = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        try:
            assert check_stamp(spoiled, NOTE, certificates) == read_stamp(whole)
            held += 1  # how it is written down may change, what is said may not
        except AnswerRefused:
            continue
    assert held < 5


def test_the_test_authority_says_that_it_is_one(practice: PracticeAuthority) -> None:
    [root] = read_certificates(practice.root_file).roots
    assert root.subject.rfc4514_string() == f"CN={TITLE} (root)"
    assert TITLE.startswith("TEST")
    assert read_stamp(practice.answer(query(NOTE).sent)).policy.startswith("2.999.")
    assert PracticeAuthority(practice.root_file.parent).root_file == practice.root_file
    for nonsense in (b"", b"nonsense", bytes(100)):
        with pytest.raises(QueryRefused):
            practice.answer(nonsense)


def test_verify_tells_what_was_done_to_a_timestamp(
    database_url: str, keys: Path, log: Verifier, practice: PracticeAuthority
) -> None:
    with authority(practice) as asked, attested(database_url, keys, Outside((), asked)):
        until(lambda: sizes(database_url) == [300])
    certificates = asked.certificates

    def found() -> list[str]:
        with psycopg.connect(database_url) as connection:
            check = check_timestamps(connection, certificates)
            assert check.checked == 1
            return [one.text for one in check.differences]

    assert found() == []
    off = tables("tree.timestamps")
    other = practice.answer(query(NOTE).sent).hex()
    as_owner(database_url, *off, "UPDATE tree.timestamps SET stamped_at = '2020-01-01'")
    assert "the column 2020-01-01" in found()[0]
    as_owner(database_url, f"UPDATE tree.timestamps SET response = '\\x{other}'")
    assert "it is the timestamp of something else" in found()[0]
    as_owner(database_url, "UPDATE tree.timestamps SET size = 7")
    assert "there is no such checkpoint" in found()[0]


def test_clocks_that_do_not_agree_are_a_warning(
    database_url: str, keys: Path, log: Verifier, practice: PracticeAuthority
) -> None:
    with authority(practice) as asked, attested(database_url, keys, Outside((), asked)):
        until(lambda: sizes(database_url) == [300])
    grow(database_url, keys)

    def warned() -> list[str]:
        with psycopg.connect(database_url) as connection:
            check = check_timestamps(connection, None)
            assert check.ok
            assert check.notes == ["Who made them is not checked: no certificates were given."]
            return check.warnings

    # The events of this log say the first of January, long before they were stamped.
    assert [text.partition(" is ")[2][:30] for text in warned()] == [
        "younger than the event after i"
    ]
    later = "UPDATE log.events SET recorded_at = '2030-01-01' WHERE position = "
    as_owner(database_url, *tables("log.events"), later + "300", later + "301")
    assert [text.partition(" is ")[2][:30] for text in warned()] == [
        "older than the last event in i"
    ]


def test_an_authority_is_configured_with_its_certificates(
    practice: PracticeAuthority, tmp_path: Path
) -> None:
    root, url = practice.root_file, "https://tsa.example"
    assert read_authority(None, None) is None
    made = read_authority(url, root)
    assert made is not None
    assert (made.url, len(made.certificates.roots)) == (url, 1)
    (tmp_path / "below.pem").write_bytes((root.parent / "authority.pem").read_bytes())
    (tmp_path / "none.pem").write_bytes(b"nothing")
    wrong = {
        "needs LEDGER_TIMESTAMP_CERTIFICATES": (url, None),
        "holds no certificates": (url, tmp_path / "none.pem"),
        "missing.pem holds no certificates": (url, tmp_path / "missing.pem"),
        "holds no root": (url, tmp_path / "below.pem"),
        "not an address": ("ftp://tsa.example", root),
        "'http://\\[' is not an address": ("http://[", root),
    }
    for why, (address, certificates) in wrong.items():
        with pytest.raises(ConfigurationRefused, match=why):
            read_authority(address, certificates)
