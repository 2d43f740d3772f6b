"""On which states is decided? Those of the log, and what the request itself decided so far."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from ledger import catalogue
from ledger.application.state_cache import Known, StateCache
from ledger.application.wishes import Caller, Ready, Receipt, new_id
from ledger.event_store.codec import Provenance
from ledger.event_store.log import Pending
from ledger.kernel import decision
from ledger.kernel.errors import (
    FieldError,
    Invalid,
    NotFound,
    StaleVersion,
)
from ledger.kernel.messages import Event, Given, State


class Lookups(Protocol):
    """What a decision may need to find that no reference names."""

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """The ids of all objects of a collection (in a project), up to the log's head."""


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
        self._fresh = False
        self._written: set[str] = set()
        self._used: set[str] = set()
        self.events: list[Pending] = []
        self.lasts: list[int] = []

    async def prefetch(self, ready: Sequence[Ready], *, fresh: bool) -> None:
        """Loads what the commands name, in one go; `fresh` holds for all that follows."""
        self._fresh = fresh
        wanted = {one.id for one in ready if not one.command.terms.creates or one.common.id}
        wanted |= {reference.id for one in ready for reference in one.references}
        await self._load(wanted)
        projects = {p for k in self._known.values() if (p := getattr(k.state, "project", None))}
        await self._load(projects)

    async def _load(self, ids: set[str]) -> None:
        missing = ids - self._known.keys()
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
        world = self._world(one)
        if state is not None and (project := getattr(state, "project", None)):
            await self._load({project})
            world[project] = self._standing(project)
        if terms.looks_up:
            world |= await self._look_up(terms.looks_up, one, state)
        given = Given(id=one.id, effective_on=one.effective_on, new_id=new_id, world=world)
        self._apply(one, decision.decide(command, state, given, one.references), known)

    def _check_scope(self, one: Ready, state: State | None) -> None:
        """What belongs to another project than the caller's does not exist for the caller."""
        scope = self._caller.project
        if scope is None or state is None:
            return
        project = one.id if one.command.terms.collection == "projects" else None
        project = project or getattr(state, "project", None)
        if project is not None and project != scope:
            if one.command.terms.creates:
                raise Invalid.field("id", "is the id of another object")
            raise NotFound

    def _world(self, one: Ready) -> dict[str, object]:
        world: dict[str, object] = {}
        scope = self._caller.project
        unknown = []
        for field, collection, id in one.references:
            known = self._known.get(id)
            hidden = (
                scope is not None
                and known is not None
                and (
                    (collection == "projects" and id != scope)
                    or getattr(known.state, "project", scope) != scope
                )
            )
            if known is None or hidden or not isinstance(known.state, _state_type(collection)):
                unknown.append((field, f"unknown in {collection}"))
            else:
                world[id] = self._standing(id)
        if unknown:
            raise _invalid(unknown)
        return world

    def _standing(self, id: str) -> object:
        self._used.add(id)
        return self._known[id].state.standing()

    async def _look_up(self, collection: str, one: Ready, state: State | None) -> dict[str, object]:
        project = one.id if one.command.terms.collection == "projects" else None
        project = project or getattr(state, "project", None)
        scope = None if collection == "projects" else project
        await self._load(set(await self._lookups.streams_of(collection, scope)))
        kind = _state_type(collection)
        return {
            id: self._standing(id)
            for id, known in list(self._known.items())
            if isinstance(known.state, kind)
            and (scope is None or getattr(known.state, "project", None) == scope)
        }

    def _apply(self, one: Ready, events: Sequence[Event], known: Known | None) -> None:
        version = known.version if known else 0
        state: Any = known.state if known else None
        provenance = Provenance(
            effective_on=one.effective_on,
            recorded_by=self._caller.name,
            reason=one.common.reason,
            evidence=one.common.evidence or (),
            request_id=self._request_id,
        )
        for event in events:
            version += 1
            state = event.apply(state, one.effective_on)
            self.events.append(Pending(one.id, version, event, provenance))
        self._known[one.id] = Known(version, state)
        self._written.add(one.id)
        self.lasts.append(len(self.events) - 1)

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
                extra=self.events[last].event.answer(),
            )
            for last in self.lasts
        ]


def _state_type(collection: str) -> type[State]:
    return catalogue.aggregates()[collection].state


def _invalid(pairs: Sequence[tuple[str, str]]) -> Invalid:
    return Invalid([FieldError(*pair) for pair in pairs])
