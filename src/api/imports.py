"""How does a file of documents come in over HTTP? Brought and checked, then committed by its id."""

import asyncio
import tempfile
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
from api.importing import (
    FILE_LIMIT_BYTES,
    FORM_BYTES,
    ROLES,
    SPOOLED_BYTES,
    budget_for,
    check,
    commit,
    kept_import,
)
from api.languages import LANG, lang_of, language
from api.moments import POSITION_HEADER, query_of
from api.problems import PROBLEM_JSON, problem_of
from api.queries import id_in_path
from api.state import service
from ledger.documents.looks import decent
from ledger.event_store.codec import written_time
from ledger.imports.budget import Budget
from ledger.imports.expenditures import FileTotals, Order, Outcome
from ledger.imports.kept import ImportReceipt, Kept
from ledger.imports.problems import CellProblem
from ledger.imports.template import as_csv, as_xlsx
from ledger.imports.wording import Lang
from ledger.kernel.errors import FieldError, Invalid, Refusal, TooLarge
from ledger.kernel.fields import Digest, Id

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
    cautions_count: int
    cautions: list[CellProblem]
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
        cautions_count=found.cautions_count,
        cautions=found.cautions,
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
        budget = await budget_for(parts, caller, brought.texts["project"])
        order = Order(
            name=name,
            budget=budget,
            line=brought.texts.get("line") or None,
            lang=lang,
            caller=caller,
            request_id=request.state.request_id,
        )
        found = await check(parts, file, order)
    answer = _response(found, await parts.log.head())
    answer.status_code = 201
    return answer


@get("/api/imports/{id:str}", name="imports:read")
async def read_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the check of a file found, and what was recorded of it."""
    caller = await caller_of(request)
    require_role(caller, ROLES)
    query_of(request, ())
    kept = await kept_import(service(request), id_in_path(request), caller)
    return _response(kept, await service(request).log.head())


@post("/api/imports/{id:str}/commit", name="imports:commit")
async def commit_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Records a file that was checked: judged again, whole or not at all, and once."""
    caller = await caller_of(request)
    require_role(caller, ROLES)
    id = id_in_path(request)
    done = await commit(service(request), id, caller, request.state.request_id)
    if done.receipt is None:
        assert done.refused is not None
        return _refused(done.kept, done.refused)
    return Response(
        msgspec.json.encode(done.receipt),
        status_code=201,
        media_type="application/json",
        headers={POSITION_HEADER: str(done.receipt.position)},
    )


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
    budget = await budget_for(service(request), caller, named) if named else None
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
