"""What does the ledger know of an object? A list and a page for every collection.

They are derived from the listings, so that nothing is without a page; a page that is written for
the same address takes the place of the derived one.
"""

from typing import Any

import msgspec
from litestar import Response
from msgspec import inspect

from api.identity import READ_PERSONS
from api.pages.frame.facts import facts_of, tables_of
from api.pages.frame.forms.choices import label_of
from api.pages.frame.naming import in_order, value_kind
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import PageRoute, Show
from api.pages.frame.words import later
from ledger import catalogue
from ledger.projections.engine.query import Listing, listings
from ledger.queries.replay import history

# Collections that belong to no project stand in the bar, the others in the project's navigation.
_BAR = {"institutions": 20, "persons": 30}
_SIDE = {
    "agreements": ("cooperation", 10),
    "teams": ("cooperation", 20),
    "activities": ("cooperation", 30),
    "recruitments": ("cooperation", 40),
    "deliverables": ("cooperation", 50),
    "grants": ("money", 40),
    "support-cases": ("cooperation", 60),
    "custodies": ("control", 60),
}
_LABELS = {
    "institutions": later("Institutions"),
    "persons": later("Persons"),
    "agreements": later("Agreements"),
    "teams": later("Teams"),
    "activities": later("Activities"),
    "recruitments": later("Recruitments"),
    "deliverables": later("Deliverables"),
    "grants": later("Grants"),
    "support-cases": later("Support cases"),
    "custodies": later("Custody of papers"),
}
# What a list shows of an object beside its name, in this order, where its rows have it.
COLUMNS = (
    "kind", "subject", "code", "sector", "level", "voivodeship", "county", "commune", "nip",
    "institution_name", "team_name", "holder_name", "issuer_name", "signed_on", "starts_on",
    "ends_on", "established_on", "issued_on", "period_from", "period_to", "place", "amount", "paid",
    "gross", "eligible", "attendance", "selected", "value", "status",
)  # fmt: skip
COLUMNS_LIMIT = 6
_PARTS = (inspect.ListType, inspect.DictType, inspect.StructType, inspect.VarTupleType)


def derived() -> list[PageRoute]:
    """The lists and pages of all collections."""
    made = []
    for listing in listings():
        collection = listing.path.removeprefix("/api/")
        if "/" in collection or not listing.single:
            continue
        roles = READ_PERSONS if listing.reads_persons else frozenset[str]()
        made.append(PageRoute(f"/{collection}", _list(listing), "GET", roles, _bar(collection)))
        made.append(PageRoute(f"/{collection}/{{id:str}}", _single(listing), "GET", roles))
        if collection in _SIDE:
            group, order = _SIDE[collection]
            path = f"/projects/{{id:str}}/{collection}"
            nav = Nav(_LABELS[collection], order, group=group)
            made.append(PageRoute(path, _list(listing, of_project=True), "GET", roles, nav))
    return made


DERIVED = derived


def _bar(collection: str) -> Nav | None:
    if collection not in _BAR:
        return None
    roles = READ_PERSONS if collection == "persons" else frozenset[str]()
    return Nav(_LABELS[collection], _BAR[collection], roles)


def _list(listing: Listing, *, of_project: bool = False) -> Show:
    collection = listing.path.removeprefix("/api/")
    # Lists within a row take most of the time to make, and a line of a list shows none of them.
    plain = [f.name for f in msgspec.structs.fields(listing.row) if not _has_parts(f.type)]

    async def show(page: Page) -> Response[Any]:
        filters = {"project": page.id()} if of_project else {}
        rows = await page.rows(listing.path, filters, names=plain)
        columns = [name for name in COLUMNS if name in listing.row.__struct_fields__]
        return page.show(
            "objects.html",
            collection=collection,
            rows=rows,
            columns=columns[:COLUMNS_LIMIT],
            filters=_filters(listing, of_project=of_project),
            label=lambda row: label_of(page, collection, row),
            cell=lambda row, name: facts_of(page, listing.row, row, [name]),
        )

    return show


def _has_parts(kind: Any) -> bool:
    node = inspect.type_info(kind)
    nodes = node.types if isinstance(node, inspect.UnionType) else (node,)
    return any(isinstance(one, _PARTS) for one in nodes)


def _filters(listing: Listing, *, of_project: bool) -> list[tuple[str, tuple[str, ...], str]]:
    """The filters of a list that people can use: a few values each, or a text."""
    found = []
    kinds = {f.name: f.type for f in msgspec.structs.fields(listing.row)}
    for name in listing.filters:
        values, kind = _alternatives(kinds.get(name), name)
        if values or name in ("name", "nip", "voivodeship", "issuer_nip", "code"):
            found.append((name, values, kind))
    return found


def _alternatives(kind: Any, name: str) -> tuple[tuple[str, ...], str]:
    node = inspect.type_info(kind) if kind is not None else None
    if isinstance(node, inspect.LiteralType):
        called = value_kind(node.values, name)
        return in_order(node.values, called), called
    return (), ""


def _single(listing: Listing) -> Show:
    collection = listing.path.removeprefix("/api/")

    async def show(page: Page) -> Response[Any]:
        row = await page.one(listing.path, page.id())
        if collection == "projects":
            await page.enter(row["id"])
        elif isinstance(row.get("project"), str):
            await page.enter(row["project"])
        return page.show(
            "object.html",
            collection=collection,
            row=row,
            label=label_of(page, collection, row),
            facts=facts_of(page, listing.row, row),
            tables=tables_of(page, listing.row, row),
            commands=commands_of(page, collection),
            changes=await changes_of(page, row["id"]),
        )

    return show


def commands_of(page: Page, collection: str) -> list[str]:
    """The commands that the reader may give about an object of the collection."""
    aggregate = catalogue.aggregates()[collection]
    return [
        name
        for name, kind in aggregate.commands.items()
        if not kind.terms.creates and page.caller.role in kind.terms.roles
    ]


async def changes_of(page: Page, id: str) -> list[Any]:
    """The object's history, newest first, for those who may read the log."""
    if not page.is_one_of("auditor", "admin"):
        return []
    return list(reversed(await history(page.question, page.parts.log, id)))
