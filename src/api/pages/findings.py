"""Which rules of eligibility do the facts break?"""

from typing import Any

from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger.findings.model import Lang
from ledger.queries.findings import project_findings

SHOWN = 200


@page("/projects/{id:str}/findings", nav=Nav(later("Findings"), 10, group="control"))
async def findings(page: Page) -> Response[Any]:
    """What is found of the project; by severity and rule, as the address says."""
    lang: Lang = "pl" if page.lang == "pl" else "en"
    everything = await project_findings(page.question, page.id(), first=SHOWN)
    found = everything.only(page.query.get("rule", ""), page.query.get("severity", ""))
    return page.show(
        "findings.html",
        found=found.told(lang, 0, SHOWN),
        total=len(found),
        rules=everything.by_rule(),
        severities=everything.by_severity(),
    )
