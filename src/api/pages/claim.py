"""How is a payment claim put together, handed in, approved and paid? Its workbench."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import uuid4

from litestar import Response

from api.commands import carry_out
from api.pages.frame import refusals
from api.pages.frame.page import Page
from api.pages.frame.parting import SHOWN, part_of
from api.pages.frame.routes import page, posted
from api.pages.spending.told import lang_of, steps
from ledger.application import Wish, valid_id
from ledger.findings import Finding
from ledger.kernel.errors import Invalid, Refusal
from ledger.queries.claimable import waiting
from ledger.queries.findings import findings_of_documents

OPEN = ("draft", "returned")
AT_ONCE = 1_000  # charges put in by one command
CHOSEN = "charge"
BETWEEN = "|"


@page("/claims/{id:str}")
async def claim(page: Page) -> Response[Any]:
    """The claim at the page's moment."""
    return await _shown(page, [])


async def _shown(page: Page, problems: list[str], status: int = 200) -> Response[Any]:
    row = await page.one("/api/claims", page.id())
    await page.enter(row["project"])
    part = part_of(page, row["charges"])
    is_open = row["status"] in OPEN and page.may("claims", "include")
    wait = None
    if is_open:
        whole = page.query.get("show") == "all"
        period = None if whole else (row["period_from"], row["period_to"])
        wait = await waiting(page.question, row["project"], period, SHOWN)
    documents = {one["expenditure"] for one in part.rows}
    documents |= {one.expenditure for one in wait.rows} if wait else set()
    return page.show(
        "claim.html",
        status=status,
        row=row,
        part=part,
        wait=wait,
        is_open=is_open,
        findings=await _findings(page, documents),
        hinders={one["charge"]: _hindrances(page, one, row) for one in part.rows},
        unready=sum(bool(_hindrances(page, one, row)) for one in row["charges"]),
        own=row["submitted_by"] == page.caller.name,
        problems=problems,
        key=uuid4(),
        steps=await steps(page, page.id()),
    )


async def _findings(page: Page, documents: set[str]) -> dict[str, list[Finding]]:
    """What is found of the documents that the page shows."""
    found: dict[str, list[Finding]] = defaultdict(list)
    if documents:
        for one in await findings_of_documents(page.question, documents, lang_of(page)):
            found[one.subject].append(one)
    return found


def _hindrances(page: Page, one: dict[str, Any], claim: dict[str, Any]) -> list[str]:
    """What stands against handing the charge in with the claim."""
    found = []
    if one["paid_on"] is None:
        found.append(page.say("not paid"))
    elif date.fromisoformat(one["paid_on"]) > date.fromisoformat(claim["period_to"]):
        found.append(page.say("paid after the period"))
    if one["budget_line"] and one["category"] is None:
        found.append(page.say("its line is not in the budget"))
    return found


@posted("/claims/{id:str}/charges", roles=frozenset({"officer"}))
async def change(page: Page) -> Response[Any]:
    """Puts the chosen charges in, or takes them out."""
    form = await page.request.form()
    wanted = str(form.get("do", ""))
    chosen = [str(one) for one in form.getall(CHOSEN, [])]
    if wanted == "include-all":
        chosen = await _all_waiting(page)
    charges = [_charge(text) for text in chosen]
    if not charges or None in charges:
        return await _shown(page, [page.say("Choose at least one charge.")], 422)
    command = "exclude" if wanted == "exclude" else "include"
    wish = Wish(collection="claims", command=command, id=page.id(), body={"charges": charges})
    try:
        receipt = await carry_out(page.request, page.caller, wish, f"form:{form.get('form-key')}")
    except (Refusal, Invalid) as error:
        return await _shown(page, [refusals.told(page.words, error)], 422)
    shown = page.query.get("show")
    return page.go(page.link(f"/claims/{page.id()}", show=shown, recorded=receipt.position))


async def _all_waiting(page: Page) -> list[str]:
    row = await page.one("/api/claims", page.id())
    period = (row["period_from"], row["period_to"])
    whole = page.query.get("show") == "all"
    found = await waiting(page.question, row["project"], None if whole else period, AT_ONCE)
    return [f"{one.expenditure}{BETWEEN}{one.charge}" for one in found.rows]


def _charge(text: str) -> dict[str, str] | None:
    expenditure, _, charge = text.partition(BETWEEN)
    if valid_id(expenditure) is None or valid_id(charge) is None:
        return None
    return {"expenditure": expenditure, "charge": charge}
