"""What does an auditor take away? A project's bundle, made at the log's signed state."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from api.describing import READING, TEXT, Schema, answered, parameter
from api.identity import READ_THE_LOG, caller_of, require_role
from api.moments import MOMENT, POSITION_HEADER, query_of, question_of
from api.queries import id_in_path
from api.state import outside_of, service
from ledger.bundle.making import Sources, Wish, bundle
from ledger.bundle.sealed import sealed
from ledger.kernel.errors import Invalid

ZIP = "application/zip"
PATH = "/api/projects/{id}/bundle.zip"
_CHOICES = {"true": True, "false": False}


@get("/api/projects/{id:str}/bundle.zip", name="bundle")
async def project_bundle(request: Request[Any, Any, Any]) -> Stream:
    """The project's bundle, sent while it is made."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, MOMENT | {"documents"})
    with_documents = _CHOICES.get(query.get("documents", "false"))
    if with_documents is None:
        raise Invalid.field("documents", "true or false is expected")
    id, parts = id_in_path(request), service(request)
    question = await question_of(request, caller, query)
    await question.require("projects", id)
    known_at = question.moment.known_at
    at = await sealed(
        parts.tree,
        request.app.state.log_keys,
        least=known_at,
        upto=known_at if "known_at" in query else None,
        witnesses=outside_of(request).witness_keys,
    )
    position = await parts.reading.wait_for(at.checkpoint.size)
    made = await bundle(
        Sources(parts.log, parts.reading, parts.documents, parts.disclosure),
        at,
        Wish(project=id, valid_at=question.moment.valid_at, with_documents=with_documents),
    )
    return Stream(
        made.chunks,
        media_type=ZIP,
        headers={
            POSITION_HEADER: str(position),
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": "private, no-store",
        },
    )


def describe_bundle() -> dict[str, Schema]:
    """The address in OpenAPI."""
    choice = {"type": "boolean", "default": False}
    documents = parameter("documents", "With the evidence that events name.", choice, True)
    what = "The auditor's bundle: events, their proof, tables, and a program that checks them"
    told = answered(PATH, what, {}, [*READING, documents], "projects")
    told["get"]["description"] = "Roles: admin, auditor."
    told["get"]["responses"]["200"] = {
        "description": "The bundle; verify.py in it checks it.",
        "content": {ZIP: {"schema": TEXT | {"contentMediaType": ZIP}}},
    }
    return {PATH: told}


def bundle_routes() -> list[HTTPRouteHandler]:
    """The address of bundles."""
    return [project_bundle]
