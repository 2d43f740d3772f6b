"""What follows from the moment alone is asked once; whatever does not is asked each time."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from ledger.event_store.connections import projector
from ledger.projections.engine.model import read_models
from ledger.projections.engine.reading import Moment, Reading
from ledger.projections.engine.rebuild import rebuild
from ledger.queries.asking import Asker, Question
from ledger.queries.remembering import ROWS_KEPT, remembered

TEXT = "SELECT sum(c.eligible) FROM {charges} AS c WHERE c.project = %(project)s"
NOW = Moment(date(2020, 2, 29), 40)
ONE, OTHER = "01a2239e-0000-7000-8000-000000000001", "01a2239e-0000-7000-8000-000000000002"


class Books(Reading):
    """Counts what it is asked; each answer is another one, of so many rows."""

    def __init__(self, rows: int = 1) -> None:
        self.asked, self.many = 0, rows
        self._generation = 1

    def made_anew(self) -> None:
        self._generation += 1

    async def rows(
        self, text: str, params: Mapping[str, Any] | None = None, **how: Any
    ) -> list[tuple[Any, ...]]:
        self.asked += 1
        return [(self.asked,)] * self.many


def ask(
    books: Books, text: str = TEXT, *, moment: Moment = NOW, scope: str | None = None, **params: Any
) -> list[tuple[Any, ...]]:
    question = Question(books, moment, Asker(project=scope), reached=50)
    found = asyncio.run(remembered(question)(text, **({"project": ONE} | params)))
    assert isinstance(found, list)
    return found


def test_the_same_question_is_asked_once() -> None:
    books = Books()
    assert ask(books) == ask(books) == [(1,)]
    assert ask(books, some=[ONE]) == ask(books, some=[ONE]) == [(2,)]
    assert ask(Books()) == [(1,)]


@pytest.mark.parametrize(
    "other",
    [
        {"moment": Moment(NOW.valid_at, 41)},
        {"moment": Moment(date(2020, 3, 1), 40)},
        {"project": OTHER},
        {"text": TEXT.replace("sum", "max")},
    ],
)
def test_another_question_is_asked(other: dict[str, Any]) -> None:
    books = Books()
    ask(books)
    assert ask(books, **other) == [(2,)]


@pytest.mark.parametrize(
    "how",
    [
        {"scope": ONE},
        {"moment": Moment(NOW.valid_at, 51)},
        {"text": "SELECT p.given_name FROM {persons:ever} AS p"},
        {"text": "SELECT FROM read.charges AS c"},
        {"text": "SELECT FROM log.events AS e"},
        {"text": "SELECT scope.project()"},
    ],
    ids=["one project only", "not reached", "persons", "a table", "the log", "a function"],
)
def test_what_does_not_follow_from_the_moment_is_asked_each_time(how: dict[str, Any]) -> None:
    books = Books()
    assert [ask(books, **how), ask(books, **how)] == [[(1,)], [(2,)]]


def test_read_models_that_were_made_anew_are_asked_anew() -> None:
    books = Books()
    ask(books)
    books.made_anew()
    assert ask(books) == ask(books) == [(2,)]


def test_whoever_makes_read_models_anew_begins_another_generation(database_url: str) -> None:
    async def story() -> None:
        reading = Reading(database_url)
        await reading.open()
        try:
            seen = set[int]()
            for count in (1, 2, 3):
                with projector(database_url) as connection:
                    await asyncio.to_thread(rebuild, connection, read_models())
                async with asyncio.timeout(30):
                    while len(seen) < count:
                        assert await reading.reached() == 0
                        seen.add(reading.generation)
                        await asyncio.sleep(0.01)
        finally:
            await reading.close()

    asyncio.run(story())


def test_who_is_given_an_answer_cannot_change_it_for_others() -> None:
    books = Books()
    ask(books).clear()
    assert ask(books) == [(1,)]


def test_old_answers_give_way_and_large_ones_are_not_kept() -> None:
    books = Books(ROWS_KEPT // 5)
    for position in range(6):
        ask(books, moment=Moment(NOW.valid_at, position))
    assert ask(books, moment=Moment(NOW.valid_at, 5))[0] == (6,)
    assert ask(books, moment=Moment(NOW.valid_at, 0))[0] == (7,)
    large = Books(ROWS_KEPT)
    assert (ask(large)[0], ask(large)[0]) == ((1,), (2,))
