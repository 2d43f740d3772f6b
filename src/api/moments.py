"""At which moment is a question asked? `valid_at`, `known_at` and `Ledger-Position`."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from litestar import Request

from api.identity import asker_of
from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import FieldError, Invalid, Malformed
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import PAGE_LIMIT, Question

MOMENT = frozenset({"valid_at", "known_at"})
PAGING = frozenset({"limit", "cursor"})
OWN_WRITES_SECONDS = 1.0
POSITION_HEADER = "Ledger-Position"
DEFAULT_LIMIT = 100
LAST_DAY = date(9999, 12, 30)  # what has no end is true until 9999-12-31 (exclusive)
_POSITION = re.compile(r"[0-9]{1,18}")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+\- ]\d\d:\d\d)", re.ASCII
)


def query_of(request: Request[Any, Any, Any], allowed: Collection[str]) -> dict[str, str]:
    """The query's parameters. Raises `Invalid` for one that is unknown or stands there twice."""
    found: dict[str, str] = {}
    errors = []
    for name, value in request.query_params.multi_items():
        if name not in allowed:
            errors.append(FieldError(name, "is not a parameter of this address"))
        elif name in found:
            errors.append(FieldError(name, "must be given once"))
        elif "\x00" in str(value):
            errors.append(FieldError(name, "must not contain the character U+0000"))
        else:
            found[name] = str(value)
    if errors:
        raise Invalid(errors)
    return {name: value for name, value in found.items() if value != ""}


async def question_of(
    request: Request[Any, Any, Any],
    caller: Caller,
    query: dict[str, str],
    *,
    known_at: int | None = None,
    at_least: int = 0,
) -> Question:
    """The question's moment and asker, once the read models reflect what they must.

    They reflect the position of the header `Ledger-Position`, and `at_least`.
    """
    parts = service(request)
    required = max(_required_position(request), at_least)
    valid_at = _date("valid_at", query["valid_at"]) if "valid_at" in query else None
    asked = query.get("known_at")
    known = known_at if asked is None else await _known_at(request, asked)
    if required or known:
        reached = await parts.reading.wait_for(max(required, known or 0))
    else:
        # Nobody asked to wait; still, what was just recorded here is what people expect to see.
        await parts.reading.approach(parts.log.recorded, OWN_WRITES_SECONDS)
        reached = await parts.reading.wait_for(0)
    request.state.position = reached
    day = min(valid_at or parts.ledger.today(), LAST_DAY)
    moment = Moment(day, reached if known is None else known)
    return Question(
        parts.reading,
        moment,
        asker_of(request, caller),
        reached=reached,
        disclosure=parts.disclosure,
    )


def _required_position(request: Request[Any, Any, Any]) -> int:
    text = request.headers.get(POSITION_HEADER, "0").strip()
    if not _POSITION.fullmatch(text):
        raise Malformed(why=f"the header {POSITION_HEADER} must be a position of the log.")
    return int(text)


async def _known_at(request: Request[Any, Any, Any], text: str) -> int:
    """The position that a time or a position names. Raises `Invalid`."""
    log = service(request).log
    if _POSITION.fullmatch(text):
        position = int(text)
        if position > await log.head():
            raise Invalid.field("known_at", "the log has not come to this position")
        return position
    return await log.position_at(_time(text))


def _time(text: str) -> str:
    if _TIME.fullmatch(text):
        # A `+` that was not percent-encoded arrives as a space.
        text = f"{text[:10]}T{text[11:].replace(' ', '+')}"
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            pass
    raise Invalid.field(
        "known_at", "a position, or an RFC 3339 time such as 2019-05-13T12:00:00Z, is expected"
    )


def _date(name: str, text: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Invalid.field(name, "a date such as 2019-05-13 is expected")


date_of = _date


def limit_of(query: dict[str, str]) -> int:
    """How many rows a page may have. Raises `Invalid`."""
    return number_of("limit", query.get("limit", str(DEFAULT_LIMIT)), 1, PAGE_LIMIT)


def number_of(name: str, text: str, least: int, most: int) -> int:
    """A whole number between two bounds. Raises `Invalid`."""
    if not _POSITION.fullmatch(text) or not least <= int(text) <= most:
        raise Invalid.field(name, f"a whole number from {least} to {most} is expected")
    return int(text)
