"""What was recorded? The log's events, its live tail, and the replay of a single stream."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from weakref import finalize

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from api.identity import READ_THE_LOG, caller_of, require_role, still_calling
from api.moments import (
    MOMENT,
    PAGING,
    POSITION_HEADER,
    date_of,
    limit_of,
    number_of,
    query_of,
    question_of,
)
from api.queries import encoded, id_in_path, json_response
from api.state import parts_of, service
from ledger.application import Caller, valid_id
from ledger.event_store.codec import leaf_hash
from ledger.kernel.errors import Invalid, NotFound
from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question
from ledger.queries.event_list import FILTERS, positions
from ledger.queries.leaves import Seen, seen
from ledger.queries.replay import history, replay

STREAM_PAGE = 500
KEEP_ALIVE_SECONDS = 15.0
BELIEVED_SECONDS = 1.0  # a credential that was good so long ago


def event_json(one: Seen) -> bytes:
    """The leaf as it is stored, with its hash; where something is withheld, without that."""
    more = b',"withheld":' + msgspec.json.encode(one.withheld) if one.withheld else b""
    digest = leaf_hash(one.leaf.bytes).encode()
    return b'%b,"leaf_hash":"%b"%b}' % (one.shown[:-1], digest, more)


def event_filters(query: dict[str, str]) -> dict[str, Any]:
    """Those filters that stand in an address. Raises `Invalid`."""
    found: dict[str, Any] = {name: query[name] for name in FILTERS.keys() & query.keys()}
    for name in ("project", "stream"):
        if name in found and valid_id(found[name]) is None:
            raise Invalid.field(name, "an identifier (UUID) is expected")
    for name in ("effective_from", "effective_to", "valid_at"):
        if name in found:
            found[name] = date_of(name, found[name])
    return found


@get("/api/events", name="events")
async def list_events(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The events of the log, in order, as they are stored."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, MOMENT | PAGING | FILTERS.keys() | {"after"})
    limit = limit_of(query)
    after = number_of("after", query.get("after", "0"), 0, 10**18 - 1)
    if "cursor" in query:
        after = max(after, number_of("cursor", query["cursor"], 0, 10**18 - 1))
    filters = event_filters(query)
    question = await question_of(request, caller, query)
    found = await positions(question, filters, after, limit + 1)
    events = await seen(question, service(request).log, found[:limit])
    following = b'"%d"' % found[limit - 1] if len(found) > limit else b"null"
    body = b'{"items":[%b],"next":%b,"position":%d}' % (
        b",".join(map(event_json, events)),
        following,
        question.moment.known_at,
    )
    return json_response(body, question)


@get("/api/events/stream", name="events-stream")
async def stream_events(request: Request[Any, Any, Any]) -> Stream:
    """The events as they are recorded, as server-sent events; an event's id is its position."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, (FILTERS.keys() - {"valid_at"}) | {"after"})
    start = request.headers.get("Last-Event-ID") or query.get("after")
    if start is None:
        after = await service(request).log.head()
    else:
        after = number_of("after", start, 0, 10**18 - 1)
    filters = event_filters(query)
    question = await question_of(request, caller, {})
    release = request.app.state.streams.take(caller.id)
    events = _released(_tail(request, caller, question, filters, after), release)
    finalize(events, release)  # whoever hangs up at once never begins to read
    return Stream(
        events,
        media_type="text/event-stream",
        headers={
            POSITION_HEADER: str(question.reached),
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


async def _released(
    events: AsyncIterator[bytes], release: Callable[[], None]
) -> AsyncIterator[bytes]:
    try:
        async for one in events:
            yield one
    finally:
        release()


async def _tail(
    request: Request[Any, Any, Any],
    caller: Caller,
    question: Question,
    filters: dict[str, Any],
    after: int,
) -> AsyncIterator[bytes]:
    parts = parts_of(request.app)
    loop = asyncio.get_running_loop()
    checked = said = loop.time()
    yield b": the ledger's events\n\n"
    while True:
        question.moment = await _moment_now(question)
        found = await positions(question, filters, after, STREAM_PAGE)
        quiet = loop.time() - said > KEEP_ALIVE_SECONDS
        if quiet or (found and loop.time() - checked > BELIEVED_SECONDS):
            if not await still_calling(request, caller):
                return  # the credential was revoked or the session ended meanwhile
            checked = loop.time()
        for one in await seen(question, parts.log, found) if found else []:
            after = one.leaf.position
            yield b"id: %d\ndata: %b\n\n" % (after, event_json(one))
        if quiet or found:
            said = loop.time()
        if quiet:
            yield b": still here\n\n"
        if not found:
            await parts.reading.next_move()


async def _moment_now(question: Question) -> Any:
    return msgspec.structs.replace(question.moment, known_at=await question.reading.position())


async def _visible(question: Question, id: str) -> str:
    """The stream's collection. Raises `NotFound` for what the asker may not see."""
    rows = await question.rows(
        "SELECT s.collection, %(scope)s::uuid IS NULL OR "
        + of_project("s", "%(scope)s::uuid")
        + " FROM {streams:ever} AS s WHERE s.stream = %(id)s::uuid",
        id=id,
    )
    if not rows:
        raise NotFound
    collection, seen = rows[0]
    if not seen and collection != "institutions":
        raise NotFound
    return str(collection)


@get("/api/streams/{id:str}", name="replay")
async def replay_stream(request: Request[Any, Any, Any]) -> Response[bytes]:
    """An object's state, folded anew from its events up to a version or a moment."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, {"version", "known_at"})
    if len(query) > 1:
        raise Invalid.field("version", "either a version or known_at may be given")
    id = id_in_path(request)
    version = number_of("version", query["version"], 1, 10**9) if "version" in query else None
    question = await question_of(request, caller, query)
    collection = await _visible(question, id)
    found = await replay(question, service(request).log, id, version)
    return encoded({"id": id, "collection": collection, **found}, question)


@get("/api/streams/{id:str}/history", name="history")
async def stream_history(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What each event of an object changed; a cursor is the version that was told last."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, MOMENT | PAGING)
    id, limit = id_in_path(request), limit_of(query)
    after = number_of("cursor", query.get("cursor", "0"), 0, 10**9)
    question = await question_of(request, caller, query)
    await _visible(question, id)
    moment = question.moment
    rows = [
        row
        for row in await history(question, service(request).log, id)
        if row.version > after and row.effective_on <= moment.valid_at
    ]
    following = str(rows[limit - 1].version) if len(rows) > limit else None
    answer = {"items": rows[:limit], "next": following, "position": moment.known_at}
    return encoded(answer, question)


def event_routes() -> list[HTTPRouteHandler]:
    """Every address that reads the log."""
    return [list_events, stream_events, replay_stream, stream_history]
