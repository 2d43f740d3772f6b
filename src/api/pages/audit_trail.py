"""Does the audit trail of a project hold what the law asks for? Element by element."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.routes import pages as all_pages
from api.pages.frame.words import later
from ledger.queries.audit_trail import TrailLink, audit_trail

_AXES = ("valid_at", "known_at", "lang")


@page("/projects/{id:str}/audit-trail", nav=Nav(later("Audit trail"), 10, group="control"))
async def trail(page: Page) -> Response[Any]:
    """The thirteen elements of Annex XIII: what answers each, and what is missing."""
    found = await audit_trail(page.question, page.id(), page.words.lang)  # type: ignore[arg-type]
    return page.show(
        "audit_trail.html",
        elements=found,
        answered=sum(one.status == "complete" for one in found),
        lacking=sum(one.status in ("missing", "partly") for one in found),
        to=lambda link: _page_of(page, link),
    )


def _page_of(page: Page, link: TrailLink) -> str | None:
    """The page that shows what an address of the API answers; None where there is none."""
    if link.address is None:
        return None
    parts = urlsplit(link.address)
    path = parts.path.removeprefix("/api")
    given = {k: v for k, v in parse_qsl(parts.query) if k not in _AXES}
    if not path.startswith("/projects/") and given.pop("project", ""):
        path = f"/projects/{page.id()}{path}"
    pattern = path.replace(page.id(), "{id:str}")
    if not any(one.path == pattern and one.method == "GET" for one in all_pages()):
        return None
    return page.link(path, **given)
