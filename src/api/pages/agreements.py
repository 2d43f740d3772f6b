"""What did the parties of an agreement undertake, and which events fulfil it? How is one signed?"""

from typing import Any

from litestar import Response

from api.pages.command_forms import recorded, shown
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.gathering.signing import SigningForm
from api.pages.objects import changes_of, commands_of
from ledger.queries.naming import named

COORDINATORS = frozenset({"coordinator"})
SIGN = "/agreements/create"


@page(SIGN, roles=COORDINATORS)
async def sign(page: Page) -> Response[Any]:
    """The form of an agreement: its parties, what they undertake, the document."""
    if "known_at" in page.query or "valid_at" in page.query:
        return page.go(page.now())  # what is recorded is recorded now
    form = SigningForm(page)
    await form.begin()
    return await shown(form, template="sign_agreement.html")


@posted(SIGN, roles=COORDINATORS)
async def signed(page: Page) -> Response[Any]:
    """Takes what was pasted into rows, or records the agreement."""
    form = SigningForm(page)
    receipt = await form.record() if await form.take() else None
    if receipt is None:
        return await shown(form, template="sign_agreement.html")
    return recorded(form, receipt)


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
