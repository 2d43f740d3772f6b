"""Where is it? One field for numbers, NIPs, names and events, over all that the reader may see."""

from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from litestar import Response

from api.identity import READ_PERSONS, READ_THE_LOG
from api.pages.frame.forms.choices import label_of, note_of
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from ledger.queries.asking import listing
from ledger.queries.searching import EACH, Hit, search
from ledger.queries.side_by_side import side_by_side

LONGEST = 200


@page("/search")
async def found(page: Page) -> Response[Any]:
    """What was found for the text `q`; an event's position leads to the event."""
    text = page.query.get("q", "").strip()[:LONGEST].replace("\x00", "")
    things, persons = await side_by_side(search(page.question, text), _persons(page, text))
    hits: list[Hit] = things + persons
    event = _position(page, text)
    by_name = attrgetter("collection")
    groups = [(name, list(some)) for name, some in groupby(sorted(hits, key=by_name), by_name)]
    return page.show("search.html", text=text, groups=groups, event=event, each=EACH)


def _position(page: Page, text: str) -> int | None:
    """The event that is meant, for those who may read the log."""
    if page.caller.role not in READ_THE_LOG or not text.isascii() or not text.isdigit():
        return None
    return int(text) if len(text) < 16 and 1 <= int(text) <= page.question.reached else None


async def _persons(page: Page, text: str) -> list[Hit]:
    """Persons by their names, for those who may read them."""
    if page.caller.role not in READ_PERSONS or len(text) < 2:
        return []
    if not any(map(str.isalpha, text)):
        return []  # a number is nobody's name, and all names would be opened to see it
    rows = await page.question.page(listing("/api/persons"), {"name": text}, limit=EACH)
    persons = [msgspec.json.decode(row) for row in rows.rows]
    return [
        Hit("persons", one["id"], label_of(page, "persons", one), note_of(page, "persons", one))
        for one in persons
    ]
