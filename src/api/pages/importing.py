"""How does a file of documents come in? Brought and checked, looked at, recorded: three steps."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from typing import Any, BinaryIO, cast

from litestar import Response
from litestar.datastructures import UploadFile

from api.importing import (
    FILE_LIMIT_BYTES,
    FORM_BYTES,
    ROLES,
    SPOOLED_BYTES,
    Committed,
    budget_for,
    check,
    commit,
    kept_import,
)
from api.pages.frame import refusals
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.parting import part_of
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from api.pages.spending.file_rows import known_of, rows_in
from api.pages.spending.jobs import Job, begin, job_of
from api.pages.spending.told import lang_of
from ledger.application import new_id
from ledger.documents.looks import decent
from ledger.imports.expenditures import Order
from ledger.imports.kept import Kept
from ledger.imports.problems import CellProblem
from ledger.imports.reading import Tell
from ledger.kernel.errors import LedgerError, NotFound
from ledger.papers.register import csv_lines
from ledger.queries.budget import budget

PATH = "/projects/{id:str}/imports"
AGAIN_SECONDS = "2"


@page(PATH, roles=ROLES, nav=Nav(later("Import of documents"), 17, ROLES, "money"))
async def choose(page: Page) -> Response[Any]:
    """The first step: the file."""
    return await _choose(page)


async def _choose(page: Page, problem: str = "") -> Response[Any]:
    lines = [one for one in await budget(page.question, page.id()) if one.task is not None]
    status = 422 if problem else 200
    return page.show("import.html", status=status, lines=lines, problem=problem)


@posted(PATH, roles=ROLES, body_bytes=FILE_LIMIT_BYTES + FORM_BYTES)
async def bring(page: Page) -> Response[Any]:
    """Checks the file; nothing is recorded."""
    form = await page.request.form()
    brought = form.get("file")
    if not isinstance(brought, UploadFile) or not brought.filename:
        return await _choose(page, page.say("Choose a file first."))
    try:
        order = Order(
            name=decent(brought.filename),
            budget=await budget_for(page.parts, page.caller, page.id()),
            line=str(form.get("line") or "") or None,
            lang=lang_of(page),
            caller=page.caller,
            request_id=page.request.state.request_id,
        )
        file = await asyncio.to_thread(_copied, cast(BinaryIO, brought.file))
        id = new_id()
        await begin(page, id, page.id(), "check", partial(_check, page, file, order, id))
    except LedgerError as error:
        return await _choose(page, refusals.told(page.words, error))
    return page.go(page.link(f"/imports/{id}"))


def _copied(file: BinaryIO) -> BinaryIO:
    """A copy that outlasts the request."""
    made = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES))  # noqa: SIM115
    file.seek(0)
    shutil.copyfileobj(file, made)
    made.seek(0)
    return made


async def _check(page: Page, file: BinaryIO, order: Order, id: str, tell: Tell) -> Kept:
    with file:
        return await check(page.parts, file, order, tell, id)


@page("/imports/{id:str}", roles=ROLES)
async def show(page: Page) -> Response[Any]:
    """The second step and the third: what was found, and what was recorded."""
    job = job_of(page, page.id())
    if job is not None and job.running:
        await page.enter(job.project)
        answer = page.show("import_running.html", job=job)
        answer.headers["Refresh"] = AGAIN_SECONDS
        return answer
    if job is not None and job.what == "check" and job.error is not None:
        await page.enter(job.project)
        return page.show("import_failed.html", status=422, job=job)
    kept = await kept_import(page.parts, page.id(), page.caller)
    await page.enter(kept.project)
    problems, count = _problems(kept, job)
    return page.show(
        "import_checked.html",
        kept=kept,
        found=kept.outcome,
        problems=part_of(page, problems, "wrong"),
        count=count,
        error=job.error if job and kept.receipt is None else None,
        **await _rows(page, kept, problems, every=len(problems) == count),
    )


async def _rows(
    page: Page, kept: Kept, problems: Sequence[CellProblem], *, every: bool
) -> dict[str, Any]:
    """What will be recorded, row by row, while it is not; the rows with problems stand apart.

    Where not every problem is listed, no row can be said to have none.
    """
    if kept.receipt is not None or not every:
        return {"rows": None, "known": set()}
    of = await rows_in(page, kept)
    wrong = {(one.sheet, one.row) for one in problems if one.row is not None}
    good = [one for one in of.rows if not one.faulty and (one.source, one.row) not in wrong]
    shown = part_of(page, good, "rows")
    return {"rows": shown, "known": await known_of(page, kept, of, shown.rows)}


def _problems(kept: Kept, job: Job | None) -> tuple[list[CellProblem], int]:
    """What is wrong with the file: as it was judged last."""
    done = job.result if job is not None else None
    again = done.refused if isinstance(done, Committed) else None
    found = kept.outcome if again is None else again
    return found.errors, found.errors_count


@posted("/imports/{id:str}/commit", roles=ROLES)
async def record(page: Page) -> Response[Any]:
    """Records the file: judged again, whole or not at all, and once."""
    kept = await kept_import(page.parts, page.id(), page.caller)
    request_id = page.request.state.request_id

    async def work(tell: Tell) -> Committed:
        return await commit(page.parts, kept.id, page.caller, request_id, tell)

    if kept.receipt is None:
        await begin(page, kept.id, kept.project, "commit", work)
    return page.go(page.link(f"/imports/{kept.id}"))


@page("/imports/{id:str}/problems.csv", roles=ROLES)
async def problems(page: Page) -> Response[Any]:
    """What is wrong with the file, as a file to work through."""
    kept = await kept_import(page.parts, page.id(), page.caller)
    found, _ = _problems(kept, job_of(page, kept.id))
    if not found:
        raise NotFound
    head = [page.say(one) for one in COLUMNS]
    rows = [(o.sheet, o.row, o.column, o.field, o.value, o.message) for o in found]
    body = "\ufeff".encode() + csv_lines([head, *rows], lang_of(page))
    return Response(
        body,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="problems.csv"'},
    )


COLUMNS = (
    later("Sheet or file"), later("Row"), later("Column"), later("Field"), later("Value"),
    later("What is wrong"),
)  # fmt: skip
