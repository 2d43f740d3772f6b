"""Which projects are there? The first page after signing in."""

from typing import Any

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later


@page("/", nav=Nav(later("Projects"), 10))
async def home(page: Page) -> Response[Any]:
    """The projects that the reader sees."""
    page.project = None
    found = await page.rows("/api/projects")
    return page.show("home.html", projects=found)
