"""How does evidence come in and go out? `/api/documents`, by the digest of its bytes."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Struct

from api.forms import fields
from api.identity import caller_of
from api.moments import POSITION_HEADER, query_of, question_of
from api.state import service
from ledger.application import valid_id
from ledger.documents import SIZE_LIMIT_BYTES, Received, Stored, digest_in
from ledger.event_store.codec import written_time
from ledger.kernel.errors import Invalid, NotFound
from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question

FORM_BYTES = 64 * 1024  # what a form adds to its file
# Nothing that was uploaded is ever run or shown in place, whatever it calls itself.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-cache",
}
# A grant of one project sees what was brought for it, and what its objects name as evidence: of
# that, nothing that was brought for another project, unless the two charge the same document. Who
# only names a digest must not get the bytes for it.
_SEEN = f"""
SELECT EXISTS (SELECT FROM log.uploads AS u
               WHERE u.sha256 = %(sha256)s AND u.project = %(scope)s::uuid)
    OR EXISTS (SELECT FROM {{evidence:ever}} AS e JOIN {{streams:ever}} AS s USING (stream)
               WHERE e.digest = %(digest)s AND {of_project("s", "%(scope)s::uuid")}
               AND scope.brought_for(%(sha256)s, e.stream))"""


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """A stored document."""

    sha256: str
    size: int
    media_type: str
    name: str
    stored_at: str


def _answer(stored: Stored) -> DocumentAnswer:
    return DocumentAnswer(
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        name=stored.name,
        stored_at=written_time(stored.stored_at),
    )


@post("/api/documents", name="documents:store", request_max_body_size=SIZE_LIMIT_BYTES + FORM_BYTES)
async def store_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Keeps a document; the same bytes again change nothing."""
    caller = await caller_of(request)
    question = await question_of(request, caller, query_of(request, ()))
    documents = service(request).documents
    received: Received | None = None
    try:
        name, project = "", caller.project
        async for field in fields(request):
            if field.name == "file" and field.filename is not None and received is None:
                name, received = field.filename, await documents.receive(field.chunks())
            elif field.name == "project":
                project = await _project(question, await field.text())
            else:
                raise Invalid.field(field.name, "one file and a project are expected")
        if received is None:
            raise Invalid.field("file", "is required")
        stored = await documents.keep(received, name=name, by=caller.name, project=project)
    except BaseException:
        if received is not None:
            await documents.drop(received)
        raise
    return Response(
        msgspec.json.encode(_answer(stored)),
        status_code=201 if stored.new else 200,
        media_type="application/json",
        headers={
            "Location": f"/api/documents/{stored.sha256}",
            POSITION_HEADER: str(question.reached),
        },
    )


async def _project(question: Question, text: str) -> str:
    """The project for which a document is brought. Raises `Invalid`."""
    project = valid_id(text.strip())
    if project is None:
        raise Invalid.field("project", "an identifier (UUID) is expected")
    try:
        await question.require("projects", project)
    except NotFound:
        raise Invalid.field("project", "unknown in projects") from None
    return project


@get("/api/documents/{sha256:str}", name="documents:read")
async def read_document(request: Request[Any, Any, Any]) -> Response[Any]:
    """The document's bytes."""
    caller = await caller_of(request)
    question = await question_of(request, caller, query_of(request, ()))
    digest = digest_in(str(request.path_params["sha256"]))
    if digest is None or not await may_see_document(question, digest):
        raise NotFound
    documents = service(request).documents
    stored = await documents.known(digest, caller.project)
    if stored is None:
        raise NotFound
    headers = {
        **_HARMLESS,
        "ETag": f'"{digest}"',
        POSITION_HEADER: str(question.reached),
    }
    if f'"{digest}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    chunks = documents.get(digest)
    first = await anext(chunks)  # where it is missing, it is missing now and not half-way
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}"
    headers["Content-Length"] = str(stored.size)
    headers["Content-Type"] = stored.media_type  # a header, so that no charset is made up
    return Stream(_from(first, chunks), headers=headers)


async def _from(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


async def may_see_document(question: Question, digest: str) -> bool:
    """Whether the asker may have the bytes of that document."""
    if question.asker.project is None:
        return True
    rows = await question.rows(_SEEN, digest=digest, sha256=bytes.fromhex(digest))
    return bool(rows[0][0])


def describe_documents(problems: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The addresses in OpenAPI; what goes through them is no JSON."""
    tags, file = ["documents"], {"contentMediaType": "application/octet-stream"}
    digest = {
        "name": "sha256",
        "in": "path",
        "description": "SHA-256 of the bytes, in hex.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    fields = {"file": {"type": "string", **file}, "project": {"type": "string", "format": "uuid"}}
    form = {"type": "object", "properties": fields, "required": ["file"]}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/DocumentAnswer"}}}
    stored = {"description": "Stored.", "content": answer}
    known = {"description": "Was stored already.", "content": answer}
    sent = {"description": "The bytes, as they were stored.", "content": {"*/*": {"schema": file}}}
    store = {
        "summary": "Keeps a document as evidence",
        "operationId": "documents_store",
        "tags": tags,
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": {"201": stored, "200": known} | problems(400, 401, 413, 422, 503),
    }
    read = {
        "summary": "The bytes of a document",
        "operationId": "documents_read",
        "tags": tags,
        "parameters": [digest],
        "responses": {"200": sent} | problems(400, 401, 404, 422, 503),
    }
    return {"/api/documents": {"post": store}, "/api/documents/{sha256}": {"get": read}}


def document_routes() -> list[HTTPRouteHandler]:
    """The addresses of evidence."""
    return [store_document, read_document]
