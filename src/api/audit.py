"""Which addresses serve an audit? What changed between two moments, and the audit trail."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from api.describing import (
    AT_LEAST,
    CURSOR,
    DATE,
    LIMIT,
    READING,
    TEXT,
    VALID_AT,
    Schema,
    answered,
    list_of,
    parameter,
    ref,
)
from api.identity import caller_of
from api.languages import LANG, LANGS, lang_of
from api.moments import PAGING, limit_of, query_of, question_of
from api.queries import Json, asked, encoded, id_in_path
from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import FieldError, Invalid
from ledger.queries.asking import Cursor, Question
from ledger.queries.audit_trail import AuditElement, audit_trail
from ledger.queries.changes import BEGINNING, Place, RowChange, changes

CHANGES = "/api/projects/{id}/changes"
AUDIT_TRAIL = "/api/projects/{id}/audit-trail"
_OWN = frozenset({"from", "to", "valid_at"})


@get(CHANGES.replace("{id}", "{id:str}"), name=f"list:{CHANGES}")
async def list_changes(request: Request[Any, Any, Any]) -> Json:
    """What is known otherwise of a project than it was, page by page like every list."""
    caller = await caller_of(request)
    query = query_of(request, _OWN | PAGING)
    limit = limit_of(query)
    if "from" not in query:
        raise Invalid.field("from", "is required: a position, or an RFC 3339 time")
    after, asked_to = BEGINNING, query.get("to")
    if "cursor" in query:
        head = await service(request).log.head()
        cursor = Cursor.read(query["cursor"], CHANGES, head)
        after = place_of(cursor)
        asked_to = str(cursor.known_at)
    since = (await _at(request, caller, "from", query["from"])).moment.known_at
    question = await _at(request, caller, "to", asked_to, query.get("valid_at"))
    upto = question.moment.known_at
    if since > upto:
        raise Invalid.field("from", "must not come after `to`")
    project = id_in_path(request)
    await question.require("projects", project)
    found = await changes(question, project, since, limit=limit, after=after)
    following = None
    if found.next:
        table_and_key = f"{found.next.table} {found.next.key}"
        following = Cursor(CHANGES, upto, str(found.next.position), table_and_key).text()
    return encoded(
        {
            "items": found.items,
            "next": following,
            "position": upto,
            "from": since,
            "to": upto,
            "valid_at": question.moment.valid_at,
            "totals": found.totals,
        },
        question,
    )


def place_of(cursor: Cursor) -> Place:
    """Where a page of differences begins. Raises `Invalid`."""
    table, _, key = cursor.id.partition(" ")
    if not (cursor.sort.isascii() and cursor.sort.isdecimal() and len(cursor.sort) < 19):
        raise Invalid.field("cursor", "is not a cursor of this list")
    return Place(int(cursor.sort), table, key)


async def _at(
    request: Request[Any, Any, Any],
    caller: Caller,
    name: str,
    text: str | None,
    valid_at: str | None = None,
) -> Question:
    """The question as known at the position or time in the parameter of that name."""
    asked_for = {"known_at": text, "valid_at": valid_at}
    try:
        return await question_of(
            request, caller, {key: value for key, value in asked_for.items() if value is not None}
        )
    except Invalid as error:
        raise Invalid(
            [FieldError(name if e.field == "known_at" else e.field, e.message)
             for e in error.errors]
        ) from None  # fmt: skip


async def _audit_trail(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    found = await audit_trail(question, id_in_path(request), lang_of(request))
    return {"items": found, "next": None, "position": question.moment.known_at}


def audit_routes() -> list[HTTPRouteHandler]:
    """Every address of this file."""
    return [list_changes, asked(AUDIT_TRAIL.replace("{id}", "{id:str}"), _audit_trail, LANG)]


def describe_audit() -> dict[str, Schema]:
    """These addresses, as OpenAPI describes them."""
    moments = [
        parameter(
            "from", "What was known then: a position or an RFC 3339 time. Required.", TEXT, "88"
        ),
        parameter("to", "What is known then; now if absent.", TEXT, "2814"),
    ]
    page = list_of(ref(RowChange))
    page["properties"] |= {
        "from": {"type": "integer", "description": "The earlier position."},
        "to": {"type": "integer", "description": "The later position."},
        "valid_at": DATE | {"description": "The day of the world that is compared."},
        "totals": {"type": "object", "description": "How many rows of each table differ, and how."},
    }
    lang = parameter("lang", "In which language.", {"enum": list(LANGS), "default": "pl"}, "pl")
    trail = list_of(ref(AuditElement))
    return {
        CHANGES: answered(
            CHANGES,
            "What is known otherwise of a project than it was, and the events that changed it",
            page,
            [*moments, VALID_AT, AT_LEAST, LIMIT, CURSOR],
            "projects",
        ),
        AUDIT_TRAIL: answered(
            AUDIT_TRAIL,
            "The thirteen elements of Annex XIII of Regulation (EU) 2021/1060: what answers each",
            trail,
            [*READING, lang],
            "projects",
        ),
    }
