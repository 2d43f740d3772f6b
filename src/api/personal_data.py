"""What does the ledger hold about a person, who read it, and how long must it be kept?"""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from api.describing import CURSOR, LIMIT, READING, Schema, answered, list_of, parameter, ref
from api.identity import READ_PERSONS, caller_of, require_role
from api.languages import LANG, LANGS, lang_of
from api.moments import MOMENT, PAGING, limit_of, number_of, query_of, question_of
from api.queries import Json, asked, cursor_of, encoded, id_in_path
from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import Forbidden
from ledger.privacy.journal import Read
from ledger.queries.asking import Cursor, Question
from ledger.queries.due_erasures import DueRow, due_erasures, shown
from ledger.queries.personal_file import PersonalFile, personal_file
from ledger.queries.retention import Retention, retention

READS = "/api/persons/{id}/reads"
EXPORT = "/api/persons/{id}/export"
RETENTION = "/api/projects/{id}/retention"
DUE = "/api/persons-due-for-erasure"
ANSWERS = (PersonalFile, Read, Retention, DueRow)
OVERSEE = frozenset({"auditor", "admin"})


async def overseer_of(request: Request[Any, Any, Any]) -> Caller:
    """The caller, who must oversee all projects: persons belong to none. Raises `Forbidden`."""
    caller = await caller_of(request)
    require_role(caller, OVERSEE)
    if caller.project is not None:
        raise Forbidden(needed="auditor of all projects")
    return caller


@get(READS.replace("{id}", "{id:str}"), name=f"list:{READS}")
async def list_reads(request: Request[Any, Any, Any]) -> Json:
    """Who read a person's data, when and where; the latest first."""
    caller = await overseer_of(request)
    query = query_of(request, PAGING)
    limit = limit_of(query)
    before = number_of("cursor", query["cursor"], 1, 10**18 - 1) if "cursor" in query else None
    question = await question_of(request, caller, query)
    person = id_in_path(request)
    await question.require("persons", person)
    found = await service(request).journal.reads_of(person, limit=limit + 1, before=before)
    following = found[limit - 1].id if len(found) > limit else None
    position = question.moment.known_at
    return encoded({"items": found[:limit], "next": following, "position": position}, question)


@get(EXPORT.replace("{id}", "{id:str}"), name=f"ask:{EXPORT}")
async def export_person(request: Request[Any, Any, Any]) -> Json:
    """Everything that is held about a person."""
    caller = await overseer_of(request)
    question = await question_of(request, caller, query_of(request, ()))
    parts = service(request)
    found = await personal_file(question, parts.log, parts.journal, id_in_path(request))
    return encoded(found, question)


async def _retention(question: Question, request: Request[Any, Any, Any]) -> Retention:
    return await retention(question, id_in_path(request), lang_of(request))


@get(DUE, name=f"list:{DUE}")
async def list_due(request: Request[Any, Any, Any]) -> Json:
    """Whose data need not be kept any more, since when; for longest first."""
    caller = await caller_of(request)
    require_role(caller, READ_PERSONS)
    if caller.project is not None:
        raise Forbidden(needed=f"{caller.role} of all projects")
    query = query_of(request, MOMENT | PAGING)
    limit = limit_of(query)
    cursor = await cursor_of(request, query, DUE)
    question = await question_of(
        request, caller, query, known_at=cursor.known_at if cursor else None
    )
    after = (cursor.sort, cursor.id) if cursor else None
    found = (await due_erasures(question, after=after, first=limit + 1)).rows
    page, following = found[:limit], None
    position = question.moment.known_at
    if len(found) > limit:
        last = page[-1].due_since.isoformat(), page[-1].id
        following = Cursor(DUE, position, *last).text()
    items = await shown(question, page)
    return encoded({"items": items, "next": following, "position": position}, question)


def personal_data_routes() -> list[HTTPRouteHandler]:
    """Every address of this file."""
    return [
        list_reads,
        export_person,
        asked(RETENTION.replace("{id}", "{id:str}"), _retention, LANG),
        list_due,
    ]


def describe_personal_data() -> dict[str, Schema]:
    """These addresses, as OpenAPI describes them."""
    reads = answered(
        READS, "Who read the person's data", list_of(ref(Read)), [LIMIT, CURSOR], "persons"
    )
    export = answered(
        EXPORT,
        "Everything about a person: data, events, what they took part in, who read it",
        ref(PersonalFile),
        [],
        "persons",
    )
    for one in (reads, export):
        one["get"]["description"] = "Roles: admin, auditor; for all projects."
    lang = parameter("lang", "In which language.", {"enum": list(LANGS), "default": "pl"}, "pl")
    kept = answered(
        RETENTION,
        "Until when the project's documents must be kept, and what keeps them longer",
        ref(Retention),
        [*READING, lang],
        "projects",
    )
    due = answered(
        DUE,
        "Persons whose data need not be kept any more",
        list_of(ref(DueRow)),
        [*READING, LIMIT, CURSOR],
        "persons",
    )
    due["get"]["description"] = "Roles: admin, auditor, coordinator, manager; for all projects."
    return {READS: reads, EXPORT: export, RETENTION: kept, DUE: due}
