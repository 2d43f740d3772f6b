"""Who stood for a recruitment, how do they rank, and who was chosen?"""

from itertools import groupby
from typing import Any

from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.objects import changes_of, commands_of


@page("/recruitments/{id:str}")
async def recruitment(page: Page) -> Response[Any]:
    """The ranking by the main criterion, sub-region by sub-region, beside the choice."""
    row = await page.one("/api/recruitments", page.id())
    await page.enter(row["project"])
    ranked = sorted(
        row["ranking"],
        key=lambda one: (one["subregion"] or "", one["rank"] or len(row["ranking"]) + 1),
    )
    return page.show(
        "recruitment.html",
        recruitment=row,
        groups=[(k, list(some)) for k, some in groupby(ranked, lambda one: one["subregion"])],
        commands=commands_of(page, "recruitments"),
        changes=await changes_of(page, row["id"]),
    )
