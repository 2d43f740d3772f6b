"""How does a wish become facts? Read, load, decide, append; or decide anew."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace

from ledger import catalogue
from ledger.application.bulk import Bulk, Outcome
from ledger.application.cautions import cautions
from ledger.application.staging import Lookups, Staging
from ledger.application.state_cache import StateCache
from ledger.application.wishes import Caller, Ready, Receipt, RefusedInBatch, Wish, read_wish
from ledger.event_store.append import KeyTaken, RequestKey, VersionConflict
from ledger.event_store.codec import Recorded, decode, read_data
from ledger.event_store.log import EventLog, Pending
from ledger.kernel.calendar import day_in_warsaw
from ledger.kernel.errors import (
    Invalid,
    KeyReused,
    LedgerError,
    NotFound,
    NotNow,
    Refusal,
    StaleVersion,
    TooLarge,
)
from ledger.kernel.personal import personal_fields
from ledger.privacy.vault import ERASURE, Vault

DECIDE_SECONDS = 10.0


class Ledger:
    """The application: commands in, receipts out."""

    def __init__(
        self,
        log: EventLog,
        lookups: Lookups,
        vault: Vault | None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.log = log
        self._lookups = lookups
        self._vault = vault
        self._states = StateCache(log, vault)
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
        receipts = await self._carry_out(wishes, caller, request_id, key, keys)
        return [
            replace(receipt, warnings=found) if (found := cautions(wish)) else receipt
            for wish, receipt in zip(wishes, receipts, strict=True)
        ]

    async def _carry_out(
        self,
        wishes: Sequence[Wish],
        caller: Caller,
        request_id: str,
        key: str | None,
        keys: Sequence[str] | None,
    ) -> list[Receipt]:
        if key is not None and (known := await self.answered(caller, key, wishes)):
            return known
        ready = [self._ready(index, wish, caller) for index, wish in enumerate(wishes)]
        identity = partial(self._request_keys, wishes, caller, key, keys)
        async with self._alone([one.id for one in ready] + _lookup_locks(ready)):
            try:
                async with asyncio.timeout(DECIDE_SECONDS + len(wishes) / 50):
                    return await self._decide_and_append(ready, caller, request_id, identity)
            except KeyTaken:
                if keys is not None:
                    raise
                return await self.answered(caller, key or "", wishes) or []
            except TimeoutError:
                raise NotNow(why="too many others are writing to the same objects.") from None

    async def handle_many(
        self,
        wishes: Iterable[Wish],
        caller: Caller,
        request_id: str,
        *,
        record: bool,
        tell: Callable[[int], None] | None = None,
    ) -> Outcome:
        """Judges any number of commands, each about an object of its own.

        With `record` and nothing refused they are recorded in one commit, otherwise nothing is.
        Raises `NotNow` where others changed what was judged on.
        """
        bulk = Bulk(
            self.log, self._lookups, self._vault, caller, request_id, self.today(), record=record
        )
        await bulk.judge(wishes, tell)
        return await bulk.outcome()

    async def answered(
        self, caller: Caller, key: str, wishes: Sequence[Wish]
    ) -> list[Receipt] | None:
        """The receipts that this request got the first time. Raises `KeyReused`."""
        known = await self.log.answered(caller.id, key)
        if known is None:
            return None
        leaves = {leaf.position: leaf.bytes for leaf in await self.log.at(known.positions)}
        lasts = [decode(leaves[position]) for position in known.positions]
        (digest,) = await self._digests(
            [(said_by(wishes), [one.stream for one in lasts if _is_personal(one.type)])]
        )
        if digest is not None and digest != known.digest:
            raise KeyReused
        if any(map(_erases, wishes)) and self._vault is not None:
            await self._vault.bury()  # the first answer may have been lost before it was
        return [await self._receipt(wish, last) for wish, last in zip(wishes, lasts, strict=True)]

    async def _receipt(self, wish: Wish, last: Recorded) -> Receipt:
        """The receipt of a command, by the last event that it recorded."""
        recorded, kind = [last], catalogue.command(wish.collection, wish.command)
        if kind is None or kind.terms.creates:  # all of the object up to there is the command's
            leaves = await self.log.stream(last.stream, upto=last.version)
            recorded = [decode(leaf.bytes) for leaf in leaves]
        events = [read_data(catalogue.events()[one.type], one.data) for one in recorded]
        return Receipt(
            id=last.stream,
            version=last.version,
            position=last.position,
            recorded_at=last.recorded_at,
            extra=events[-1].answer() if kind is None else kind.answer(events),
        )

    def _ready(self, index: int, wish: Wish, caller: Caller) -> Ready:
        try:
            return read_wish(wish, caller, self.today())
        except LedgerError as error:
            raise RefusedInBatch(index, error) from None

    async def _decide_and_append(
        self,
        ready: Sequence[Ready],
        caller: Caller,
        request_id: str,
        identity: Callable[[Staging], Awaitable[Sequence[RequestKey]]],
    ) -> list[Receipt]:
        fresh = False
        while True:
            staging = Staging(self._states, self._lookups, caller, request_id)
            try:
                await staging.prefetch(ready, fresh=fresh)
                for index, one in enumerate(ready):
                    await _decide_one(staging, index, one)
                events = await self._sealed(staging)
            except RefusedInBatch:
                # Another process may have written since we cached: refuse on fresh states only.
                if fresh:
                    raise
                fresh = True
                continue
            try:
                stored = await self.log.append(events, staging.guards(), await identity(staging))
            except VersionConflict:
                fresh = True
                continue
            except TooLarge as error:
                raise RefusedInBatch(staging.index_of_largest(), error) from None
            staging.remember()
            await self._after(events)
            return staging.receipts(stored.first, stored.recorded_at)

    async def _sealed(self, staging: Staging) -> Sequence[Pending]:
        """What was decided, with personal data sealed: from here on nothing else leaves us."""
        if self._vault is None:
            return staging.events
        try:
            return await self._vault.sealed(staging.events)
        except Refusal as error:
            raise RefusedInBatch(0, error) from None

    async def _after(self, events: Sequence[Pending]) -> None:
        if self._vault is not None and any(e.event.event_name == ERASURE for e in events):
            await self._vault.bury()

    async def _digests(
        self, requests: Sequence[tuple[bytes, Sequence[str]]]
    ) -> Sequence[bytes | None]:
        assert self._vault is not None
        return await self._vault.digests(requests)

    async def _request_keys(
        self,
        wishes: Sequence[Wish],
        caller: Caller,
        key: str | None,
        keys: Sequence[str] | None,
        staging: Staging,
    ) -> list[RequestKey]:
        """What the log keeps, to know the request again: a key for all, or one for each command."""
        lasts = [staging.events[last] for last in staging.lasts]
        persons = [[one.stream] if personal_fields(type(one.event)) else [] for one in lasts]
        if keys is not None:
            said = [(said_by([wish]), some) for wish, some in zip(wishes, persons, strict=True)]
            each = zip(keys, await self._digests(said), staging.lasts, strict=True)
            return [RequestKey(caller.id, one, made or b"", (last,)) for one, made, last in each]
        if key is None:
            return []
        everybody = [one for some in persons for one in some]
        (digest,) = await self._digests([(said_by(wishes), everybody)])
        return [RequestKey(caller.id, key, digest or b"", tuple(staging.lasts))]

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


def _lookup_locks(ready: Sequence[Ready]) -> list[str]:
    return [f"look-up:{one.command.terms.looks_up}" for one in ready if one.command.terms.looks_up]


def said_by(wishes: Sequence[Wish]) -> bytes:
    """What a request asks, independent of the order and spacing of its JSON."""
    parts = [[w.collection, w.command, w.id, w.body] for w in wishes]
    return msgspec.json.encode(parts, order="sorted")


def _erases(wish: Wish) -> bool:
    kind = catalogue.command(wish.collection, wish.command)
    return kind is not None and kind.erases


def _is_personal(event_name: str) -> bool:
    return bool(personal_fields(catalogue.events()[event_name]))
