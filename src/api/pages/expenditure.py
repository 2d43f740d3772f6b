"""What is known of one document: its charges, evidence, findings, history, and what it feeds?"""

from typing import Any

from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.spending.told import lang_of, steps
from ledger.queries.feeds import feeds


@page("/expenditures/{id:str}")
async def expenditure(page: Page) -> Response[Any]:
    """The document at the page's moment."""
    row = await page.one("/api/expenditures", page.id())
    await _enter(page, row)
    fed = await feeds(page.question, page.id(), lang_of(page))
    return page.show(
        "expenditure.html",
        row=row,
        feeds={one.charge: one for one in fed.charges},
        findings=fed.findings,
        evidence=[await _evidence(page, digest) for digest in row["evidence"]],
        steps=await steps(page, page.id()),
    )


async def _enter(page: Page, row: dict[str, Any]) -> None:
    """Stays in the project chosen before, if the document concerns it."""
    projects = list(dict.fromkeys(one["project"] for one in row["charges"]))
    if projects and (page.project is None or page.project["id"] not in projects):
        await page.enter(projects[0])


async def _evidence(page: Page, digest: str) -> dict[str, Any]:
    stored = await page.parts.documents.known(digest, page.caller.project)
    return {"digest": digest, "name": stored.name if stored else None,
            "size": stored.size if stored else None}  # fmt: skip
