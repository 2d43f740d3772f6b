"""What was recorded? The log's events, the newest first, and each event with what it changed."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from api.events import event_filters
from api.identity import READ_THE_LOG
from api.moments import number_of
from api.pages.frame.changed import told
from api.pages.frame.navigation import Nav
from api.pages.frame.page import ROWS, Page, Rows
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger import catalogue
from ledger.event_store.codec import Recorded, decode, leaf_hash
from ledger.integrity.published import PublishedTree
from ledger.kernel.errors import Invalid, NotFound
from ledger.queries.event_list import FILTERS, LAST, neighbours, newest_positions
from ledger.queries.leaves import may_see, seen
from ledger.queries.naming import named
from ledger.queries.replay import history

NAMES = tuple(name for name in FILTERS if name != "valid_at")


@page("/events", roles=READ_THE_LOG, nav=Nav(later("Events"), 40, READ_THE_LOG))
async def events(page: Page) -> Response[Any]:
    """The events that fit the filters in the address."""
    given = {name: text for name, text in page.query.items() if text.strip()}
    filters = event_filters(given)
    before = number_of("cursor", given["cursor"], 1, LAST) if "cursor" in given else LAST
    found = await newest_positions(page.question, filters, before, ROWS + 1)
    told_of = [decode(one.shown) for one in await seen(page.question, page.parts.log, found[:ROWS])]
    told_of.reverse()
    following = page.here(cursor=found[ROWS - 1]) if len(found) > ROWS else None
    return page.show(
        "events.html",
        rows=Rows([msgspec.structs.asdict(one) for one in told_of], following),
        names=await named(page.question, {one.stream for one in told_of}),
        filters=NAMES,
        types=_types(page),
        tail=_tail(page, given),
    )


def _types(page: Page) -> list[tuple[str, str]]:
    """Every type of event, by what people call it."""
    found = {name for one in catalogue.aggregates().values() for name in one.events}
    return sorted(((name, page.words.name("event", name)) for name in found), key=_by_text)


def _by_text(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def _tail(page: Page, given: dict[str, str]) -> str | None:
    """Where these events are told as they are recorded, if the page shows the present."""
    if "cursor" in given or (page.time is not None and page.time.moved):
        return None
    params = {name: given[name] for name in NAMES if name in given}
    return "/api/events/stream" + (f"?{urlencode(params)}" if params else "")


@page("/events/{position:str}", roles=READ_THE_LOG)
async def event(page: Page) -> Response[Any]:
    """One event: what it changed, who recorded it and why, and the proof that it stands there."""
    position = _position(page)
    if not await may_see(page.question, position):
        raise NotFound
    [one] = await seen(page.question, page.parts.log, [position])
    recorded = decode(one.shown)
    names = await named(page.question, [recorded.stream])
    owner = names.get(recorded.stream)
    await page.enter(owner.project if owner else None)
    return page.show(
        "event.html",
        event=recorded,
        owner=owner,
        withheld=one.withheld,
        changes=await _changes(page, recorded),
        around=await neighbours(page.question, recorded.stream, recorded.version),
        leaf=msgspec.json.format(one.shown, indent=2).decode(),
        leaf_hash=leaf_hash(one.leaf.bytes),
        proof=await _proof(page.parts.tree, position),
    )


def _position(page: Page) -> int:
    """The position in the address. Raises `NotFound` where the moment knows of no such event."""
    try:
        position = number_of("position", page.request.path_params["position"], 1, LAST)
    except Invalid:
        raise NotFound from None
    if position > page.question.moment.known_at:
        raise NotFound
    return position


async def _changes(page: Page, recorded: Recorded) -> list[Any]:
    rows = await history(page.question, page.parts.log, recorded.stream, recorded.version)
    return await told(page, rows[-1].changes) if rows[-1].version == recorded.version else []


async def _proof(tree: PublishedTree, position: int) -> dict[str, Any] | None:
    """The path from the event's leaf to the root of the last checkpoint, once that covers it."""
    signed = await tree.newest()
    if signed is None or signed.checkpoint.size < position:
        return None
    checkpoint = signed.checkpoint
    _, path = await tree.inclusion(position - 1, checkpoint.size)
    return {
        "index": position - 1,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "hashes": [one.hex() for one in path],
    }
