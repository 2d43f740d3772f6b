"""What happened to an object, as its page tells it: who, when, why, and what it changed."""

from typing import Any, NamedTuple

from api.pages.frame.page import Page
from ledger.findings.model import Lang
from ledger.queries.replay import HistoryRow, history


class Step(NamedTuple):
    """An event, with the plain fields that it changed: their names, before and after."""

    row: HistoryRow
    changes: list[tuple[str, Any, Any]]


async def steps(page: Page, id: str) -> list[Step]:
    """The events of the object, the latest first, with what the reader may see of them."""
    rows = await history(page.question, page.parts.log, id)
    return [_step(row) for row in reversed(rows)]


def _step(row: HistoryRow) -> Step:
    told = [
        (_last(one.field), one.before, one.after)
        for one in row.changes
        if one.before is not None and _is_plain(one.before) and _is_plain(one.after)
    ]
    return Step(row, told)


def _last(field: str) -> str:
    return field.rpartition(".")[2]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def lang_of(page: Page) -> Lang:
    """The page's language, as findings are told in it."""
    return "pl" if page.lang == "pl" else "en"
