"""The time machine: which day of the world is shown, as known at which moment of the log?"""

import re
from datetime import date, datetime
from typing import Any, NamedTuple

from litestar import Request

from api.moments import question_of
from api.pages.frame.written import WARSAW
from api.state import service
from ledger.application import Caller
from ledger.queries.asking import Cursor, Question

MARKS = 7  # dates written under the slider


class Mark(NamedTuple):
    """A place on the slider: a position of the log and when it was recorded."""

    position: int
    recorded_at: datetime


class TimeMachine(NamedTuple):
    """Where a page stands on both axes.

    `known_at` is the position as known at which the page is shown, `head` the last one there is;
    `recorded_at` says when `known_at` was recorded. `asked` is what stands in the address.
    """

    valid_at: date
    today: date
    known_at: int
    head: int
    recorded_at: datetime | None
    asked: str
    marks: list[Mark]

    @property
    def other_day(self) -> bool:
        """Whether the world of another day is shown."""
        return self.valid_at != self.today

    @property
    def past(self) -> bool:
        """Whether it is shown as it was known at an earlier moment."""
        return bool(self.asked)

    @property
    def moved(self) -> bool:
        """Whether the page shows anything but the world today, as known now."""
        return self.past or self.other_day


async def opened(
    request: Request[Any, Any, Any], caller: Caller, query: dict[str, str]
) -> tuple[Question, TimeMachine]:
    """The question at the address's moment, and the time machine that shows it."""
    asked = {k: normal(v) if k == "known_at" else v for k, v in query.items() if k in _AXES and v}
    question = await question_of(
        request,
        caller,
        asked,
        known_at=_of_walk(query.get("cursor")),
        at_least=await _just_recorded(request, query.get("recorded", "")),
    )
    head = question.reached
    known_at = question.moment.known_at
    machine = TimeMachine(
        valid_at=question.moment.valid_at,
        today=service(request).ledger.today(),
        known_at=known_at,
        head=head,
        recorded_at=await recorded_at(request, known_at) if "known_at" in asked else None,
        asked=asked.get("known_at", ""),
        marks=await _marks(request, head),
    )
    return question, machine


_AXES = ("valid_at", "known_at")


async def _just_recorded(request: Request[Any, Any, Any], text: str) -> int:
    """The position that a form recorded and sent its reader on with: the page must show it."""
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        return 0
    return min(int(text), await service(request).log.head())


def _of_walk(cursor: str | None) -> int | None:
    """The position at which a walk through the pages of a list began."""
    if cursor is None:
        return None
    found = Cursor.peek(cursor)
    return None if found is None else found.known_at


def normal(text: str) -> str:
    """What people type for a moment, as the log reads it: `13.05.2019 12:00` becomes RFC 3339."""
    text = " ".join(text.split())
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M",
                    "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S"):  # fmt: skip
        try:
            found = datetime.strptime(text, pattern).replace(tzinfo=WARSAW)
        except ValueError:
            continue
        # A day alone means all that was recorded on it.
        if "%H" not in pattern:
            found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
        return found.isoformat()
    return text


async def recorded_at(request: Request[Any, Any, Any], position: int) -> datetime | None:
    """When that position was recorded; None for a log's beginning, before anything was."""
    rows = await service(request).reading.rows(
        "SELECT recorded_at FROM log.events WHERE position = %(position)s", {"position": position}
    )
    return rows[0][0] if rows else None


async def _marks(request: Request[Any, Any, Any], head: int) -> list[Mark]:
    """Positions spread evenly over the log, with their times."""
    if head < 1:
        return []
    steps = min(MARKS, head) - 1
    wanted = sorted({1 + round(i * (head - 1) / steps) for i in range(steps + 1)} if steps else {1})
    known: dict[int, datetime] = request.app.state.setdefault("mark_times", {})
    if missing := [position for position in wanted if position not in known]:
        rows = await service(request).reading.rows(
            "SELECT position, recorded_at FROM log.events WHERE position = ANY(%(positions)s)",
            {"positions": missing},
        )
        if len(known) > 10_000:
            known.clear()
        known.update(dict(rows))
    return [Mark(position, known[position]) for position in wanted if position in known]
