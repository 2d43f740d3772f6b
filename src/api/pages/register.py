"""What was spent in a project? The register of its documents, as filtered and sorted."""

from dataclasses import replace
from typing import Any

import msgspec
from litestar import Response

from api.pages.frame.navigation import Nav
from api.pages.frame.page import ROWS, Page, Rows
from api.pages.frame.routes import page
from api.pages.frame.words import later
from api.queries import filters_of
from ledger.kernel.errors import Invalid
from ledger.projections.engine.query import Listing
from ledger.queries.asking import Cursor, listing
from ledger.queries.side_by_side import side_by_side
from ledger.queries.spending import FILTERS, choices, spent

NAMES = tuple(name for name in FILTERS if name != "project")
STATUSES = ("recorded", "claimed", "approved", "withdrawn")
_BACKWARDS = "lpad((3000000 - to_char(x.issued_on, 'J')::int)::text, 8, '0')"
_CENTS = "(x.gross::numeric * 100)::bigint"
# What can be sorted by, as texts whose order is that of the values.
SORTS = {
    "issued_on": (later("oldest first"), "x.issued_on"),
    "-issued_on": (later("newest first"), _BACKWARDS),
    "-gross": (later("largest first"), f"lpad((9999999999999999 - {_CENTS})::text, 17, '0')"),
    "gross": (later("smallest first"), f"lpad({_CENTS}::text, 17, '0')"),
    "document_number": (later("by number"), "lower(x.document_number)"),
    "issuer_name": (later("by issuer"), "lower(coalesce(x.issuer_name, x.issuer_nip, ''))"),
}  # fmt: skip
FIRST = "-issued_on"


@page("/projects/{id:str}/expenditures", nav=Nav(later("Expenditures"), 10, group="money"))
async def register(page: Page) -> Response[Any]:
    """The documents of the project, the sums of their charges, and the way to take them along."""
    of = listing("/api/expenditures")
    asked = filters_of(of, {k: page.query[k] for k in NAMES if page.query.get(k)})
    asked["project"] = page.id()
    sort = page.query.get("sort") or FIRST
    if sort not in SORTS:
        raise Invalid.field("sort", f"one of {', '.join(SORTS)} is expected")
    rows, sums, offered = await side_by_side(
        _rows(page, replace(of, order=SORTS[sort][1]), asked),
        spent(page.question, asked),
        choices(page.question, page.id()),
    )
    return page.show(
        "register.html",
        rows=rows,
        sums=sums,
        choices=offered,
        sorts={name: label for name, (label, _) in SORTS.items()},
        sort=sort,
        names=[*NAMES, "sort"],
        statuses=STATUSES,
        exports={
            suffix: page.link(
                f"/api/projects/{page.id()}/expenditures.{suffix}",
                **{name: page.query.get(name) for name in NAMES} | {"lang": page.lang},
            )
            for suffix in ("xlsx", "csv")
        },
    )


async def _rows(page: Page, of: Listing, asked: dict[str, Any]) -> Rows:
    cursor = None
    if text := page.query.get("cursor"):
        cursor = Cursor.read(text, of.path, page.question.reached)
    found = await page.question.page(of, asked, limit=ROWS, cursor=cursor)
    following = page.here(cursor=found.next) if found.next else None
    return Rows([msgspec.json.decode(row) for row in found.rows], following)
