"""What did the parties of an agreement undertake, and which events fulfil it?"""

from typing import Any

from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.objects import changes_of, commands_of
from ledger.queries.naming import named


@page("/agreements/{id:str}")
async def agreement(page: Page) -> Response[Any]:
    """The agreement with its parties, its obligations, and what proves each of them."""
    row = await page.one("/api/agreements", page.id())
    await page.enter(row["project"])
    proofs = {
        activity
        for obligation in row["obligations"]
        for event in obligation["events"]
        for activity in event["activities"]
    }
    return page.show(
        "agreement.html",
        agreement=row,
        names=await named(page.question, proofs),
        commands=commands_of(page, "agreements"),
        changes=await changes_of(page, row["id"]),
    )
