"""How is an address described? The pieces of which the OpenAPI document is put together."""

import re
from typing import Annotated, Any

from msgspec import Meta, Struct

from api.commands import BATCH_LIMIT
from api.problems import PROBLEM_JSON, STATUSES
from ledger.kernel.fields import EXAMPLE_ID, Date, Digest, Id
from ledger.queries.asking import PAGE_LIMIT

Schema = dict[str, Any]
REF = "#/components/schemas/{name}"
Position = Annotated[int, Meta(ge=0, description="Position in the log.", examples=[2814])]
Time = Annotated[
    str,
    Meta(
        description="RFC 3339 time in UTC.",
        examples=["2026-11-21T22:45:11.000000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]


class FieldProblem(Struct, frozen=True):
    """A bad field and the reason."""

    field: Annotated[str, Meta(description="Path.", examples=["parties[0].institution"])]
    message: Annotated[str, Meta(description="Reason.", examples=["unknown in institutions"])]


class ReceiptAnswer(Struct, frozen=True):
    """What was recorded: the last event of the command."""

    id: Id
    version: Annotated[int, Meta(ge=1, description="Version of the object.", examples=[3])]
    position: Position
    recorded_at: Time
    appointment: Id | None = None
    grant: Id | None = None
    warnings: (
        Annotated[
            list[FieldProblem],
            Meta(
                description="Free texts that look like a PESEL number, an e-mail address or a"
                " telephone number. They are recorded nevertheless, and cannot be erased.",
                examples=[[{"field": "reason", "message": "looks like an e-mail address: …"}]],
            ),
        ]
        | None
    ) = None


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


def parameter(name: str, what: str, schema: Schema, example: Any, where: str = "query") -> Schema:
    """A parameter of an address or a header."""
    return {
        "name": name,
        "in": where,
        "description": what,
        "required": where == "path",
        "schema": schema,
        "example": example,
    }


DATE: Schema = {"type": "string", "format": "date"}
TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
VALID_AT = parameter("valid_at", "The world on that day; today if absent.", DATE, "2020-10-15")
KNOWN_AT = parameter(
    "known_at", "As known at an RFC 3339 time or a position; now if absent.", TEXT, "88"
)
LIMIT = parameter(
    "limit", "Rows in the answer.", {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}, 100
)
CURSOR = parameter("cursor", "`next` of the page before.", TEXT, "WzI4MTQsIkEiLCJiIl0")
AT_LEAST = parameter(
    "Ledger-Position", "Answer no earlier than this position.", WHOLE, 2814, "header"
)
KEY = parameter(
    "Idempotency-Key", "The same key gives the first answer again.", TEXT, "a1b2", "header"
)
IF_MATCH = parameter("If-Match", "Only at that version.", TEXT, '"3"', "header")
READING = [VALID_AT, KNOWN_AT, AT_LEAST]


def problems(*statuses: int) -> Schema:
    """The answers with these statuses."""
    return {
        str(status): {
            "description": STATUSES[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": REF.format(name="Problem")}}},
        }
        for status in statuses
    }


def as_json(schema: Schema, what: str) -> Schema:
    """An answer in JSON."""
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def ref(kind: type) -> Schema:
    """The schema of that type."""
    return {"$ref": REF.format(name=kind.__name__)}


def list_of(schema: Schema) -> Schema:
    """A page of a list."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
            "position": {"type": "integer", "description": "Position that is reflected."},
        },
        "required": ["items", "next", "position"],
    }


def explained(schema: Schema, total: Schema) -> Schema:
    """What a number is made of."""
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": schema}, "total": total},
        "required": ["items", "total"],
    }


def path_parameters(path: str) -> list[Schema]:
    """The parameters in an address."""
    return [
        parameter(name, f"The {name}.", UUID if name == "id" else TEXT,
                   EXAMPLE_ID if name == "id" else "1", "path")
        for name in re.findall(r"\{(\w+)\}", path)
    ]  # fmt: skip


def answered(path: str, what: str, answer: Schema, parameters: list[Schema], tag: str) -> Schema:
    """An address that answers a question."""
    return {
        "get": {
            "summary": what,
            "operationId": "get" + re.sub(r"\W+", "_", path),
            "tags": [tag],
            "parameters": path_parameters(path) + parameters,
            "responses": {"200": as_json(answer, what)} | problems(400, 401, 403, 404, 422, 503),
        }
    }
