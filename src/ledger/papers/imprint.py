"""From which state of the ledger was a paper made? What stands in the footer of every page."""

from datetime import UTC, date, datetime

from msgspec import Struct

from ledger.event_store.codec import decode
from ledger.event_store.log import EventLog
from ledger.integrity.roots import root_at
from ledger.projections.engine.reading import Moment


class Imprint(Struct, frozen=True, kw_only=True):
    """The day that is shown, the position up to which the log was known, and its root there."""

    valid_at: date
    position: int
    root: str
    recorded_at: datetime  # of the last event: a paper's time of making must not be our clock's


async def imprint(log: EventLog, moment: Moment) -> Imprint:
    """The imprint of papers of that moment."""
    leaves = await log.at([moment.known_at])
    written = decode(leaves[0].bytes).recorded_at if leaves else "1970-01-01T00:00:00Z"
    return Imprint(
        valid_at=moment.valid_at,
        position=moment.known_at,
        root=await root_at(log, moment.known_at),
        recorded_at=datetime.fromisoformat(written).astimezone(UTC),
    )
