"""Whose data are erased, because nothing keeps them any more? One asks for it, another approves.

Beside it stands the journal of who read a person's data, for those who oversee all projects.
"""

from typing import Any

from litestar import Response

from api.identity import READ_PERSONS, check_reader
from api.moments import number_of
from api.pages.command_forms import recorded
from api.pages.frame.forms.choices import label_of
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.navigation import Nav
from api.pages.frame.page import ROWS, Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from api.pages.objects import commands_of
from api.personal_data import overseer_of
from ledger.queries.asking import listing
from ledger.queries.due_erasures import DueRow, due_erasures
from ledger.queries.due_erasures import shown as with_names
from ledger.queries.erasures import REQUESTS_LIMIT, course, erased, requests

DUE = "/erasures/due"
ASKERS = frozenset({"coordinator"})
AUDITORS = frozenset({"auditor"})
SHOWN = 100  # so many are asked for with one form
LAST_POSITION = 10**15


def _check_all_projects(page: Page) -> None:
    """Persons belong to no project: only who sees all of them takes part."""
    check_reader(listing("/api/erasures"), page.caller)


@page("/erasures", nav=Nav(later("Erasure"), 35, READ_PERSONS, all_projects=True),
      roles=READ_PERSONS)  # fmt: skip
async def overview(page: Page) -> Response[Any]:
    """The requests, those that wait first, and everybody who was erased."""
    _check_all_projects(page)
    found = await requests(page.question)
    before = page.query.get("before")
    gone = await erased(
        page.question,
        page.parts.log,
        limit=ROWS + 1,
        before=number_of("before", before, 1, LAST_POSITION) if before else None,
    )
    return page.show(
        "erasures.html",
        requests=found[:REQUESTS_LIMIT],
        more=len(found) > REQUESTS_LIMIT,
        erased=gone[:ROWS],
        next=page.here(before=gone[ROWS - 1].event.position) if len(gone) > ROWS else None,
    )


@page(DUE, roles=READ_PERSONS)
async def due(page: Page) -> Response[Any]:
    """Persons whose data need not be kept any more; those who may, ask for their erasure."""
    _check_all_projects(page)
    form = CommandForm(page, "erasures", "create")
    await form.open()
    return await _due(page, form)


@posted(DUE, roles=ASKERS)
async def ask(page: Page) -> Response[Any]:
    """Asks that those who were ticked be erased."""
    _check_all_projects(page)
    form = CommandForm(page, "erasures", "create")
    receipt = await form.send()
    return await _due(page, form) if receipt is None else recorded(form, receipt)


async def _due(page: Page, form: CommandForm) -> Response[Any]:
    found = await due_erasures(page.question, first=SHOWN)
    rows: list[DueRow] = await with_names(page.question, found.rows)
    names = [name for name in form.sent.fields if name.startswith("persons-")]
    _, common = await form.drawn()
    return page.show(
        "erasures_due.html",
        status=422 if form.problem else 200,
        form=form,
        common=common,
        rows=rows,
        total=found.total,
        ticked={form.sent.text(name) for name in names},
    )


@page("/erasures/{id:str}", roles=READ_PERSONS)
async def request(page: Page) -> Response[Any]:
    """A request: whom it names, why their data are due, and what was decided."""
    row = await page.one("/api/erasures", page.id())
    waiting = row["status"] == "requested"
    persons = [one["person"] for one in row["persons"]]
    due = (await due_erasures(page.question, persons)).rows if waiting else []
    return page.show(
        "erasure.html",
        row=row,
        due={one.id: one for one in due},
        course=await course(page.question, page.parts.log, row["id"]),
        commands=commands_of(page, "erasures") if waiting else [],
        own=row["requested_by"] == page.caller.name,
    )


@page("/persons/{id:str}/reads", roles=AUDITORS)
async def reads(page: Page) -> Response[Any]:
    """Who read the person's data, when and where, the latest first."""
    await overseer_of(page.request)
    row = await page.one("/api/persons", page.id())
    text = page.query.get("before")
    before = number_of("before", text, 1, 10**18 - 1) if text else None
    found = await page.parts.journal.reads_of(row["id"], limit=ROWS + 1, before=before)
    return page.show(
        "reads.html",
        row=row,
        label=label_of(page, "persons", row),
        reads=found[:ROWS],
        next=page.here(before=found[ROWS - 1].id) if len(found) > ROWS else None,
    )
