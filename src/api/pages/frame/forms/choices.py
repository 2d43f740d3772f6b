"""Which objects can a field refer to? Told by their names; found by a part of the name."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from api.identity import READ_PERSONS
from api.pages.frame.page import Page
from api.pages.frame.written import short_day
from ledger.kernel.errors import LedgerError
from ledger.queries.asking import listing

FEW = 60  # so many fit into a plain list
FOUND = 12  # so many are offered for what was typed
# What an object is called, by the first of these fields that its row has.
NAMED_BY = ("name", "title", "document_number", "number", "reference", "institution_name", "place")


class Option(NamedTuple):
    """Something to choose: its value, its name, and what tells it from others of that name."""

    value: str
    label: str
    note: str = ""


def label_of(page: Page, collection: str, row: dict[str, Any]) -> str:
    """What people call an object."""
    if collection == "persons":
        if row.get("erased"):
            return page.say("erased person")
        names = (row.get("given_name"), row.get("family_name"))
        return " ".join(str(name) for name in names if name) or page.say("person without a name")
    for name in NAMED_BY:
        if row.get(name):
            return str(row[name])
    return str(row["id"])


def note_of(page: Page, collection: str, row: dict[str, Any]) -> str:
    """What tells an object from others of the same name."""
    match collection:
        case "institutions":
            place = row.get("commune") or row.get("county") or row.get("voivodeship")
            parts = [place, f"NIP {row['nip']}" if row.get("nip") else None]
        case "projects":
            parts = [row.get("code")]
        case "expenditures":
            parts = [row.get("issuer_name") or row.get("issuer_nip")]
        case "activities":
            parts = [
                page.words.name("ActivityKind", row["kind"]),
                short_day(page.lang, row["starts_on"]),
            ]
        case "persons":
            parts = [row.get("institution_name")]
        case _:
            parts = []
    return " · ".join(str(part) for part in parts if part)


async def few(page: Page, collection: str) -> list[Option] | None:
    """All objects of the collection, if they are few; None: they have to be looked for."""
    if not _readable(page, collection):
        return []
    wanted = listing(f"/api/{collection}")
    filters = _in_project(page, collection)
    found = await page.question.page(wanted, filters, limit=FEW + 1)
    if len(found.rows) > FEW:
        return None
    return options(page, collection, [msgspec.json.decode(row) for row in found.rows])


async def matching(page: Page, collection: str, text: str) -> list[Option]:
    """Objects whose name, number or NIP has that text in it."""
    text = text.strip()
    if not text or not _readable(page, collection):
        return []
    wanted = listing(f"/api/{collection}")
    filters = _in_project(page, collection)
    if "name" in wanted.filters:
        by_nip = collection == "institutions" and text.replace("-", "").isdigit()
        filters |= {"nip": text.replace("-", "")} if by_nip else {"name": text}
        found = await page.question.page(wanted, filters, limit=FOUND)
        return options(page, collection, [msgspec.json.decode(row) for row in found.rows])
    found = await page.question.page(wanted, filters, limit=500)
    rows = [msgspec.json.decode(row) for row in found.rows]
    asked = text.casefold()
    rows = [
        row
        for row in rows
        if asked in f"{label_of(page, collection, row)} {note_of(page, collection, row)}".casefold()
    ]
    return options(page, collection, rows[:FOUND])


async def one(page: Page, collection: str, id: str) -> Option | None:
    """The object of that id, if the reader may see it."""
    try:
        row = await page.one(f"/api/{collection}", id)
    except LedgerError:
        return None
    return options(page, collection, [row])[0]


def options(page: Page, collection: str, rows: Sequence[dict[str, Any]]) -> list[Option]:
    """Rows as things to choose."""
    return [
        Option(row["id"], label_of(page, collection, row), note_of(page, collection, row))
        for row in rows
    ]


def _readable(page: Page, collection: str) -> bool:
    return collection != "persons" or page.caller.role in READ_PERSONS


def _in_project(page: Page, collection: str) -> dict[str, Any]:
    """Objects of the chosen project, where the collection's objects belong to projects."""
    filtered = "project" in listing(f"/api/{collection}").filters
    return {"project": page.project["id"]} if filtered and page.project else {}
