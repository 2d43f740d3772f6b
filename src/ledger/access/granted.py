"""What may an account or a token do now? What the log itself says, so a revocation ends it at once.

The read models could be behind; here the events of the holder's stream are folded, and folded on
when its version moves.
"""

from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ledger import catalogue
from ledger.aggregates.access import HeldGrant, Holder
from ledger.event_store.codec import decode, read_data
from ledger.kernel.calendar import day_in_warsaw

HOLDERS_CACHED = 10_000
# SQL of the version of a stream, beside whatever else is read of its holder.
VERSION = "(SELECT coalesce(max(e.version), 0) FROM log.events AS e WHERE e.stream = {holder})"


class Granted:
    """The roles in force, by holder."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool
        self._known: OrderedDict[str, tuple[int, Holder]] = OrderedDict()

    async def to(self, holder: str, version: int) -> dict[str, HeldGrant]:
        """What is in force today, by the grants' ids; `version` is that of the holder's stream."""
        state = await self._state(holder, version)
        return {} if state is None else state.in_force(day_in_warsaw(datetime.now(UTC)))

    async def _state(self, holder: str, version: int) -> Holder | None:
        behind, state = self._known.get(holder, (0, None))
        if behind < version:
            for leaf in await self._after(holder, behind):
                recorded = decode(leaf)
                event = read_data(catalogue.events()[recorded.type], recorded.data)
                behind, state = recorded.version, event.apply(state, recorded.effective_on)
        if not isinstance(state, Holder):
            return None
        self._known[holder] = behind, state
        self._known.move_to_end(holder)
        while len(self._known) > HOLDERS_CACHED:
            self._known.popitem(last=False)
        return state

    async def _after(self, holder: str, version: int) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT leaf FROM log.events WHERE stream = %s AND version > %s ORDER BY version",
                (holder, version),
            )
            return [bytes(row[0]) for row in await found.fetchall()]
