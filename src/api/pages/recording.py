"""How is an expenditure recorded by hand, one document after another, without a mouse?"""

from typing import Any
from urllib.parse import urlencode

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from api.pages.spending.drafting import KEPT, DraftForm
from api.pages.spending.lines import chosen
from ledger.application import Receipt

OFFICERS = frozenset({"officer"})
PATH = "/projects/{id:str}/expenditures/record"
METHODS = ("actual", "flat_rate", "unit_cost", "lump_sum")


def _shown(form: DraftForm, *, status: int = 200) -> Response[Any]:
    rows = form.sent.rows("charges") or [0]
    return form.page.show(
        "record_expenditure.html", status=status, form=form, rows=rows, methods=METHODS
    )


@page(PATH, roles=OFFICERS, nav=Nav(later("Record a document"), 15, OFFICERS, "money"))
async def record(page: Page) -> Response[Any]:
    """The form, blank but for what the last document had."""
    if "known_at" in page.query or "valid_at" in page.query:
        return page.go(page.now())  # what is recorded is recorded now
    form = DraftForm(page)
    await form.begin()
    last = page.query.get("last")
    row = await page.one("/api/expenditures", last) if last else None
    return page.show(
        "record_expenditure.html", form=form, rows=form.sent.rows("charges") or [0],
        methods=METHODS, last=row,
    )  # fmt: skip


@posted(PATH, roles=OFFICERS)
async def send(page: Page) -> Response[Any]:
    """Checks the document, or records it and goes on to the next one."""
    form = DraftForm(page)
    wanted = await form.take()
    if wanted == "add":
        return _shown(form)
    if wanted == "check":
        await form.check()
        return _shown(form)
    receipt = await form.record()
    if receipt is None:
        return _shown(form, status=422)
    if wanted == "record-and-open":
        return page.go(f"/expenditures/{receipt.id}?recorded={receipt.position}")
    return page.go(_next(form, receipt))


def _next(form: DraftForm, receipt: Receipt) -> str:
    """The form for the next document, which may be on the same line and of the same kind."""
    kept = {name: form.sent.text(f"charges-0-{name}") for name in KEPT}
    kept["budget_line"] = chosen(kept["budget_line"], "")[1]
    said = {"event": str(receipt.position), "last": receipt.id, **kept}
    return f"{form.page.path}?{urlencode({k: v for k, v in said.items() if v})}"


@posted(f"{PATH}/check", roles=OFFICERS)
async def check(page: Page) -> Response[Any]:
    """What follows from the form as it stands, beside it while one types."""
    form = DraftForm(page)
    await form.take(files=False)
    await form.check()
    return page.show("record_expenditure_check.html", form=form)


@page("/expenditures/create", roles=OFFICERS)
async def create(page: Page) -> Response[Any]:
    """Leads to the form of the project chosen last."""
    if page.project is None:
        return page.go(page.link("/"))
    return page.go(page.link(PATH.replace("{id:str}", page.project["id"])))
