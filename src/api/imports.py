"""How does a file of documents come in over HTTP? Brought and checked, then committed by its id."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.describing import (
    TEXT,
    Schema,
    answered,
    as_json,
    parameter,
    path_parameters,
    problems,
    ref,
)
from api.forms import Field, fields
from api.identity import caller_of, require_role
from api.languages import LANG, lang_of, language
from api.moments import POSITION_HEADER, query_of
from api.problems import PROBLEM_JSON, problem_of
from api.queries import id_in_path
from api.state import service
from ledger.application import Caller, new_id
from ledger.documents.looks import decent
from ledger.event_store.codec import written_time
from ledger.imports.budget import Budget
from ledger.imports.expenditures import FileTotals, Imports, Order, Outcome
from ledger.imports.kept import ImportReceipt, Kept, KeptImports
from ledger.imports.problems import CellProblem, Unreadable
from ledger.imports.recorded import budget_of
from ledger.imports.template import as_csv, as_xlsx
from ledger.imports.wording import Lang
from ledger.kernel.errors import FieldError, Invalid, NotFound, Refusal, TooLarge
from ledger.kernel.fields import Digest, Id

FILE_LIMIT_BYTES = 50 * 1024 * 1024
FORM_BYTES = 64 * 1024  # what a form adds to its file
CHUNK_BYTES = 256 * 1024
SPOOLED_BYTES = 1024 * 1024  # larger files wait on the disk
ROLES = frozenset({"officer", "admin"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportRefused(Refusal):
    """Of the file {name} nothing was recorded: {count} problems."""


class ImportAnswer(Struct, frozen=True, kw_only=True):
    """A file that was checked: what it holds, and everything that is wrong with it."""

    id: Id
    file: str
    format: str
    digest: Digest
    project: Id
    line: str | None
    rows: int
    documents: int
    new: int
    known: int
    totals: FileTotals
    errors_count: int
    errors: list[CellProblem]
    created_at: str
    committed: ImportReceipt | None = None


def _answer(kept: Kept) -> ImportAnswer:
    found = kept.outcome
    return ImportAnswer(
        id=kept.id,
        file=kept.name,
        format=found.format,
        digest=kept.digest,
        project=kept.project,
        line=kept.line,
        rows=found.rows,
        documents=found.documents,
        new=found.new,
        known=found.known,
        totals=found.totals,
        errors_count=found.errors_count,
        errors=found.errors,
        created_at="" if kept.created_at is None else written_time(kept.created_at),
        committed=kept.receipt,
    )


def _response(kept: Kept, position: int) -> Response[bytes]:
    return Response(
        msgspec.json.encode(_answer(kept)),
        media_type="application/json",
        headers={POSITION_HEADER: str(position), "Location": f"/api/imports/{kept.id}"},
    )


class _Brought:
    """What the form brought: a file on the disk, and what to do with it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.name: str | None = None
        self.texts: dict[str, str] = {}

    async def take(self, field: Field) -> None:
        """Adds a field. Raises `Invalid` and `TooLarge`."""
        if field.name in self.texts or (field.name == "file" and self.name is not None):
            raise Invalid.field(field.name, "must be given once")
        if field.name == "file" and field.filename is not None:
            self.name, size = decent(field.filename), 0
            async for chunk in field.chunks():
                size += len(chunk)
                if size > FILE_LIMIT_BYTES:
                    raise TooLarge(what=f"a file has at most {FILE_LIMIT_BYTES:,} bytes.")
                self.file.write(chunk)
        elif field.name in ("project", "line", "lang"):
            text = (await field.text()).strip()
            if not text.isprintable():
                raise Invalid.field(field.name, "must be one line of text")
            self.texts[field.name] = text
        else:
            raise Invalid.field(field.name, "is not a field of this form")

    def checked(self) -> str:
        """The file's name. Raises `Invalid` where something is missing."""
        errors = []
        if self.name is None:
            errors.append(FieldError("file", "is required"))
        if not self.texts.get("project"):
            errors.append(FieldError("project", "is required"))
        if errors or self.name is None:
            raise Invalid(errors)
        return self.name


async def _budget(request: Request[Any, Any, Any], caller: Caller, named: str) -> Budget:
    """The project of that id or code. Raises `Invalid` where the caller sees none."""
    parts = service(request)
    await parts.reading.wait_for(await parts.log.head())
    found = await budget_of(parts.reading, named)
    if found is None or caller.project not in (None, found.project):
        raise Invalid.field("project", "unknown in projects")
    return found


def _imports(request: Request[Any, Any, Any]) -> Imports:
    parts = service(request)
    return Imports(parts.url, parts.ledger, parts.log, parts.reading, parts.documents)


async def _run(request: Request[Any, Any, Any], file: BinaryIO, order: Order) -> Outcome:
    """Raises `Invalid` for a file that cannot be read."""
    try:
        return await _imports(request).run(file, order, lambda _done, _all: None)
    except Unreadable as error:
        raise Invalid.field("file", str(error.facts["why"])) from None


@post("/api/imports", name="imports:check", request_max_body_size=FILE_LIMIT_BYTES + FORM_BYTES)
async def check_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Checks a file and keeps it; nothing is recorded."""
    caller = await caller_of(request)
    require_role(caller, ROLES)
    query_of(request, ())
    parts = service(request)
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as spooled:
        file = cast(BinaryIO, spooled)
        brought = _Brought(file)
        async for field in fields(request):
            await brought.take(field)
        name = brought.checked()
        lang = language(brought.texts.get("lang"))
        budget = await _budget(request, caller, brought.texts["project"])
        order = Order(
            name=name,
            budget=budget,
            line=brought.texts.get("line") or None,
            lang=lang,
            caller=caller,
            request_id=request.state.request_id,
        )
        outcome = await _run(request, file, order)
        file.seek(0)
        stored = await parts.documents.put(
            _chunks(file), name=name, by=caller.name, project=budget.project
        )
    id = new_id()
    kept = Kept(
        id=id, project=budget.project, digest=stored.sha256, name=name, line=order.line, lang=lang,
        outcome=outcome,
    )  # fmt: skip
    await _kept(request).add(kept, caller.name)
    found = await _kept(request).get(id, None)
    assert found is not None
    answer = _response(found, await parts.log.head())
    answer.status_code = 201
    return answer


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


def _kept(request: Request[Any, Any, Any]) -> KeptImports:
    return KeptImports(service(request).url)


@get("/api/imports/{id:str}", name="imports:read")
async def read_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the check of a file found, and what was recorded of it."""
    caller = await caller_of(request)
    require_role(caller, ROLES)
    query_of(request, ())
    kept = await _kept(request).get(id_in_path(request), caller.project)
    if kept is None:
        raise NotFound
    return _response(kept, await service(request).log.head())


@post("/api/imports/{id:str}/commit", name="imports:commit")
async def commit_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Records a file that was checked: judged again, whole or not at all, and once."""
    caller = await caller_of(request)
    require_role(caller, ROLES)
    id = id_in_path(request)
    async with _kept(request).held(id, caller.project) as held:
        if held.kept is None:
            raise NotFound
        receipt = held.kept.receipt
        if receipt is None:
            outcome = await _record(request, caller, held.kept)
            if outcome.position is None:
                return _refused(held.kept, outcome)
            receipt = ImportReceipt(
                id=id,
                project=held.kept.project,
                recorded=outcome.recorded,
                known=outcome.known,
                position=outcome.position,
            )
            await held.committed(receipt)
    return Response(
        msgspec.json.encode(receipt),
        status_code=201,
        media_type="application/json",
        headers={POSITION_HEADER: str(receipt.position)},
    )


async def _record(request: Request[Any, Any, Any], caller: Caller, kept: Kept) -> Outcome:
    """Reads the kept file again by its digest."""
    budget = await _budget(request, caller, kept.project)
    order = Order(
        name=kept.name,
        budget=budget,
        line=kept.line,
        lang=kept.lang,
        caller=caller,
        request_id=request.state.request_id,
        record=True,
    )
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as spooled:
        file = cast(BinaryIO, spooled)
        async for chunk in service(request).documents.get(kept.digest):
            file.write(chunk)
        return await _run(request, file, order)


def _refused(kept: Kept, outcome: Outcome) -> Response[bytes]:
    error = ImportRefused(name=kept.name, count=outcome.errors_count)
    errors = [{"field": one.spot().text(), "message": one.message} for one in outcome.errors]
    body = problem_of(error) | {"errors": errors}
    return Response(msgspec.json.encode(body), status_code=409, media_type=PROBLEM_JSON)


@get("/api/imports/template.xlsx", name="imports:template-xlsx")
async def template_xlsx(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A workbook to fill in, with the project's budget lines to choose from."""
    budget, lang = await _template(request)
    body = await asyncio.to_thread(as_xlsx, lang, budget)
    return _download(body, XLSX, "xlsx")


@get("/api/imports/template.csv", name="imports:template-csv")
async def template_csv(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The columns to fill in, as CSV."""
    _, lang = await _template(request)
    return _download(as_csv(lang), "text/csv; charset=utf-8", "csv")


async def _template(request: Request[Any, Any, Any]) -> tuple[Budget | None, Lang]:
    caller = await caller_of(request)
    query = query_of(request, LANG | {"project"})
    named = query.get("project")
    budget = await _budget(request, caller, named) if named else None
    return budget, lang_of(request)


def _download(body: bytes, media_type: str, suffix: str) -> Response[bytes]:
    disposition = f'attachment; filename="import-template.{suffix}"'
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition})


def describe_imports() -> dict[str, Schema]:
    """The addresses in OpenAPI: a form comes in, a file goes out."""
    base = "/api/imports"
    project = parameter("project", "Its id or code.", TEXT, "LIDERZY")
    form: Schema = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "project": {"type": "string", "description": "The project's id or code."},
            "line": {"type": "string", "description": "The budget line of whole invoices."},
            "lang": {"enum": ["pl", "en"], "description": "The language of what is wrong."},
        },
        "required": ["file", "project"],
    }
    found = {f"{base}/{{id}}": answered(f"{base}/{{id}}", "What a check found", ref(ImportAnswer),
                                    [], "imports")}  # fmt: skip
    for suffix in ("xlsx", "csv"):
        path = f"{base}/template.{suffix}"
        lang = parameter("lang", "pl or en.", TEXT, "pl")
        found[path] = answered(path, "A file to fill in", {}, [project, lang], "imports")
        found[path]["get"]["responses"]["200"] = {
            "description": "The file.",
            "content": {"*/*": {"schema": {"contentMediaType": "application/octet-stream"}}},
        }
    for path, what, body, answer in (
        (base, "Checks a file of documents; nothing is recorded", form, ref(ImportAnswer)),
        (f"{base}/{{id}}/commit", "Records a checked file, once", None, ref(ImportReceipt)),
    ):
        content = {"required": True, "content": {"multipart/form-data": {"schema": body}}}
        found[path] = {
            "post": {
                "summary": what,
                "description": "Roles: admin, officer.",
                "operationId": "imports" + ("_check" if body else "_commit"),
                "tags": ["imports"],
                "parameters": path_parameters(path),
                **({"requestBody": content} if body else {}),
                "responses": {"201": as_json(answer, what)}
                | problems(400, 401, 403, 404, 409, 413, 422, 503),
            }
        }
    return found


def import_routes() -> list[HTTPRouteHandler]:
    """The addresses of imports."""
    return [check_import, read_import, commit_import, template_xlsx, template_csv]
