"""How is an amount shifted between budget lines? With what is left on each before it is done."""

from typing import Any

from litestar import Response

from api.pages.command_forms import shown
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.spending.shifting import ShiftForm

OFFICERS = frozenset({"officer"})
PATH = "/projects/{id:str}/shift-budget"


async def _shown(form: ShiftForm) -> Response[Any]:
    return await shown(form, template="shift_budget.html")


@page(PATH, roles=OFFICERS)
async def open_shift(page: Page) -> Response[Any]:
    """The form, with the lines of the budget in force beside it."""
    if "known_at" in page.query or "valid_at" in page.query:
        return page.go(page.now())  # what is recorded is recorded now
    form = ShiftForm(page)
    await form.begin()
    return await _shown(form)


@posted(PATH, roles=OFFICERS)
async def send(page: Page) -> Response[Any]:
    """Shows what would come of the shift, or records it."""
    form = ShiftForm(page)
    if await form.take() == "check":
        await form.check()
        return await _shown(form)
    receipt = await form.record()
    if receipt is None:
        return await _shown(form)
    return page.go(page.link(f"/projects/{page.id()}/budget", recorded=receipt.position))


@posted(f"{PATH}/check", roles=OFFICERS)
async def check(page: Page) -> Response[Any]:
    """What would come of the form as it stands, beside it while one types."""
    form = ShiftForm(page)
    await form.take()
    await form.check()
    return page.show("shift_budget_check.html", form=form)
