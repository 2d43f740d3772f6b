"""How is a listing read? At a moment, by somebody who sees all projects or one, page by page."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ledger.kernel.errors import Invalid, NotFound
from ledger.projections.engine.query import Listing, listings
from ledger.projections.engine.reading import Moment, Reading

PAGE_LIMIT = 500


class Asker(Struct, frozen=True, kw_only=True):
    """What the one who asks may see: one project or all, and whether persons by name."""

    project: str | None = None
    personal: bool = False


class Page(NamedTuple):
    """Rows as JSON texts, and where to go on."""

    rows: list[str]
    next: str | None


class Cursor(Struct, frozen=True, array_like=True):
    """Where a page ended: a walk through pages stays at the moment at which it began."""

    known_at: int
    sort: str
    id: str

    def text(self) -> str:
        """The cursor as clients carry it."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor in a client's text. Raises `Invalid`."""
        try:
            padded = text.encode() + b"=" * (-len(text) % 4)
            return msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=cls)
        except (ValueError, binascii.Error, msgspec.MsgspecError):
            raise Invalid.field("cursor", "is not a cursor of this list") from None


def pinned(moment: Moment) -> str:
    """The query string that brings a link to the same moment."""
    return f"?valid_at={moment.valid_at.isoformat()}&known_at={moment.known_at}"


class Question:
    """One moment and one asker; every answer of it is consistent with every other."""

    def __init__(self, reading: Reading, moment: Moment, asker: Asker) -> None:
        self.reading = reading
        self.moment = moment
        self.asker = asker

    def params(self, **more: Any) -> dict[str, Any]:
        """The parameters that every query takes, and more."""
        return {
            "valid_at": self.moment.valid_at,
            "known_at": self.moment.known_at,
            "personal": self.asker.personal,
            "scope": self.asker.project,
            "moment": pinned(self.moment),
            **more,
        }

    async def rows(self, text: str, **params: Any) -> list[tuple[Any, ...]]:
        """The rows of a query at this moment."""
        return await self.reading.rows(text, self.params(**params))

    async def page(
        self,
        listing: Listing,
        filters: Mapping[str, Any],
        *,
        limit: int | None = None,
        cursor: Cursor | None = None,
    ) -> Page:
        """The rows of a listing that the asker may see."""
        conditions = [listing.filters[name] for name in filters]
        params = dict(filters)
        if self.asker.project and listing.where_scoped:
            conditions.append(listing.where_scoped)
        after = ""
        if cursor is not None:
            after = f"WHERE (({listing.order})::text, x.id::text) > (%(sort)s, %(after)s)"
            params |= {"sort": cursor.sort, "after": cursor.id}
        text = (
            f"SELECT x.id::text, ({listing.order})::text, to_json(x)::text"
            f" FROM ({listing.select}{_where(conditions)}) AS x {after}"
            f" ORDER BY ({listing.order})::text, x.id::text"
        )
        if limit is not None:
            text += f" LIMIT {limit + 1}"
        found = await self.rows(text, **params)
        if limit is None or len(found) <= limit:
            return Page([row[2] for row in found], None)
        last = found[limit - 1]
        following = Cursor(self.moment.known_at, last[1] or "", last[0])
        return Page([row[2] for row in found[:limit]], following.text())

    async def one(self, listing: Listing, id: str) -> str:
        """One row as JSON. Raises `NotFound`, also where the asker may not see it."""
        conditions = [f"{listing.single} = %(id)s::uuid"]
        if self.asker.project and listing.where_scoped:
            conditions.append(listing.where_scoped)
        select, order = listing.select, ""
        if listing.early:
            # The row in force on the day, or else the first one after it.
            select = select.replace(f"}} AS {listing.early}", f":ever}} AS {listing.early}")
            conditions.append(f"{listing.early}.valid_to > %(valid_at)s")
            order = f" ORDER BY {listing.early}.valid_from LIMIT 1"
        found = await self.rows(
            f"SELECT to_json(x)::text FROM ({select}{_where(conditions)}{order}) AS x", id=id
        )
        if not found:
            raise NotFound
        return str(found[0][0])

    async def require(self, collection: str, id: str) -> None:
        """Raises `NotFound` unless the asker may see the object, on whatever day it is true."""
        known = await self.rows(
            "SELECT project::text FROM {streams:ever} AS s"
            " WHERE s.stream = %(id)s::uuid AND s.collection = %(collection)s",
            id=id,
            collection=collection,
        )
        if not known or self.asker.project not in (None, known[0][0]):
            raise NotFound

    async def version(self, id: str) -> int:
        """The version of the object's stream at this moment."""
        found = await self.rows(
            "SELECT version FROM {events:log} AS e WHERE e.stream = %(id)s::uuid"
            " ORDER BY e.position DESC LIMIT 1",
            id=id,
        )
        return int(found[0][0]) if found else 0


def _where(conditions: list[str]) -> str:
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def listing(path: str) -> Listing:
    """The listing of that path."""
    return next(one for one in listings() if one.path == path)
