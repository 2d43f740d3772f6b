"""How is the budget carried out, line by line, and how is it set? Every number can be explained."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from litestar import Response

from api.pages.command_forms import recorded, shown
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.forms.reading import Sent
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from ledger.kernel.errors import Invalid
from ledger.queries.budget import GROUPINGS, MEASURES, BudgetRow, budget, budget_totals
from ledger.queries.side_by_side import side_by_side

OFFICERS = frozenset({"officer"})
SET = "/projects/{id:str}/set-budget"
LABELS = {
    "line": later("by line"),
    "task": later("by task"),
    "category": later("by category"),
    "source": later("by source of funds"),
}
FIELDS = ("line", "task", "category", "amount", "cross_financing", "fixed_assets")
YES = frozenset({"1", "x", "tak", "t", "yes", "y", "true"})


@page("/projects/{id:str}/budget", nav=Nav(later("Budget"), 5, group="money"))
async def execution(page: Page) -> Response[Any]:
    """What is planned, recorded, claimed, approved, disallowed and left."""
    by = page.query.get("by") or "line"
    if by not in GROUPINGS:
        raise Invalid.field("by", f"one of {', '.join(GROUPINGS)} is expected")
    rows, totals = await side_by_side(
        budget(page.question, page.id(), by), budget_totals(page.question, page.id())
    )
    return page.show(
        "budget.html", rows=rows, by=by, labels=LABELS, totals=totals, measures=MEASURES,
        used={one.id: _used(one) for one in rows},
    )  # fmt: skip


def _used(row: BudgetRow) -> float:
    """The share of what is planned that is recorded."""
    planned = Decimal(row.planned)
    return float(Decimal(row.recorded) / planned) if planned > 0 else 0.0


@page(SET, roles=OFFICERS)
async def table(page: Page) -> Response[Any]:
    """The lines of the budget in force, to be changed."""
    if "known_at" in page.query:
        return page.go(page.here(known_at=None))  # what is recorded is recorded now
    form = CommandForm(page, "projects", "set-budget", page.id())
    await form.open()
    known = [one for one in await budget(page.question, page.id()) if one.task is not None]
    _fill(form, [[_text(one, name) for name in FIELDS] for one in known])
    return await shown(form, template="set_budget.html", pasted="")


@posted(SET, roles=OFFICERS)
async def send(page: Page) -> Response[Any]:
    """Takes what was pasted into the table, or records the table."""
    form = CommandForm(page, "projects", "set-budget", page.id())
    sent = await page.request.form()
    if sent.get("do") != "paste":
        receipt = await form.send()
        if receipt is not None:
            return recorded(form, receipt)
        return await shown(form, template="set_budget.html", pasted="")
    await form.open()
    texts = {name: [v for v in sent.getall(name) if isinstance(v, str)] for name in sent}
    form.sent = Sent(texts, page.lang)
    pasted = str(sent.get("pasted") or "")
    rows = _cells(pasted)
    if rows:
        _fill(form, rows)
        pasted = ""
    else:
        form.problem.whole.append(page.say("Nothing that was pasted is a line of a budget."))
    return await shown(form, template="set_budget.html", pasted=pasted)


def _fill(form: CommandForm, rows: Iterable[Sequence[str]]) -> None:
    """Puts these lines into the form, in place of those that stood there."""
    kept = {k: v for k, v in form.sent.fields.items() if not k.startswith("lines-")}
    for number, row in enumerate(rows):
        for name, text in zip(FIELDS, row, strict=False):
            kept[f"lines-{number}-{name}"] = [text] if text else []
    form.sent.fields = kept


def _text(row: BudgetRow, name: str) -> str:
    if name == "amount":
        return row.planned
    value = getattr(row, name)
    return ("1" if value else "") if isinstance(value, bool) or value is None else str(value)


def _cells(pasted: str) -> list[list[str]]:
    """Rows as a spreadsheet puts them on the clipboard; a head and blank rows are left out."""
    text = pasted.strip("\r\n")
    mark = "\t" if "\t" in text else ";"
    found = []
    for cells in csv.reader(io.StringIO(text), delimiter=mark):
        row = [" ".join(cell.split()) for cell in cells[: len(FIELDS)]]
        if len(row) >= len(FIELDS) - 2 and any(one.isdigit() for one in row[3]):
            flags = ["1" if one.casefold() in YES else "" for one in row[4:]]
            found.append(row[:4] + flags)
    return found
