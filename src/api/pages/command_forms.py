"""How is something recorded by hand? Every command has a form, without a page being written."""

from typing import Any

from litestar import Response

from api.pages.frame.forms import choices
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.page import Page
from api.pages.frame.routes import PageRoute, Show, page
from ledger import catalogue
from ledger.application import Receipt
from ledger.kernel.errors import NotFound

TEMPLATE = "command_form.html"


async def shown(form: CommandForm, *, template: str = TEMPLATE, **more: Any) -> Response[Any]:
    """The page of a form."""
    own, common = await form.drawn()
    status = 422 if form.problem or form.cautions else 200
    return form.page.show(template, status=status, form=form, own=own, common=common, **more)


def recorded(form: CommandForm, receipt: Receipt) -> Response[Any]:
    """Where one goes from a form that was recorded: to the object, as it is known now."""
    page = form.page
    query = f"?recorded={receipt.position}" + (f"&lang={page.lang}" if "lang" in page.query else "")
    return page.go(f"/{form.collection}/{receipt.id}{query}")


def _open(collection: str, command: str, *, creates: bool) -> Show:
    async def show(page: Page) -> Response[Any]:
        if "known_at" in page.query:
            # What is recorded is recorded now: the form shows what is known now.
            return page.go(page.here(known_at=None))
        form = CommandForm(page, collection, command, None if creates else page.id())
        await form.open()
        return await shown(form)

    return show


def _send(collection: str, command: str, *, creates: bool) -> Show:
    async def send(page: Page) -> Response[Any]:
        form = CommandForm(page, collection, command, None if creates else page.id())
        receipt = await form.send()
        return await shown(form) if receipt is None else recorded(form, receipt)

    return send


@page("/choices/{collection:str}")
async def choices_by_name(page: Page) -> Response[Any]:
    """What can be chosen for the text `q`, as a list that a field shows while one types."""
    collection = str(page.request.path_params["collection"])
    if collection not in catalogue.aggregates():
        raise NotFound
    found = await choices.matching(page, collection, page.query.get("q", ""))
    return page.show("choices.html", found=found)


def derived() -> list[PageRoute]:
    """The forms of all commands."""
    made = []
    for collection, aggregate in catalogue.aggregates().items():
        for name, kind in aggregate.commands.items():
            creates, roles = kind.terms.creates, kind.terms.roles
            path = f"/{collection}/create" if creates else f"/{collection}/{{id:str}}/{name}"
            opened = _open(collection, name, creates=creates)
            sent = _send(collection, name, creates=creates)
            made.append(PageRoute(path, opened, "GET", roles))
            made.append(PageRoute(path, sent, "POST", roles))
    return made


DERIVED = derived
