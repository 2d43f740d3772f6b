"""What did an institution or a person take part in?"""

from typing import Any

from litestar import Response

from api.identity import READ_PERSONS
from api.pages.frame.facts import facts_of
from api.pages.frame.forms.choices import label_of
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.objects import changes_of, commands_of
from ledger.queries.asking import listing
from ledger.queries.participation import Part, Who, participation


@page("/institutions/{id:str}")
async def institution(page: Page) -> Response[Any]:
    """The institution, and everything that it took part in."""
    return await _shown(page, "institutions", "institution")


@page("/persons/{id:str}", roles=READ_PERSONS)
async def person(page: Page) -> Response[Any]:
    """The person, and everything that he or she took part in."""
    return await _shown(page, "persons", "person")


async def _shown(page: Page, collection: str, who: Who) -> Response[Any]:
    of = listing(f"/api/{collection}")
    row = await page.one(of.path, page.id())
    taken: dict[str, list[Part]] = {}
    for part in await participation(page.question, row["id"], who):
        taken.setdefault(part.collection, []).append(part)
    return page.show(
        "participant.html",
        collection=collection,
        row=row,
        label=label_of(page, collection, row),
        facts=facts_of(page, of.row, row),
        taken=taken,
        commands=commands_of(page, collection),
        changes=await changes_of(page, row["id"]),
    )
