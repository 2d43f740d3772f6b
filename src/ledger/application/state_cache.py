"""What is the state of an object now? Folded from its events, and kept while it is in use.

A cached state may be behind the log where another process writes; whoever appends on its
strength names its version, so the log refuses what was decided on an old one.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ledger import catalogue
from ledger.event_store.codec import Recorded, decode, read_data
from ledger.event_store.log import EventLog
from ledger.privacy.vault import Vault

STATES_CACHED = 50_000


class Known(NamedTuple):
    """A state and the version of the stream that it is the fold of."""

    version: int
    state: Any


class StateCache:
    """The states that were used last."""

    def __init__(self, log: EventLog, vault: Vault | None) -> None:
        self._log, self._vault = log, vault
        self._states: OrderedDict[str, Known] = OrderedDict()

    async def get(self, ids: Iterable[str], *, fresh: bool) -> dict[str, Known]:
        """The states of these streams; one without events is left out.

        `fresh`: what the log holds now; otherwise a cached state will do.
        """
        found = {id: self._states[id] for id in ids if id in self._states}
        wanted = {
            id: found[id].version if id in found else 0 for id in ids if fresh or id not in found
        }
        if wanted:
            leaves = [decode(leaf.bytes) for leaf in await self._log.streams(wanted)]
            for recorded, event in zip(leaves, await self._events(leaves), strict=True):
                known = found.get(recorded.stream)
                state = event.apply(known.state if known else None, recorded.effective_on)
                found[recorded.stream] = Known(recorded.version, state)
        self.put(found)
        return found

    async def _events(self, leaves: Sequence[Recorded]) -> list[Any]:
        """What the leaves say, opened; without a vault what is sealed stays so."""
        if self._vault is not None:
            return await self._vault.opened(leaves)
        return [read_data(catalogue.events()[one.type], one.data) for one in leaves]

    def put(self, states: Mapping[str, Known]) -> None:
        """Keeps these states."""
        for id, known in states.items():
            held = self._states.get(id)
            if held is None or held.version <= known.version:
                self._states[id] = known
            self._states.move_to_end(id)
        while len(self._states) > STATES_CACHED:
            self._states.popitem(last=False)
