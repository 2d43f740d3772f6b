"""How accessible are the pages, and whom does one tell that they are not?

The statement that the act of 4 April 2019 on the digital accessibility of websites and mobile
applications of public bodies asks for (art. 10), with the parts and the identifiers that the
ministry's technical conditions prescribe.
"""

import os
from typing import Any

from litestar import Response
from msgspec import Struct

from api.pages.frame.page import Page
from api.pages.frame.routes import page

PUBLISHED_ON = UPDATED_ON = MADE_ON = REVIEWED_ON = "2026-11-28"


class Operator(Struct, frozen=True, kw_only=True):
    """Who runs the ledger and answers for it; what nobody set is None."""

    name: str | None
    contact: str | None
    email: str | None
    phone: str | None
    building: str | None


def operator() -> Operator:
    """The operator, as the environment of the service says."""
    named = {
        "name": "LEDGER_OPERATOR",
        "contact": "LEDGER_CONTACT",
        "email": "LEDGER_CONTACT_EMAIL",
        "phone": "LEDGER_CONTACT_PHONE",
        "building": "LEDGER_BUILDING",
    }
    return Operator(**{field: os.environ.get(name) or None for field, name in named.items()})


@page("/accessibility", open_to_all=True)
async def accessibility(page: Page) -> Response[Any]:
    """The accessibility statement."""
    return page.show(
        f"accessibility.{page.lang}.html",
        operator=operator(),
        address=str(page.request.base_url).rstrip("/"),
        published_on=PUBLISHED_ON,
        updated_on=UPDATED_ON,
        made_on=MADE_ON,
        reviewed_on=REVIEWED_ON,
    )
