"""Which addresses answer questions? One pair for every listing, derived from the catalogue."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct, inspect

from api.identity import caller_of, check_reader
from api.languages import LANG, lang_of
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
from api.state import service
from ledger.application import valid_id
from ledger.kernel.errors import Invalid, NotFound
from ledger.projections.engine.query import Listing, listings
from ledger.queries import explain
from ledger.queries.asking import Cursor, Question
from ledger.queries.indicators import code_in_path, explain_indicator, indicators
from ledger.queries.report import report

Json = Response[bytes]


def json_response(body: bytes, question: Question, **headers: str) -> Json:
    """An answer that says how far into the log it reflects."""
    # Not `known_at`, which may lie in the past: who sends this back reads their own writes.
    position = str(question.reached)
    return Response(
        body, media_type="application/json", headers={POSITION_HEADER: position, **headers}
    )


def encoded(value: Any, question: Question) -> Json:
    """A value as JSON."""
    return json_response(msgspec.json.encode(value), question)


def id_in_path(request: Request[Any, Any, Any], name: str = "id") -> str:
    """The id in the address; a text that is no id names nothing that exists."""
    found = valid_id(str(request.path_params[name]))
    if found is None:
        raise NotFound
    return found


def filters_of(listing: Listing, query: Mapping[str, str]) -> dict[str, Any]:
    """The listing's filters that a query uses. Raises `Invalid` for a value that cannot be."""
    found: dict[str, Any] = {}
    for name in listing.filters.keys() & query.keys():
        value: Any = query[name]
        if f"%({name})s::uuid" in listing.filters[name]:
            value = valid_id(value)
            if value is None:
                raise Invalid.field(name, "an identifier (UUID) is expected")
        elif (allowed := _alternatives(listing.row, name)) and value not in allowed:
            raise Invalid.field(name, f"one of {', '.join(allowed)} is expected")
        elif f"%({name})s::bigint" in listing.filters[name]:
            value = number_of(name, value, 0, 10**9)
        elif f"%({name})s::date" in listing.filters[name]:
            value = date_of(name, value)
        found[name] = value
    return found


@cache
def _alternatives(row: type[Struct], name: str) -> tuple[str, ...]:
    """The only values that a row's field can have; empty where there are others."""
    kind = inspect.type_info(row)
    assert isinstance(kind, inspect.StructType)
    fields = {field.name: field.type for field in kind.fields}
    found = fields.get(name)
    return tuple(map(str, found.values)) if isinstance(found, inspect.LiteralType) else ()


def _list_route(listing: Listing) -> HTTPRouteHandler:
    own = frozenset(listing.filters) - {"id"}
    allowed = MOMENT | PAGING | own

    async def answer_list(request: Request[Any, Any, Any]) -> Json:
        caller = await caller_of(request)
        check_reader(listing, caller)
        query = query_of(request, allowed)
        limit = limit_of(query)
        cursor = await cursor_of(request, query, listing.path)
        filters = filters_of(listing, query)
        question = await question_of(
            request, caller, query, known_at=cursor.known_at if cursor else None
        )
        if listing.parent:
            filters["id"] = id_in_path(request)
            await question.require(listing.parent, filters["id"])
        page = await question.page(listing, filters, limit=limit, cursor=cursor)
        following = f'"{page.next}"' if page.next else "null"
        body = (
            f'{{"items":[{",".join(page.rows)}],"next":{following}'
            f',"position":{question.moment.known_at}}}'
        )
        return json_response(body.encode(), question)

    return get(_typed(listing.path), name=f"list:{listing.path}")(answer_list)


async def cursor_of(
    request: Request[Any, Any, Any], query: Mapping[str, str], path: str
) -> Cursor | None:
    """Where the last page ended, if there was one. Raises `Invalid`."""
    if "cursor" not in query:
        return None
    return Cursor.read(query["cursor"], path, await service(request).log.head())


def _typed(path: str) -> str:
    return path.replace("{id}", "{id:str}")


def _single_route(listing: Listing) -> HTTPRouteHandler:
    async def answer_one(request: Request[Any, Any, Any]) -> Json:
        caller = await caller_of(request)
        check_reader(listing, caller)
        query = query_of(request, MOMENT)
        id = id_in_path(request)
        question = await question_of(request, caller, query)
        row, version = await question.one(listing, id)
        body = f'{row[:-1]},"version":{version}}}'
        return json_response(body.encode(), question, ETag=f'"{version}"')

    return get(listing.path + "/{id:str}", name=f"one:{listing.path}")(answer_one)


Ask = Callable[[Question, Request[Any, Any, Any]], Any]
# Every address that answers one question, so that a page can show what a link leads to.
ASKED: dict[str, Ask] = {}


def asked(
    path: str,
    ask: Ask,
    more: frozenset[str] = frozenset(),
) -> HTTPRouteHandler:
    """An address that answers one question; `more` are parameters that `ask` reads itself.

    Of the request `ask` takes no more than its `path_params` and `query_params`.
    """
    ASKED[path] = ask

    async def answer(request: Request[Any, Any, Any]) -> Json:
        caller = await caller_of(request)
        query = query_of(request, MOMENT | more)
        question = await question_of(request, caller, query)
        return encoded(await ask(question, request), question)

    return get(path, name=f"ask:{path}")(answer)


_INDICATORS = "/api/projects/{id}/indicators"


@get(_typed(_INDICATORS), name=f"list:{_INDICATORS}")
async def list_indicators(request: Request[Any, Any, Any]) -> Json:
    """The indicators of a project, page by page like every list."""
    return await list_of_project(request, _INDICATORS, indicators)


async def list_of_project(
    request: Request[Any, Any, Any],
    path: str,
    ask: Callable[[Question, str], Awaitable[Sequence[Any]]],
    more: frozenset[str] = frozenset(),
) -> Json:
    """A list of a project that is made as a whole and answered page by page.

    `more` are parameters of the address that `ask` reads for itself; rows have an `id`.
    """
    caller = await caller_of(request)
    query = query_of(request, MOMENT | PAGING | more)
    limit = limit_of(query)
    cursor = await cursor_of(request, query, path)
    question = await question_of(
        request, caller, query, known_at=cursor.known_at if cursor else None
    )
    project = id_in_path(request)
    await question.require("projects", project)
    found = await ask(question, project)
    ids = [one.id for one in found]
    start = ids.index(cursor.id) + 1 if cursor and cursor.id in ids else 0
    page, following = found[start : start + limit], None
    if len(found) > start + limit:
        following = Cursor(path, question.moment.known_at, "", page[-1].id).text()
    position = question.moment.known_at
    return encoded({"items": page, "next": following, "position": position}, question)


async def _explain_indicator(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    code = code_in_path(str(request.path_params["code"]))
    if "\x00" in code:
        raise NotFound
    project = id_in_path(request)
    await question.require("projects", project)
    items = await explain_indicator(question, project, code)
    return {"items": items, "total": len(items), "position": question.moment.known_at}


async def _report(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    return await report(question, id_in_path(request), lang_of(request))


async def _explain_value(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    return await explain.project_value(question, id_in_path(request))


async def _explain_done(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    number = str(request.path_params["number"])
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound
    return await explain.obligation_done(question, id_in_path(request), int(number))


async def _explain_grant(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    movement = str(request.path_params["movement"])
    if movement not in ("paid", "settled"):
        raise NotFound
    return await explain.grant_movements(question, id_in_path(request), movement)


_OWN = {
    "/api/projects/{id:str}/indicators/{code:str}/explain": _explain_indicator,
    "/api/projects/{id:str}/explain/value": _explain_value,
    "/api/agreements/{id:str}/obligations/{number:str}/explain": _explain_done,
    "/api/grants/{id:str}/explain/{movement:str}": _explain_grant,
}


def query_routes() -> list[HTTPRouteHandler]:
    """Every address that answers a question about the read models."""
    found: list[HTTPRouteHandler] = [list_indicators]
    for listing in listings():
        found.append(_list_route(listing))
        if listing.single:
            found.append(_single_route(listing))
    found.append(asked("/api/projects/{id:str}/report", _report, LANG))
    found += [asked(path, ask) for path, ask in _OWN.items()]
    return found
