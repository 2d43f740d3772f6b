"""What is this document, and what stands upon it? Evidence, by the digest of its bytes."""

from typing import Any

from litestar import Response

from api.documents import may_see_document
from api.pages.frame.page import ROWS, Page
from api.pages.frame.routes import page
from ledger.documents import digest_in
from ledger.kernel.errors import NotFound
from ledger.queries.documents_named import named_by
from ledger.queries.naming import named


@page("/documents/{sha256:str}")
async def document(page: Page) -> Response[Any]:
    """The document, who stored it, and the events that name it; the bytes may be kept elsewhere."""
    digest = digest_in(str(page.request.path_params["sha256"]))
    if digest is None or not await may_see_document(page.question, digest):
        raise NotFound
    stored = await page.parts.documents.known(digest, page.caller.project)
    events = await named_by(page.question, digest, ROWS)
    if stored is None and not events:
        raise NotFound
    return page.show(
        "document.html",
        digest=digest,
        stored=stored,
        events=events,
        names=await named(page.question, {one.stream for one in events}),
    )
