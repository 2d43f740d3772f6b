"""How does a project stand? Its first page."""

from typing import Any

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later


@page("/projects/{id:str}", nav=Nav(later("Summary"), 10, group=""))
async def project(page: Page) -> Response[Any]:
    """The project's terms."""
    assert page.project is not None
    return page.show("project.html", project=page.project)
