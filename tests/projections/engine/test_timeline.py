"""Is a row's history the fold of its facts, on both axes of time and in any order of arrival?"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from ledger.projections.engine.model import MAX_DATE, MAX_POSITION, Rows, Table
from ledger.projections.engine.tables import Changes
from ledger.projections.engine.timeline import Period, Timeline
from ledger.projections.engine.written import encode


class Thing(Struct, frozen=True, kw_only=True):
    """A row with two fields that change."""

    thing: str
    colour: str
    size: int | None


THINGS = Table("things", Thing, key=["thing"])
DAYS = [date(2020, 1, 1) + timedelta(days=n) for n in (0, 1, 4, 5, 9)]
MOMENTS = sorted({d + timedelta(days=n) for d in DAYS for n in (-1, 0, 1)} | {date(2099, 1, 1)})
FIELDS = ("colour", "size")


class Statement(NamedTuple):
    """What a handler says of the row."""

    how: str
    day: date = DAYS[0]
    fields: tuple[tuple[str, Any], ...] = ()

    def say(self, rows: Rows) -> None:
        """Says it to the engine."""
        match self.how:
            case "put":
                rows.put(THINGS, Thing(thing="a", **dict(self.fields)), valid_from=self.day)
            case "change":
                rows.change(THINGS, "a", valid_from=self.day, **dict(self.fields))
            case "end":
                rows.end(THINGS, "a", on=self.day)
            case _:
                rows.void(THINGS, "a")


Answer = tuple[Any, ...] | None


def oracle(facts: Sequence[tuple[int, Statement]], valid_at: date, known_at: int) -> Answer:
    """The row by the definition: facts known then, in the order of (day, recording)."""
    known: list[Statement] = []
    for position, fact in facts:
        if position <= known_at:
            known = [] if fact.how == "void" else [*known, fact]
    alive, values = False, dict.fromkeys(FIELDS)
    for fact in sorted(known, key=lambda fact: fact.day):  # stable: keeps the recording's order
        if fact.day <= valid_at:
            alive = fact.how == "put" or (alive and fact.how != "end")
            values |= dict(fact.fields)
    return tuple(values.values()) if alive else None


class Version(NamedTuple):
    """A line of the table."""

    colour: str
    size: int | None
    alive: bool
    sets: int
    valid_from: str
    valid_to: str
    known_from: int
    known_to: int
    position: int

    def answer(self) -> Answer:
        return (self.colour, self.size) if self.alive else None


class Book:
    """The table of one key, written by the engine's own parts but without a database."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, int], Version] = {}
        self.timeline = Timeline(len(FIELDS))

    def record(self, position: int, statements: Sequence[Statement]) -> None:
        rows = Rows()
        rows.position = position
        for statement in statements:
            statement.say(rows)
        for _, on, mask, values, at in rows.said[THINGS]:
            if on is None:
                self.timeline.void(at)
            else:
                self.timeline.state(on, mask, values, at)

    def flush(self) -> None:
        changes = Changes(THINGS)
        changes.collect(("a",), self.timeline)
        for _, valid_from, known_from, known_to in changes.closings:
            old = self.versions[valid_from, known_from]
            assert old.known_to == MAX_POSITION
            self.versions[valid_from, known_from] = old._replace(known_to=known_to)
        for line in changes.lines:
            _, *times, colour, size = msgspec.json.decode(b"[%b]" % line)
            made = Version(colour, size, *times)
            assert (made.valid_from, made.known_from) not in self.versions
            self.versions[made.valid_from, made.known_from] = made

    def reload(self) -> None:
        """Forgets, and loads what the table holds, as `tables.load` does."""
        self.timeline = Timeline(len(FIELDS))
        for v in sorted(self.versions.values(), key=lambda v: v.valid_from):
            if v.known_to == MAX_POSITION:
                self.timeline.periods.append(
                    Period(
                        v.valid_from, v.valid_to, v.known_from, v.position, v.alive,
                        v.sets, encode((v.colour, v.size)), stored=True,
                    )
                )  # fmt: skip

    def known(self, known_at: int) -> list[Version]:
        """What was known then, in the order of days."""
        found = [v for v in self.versions.values() if v.known_from <= known_at < v.known_to]
        return sorted(found, key=lambda v: v.valid_from)

    def answers(self, upto: int) -> Iterator[tuple[tuple[date, int], Answer]]:
        """The answer at every moment."""
        for known_at in range(upto + 1):
            for valid_at in MOMENTS:
                day = valid_at.isoformat()
                at = [v for v in self.known(known_at) if v.valid_from <= day < v.valid_to]
                assert len(at) <= 1, "two rows at one moment"
                yield (valid_at, known_at), at[0].answer() if at else None


FIELD = {"colour": st.sampled_from(["red", "blue"]), "size": st.none() | st.integers(1, 3)}
SOME_FIELDS = st.fixed_dictionaries({}, optional=FIELD).map(lambda d: tuple(d.items()))
ALL_FIELDS = st.fixed_dictionaries(FIELD).map(lambda d: tuple(d.items()))
DAY = st.sampled_from(DAYS)
STATEMENT = st.one_of(
    st.builds(Statement, st.just("put"), DAY, ALL_FIELDS),
    st.builds(Statement, st.just("change"), DAY, SOME_FIELDS),
    st.builds(Statement, st.just("change"), DAY, SOME_FIELDS),
    st.builds(Statement, st.just("end"), DAY, st.just(())),
    st.just(Statement("void")),
)
# What one event says, and what happens to the engine's memory afterwards.
EVENT = st.tuples(
    st.lists(STATEMENT, min_size=1, max_size=3), st.sampled_from(["flush", "reload", "go on"])
)
PUT = Statement("put", DAYS[2], (("colour", "red"), ("size", 1)))
EARLY = Statement("change", DAYS[1], (("size", 2),))
EARLIER_PUT = Statement("put", DAYS[0], (("colour", "blue"), ("size", 3)))


@given(st.lists(EVENT, max_size=14))
@settings(max_examples=250, deadline=None)
@example([([PUT], "reload"), ([EARLY], "reload"), ([EARLIER_PUT], "reload")])
@example([([EARLY], "go on"), ([Statement("end", DAYS[1])], "flush"), ([EARLIER_PUT], "reload")])
def test_a_row_is_the_fold_of_its_facts_at_every_moment_of_both_times(
    history: list[tuple[list[Statement], str]],
) -> None:
    book = Book()
    facts: list[tuple[int, Statement]] = []
    before: dict[tuple[date, int], Answer] = {}

    for position, (statements, then) in enumerate(history, 1):
        book.record(position, statements)
        facts += [(position, statement) for statement in statements]
        if then != "go on" or position == len(history):
            book.flush()
            after = dict(book.answers(position))
            assert {moment: after[moment] for moment in before} == before, "the past was changed"
            before = after
        if then == "reload":
            book.reload()

    for (valid_at, known_at), answer in before.items():
        assert answer == oracle(facts, valid_at, known_at), (valid_at, known_at)


@given(st.lists(EVENT, max_size=14))
@settings(max_examples=100, deadline=None)
def test_periods_neither_overlap_nor_leave_a_gap_and_closed_versions_stay_in_place(
    history: list[tuple[list[Statement], str]],
) -> None:
    book = Book()

    for position, (statements, _) in enumerate(history, 1):
        book.record(position, statements)
        book.flush()

    end = len(history)
    for known_at in range(end + 1):
        periods = book.known(known_at)
        assert all(one.valid_to == other.valid_from for one, other in pairwise(periods))
        assert not periods or periods[-1].valid_to == MAX_DATE
    for version in book.versions.values():
        assert version.valid_from < version.valid_to
        assert version.known_from < version.known_to
        assert version.known_to == MAX_POSITION or version.known_to <= end
        assert version.position <= version.known_from


@given(st.lists(EVENT, max_size=14), st.sets(st.integers(1, 14)))
@settings(max_examples=100, deadline=None)
def test_where_the_pages_end_makes_no_difference(
    history: list[tuple[list[Statement], str]], ends: set[int]
) -> None:
    once, paged = Book(), Book()

    for position, (statements, _) in enumerate(history, 1):
        once.record(position, statements)
        paged.record(position, statements)
        if position in ends:
            paged.flush()
            paged.reload()
    once.flush()
    paged.flush()

    assert once.versions == paged.versions
