"""What is known otherwise of a project than it was? Rows that differ between two moments."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from litestar import Response

from api.audit import CHANGES, place_of
from api.moments import question_of
from api.pages.frame.changed import Told, told
from api.pages.frame.moment import normal
from api.pages.frame.navigation import Nav
from api.pages.frame.page import ROWS, Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger.kernel.errors import FieldError, Invalid
from ledger.queries.asking import Cursor, Question
from ledger.queries.changes import BEGINNING, Changes, RowChange, changes


@dataclass(frozen=True)
class Difference:
    """A row that differs, and its fields as people read them."""

    row: RowChange
    fields: list[Told]


@page("/projects/{id:str}/changes", nav=Nav(later("What changed"), 20, group="control"))
async def differences(page: Page) -> Response[Any]:
    """What differs between the moments `from` and `to`; nothing is asked before both are known."""
    since_text = page.query.get("from", "").strip()
    if not since_text:
        return page.show("differences.html", totals=None)
    since = (await _at(page, "from", since_text)).moment.known_at
    question, after = await _upto(page)
    upto = question.moment.known_at
    if since > upto:
        raise Invalid.field("from", "must not come after `to`")
    found = await changes(question, page.id(), since, limit=ROWS, after=after)
    rows = [Difference(one, await told(page, one.fields)) for one in found.items]
    return page.show(
        "differences.html",
        totals=_totals(found),
        rows=rows,
        following=_following(page, found, upto),
        since=since,
        upto=upto,
    )


def _totals(found: Changes) -> dict[str, int]:
    """How many rows differ in which way, whatever the table."""
    return dict(sum((Counter(one) for one in found.totals.values()), Counter[str]()))


async def _upto(page: Page) -> tuple[Question, Any]:
    """The later moment, and where its page begins; a walk stays at the moment it began at."""
    if text := page.query.get("cursor"):
        cursor = Cursor.read(text, CHANGES, page.question.reached)
        return await _at(page, "to", str(cursor.known_at)), place_of(cursor)
    text = page.query.get("to", "").strip()
    return (await _at(page, "to", text) if text else page.question), BEGINNING


def _following(page: Page, found: Changes, upto: int) -> str | None:
    if found.next is None:
        return None
    table_and_key = f"{found.next.table} {found.next.key}"
    cursor = Cursor(CHANGES, upto, str(found.next.position), table_and_key)
    return page.here(cursor=cursor.text())


async def _at(page: Page, name: str, text: str) -> Question:
    """The question as known at a position or a time, on the page's day. Raises `Invalid`."""
    asked = {"known_at": normal(text), "valid_at": page.question.moment.valid_at.isoformat()}
    try:
        return await question_of(page.request, page.caller, asked)
    except Invalid as error:
        raise Invalid([FieldError(name, one.message) for one in error.errors]) from None
