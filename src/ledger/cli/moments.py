"""At which moment is something asked for on the command line? `--known-at` and `--valid-at`."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.cli.outcome import BadUsage

if TYPE_CHECKING:
    from ledger.bootstrap import Parts
    from ledger.projections.engine.reading import Moment

POSITION_LIMIT = 2**63 - 2


def known_at_of(text: str) -> int | str:
    """A position, or a time with its zone. Raises `BadUsage`."""
    if text.isascii() and text.isdecimal():
        return min(int(text), POSITION_LIMIT)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        return at.isoformat()
    raise BadUsage("--known-at takes a time such as 2026-01-31T12:00:00Z, or a position.")


def day_of(text: str | None) -> date | None:
    """A day, if one is given. Raises `BadUsage`."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadUsage("--valid-at takes a day such as 2026-01-31.") from None


async def moment_of(made: "Parts", known_at: int | str, day: date | None) -> "Moment":
    """The moment; today and the log's end where they are asked for beyond it."""
    from ledger.projections.engine.reading import Moment

    if isinstance(known_at, str):
        position = await made.log.position_at(known_at)
    else:
        position = min(known_at, await made.log.head())
    return Moment(day or made.ledger.today(), position)
