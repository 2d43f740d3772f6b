"""What does the interface promise? Its description in OpenAPI 3.1, derived from the messages.

Every command's fields, every row's fields and every problem come from the same types that the
service works with, so the description cannot fall behind.
"""

import re
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from api.commands import BATCH_LIMIT
from api.events import _FILTERS
from api.problems import PROBLEM_JSON, STATUSES
from api.vocabulary import note
from ledger import catalogue
from ledger.application import Common
from ledger.kernel.fields import EXAMPLE_ID, Date, Digest, Id
from ledger.kernel.messages import Aggregate, Command
from ledger.projections.engine.query import Listing, listings
from ledger.queries.asking import PAGE_LIMIT
from ledger.queries.explain import AmountItem, CountItem
from ledger.queries.indicators import CountedRow, IndicatorRow
from ledger.queries.replay import HistoryRow

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"
Position = Annotated[int, Meta(ge=0, description="Position in the log.", examples=[2814])]
Time = Annotated[
    str,
    Meta(
        description="RFC 3339 time in UTC.",
        examples=["2026-11-21T22:45:11.000000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]


class ReceiptAnswer(Struct, frozen=True):
    """What was recorded: the last event of the command."""

    id: Id
    version: Annotated[int, Meta(ge=1, description="Version of the object.", examples=[3])]
    position: Position
    recorded_at: Time
    appointment: Id | None = None


class FieldProblem(Struct, frozen=True):
    """A bad field and the reason."""

    field: Annotated[str, Meta(description="Path.", examples=["parties[0].institution"])]
    message: Annotated[str, Meta(description="Reason.", examples=["unknown in institutions"])]


class Problem(Struct, frozen=True):
    """Why the request was refused (RFC 9457)."""

    type: Annotated[str, Meta(description="Kind of problem.", examples=["/problems/invalid"])]
    title: Annotated[str, Meta(description="Its title.", examples=["Invalid values"])]
    status: Annotated[int, Meta(description="HTTP status.", examples=[422])]
    detail: Annotated[str, Meta(description="What is wrong.", examples=["code: is required"])]
    errors: Annotated[list[FieldProblem], Meta(description="Bad fields.")] | None = None
    rule: Annotated[str, Meta(examples=["already_appointed"])] | None = None
    collides_with: (
        Annotated[str, Meta(description="Address.", examples=[f"/api/teams/{EXAMPLE_ID}"])] | None
    ) = None
    index: Annotated[int, Meta(description="Which command of a batch.", examples=[0])] | None = None


class EventAnswer(Struct, frozen=True):
    """An event as it is stored, with its leaf's hash (RFC 9162)."""

    position: Position
    stream: Id
    version: int
    type: Annotated[str, Meta(description="Name.", examples=["team.member-appointed"])]
    effective_on: Date
    recorded_at: Time
    recorded_by: Annotated[str, Meta(description="Who.", examples=["demo coordinator"])]
    reason: str | None
    evidence: list[Digest]
    request_id: str
    data: dict[str, Any]
    leaf_hash: Digest


class ReplayAnswer(Struct, frozen=True):
    """An object's state, folded anew from its events."""

    id: Id
    collection: str
    version: int
    position: Position
    recorded_at: Time
    state: dict[str, Any]


class BatchCommand(Struct, frozen=True):
    """A command of a batch."""

    path: Annotated[str, Meta(description="Its address.", examples=["/api/institutions"])]
    body: Annotated[dict[str, Any], Meta(description="What would be sent there.")]


class BatchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Several commands in one request."""

    commands: Annotated[list[BatchCommand], Meta(min_length=1, max_length=BATCH_LIMIT)]
    atomic: Annotated[bool, Meta(description="All or none.", examples=[True])] = True


def _parameter(name: str, what: str, schema: Schema, example: Any, where: str = "query") -> Schema:
    return {
        "name": name,
        "in": where,
        "description": what,
        "required": where == "path",
        "schema": schema,
        "example": example,
    }


_DATE: Schema = {"type": "string", "format": "date"}
_TEXT: Schema = {"type": "string"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
VALID_AT = _parameter("valid_at", "The world on that day; today if absent.", _DATE, "2020-10-15")
KNOWN_AT = _parameter(
    "known_at", "As known at an RFC 3339 time or a position; now if absent.", _TEXT, "88"
)
LIMIT = _parameter(
    "limit", "Rows in the answer.", {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}, 100
)
CURSOR = _parameter("cursor", "`next` of the page before.", _TEXT, "WzI4MTQsIkEiLCJiIl0")
AT_LEAST = _parameter(
    "Ledger-Position", "Answer no earlier than this position.", _WHOLE, 2814, "header"
)
KEY = _parameter(
    "Idempotency-Key", "The same key gives the first answer again.", _TEXT, "a1b2", "header"
)
IF_MATCH = _parameter("If-Match", "Only at that version.", _TEXT, '"3"', "header")
READING = [VALID_AT, KNOWN_AT, AT_LEAST]


def _problems(*statuses: int) -> Schema:
    return {
        str(status): {
            "description": STATUSES[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": _REF.format(name="Problem")}}},
        }
        for status in statuses
    }


def _json(schema: Schema, what: str) -> Schema:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _ref(kind: type) -> Schema:
    return {"$ref": _REF.format(name=kind.__name__)}


def _list_of(schema: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
            "position": {"type": "integer", "description": "Position that is reflected."},
        },
        "required": ["items", "next", "position"],
    }


def _explained(schema: Schema, total: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": schema}, "total": total},
        "required": ["items", "total"],
    }


def _path_parameters(path: str) -> list[Schema]:
    return [
        _parameter(name, f"The {name}.", _UUID if name == "id" else _TEXT,
                   EXAMPLE_ID if name == "id" else "1", "path")
        for name in re.findall(r"\{(\w+)\}", path)
    ]  # fmt: skip


def _get(path: str, what: str, answer: Schema, parameters: list[Schema], tag: str) -> Schema:
    return {
        "get": {
            "summary": what,
            "operationId": "get" + re.sub(r"\W+", "_", path),
            "tags": [tag],
            "parameters": _path_parameters(path) + parameters,
            "responses": {"200": _json(answer, what)} | _problems(400, 401, 403, 404, 422, 503),
        }
    }


def _body_schema(command: type[Command], schemas: Schema) -> Schema:
    """The command's own fields together with the common ones."""
    own = schemas[command.__name__]
    common = {
        name: schema
        for name, schema in schemas["Common"]["properties"].items()
        if command.terms.creates or name != "id"
    }
    required = list(own.get("required", []))
    if command.terms.needs_reason:
        required.append("reason")
    body = {
        "title": command.__name__,
        "description": command.__doc__ or "",
        "type": "object",
        "properties": own.get("properties", {}) | common,
        "additionalProperties": False,
    }
    return body | ({"required": required} if required else {})


def _command(aggregate: Aggregate, command: type[Command], schemas: Schema) -> tuple[str, Schema]:
    terms = command.terms
    path = f"/api/{terms.collection}" + ("" if terms.creates else f"/{{id}}/{terms.name}")
    roles = ", ".join(sorted(terms.roles))
    return path, {
        "post": {
            "summary": (command.__doc__ or "").strip(),
            "description": f"Roles: {roles}.",
            "operationId": f"{terms.collection}_{terms.name}".replace("-", "_"),
            "tags": [terms.collection],
            "parameters": [*_path_parameters(path), KEY, IF_MATCH],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _body_schema(command, schemas)}},
            },
            "responses": {"201": _json(_ref(ReceiptAnswer), "Recorded.")}
            | _problems(400, 401, 403, 404, 409, 412, 413, 422, 503),
        }
    }


def _listing_paths(listing: Listing) -> dict[str, Schema]:
    tag = listing.path.split("/")[2]
    row = _ref(listing.row)
    filters = [
        _parameter(name, f"Only this {name}.", _UUID if "::uuid" in condition else _TEXT,
                   EXAMPLE_ID if "::uuid" in condition else "…")
        for name, condition in listing.filters.items() if name != "id"
    ]  # fmt: skip
    what = (listing.row.__doc__ or "").strip()
    found = {
        listing.path: _get(
            listing.path, what, _list_of(row), [*filters, *READING, LIMIT, CURSOR], tag
        )
    }
    if listing.single:
        path = listing.path + "/{id}"
        found[path] = _get(path, what, row, READING, tag)
    return found


def _own_paths() -> dict[str, Schema]:
    count: Schema = {"type": "integer"}
    event = _ref(EventAnswer)
    filters = [_parameter(name, f"Only this {name}.", _TEXT, "…") for name in _FILTERS]
    after = _parameter("after", "Only later positions.", _WHOLE, 0)
    version = _parameter("version", "Up to this version.", _WHOLE, 1)
    project, stream = "/api/projects/{id}", "/api/streams/{id}"
    anything: Schema = {"type": "object"}
    rows: list[tuple[str, str, Schema, list[Schema]]] = [
        (f"{project}/indicators", "Indicators", _list_of(_ref(IndicatorRow)), READING),
        (f"{project}/indicators/{{code}}/explain", "Every subject that counts",
         _explained(_ref(CountedRow), count), READING),
        (f"{project}/explain/value", "What the value is made of",
         _explained(_ref(AmountItem), _TEXT), READING),
        (f"{project}/report", "The project on one page", anything, READING),
        ("/api/agreements/{id}/obligations/{number}/explain", "What fulfilled an obligation",
         _explained(_ref(CountItem), count), READING),
        ("/api/grants/{id}/explain/{movement}", "What was paid or settled",
         _explained(_ref(AmountItem), _TEXT), READING),
        ("/api/events", "The log", _list_of(event), [*filters, after, *READING, LIMIT, CURSOR]),
        (stream, "An object's state, folded anew", _ref(ReplayAnswer), [version, KNOWN_AT]),
        (f"{stream}/history", "What each event changed", _list_of(_ref(HistoryRow)), [KNOWN_AT]),
    ]  # fmt: skip
    found = {
        path: _get(path, what, answer, parameters, path.split("/")[2])
        for path, what, answer, parameters in rows
    }
    found["/api/events/stream"] = _get("/api/events/stream", "The log, live", {}, [after], "events")
    found["/api/events/stream"]["get"]["responses"]["200"] = {
        "description": "Server-sent events; an event's id is its position.",
        "content": {"text/event-stream": {"schema": _TEXT}},
    }
    found["/api/batch"] = {
        "post": {
            "summary": "Several commands in one request",
            "operationId": "batch",
            "tags": ["batch"],
            "parameters": [KEY],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _ref(BatchBody)}},
            },
            "responses": {
                "201": _json({"type": "array", "items": _ref(ReceiptAnswer)}, "All recorded."),
                "200": _json({"type": "array", "items": anything}, "Each by itself."),
            }
            | _problems(400, 401, 403, 404, 409, 413, 422, 503),
        }
    }
    return found


def _annotate(schemas: Schema) -> None:
    """Says of every field what it means, with an example that its type allows."""
    for name, schema in schemas.items():
        for field, of_field in schema.get("properties", {}).items():
            if found := note(name, field):
                of_field["description"], example = found
                allowed = _allowed(of_field)
                if allowed and example not in allowed:
                    example = allowed[0]
                of_field["examples"] = [example]


def _allowed(schema: Schema) -> list[Any]:
    """The values of an enumeration, also of an optional one."""
    if "enum" in schema:
        return list(schema["enum"])
    return next((one["enum"] for one in schema.get("anyOf", []) if "enum" in one), [])


@cache
def document() -> bytes:
    """The OpenAPI document as JSON."""
    commands = [c for a in catalogue.aggregates().values() for c in a.commands.values()]
    rows = [one.row for one in listings()]
    answers = [ReceiptAnswer, Problem, EventAnswer, ReplayAnswer, BatchBody, HistoryRow,
               IndicatorRow, CountedRow, AmountItem, CountItem, Common]  # fmt: skip
    _, schemas = msgspec.json.schema_components([*commands, *rows, *answers], ref_template=_REF)
    _annotate(schemas)
    paths: dict[str, Schema] = {}
    for aggregate in catalogue.aggregates().values():
        for command in aggregate.commands.values():
            path, item = _command(aggregate, command, schemas)
            paths.setdefault(path, {}).update(item)
    for listing in listings():
        for path, item in _listing_paths(listing).items():
            paths.setdefault(path, {}).update(item)
    for path, item in _own_paths().items():
        paths.setdefault(path, {}).update(item)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "The ledger",
                "version": "0.1.0",
                "description": "The event-sourced record of EU-funded cooperation projects.",
            },
            "paths": dict(sorted(paths.items())),
            "components": {
                "schemas": schemas,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{"token": []}],
        }
    )
