"""Which payment claims does a project have, and how far has each come?"""

from typing import Any

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger.queries.asking import listing

COLUMNS = (
    "id", "number", "period_from", "period_to", "status", "submitted_on", "submitted_by",
    "approved_on", "approved_by", "approved", "paid", "totals", "explain", "position",
)  # fmt: skip


@page("/projects/{id:str}/claims", nav=Nav(later("Payment claims"), 20, group="money"))
async def claims(page: Page) -> Response[Any]:
    """The claims of the project, with what they come to."""
    of = listing("/api/claims")
    rows = await page.question.fields(of, {"project": page.id()}, COLUMNS)
    return page.show("claims.html", rows=rows)
