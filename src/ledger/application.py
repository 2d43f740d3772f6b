"""How does a wish become facts? `Ledger.handle` is the only way in, for every door.

It reads the command, loads the states that the decision needs, lets the aggregate decide, and
appends the events on the condition that nothing it relied on has changed; otherwise it decides
anew. Nothing of a refused request is recorded.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec
import uuid_utils
from msgspec import Struct

from ledger import catalogue
from ledger.event_store.codec import Provenance, decode, read_data
from ledger.event_store.group_commit import KeyTaken, RequestKey, VersionConflict
from ledger.event_store.log import EventLog, Pending
from ledger.kernel import decision
from ledger.kernel.calendar import day_in_warsaw
from ledger.kernel.errors import (
    FieldError,
    Forbidden,
    Invalid,
    KeyReused,
    LedgerError,
    Malformed,
    NotFound,
    NotNow,
    Refusal,
    StaleVersion,
)
from ledger.kernel.fields import Date, Digest, Id, Text
from ledger.kernel.intake import Reference, read
from ledger.kernel.messages import Command, Event, Given, State
from ledger.state_cache import Known, StateCache

DECIDE_SECONDS = 10.0


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks: the credential, its name, its role, and the one project it is granted for."""

    id: str
    name: str
    role: str
    project: str | None = None


class Wish(Struct, frozen=True, kw_only=True):
    """A command as it arrives: where it goes and what it says."""

    collection: str
    command: str
    id: str | None = None
    body: Any = None
    if_match: int | None = None


class Common(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every command may say beside its own fields."""

    effective_on: Date | None = None
    reason: Text | None = None
    evidence: tuple[Digest, ...] | None = None
    id: Id | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """What was recorded: the last event of the command."""

    id: str
    version: int
    position: int
    recorded_at: str
    extra: dict[str, str] = {}

    def answer(self) -> dict[str, Any]:
        """The receipt as clients read it."""
        return {
            "id": self.id,
            "version": self.version,
            "position": self.position,
            "recorded_at": self.recorded_at,
            **self.extra,
        }


class Lookups(Protocol):
    """What a decision may need to find that no reference names."""

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """The ids of all objects of a collection (in a project), up to the log's head."""


class Ready(Struct, frozen=True, kw_only=True):
    """A wish that was read and found well formed."""

    wish: Wish
    command: Command
    references: tuple[Reference, ...]
    id: str
    common: Common
    effective_on: date


class RefusedInBatch(LedgerError):
    """Command {index} of the batch was refused, so nothing of the batch was recorded."""

    def __init__(self, index: int, error: LedgerError) -> None:
        self.index, self.error = index, error
        super().__init__(index=index)


class Ledger:
    """The application: commands in, receipts out."""

    def __init__(
        self,
        log: EventLog,
        lookups: Lookups,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.log = log
        self._lookups = lookups
        self._states = StateCache(log)
        self._now = now
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def today(self) -> date:
        """The day in Poland."""
        return day_in_warsaw(self._now())

    async def handle(
        self, wish: Wish, caller: Caller, request_id: str, key: str | None = None
    ) -> Receipt:
        """Carries out one command.

        With `key` (Idempotency-Key) a repeated request gets its first answer again. Raises a
        `LedgerError` that says why nothing was recorded.
        """
        try:
            return (await self.handle_all([wish], caller, request_id, key))[0]
        except RefusedInBatch as refused:
            raise refused.error from None

    async def handle_all(
        self,
        wishes: Sequence[Wish],
        caller: Caller,
        request_id: str,
        key: str | None = None,
        *,
        keys: Sequence[str] | None = None,
    ) -> list[Receipt]:
        """Carries out all commands or none; each sees what those before it decided.

        `keys` gives each command an idempotency key of its own. Raises `RefusedInBatch` for the
        first that is refused, `KeyTaken` where one of `keys` is recorded already.
        """
        digest = _digest(wishes)
        if key is not None and (known := await self.answered(caller, key, digest)):
            return known
        ready = [self._ready(index, wish, caller) for index, wish in enumerate(wishes)]
        identity = partial(_request_keys, wishes, caller, key, keys)
        async with self._alone([one.id for one in ready] + _lookup_locks(ready)):
            try:
                async with asyncio.timeout(DECIDE_SECONDS + len(wishes) / 50):
                    return await self._decide_and_append(ready, caller, request_id, identity)
            except KeyTaken:
                if keys is not None:
                    raise
                return await self.answered(caller, key or "", digest) or []
            except TimeoutError:
                raise NotNow(why="too many others are writing to the same objects.") from None

    async def answered(self, caller: Caller, key: str, digest: bytes) -> list[Receipt] | None:
        """The receipts that this request got the first time. Raises `KeyReused`."""
        known = await self.log.answered(caller.id, key)
        if known is None:
            return None
        if known.digest != digest:
            raise KeyReused
        leaves = {leaf.position: leaf for leaf in await self.log.at(known.positions)}
        return [_receipt_of_leaf(leaves[position].bytes) for position in known.positions]

    def _ready(self, index: int, wish: Wish, caller: Caller) -> Ready:
        try:
            return self._read(wish, caller)
        except LedgerError as error:
            raise RefusedInBatch(index, error) from None

    def _read(self, wish: Wish, caller: Caller) -> Ready:
        """Checks all that can be checked without a state."""
        kind = catalogue.command(wish.collection, wish.command)
        if kind is None or (wish.id is None) != kind.terms.creates:
            raise NotFound
        if caller.role not in kind.terms.roles:
            raise Forbidden(needed=" or ".join(sorted(kind.terms.roles)))
        if kind.terms.collection == "projects" and kind.terms.creates and caller.project:
            raise Forbidden(needed="coordinator of all projects")
        body = {} if wish.body is None else wish.body
        if not isinstance(body, dict):
            raise Malformed(why="the body must be a JSON object.")
        common, own = _split(body, creates=kind.terms.creates)
        try:
            command, references = read(kind, own)
        except Invalid as error:
            raise _with(error, _errors_of_common(common)) from None
        said, _ = read(Common, common)
        effective_on = said.effective_on or self.today()
        if effective_on > self.today():
            raise Invalid.field("effective_on", "must not be in the future")
        if kind.terms.needs_reason and not said.reason:
            raise Invalid.field("reason", "is required for this command")
        return Ready(
            wish=wish,
            command=command,
            references=tuple(references),
            id=wish.id or said.id or new_id(),
            common=said,
            effective_on=effective_on,
        )

    async def _decide_and_append(
        self,
        ready: Sequence[Ready],
        caller: Caller,
        request_id: str,
        identity: Callable[[Sequence[int]], Sequence[RequestKey]],
    ) -> list[Receipt]:
        fresh = False
        while True:
            staging = Staging(self._states, self._lookups, caller, request_id)
            try:
                await staging.prefetch(ready, fresh=fresh)
                for index, one in enumerate(ready):
                    await _decide_one(staging, index, one)
            except RefusedInBatch:
                # Another process may have written since we cached: refuse on fresh states only.
                if fresh:
                    raise
                fresh = True
                continue
            requests = identity(staging.lasts)
            try:
                stored = await self.log.append(staging.events, staging.guards(), requests)
            except VersionConflict:
                fresh = True
                continue
            staging.remember()
            return staging.receipts(stored.first, stored.recorded_at)

    @asynccontextmanager
    async def _alone(self, names: Sequence[str]) -> AsyncIterator[None]:
        """Within this process one decision at a time for each object: no needless conflicts."""
        async with AsyncExitStack() as stack:
            for name in sorted(set(names)):
                lock = self._locks.get(name)
                if lock is None:
                    lock = self._locks[name] = asyncio.Lock()
                await stack.enter_async_context(lock)
            yield


async def _decide_one(staging: "Staging", index: int, one: Ready) -> None:
    try:
        await staging.decide(one)
    except (Refusal, Invalid, NotFound, StaleVersion) as error:
        raise RefusedInBatch(index, error) from None


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
        self._written: set[str] = set()
        self._used: set[str] = set()
        self.events: list[Pending] = []
        self.lasts: list[int] = []

    async def prefetch(self, ready: Sequence[Ready], *, fresh: bool) -> None:
        """Loads what the commands name, in one go."""
        wanted = {one.id for one in ready if not one.command.terms.creates or one.common.id}
        wanted |= {reference.id for one in ready for reference in one.references}
        await self._load(wanted, fresh=fresh)
        projects = {p for k in self._known.values() if (p := getattr(k.state, "project", None))}
        await self._load(projects, fresh=fresh)

    async def _load(self, ids: set[str], *, fresh: bool = False) -> None:
        missing = ids - self._known.keys()
        if missing:
            self._known |= await self._cache.get(missing, fresh=fresh)

    async def decide(self, one: Ready) -> None:
        """Lets the aggregate decide and applies what it decided."""
        command, terms = one.command, one.command.terms
        known = self._known.get(one.id)
        state = known.state if known else None
        if state is not None and not isinstance(state, _state_type(terms.collection)):
            state, known = None, known
            if terms.creates:
                raise Invalid.field("id", "is the id of another object")
        self._check_scope(one, state)
        expected = one.wish.if_match
        if expected is not None and known is not None and known.version != expected:
            raise StaleVersion(expected=expected, actual=known.version)
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
            raise NotFound

    def _world(self, one: Ready) -> dict[str, object]:
        world: dict[str, object] = {}
        scope = self._caller.project
        unknown = []
        for field, collection, id in one.references:
            known = self._known.get(id)
            hidden = scope is not None and known is not None and (
                (collection == "projects" and id != scope)
                or getattr(known.state, "project", scope) != scope
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

    async def _look_up(
        self, collection: str, one: Ready, state: State | None
    ) -> dict[str, object]:
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


def new_id() -> str:
    """A UUID version 7 (RFC 9562): later ids sort after earlier ones."""
    return str(uuid_utils.uuid7())


def _state_type(collection: str) -> type[State]:
    return catalogue.aggregates()[collection].state


def _split(body: Mapping[str, Any], *, creates: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The common fields of a body, and the command's own."""
    names = {"effective_on", "reason", "evidence"} | ({"id"} if creates else set())
    common = {name: value for name, value in body.items() if name in names}
    return common, {name: value for name, value in body.items() if name not in names}


def _errors_of_common(common: dict[str, Any]) -> Invalid | None:
    try:
        read(Common, common)
    except Invalid as error:
        return error
    return None


def _with(error: Invalid, other: Invalid | None) -> Invalid:
    return Invalid([*error.errors, *other.errors]) if other else error


def _invalid(pairs: Sequence[tuple[str, str]]) -> Invalid:
    return Invalid([FieldError(*pair) for pair in pairs])


def _lookup_locks(ready: Sequence[Ready]) -> list[str]:
    return [f"look-up:{one.command.terms.looks_up}" for one in ready if one.command.terms.looks_up]


def _digest(wishes: Sequence[Wish]) -> bytes:
    """What a request asks, independent of the order and spacing of its JSON."""
    parts = [[w.collection, w.command, w.id, w.body] for w in wishes]
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).digest()


def _request_keys(
    wishes: Sequence[Wish],
    caller: Caller,
    key: str | None,
    keys: Sequence[str] | None,
    lasts: Sequence[int],
) -> list[RequestKey]:
    """What the log keeps, to know the request again: one key for all, or one for each command."""
    if keys is not None:
        each = zip(keys, wishes, lasts, strict=True)
        return [RequestKey(caller.id, one, _digest([wish]), (last,)) for one, wish, last in each]
    return [] if key is None else [RequestKey(caller.id, key, _digest(wishes), tuple(lasts))]


def _receipt_of_leaf(leaf: bytes) -> Receipt:
    recorded = decode(leaf)
    event = read_data(catalogue.events()[recorded.type], recorded.data)
    return Receipt(
        id=recorded.stream,
        version=recorded.version,
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        extra=event.answer(),
    )


def valid_id(text: str) -> str | None:
    """The id in its canonical form, or None where the text is no UUID."""
    try:
        return str(UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None
