"""Which rules of eligibility do the facts break?"""

from collections import Counter
from typing import Any

import msgspec
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
    everything = msgspec.to_builtins(await project_findings(page.question, page.id(), lang))
    severity, rule = page.query.get("severity", ""), page.query.get("rule", "")
    found = [
        one for one in everything if severity in ("", one["severity"]) and rule in ("", one["rule"])
    ]
    return page.show(
        "findings.html",
        found=found[:SHOWN],
        total=len(found),
        rules=Counter(one["rule"] for one in everything),
        severities=Counter(one["severity"] for one in everything),
    )
