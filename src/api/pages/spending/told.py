"""What happened to an object, as its page tells it: who, when, why, and what it changed."""

from collections.abc import Collection
from typing import Any, NamedTuple

from api.pages.frame.page import Page
from ledger.findings.model import Lang
from ledger.queries.replay import HistoryRow, history


class Step(NamedTuple):
    """An event, with the plain fields that it changed: their names, before and after."""

    row: HistoryRow
    changes: list[tuple[str, Any, Any]]


async def steps(page: Page, id: str, *, charges: Collection[str] | None = None) -> list[Step]:
    """The events of the object, the latest first.

    `charges`: only what concerns these, for a reader who does not see the others.
    """
    rows = await history(page.parts.log, id, page.question.moment.known_at)
    found = [_step(row, charges) for row in rows]
    return [one for one in reversed(found) if one is not None]


def _step(row: HistoryRow, charges: Collection[str] | None) -> Step | None:
    seen = [one for one in row.changes if charges is None or _concerns(one.field, charges)]
    if row.changes and not seen:
        return None
    told = [
        (_last(one.field), one.before, one.after)
        for one in seen
        if one.before is not None and _is_plain(one.before) and _is_plain(one.after)
    ]
    return Step(row, told)


def _concerns(field: str, charges: Collection[str]) -> bool:
    first, _, rest = field.partition(".")
    return first != "charges" or rest.partition(".")[0] in charges


def _last(field: str) -> str:
    return field.rpartition(".")[2]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def lang_of(page: Page) -> Lang:
    """The page's language, as findings are told in it."""
    return "pl" if page.lang == "pl" else "en"
