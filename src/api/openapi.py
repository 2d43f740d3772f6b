"""What does the interface promise? Its description in OpenAPI 3.1, derived from the messages.

Every command's fields, every row's fields and every problem come from the same types that the
service works with, so the description cannot fall behind.
"""

from functools import cache
from typing import Any

import msgspec

from api.attestations import describe_attestations
from api.audit import describe_audit
from api.bundle import describe_bundle
from api.describing import (
    CURSOR,
    IF_MATCH,
    KEY,
    KNOWN_AT,
    LIMIT,
    READING,
    REF,
    TEXT,
    UUID,
    WHOLE,
    BatchBody,
    EventAnswer,
    Problem,
    ReceiptAnswer,
    ReplayAnswer,
    Schema,
    answered,
    as_json,
    explained,
    list_of,
    parameter,
    path_parameters,
    problems,
    ref,
)
from api.describing_access import ANSWERS as ACCESS_ANSWERS
from api.describing_access import describe_access
from api.describing_samples import ANSWERS as SAMPLE_ANSWERS
from api.describing_samples import describe_samples
from api.documents import DocumentAnswer, describe_documents
from api.findings import parameters_of_findings
from api.imports import ImportAnswer, describe_imports
from api.log import ConsistencyAnswer, ContinuationAnswer, InclusionAnswer, describe_log
from api.papers import PAPERS, REGISTER_FILTERS
from api.personal_data import ANSWERS as PERSONAL_ANSWERS
from api.personal_data import describe_personal_data
from api.vocabulary import note
from ledger import catalogue
from ledger.application import Common
from ledger.attestations.standing import WitnessStanding
from ledger.attestations.timestamps import Timestamp
from ledger.findings import Finding
from ledger.imports.kept import ImportReceipt
from ledger.integrity.receipts import Receipt
from ledger.kernel.fields import EXAMPLE_ID
from ledger.kernel.messages import Command
from ledger.projections.engine.query import Listing, listings
from ledger.queries.audit_trail import AuditElement
from ledger.queries.budget import GROUPINGS, BudgetRow
from ledger.queries.changes import RowChange
from ledger.queries.event_list import FILTERS as EVENT_FILTERS
from ledger.queries.explain import AmountItem, CountItem
from ledger.queries.feeds import Feeds
from ledger.queries.indicators import CountedRow, IndicatorRow
from ledger.queries.replay import HistoryRow
from ledger.queries.settlement import AdvanceAccount


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


def _command(command: type[Command], schemas: Schema) -> tuple[str, Schema]:
    terms = command.terms
    path = f"/api/{terms.collection}" + ("" if terms.creates else f"/{{id}}/{terms.name}")
    roles = ", ".join(sorted(terms.roles))
    return path, {
        "post": {
            "summary": (command.__doc__ or "").strip(),
            "description": f"Roles: {roles}.",
            "operationId": f"{terms.collection}_{terms.name}".replace("-", "_"),
            "tags": [terms.collection],
            "parameters": [*path_parameters(path), KEY, IF_MATCH],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _body_schema(command, schemas)}},
            },
            "responses": {"201": as_json(ref(ReceiptAnswer), "Recorded.")}
            | problems(400, 401, 403, 404, 409, 412, 413, 422, 503),
        }
    }


def _listing_paths(listing: Listing) -> dict[str, Schema]:
    tag = listing.path.split("/")[2]
    row = ref(listing.row)
    filters = [
        parameter(name, f"Only this {name}.", *(
            (UUID, EXAMPLE_ID) if f"%({name})s::uuid" in condition else (TEXT, "…")))
        for name, condition in listing.filters.items() if name != "id"
    ]  # fmt: skip
    what = (listing.row.__doc__ or "").strip()
    found = {
        listing.path: answered(
            listing.path, what, list_of(row), [*filters, *READING, LIMIT, CURSOR], tag
        )
    }
    if listing.single:
        path = listing.path + "/{id}"
        found[path] = answered(path, what, row, READING, tag)
    return found


def _paper_paths() -> dict[str, Schema]:
    lang = parameter("lang", "In which language.", {"enum": ["pl", "en"], "default": "pl"}, "pl")
    found = {}
    filters = [
        parameter(name, f"Only this {name}.", TEXT, "…") for name in sorted(REGISTER_FILTERS)
    ]
    for path, (what, kind) in PAPERS.items():
        more = filters if "/expenditures." in path else []
        found[path] = answered(path, what, {}, [*READING, lang, *more], path.split("/")[2])
        found[path]["get"]["responses"]["200"] = {
            "description": what,
            "content": {kind: {"schema": TEXT | {"contentMediaType": kind}}},
        }
    return found


def _own_paths() -> dict[str, Schema]:
    count: Schema = {"type": "integer"}
    event = ref(EventAnswer)
    filters = [parameter(name, f"Only this {name}.", TEXT, "…") for name in EVENT_FILTERS]
    after = parameter("after", "Only later positions.", WHOLE, 0)
    by = parameter("by", "How rows are put together.", {"enum": list(GROUPINGS)}, "task")
    groupings = [parameter(n, f"Only this {n}; one of these.", TEXT, "1") for n in GROUPINGS]
    version = parameter("version", "Up to this version.", WHOLE, 1)
    project, stream = "/api/projects/{id}", "/api/streams/{id}"
    anything: Schema = {"type": "object"}
    rows: list[tuple[str, str, Schema, list[Schema]]] = [
        (f"{project}/indicators", "Indicators", list_of(ref(IndicatorRow)),
         [*READING, LIMIT, CURSOR]),
        (f"{project}/indicators/{{code}}/explain", "Every subject that counts",
         explained(ref(CountedRow), count), READING),
        (f"{project}/explain/value", "What the value is made of",
         explained(ref(AmountItem), TEXT), READING),
        (f"{project}/findings", "Facts that break a rule of eligibility, errors first",
         list_of(ref(Finding)), [*parameters_of_findings(), *READING, LIMIT, CURSOR]),
        (f"{project}/report", "The project on one page", anything, READING),
        (f"{project}/budget", "The budget and how it is carried out", list_of(ref(BudgetRow)),
         [by, *READING, LIMIT, CURSOR]),
        (f"{project}/budget/explain/{{measure}}", "What a number of the budget is made of",
         explained(ref(AmountItem), TEXT), [*groupings, *READING]),
        (f"{project}/advances", "The advance settlement account", ref(AdvanceAccount), READING),
        (f"{project}/advances/explain/{{part}}", "What was received or settled",
         explained(ref(AmountItem), TEXT), READING),
        ("/api/expenditures/{id}/explain", "What of the document is charged",
         explained(ref(AmountItem), TEXT), READING),
        ("/api/expenditures/{id}/feeds", "The numbers that the document feeds", ref(Feeds),
         READING),
        ("/api/claims/{id}/explain", "What the claim comes to",
         explained(ref(AmountItem), TEXT), READING),
        ("/api/agreements/{id}/obligations/{number}/explain", "What fulfilled an obligation",
         explained(ref(CountItem), count), READING),
        ("/api/grants/{id}/explain/{movement}", "What was paid or settled",
         explained(ref(AmountItem), TEXT), READING),
        ("/api/events", "The log", list_of(event), [*filters, after, *READING, LIMIT, CURSOR]),
        (stream, "An object's state, folded anew", ref(ReplayAnswer), [version, KNOWN_AT]),
        (f"{stream}/history", "What each event changed", list_of(ref(HistoryRow)),
         [*READING, LIMIT, CURSOR]),
    ]  # fmt: skip
    found = {
        path: answered(path, what, answer, parameters, path.split("/")[2])
        for path, what, answer, parameters in rows
    }
    found["/api/events/stream"] = answered(
        "/api/events/stream", "The log, live", {}, [after], "events"
    )
    found["/api/events/stream"]["get"]["responses"]["200"] = {
        "description": "Server-sent events; an event's id is its position.",
        "content": {"text/event-stream": {"schema": TEXT}},
    }
    found |= describe_documents(problems) | describe_imports() | describe_samples() | describe_log()
    found |= _paper_paths() | describe_personal_data()
    found |= describe_bundle() | describe_audit() | describe_access()
    found |= describe_attestations()
    found["/api/batch"] = {
        "post": {
            "summary": "Several commands in one request",
            "operationId": "batch",
            "tags": ["batch"],
            "parameters": [KEY],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": ref(BatchBody)}},
            },
            "responses": {
                "201": as_json({"type": "array", "items": ref(ReceiptAnswer)}, "All recorded."),
                "200": as_json({"type": "array", "items": anything}, "Each by itself."),
            }
            | problems(400, 401, 403, 404, 409, 413, 422, 503),
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


def _tell_of_the_edges(paths: dict[str, Schema]) -> None:
    """What may be answered to anything, before it is looked at."""
    for item in paths.values():
        for method, operation in item.items():
            bodies = (408, 413) if method == "post" else ()
            operation["responses"] = problems(400, 429, 503, *bodies) | operation["responses"]


@cache
def document() -> bytes:
    """The OpenAPI document as JSON."""
    commands = [
        command
        for aggregate in catalogue.aggregates().values()
        for command in aggregate.commands.values()
        if not command.terms.operator_only
    ]
    rows = [one.row for one in listings()]
    answers = [ReceiptAnswer, Problem, EventAnswer, ReplayAnswer, BatchBody, HistoryRow,
               IndicatorRow, CountedRow, AmountItem, CountItem, Common, BudgetRow,
               AdvanceAccount, Feeds, DocumentAnswer, ImportAnswer, ImportReceipt,
               InclusionAnswer, ConsistencyAnswer, ContinuationAnswer, Receipt, RowChange,
               AuditElement, WitnessStanding, Timestamp,
               *SAMPLE_ANSWERS,
               *PERSONAL_ANSWERS, *ACCESS_ANSWERS]  # fmt: skip
    _, schemas = msgspec.json.schema_components([*commands, *rows, *answers], ref_template=REF)
    _annotate(schemas)
    paths: dict[str, Schema] = {}
    for command in commands:
        path, item = _command(command, schemas)
        paths.setdefault(path, {}).update(item)
    for listing in listings():
        for path, item in _listing_paths(listing).items():
            paths.setdefault(path, {}).update(item)
    for path, item in _own_paths().items():
        paths.setdefault(path, {}).update(item)
    _tell_of_the_edges(paths)
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
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "ledger"},
                },
            },
            "security": [{"token": []}, {"session": []}],
        }
    )
