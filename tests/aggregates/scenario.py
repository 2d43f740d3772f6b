"""Given these facts, when this is commanded, then these follow: aggregates without a database."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any, Self

import msgspec

from ledger.kernel.decision import decide
from ledger.kernel.errors import Collision, Invalid, LedgerError, Refusal
from ledger.kernel.intake import read
from ledger.kernel.messages import Aggregate, Command, Event, Given, Notice, State
from ledger.kernel.standing import LineStanding, ProjectTerms

DAY = date(2019, 5, 13)
TODAY = date(2026, 11, 21)


def an_id(number: int) -> str:
    """The id number so and so."""
    return f"0197a3c5-7c1e-7d3a-9b52-{number:012d}"


ITSELF = an_id(1)
PROJECT = an_id(2)
A, B, C = an_id(11), an_id(12), an_id(13)  # institutions
ANNA, JAN = an_id(21), an_id(22)
TEAM = an_id(31)
TRAINING, VISIT = an_id(41), an_id(42)

TERMS = ProjectTerms(
    code="ANOTHER",
    value="1000.00",
    eu_contribution="842.80",
    starts_on=date(2018, 4, 1),
    ends_on=date(2021, 3, 31),
    closed_on=None,
    milestones=frozenset({1, 2}),
    lines={
        "1.1": LineStanding(task="1", category="personel"),
        "2.1": LineStanding(task="2", category="indirect"),
    },
)


class Scenario:
    """One stream of an aggregate: what it holds, what is asked of it, what comes of it."""

    def __init__(self, aggregate: Aggregate) -> None:
        self.aggregate = aggregate
        self.state: Any = None
        self._events: tuple[Event, ...] = ()
        self.notices: tuple[Notice, ...] = ()
        self.error: LedgerError | None = None

    def given(self, *events: Event, on: date = DAY) -> Self:
        """These facts are recorded, all true from the day `on`."""
        for event in events:
            self._record(event, on)
        return self

    def when(
        self,
        command: Command,
        *,
        on: date = DAY,
        world: Mapping[str, object] | None = None,
        by: str = "anna",
        reason: str | None = None,
        scope: str | None = None,
        operator: bool = False,
        due: frozenset[str] = frozenset(),
        elsewhere: frozenset[str] = frozenset(),
    ) -> Self:
        """The command comes in as JSON and is decided; what follows is recorded."""
        more = {"scope": scope, "operator": operator, "due": due, "elsewhere": elsewhere}
        given = self._given(on, world, by=by, reason=reason, **more)
        self._events, self.notices, self.error = (), (), None
        try:
            message, references = read(
                type(command), msgspec.json.decode(msgspec.json.encode(command))
            )
            assert message == command
            decided = tuple(decide(message, self.state, given, references))
            self.notices = tuple(one for one in decided if isinstance(one, Notice))
            self._events = tuple(one for one in decided if isinstance(one, Event))
        except LedgerError as error:
            self.error = error
        for event in self._events:
            self._record(event, on)
        return self

    def told(
        self, notice: Notice, *, on: date = DAY, world: Mapping[str, object] | None = None
    ) -> Self:
        """Another aggregate tells it something; what follows is recorded."""
        self._events, self.error = (), None
        try:
            hearing = self.aggregate.hears[type(notice)]
            self._events = tuple(hearing(notice, self.state, self._given(on, world)))
        except LedgerError as error:
            self.error = error
        for event in self._events:
            self._record(event, on)
        return self

    @staticmethod
    def _given(on: date, world: Mapping[str, object] | None, **more: Any) -> Given:
        ids = count(9001)
        return Given(
            id=ITSELF,
            effective_on=on,
            today=TODAY,
            new_id=lambda: an_id(next(ids)),
            world={PROJECT: TERMS, **(world or {})},
            **({"by": "anna"} | more),
        )

    @property
    def events(self) -> tuple[Event, ...]:
        """What followed from the last command."""
        return self._events

    def then(self, *events: Event) -> State:
        """Exactly these facts followed; returns the state after them."""
        assert self.error is None, self.error
        assert self._events == events
        assert isinstance(self.state, self.aggregate.state)
        return self.state

    def refused(self, rule: type[Refusal], *, collides: Collision | None = None) -> None:
        """The rule of the domain stood against it; its message is complete."""
        assert type(self.error) is rule, repr(self.error)
        assert self.error is not None
        assert "{" not in str(self.error)
        assert isinstance(self.error, Refusal)
        assert self.error.collides is not None
        assert collides is None or self.error.collides == collides

    def invalid(self, *fields: str) -> None:
        """Exactly these fields were bad."""
        assert isinstance(self.error, Invalid), repr(self.error)
        assert [e.field for e in self.error.errors] == list(fields)

    def _record(self, event: Event, on: date) -> None:
        """What is recorded goes through JSON, as it does in the log."""
        kind = self.aggregate.events[event.event_name]
        stored = msgspec.json.decode(msgspec.json.encode(event), type=kind)
        assert stored == event
        self.state = stored.apply(self.state, on)
