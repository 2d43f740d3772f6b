"""What do the indicators say, and of whom is each number made?"""

from typing import Any

import msgspec
from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger.queries.indicators import indicators
from ledger.queries.report import time_elapsed

# What the values of a breakdown are called.
KINDS = {"sector": "Sector", "level": "Level", "sex": "Sex", "kind": "TeamKind"}


@page("/projects/{id:str}/indicators", nav=Nav(later("Indicators"), 30, group=""))
async def project_indicators(page: Page) -> Response[Any]:
    """The indicators of the project with their breakdowns."""
    assert page.project is not None
    found = msgspec.to_builtins(await indicators(page.question, page.project["id"]))
    elapsed = time_elapsed(page.question, page.project)
    return page.show("indicators.html", indicators=found, elapsed=elapsed, kinds=KINDS)
