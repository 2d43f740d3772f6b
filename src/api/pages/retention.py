"""Until when must a project's documents be kept, and which proceedings keep them longer?"""

from typing import Any

from litestar import Response

from api.pages.command_forms import shown
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from ledger.aggregates.projects.holds import KEEPERS
from ledger.queries.retention import retention

PATH = "/projects/{id:str}/retention"
ROLES = frozenset(KEEPERS)


@page(PATH, nav=Nav(later("Retention period"), 50, group="control"))
async def kept(page: Page) -> Response[Any]:
    """The last day, how it comes about, and the proceedings that move it."""
    lang: Any = page.lang
    return page.show("retention.html", kept=await retention(page.question, page.id(), lang))


async def _sent(page: Page, command: str) -> Response[Any]:
    """Back to the page from which the form was opened: there one sees what has changed."""
    form = CommandForm(page, "projects", command, page.id())
    receipt = await form.send()
    if receipt is None:
        return await shown(form)
    at = PATH.replace("{id:str}", page.id())
    return page.go(page.link(at, recorded=receipt.position))


@posted("/projects/{id:str}/place-hold", roles=ROLES)
async def place(page: Page) -> Response[Any]:
    """Keeps the documents until a proceeding is over."""
    return await _sent(page, "place-hold")


@posted("/projects/{id:str}/lift-hold", roles=ROLES)
async def lift(page: Page) -> Response[Any]:
    """Says that a proceeding is over."""
    return await _sent(page, "lift-hold")
