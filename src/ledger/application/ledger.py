"""How does a wish become facts? Read, load, decide, append; or decide anew."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from weakref import WeakValueDictionary

import msgspec

from ledger import catalogue
from ledger.application.bulk import Bulk, Outcome
from ledger.application.staging import Lookups, Staging
from ledger.application.state_cache import StateCache
from ledger.application.wishes import Caller, Ready, Receipt, RefusedInBatch, Wish, read_wish
from ledger.event_store.append import KeyTaken, RequestKey, VersionConflict
from ledger.event_store.codec import decode, read_data
from ledger.event_store.log import EventLog
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

DECIDE_SECONDS = 10.0


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
        digest = digest_of(wishes)
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
        bulk = Bulk(self.log, self._lookups, caller, request_id, self.today(), record=record)
        await bulk.judge(wishes, tell)
        return await bulk.outcome()

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
            return read_wish(wish, caller, self.today())
        except LedgerError as error:
            raise RefusedInBatch(index, error) from None

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
            except TooLarge as error:
                raise RefusedInBatch(staging.index_of_largest(), error) from None
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


def _lookup_locks(ready: Sequence[Ready]) -> list[str]:
    return [f"look-up:{one.command.terms.looks_up}" for one in ready if one.command.terms.looks_up]


def digest_of(wishes: Sequence[Wish]) -> bytes:
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
        return [RequestKey(caller.id, one, digest_of([wish]), (last,)) for one, wish, last in each]
    return [] if key is None else [RequestKey(caller.id, key, digest_of(wishes), tuple(lasts))]


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
