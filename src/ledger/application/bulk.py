"""How do a hundred thousand commands become one commit? Judged in portions, recorded at once.

Each command must be about an object of its own, so that none has to see what another decided.
Of a decided command only its events' bytes are kept, so memory stays small.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice

from msgspec import Struct

from ledger.application.staging import Lookups, Staging
from ledger.application.state_cache import StateCache
from ledger.application.wishes import Caller, Ready, Wish, read_wish
from ledger.event_store.append import VersionConflict
from ledger.event_store.codec import LeafEvent
from ledger.event_store.log import EventLog, Pending, stored_event
from ledger.kernel.errors import Invalid, LedgerError, NotNow
from ledger.privacy.vault import Vault

PORTION = 500


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of many commands: those refused with their places, and what is recorded."""

    refused: list[tuple[int, LedgerError]]
    recorded: int
    position: int


class Bulk:
    """Judges many commands; where it shall record, all of them together or none."""

    def __init__(
        self,
        log: EventLog,
        lookups: Lookups,
        vault: Vault | None,
        caller: Caller,
        request_id: str,
        today: date,
        *,
        record: bool,
    ) -> None:
        self._log = log
        self._vault = vault
        self._lookups = lookups
        self._caller = caller
        self._request_id = request_id
        self._today = today
        self._record = record
        self._seen: set[str] = set()
        self._refused: list[tuple[int, LedgerError]] = []
        self._events: list[LeafEvent] = []
        self._guards: dict[str, int] = {}
        self._judged = 0

    async def judge(self, wishes: Iterable[Wish], tell: Callable[[int], None] | None) -> None:
        """Decides every command on what the log holds now; `tell` hears how many are judged."""
        waiting = iter(wishes)
        while portion := list(islice(waiting, PORTION)):
            ready = [
                (index, one)
                for index, wish in enumerate(portion, self._judged)
                if (one := self._read(index, wish)) is not None
            ]
            await self._decide(ready)
            self._judged += len(portion)
            if tell is not None:
                tell(self._judged)

    def _read(self, index: int, wish: Wish) -> Ready | None:
        try:
            one = read_wish(wish, self._caller, self._today)
            if one.id in self._seen:
                raise Invalid.field("id", "is the object of an earlier command too")
        except LedgerError as error:
            self._refused.append((index, error))
            return None
        self._seen.add(one.id)
        return one

    async def _decide(self, ready: list[tuple[int, Ready]]) -> None:
        # States that are read for this once must not push out those that are in use.
        states = StateCache(self._log, self._vault)
        staging = Staging(states, self._lookups, self._caller, self._request_id)
        await staging.prefetch([one for _, one in ready], fresh=True)
        for index, one in ready:
            decided = len(staging.events)
            try:
                await staging.decide(one)
                events = [stored_event(p) for p in await self._sealed(staging.events[decided:])]
            except LedgerError as error:
                self._refused.append((index, error))
                continue
            if self._record:
                self._events += events
        self._guards |= staging.guards()
        if self._refused:
            self._events.clear()  # nothing will be recorded: no need to remember

    async def _sealed(self, events: Sequence[Pending]) -> Sequence[Pending]:
        return events if self._vault is None else await self._vault.sealed(events)

    async def outcome(self) -> Outcome:
        """What came of it; nothing is recorded where something is refused.

        Raises `NotNow` where what was judged on has changed meanwhile.
        """
        self._refused.sort(key=lambda one: one[0])
        if self._refused or not self._events:
            position = await self._log.head()
            return Outcome(refused=self._refused, recorded=0, position=position)
        try:
            stored = await self._log.append_stored(self._events, self._guards)
        except VersionConflict:
            raise NotNow(why="somebody changed the same objects meanwhile.") from None
        return Outcome(refused=[], recorded=len(self._events), position=stored.last)
