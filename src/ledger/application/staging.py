"""On which states is decided? Those of the log, and what the request itself decided so far."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec

from ledger import catalogue
from ledger.application.state_cache import Known, StateCache
from ledger.application.wishes import Caller, Ready, Receipt, new_id
from ledger.event_store.codec import Provenance
from ledger.event_store.log import Pending
from ledger.kernel import decision
from ledger.kernel.ages import AgeOnEntry
from ledger.kernel.errors import (
    FieldError,
    Invalid,
    NotFound,
    StaleVersion,
)
from ledger.kernel.messages import Aggregate, Event, Given, Notice, State
from ledger.kernel.standing import PersonStanding


class Lookups(Protocol):
    """What a decision may need to find that no reference names."""

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """The ids of all objects of a collection (in a project), up to the log's head."""

    async def ages_on_entry(self, persons: Sequence[str]) -> Mapping[str, Sequence[AgeOnEntry]]:
        """What counts by age must keep of these persons once they are erased."""

    async def due_for_erasure(self, persons: Sequence[str], on: date) -> frozenset[str]:
        """Those of these persons whose data need not be kept any more on that day."""

    async def projects_of(self, persons: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """The projects to which these persons belong, up to the log's head."""


class Staging:
    """The states that a request works on: those of the log, and what it decided so far."""

    def __init__(
        self, states: StateCache, lookups: Lookups, caller: Caller, request_id: str
    ) -> None:
        self._cache = states
        self._lookups = lookups
        self._caller = caller
        self._request_id = request_id
        self._known: dict[str, Known] = {}
        self._standings: dict[str, object] = {}
        self._fresh = False
        self._projects: Mapping[str, frozenset[str]] = {}  # of the persons concerned
        self._elsewhere = frozenset[str]()
        self._written: set[str] = set()
        self._used: set[str] = set()
        self.events: list[Pending] = []
        self.lasts: list[int] = []
        self._answers: list[dict[str, Any]] = []

    async def prefetch(self, ready: Sequence[Ready], *, fresh: bool) -> None:
        """Loads what the commands name, in one go; `fresh` holds for all that follows."""
        self._fresh = fresh
        wanted = {one.id for one in ready if one.may_exist}
        wanted |= {reference.id for one in ready for reference in one.references}
        await self._load(wanted)
        await self._load({p for k in self._known.values() for p in k.state.projects() or ()})
        await self._ask_for_persons(ready)

    async def _ask_for_persons(self, ready: Sequence[Ready]) -> None:
        """To which projects persons belong is no part of their state: others say it of them."""
        scope = self._caller.project
        if scope is None:
            return
        named = {r.id for one in ready for r in one.references if r.collection == "persons"}
        named |= {one.id for one in ready if one.command.terms.collection == "persons"}
        if known := sorted(named & self._known.keys()):
            self._projects = await self._lookups.projects_of(known)
            of_others = ((id, some - {scope}) for id, some in self._projects.items())
            self._elsewhere = frozenset(id for id, others in of_others if others)

    async def _load(self, ids: set[str]) -> None:
        missing = {id for id in ids if id not in self._known}
        if missing:
            self._known |= await self._cache.get(missing, fresh=self._fresh)

    async def decide(self, one: Ready) -> None:
        """Lets the aggregate decide and applies what it decided."""
        command, terms = one.command, one.command.terms
        known = self._known.get(one.id)
        state = known.state if known else None
        if state is not None and not isinstance(state, _state_type(terms.collection)):
            if terms.creates:
                raise Invalid.field("id", "is the id of another object")
            raise NotFound
        self._check_scope(one, state)
        if state is None and not terms.creates:
            raise NotFound
        actual, expected = known.version if known else 0, one.wish.if_match
        if expected is not None and expected != actual:
            raise StaleVersion(expected=expected, actual=actual)
        world = await self._seen(one, state)
        given = Given(
            id=one.id,
            effective_on=one.effective_on,
            today=one.today,
            by=one.wish.by or self._caller.name,
            scope=self._caller.project,
            operator=self._caller.operator,
            reason=one.common.reason,
            new_id=new_id,
            world=world,
            ages=await self._ages(one, world),
            due=await self._due(one, world),
            elsewhere=self._elsewhere,
        )
        self._apply(one, decision.decide(command, state, given, one.references), given)

    async def _seen(self, one: Ready, state: State | None) -> dict[str, object]:
        """The standing of everything that the decision may look at."""
        world = self._world(one)
        more = set(one.command.needs(state, world))
        if state is not None:
            more |= state.projects() or frozenset()
        if more:
            await self._load(more)
            world |= {id: self._standing(id) for id in more if id in self._known}
        if one.command.terms.looks_up:
            world |= await self._look_up(one.command.terms.looks_up, one, state)
        return world

    async def _ages(
        self, one: Ready, world: Mapping[str, object]
    ) -> Mapping[str, Sequence[AgeOnEntry]]:
        if not one.command.erases:
            return {}
        named = (id for id, standing in world.items() if isinstance(standing, PersonStanding))
        return await self._lookups.ages_on_entry([one.id, *named])

    async def _due(self, one: Ready, world: Mapping[str, object]) -> frozenset[str]:
        if not one.command.looks_at_retention:
            return frozenset()
        named = [id for id, standing in world.items() if isinstance(standing, PersonStanding)]
        return await self._lookups.due_for_erasure(named, one.today)

    def _check_scope(self, one: Ready, state: State | None) -> None:
        """What belongs to another project than the caller's does not exist for the caller."""
        terms = one.command.terms
        if state is None or self._within(terms.collection, one.id, one.command.projects(state)):
            return
        if not terms.creates:
            raise NotFound
        if one.command.identity() is None:
            raise Invalid.field("id", "is the id of another object")

    def _within(self, collection: str, id: str, projects: frozenset[str] | None) -> bool:
        """Whether the caller's grant reaches the object; `projects`: those that it says itself."""
        scope = self._caller.project
        if scope is None:
            return True
        if collection == "projects":
            return id == scope
        if collection == "persons":
            standing = self._known[id].state.standing()
            entered = isinstance(standing, PersonStanding) and standing.entered_for == scope
            return entered or scope in self._projects.get(id, ())
        return projects is None or scope in projects

    def _world(self, one: Ready) -> dict[str, object]:
        world: dict[str, object] = {}
        unknown = []
        for field, collection, id in one.references:
            known = self._known.get(id)
            if (
                known is None
                or not isinstance(known.state, _state_type(collection))
                or not self._within(collection, id, known.state.projects())
            ):
                unknown.append((field, f"unknown in {collection}"))
            else:
                world[id] = self._standing(id)
        if unknown:
            raise _invalid(unknown)
        return world

    def _standing(self, id: str) -> object:
        self._used.add(id)
        if id not in self._standings:
            self._standings[id] = self._known[id].state.standing()
        return self._standings[id]

    async def _look_up(self, collection: str, one: Ready, state: State | None) -> dict[str, object]:
        concerned = decision.projects_of(one.command, state, one.id)
        scope = None if collection == "projects" else next(iter(concerned), None)
        await self._load(set(await self._lookups.streams_of(collection, scope)))
        kind = _state_type(collection)
        return {
            id: self._standing(id)
            for id, known in list(self._known.items())
            if isinstance(known.state, kind)
            and (scope is None or getattr(known.state, "project", None) == scope)
        }

    def _apply(self, one: Ready, decided: Sequence[Event | Notice], given: Given) -> None:
        provenance = Provenance(
            effective_on=one.effective_on,
            recorded_by=given.by,
            reason=one.common.reason,
            evidence=one.common.evidence or (),
            request_id=self._request_id,
        )
        for notice in decided:
            if isinstance(notice, Notice):
                state = self._known[notice.to].state
                hearing = _aggregate_of(state).hears[type(notice)]
                self._record(notice.to, hearing(notice, state, given), provenance)
        # The command's own events come last: the receipt is about them.
        own = [event for event in decided if isinstance(event, Event)]
        self._record(one.id, own, provenance)
        self.lasts.append(len(self.events) - 1)
        self._answers.append(one.command.answer(own))

    def _record(self, stream: str, events: Sequence[Event], provenance: Provenance) -> None:
        known = self._known.get(stream)
        version = known.version if known else 0
        state: Any = known.state if known else None
        for event in events:
            version += 1
            state = event.apply(state, provenance.effective_on)
            self.events.append(Pending(stream, version, event, provenance))
        self._known[stream] = Known(version, state)
        self._standings.pop(stream, None)
        self._written.add(stream)

    def guards(self) -> dict[str, int]:
        """The versions of the streams that the decisions used but do not write."""
        return {id: self._known[id].version for id in self._used - self._written}

    def index_of_largest(self) -> int:
        """The command that decided on the largest event."""
        sizes = [len(msgspec.json.encode(pending.event)) for pending in self.events]
        return bisect_left(self.lasts, sizes.index(max(sizes)))

    def remember(self) -> None:
        """The request is stored: what it decided is what is known now."""
        self._cache.put({id: self._known[id] for id in self._written})

    def receipts(self, first: int, recorded_at: str) -> list[Receipt]:
        """One receipt per command."""
        return [
            Receipt(
                id=self.events[last].stream,
                version=self.events[last].version,
                position=first + last,
                recorded_at=recorded_at,
                extra=answer,
            )
            for last, answer in zip(self.lasts, self._answers, strict=True)
        ]


def _aggregate_of(state: State) -> Aggregate:
    return next(a for a in catalogue.aggregates().values() if isinstance(state, a.state))


def _state_type(collection: str) -> type[State]:
    return catalogue.aggregates()[collection].state


def _invalid(pairs: Sequence[tuple[str, str]]) -> Invalid:
    return Invalid([FieldError(*pair) for pair in pairs])
