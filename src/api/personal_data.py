"""What does the ledger hold about a person, and who read it? For auditors and admins."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from api.describing import CURSOR, LIMIT, Schema, answered, list_of, ref
from api.identity import caller_of, require_role
from api.moments import PAGING, limit_of, number_of, query_of, question_of
from api.queries import Json, encoded, id_in_path
from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import Forbidden
from ledger.privacy.journal import Read
from ledger.queries.personal_file import PersonalFile, personal_file

READS = "/api/persons/{id}/reads"
EXPORT = "/api/persons/{id}/export"
ANSWERS = (PersonalFile, Read)
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


def personal_data_routes() -> list[HTTPRouteHandler]:
    """Every address of this file."""
    return [list_reads, export_person]


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
    return {READS: reads, EXPORT: export}
