"""How is a listing read? At a moment, by somebody who sees all projects or one, page by page."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ledger.kernel.errors import Invalid, NotFound
from ledger.projections.engine.query import Listing, listings
from ledger.projections.engine.reading import Moment, Reading
from ledger.projections.stream_register import of_project

PAGE_LIMIT = 500


class Asker(Struct, frozen=True, kw_only=True):
    """What the one who asks may see: one project or all, and whether persons by name."""

    project: str | None = None
    personal: bool = False


class Single(NamedTuple):
    """One row as JSON text, and the version of its object's stream."""

    row: str
    version: int


class Page(NamedTuple):
    """Rows as JSON texts, and where to go on."""

    rows: list[str]
    next: str | None


class Cursor(Struct, frozen=True, array_like=True):
    """Where a page ended: a walk through pages stays at the moment at which it began."""

    path: str
    known_at: int
    sort: str
    id: str

    def text(self) -> str:
        """The cursor as clients carry it."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, path: str, head: int) -> "Cursor":
        """The cursor of the list at `path` in a client's text. Raises `Invalid`."""
        found = cls.peek(text)
        if (
            found is None
            or found.path != path
            or not 0 <= found.known_at <= head
            or "\x00" in found.sort + found.id
        ):
            raise Invalid.field("cursor", "is not a cursor of this list")
        return found

    @classmethod
    def peek(cls, text: str) -> "Cursor | None":
        """What a client's text says, of whatever list; None where it says nothing."""
        try:
            padded = text.encode() + b"=" * (-len(text) % 4)
            return msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=cls)
        except (ValueError, binascii.Error, msgspec.MsgspecError):
            return None


def pinned(moment: Moment) -> str:
    """The query string that brings a link to the same moment."""
    return f"?valid_at={moment.valid_at.isoformat()}&known_at={moment.known_at}"


class Question:
    """One moment and one asker; every answer of it is consistent with every other."""

    def __init__(
        self, reading: Reading, moment: Moment, asker: Asker, *, reached: int | None = None
    ) -> None:
        self.reading = reading
        self.moment = moment
        self.asker = asker
        # How far the read models are; the moment itself may lie before it.
        self.reached = moment.known_at if reached is None else reached

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

    async def rows(
        self, text: str, *, plan_once: bool = True, **params: Any
    ) -> list[tuple[Any, ...]]:
        """The rows of a query at this moment; see `Reading.rows`."""
        return await self.reading.rows(text, self.params(**params), plan_once=plan_once)

    async def page(
        self,
        listing: Listing,
        filters: Mapping[str, Any],
        *,
        limit: int | None = None,
        cursor: Cursor | None = None,
    ) -> Page:
        """The rows of a listing that the asker may see."""
        conditions = self._conditions(listing, filters)
        params = dict.fromkeys(listing.filters) | dict(filters)  # one may look at another
        if limit is None:
            return Page(await self._whole(listing, conditions, params), None)
        places = await self._places(listing, conditions, params, limit, cursor)
        if listing.single:
            # Only the rows of this page are made: what they are ordered by costs far less.
            conditions.append(f"{listing.single} = ANY(%(on_page)s::uuid[])")
            params["on_page"] = [id for id, _ in places[:limit]]
        rows = await self._whole(listing, conditions, params, limit, cursor)
        if len(places) <= limit:
            return Page(rows, None)
        id, sort = places[limit - 1]
        return Page(rows, Cursor(listing.path, self.moment.known_at, sort or "", id).text())

    async def fields(
        self, listing: Listing, filters: Mapping[str, Any], names: Sequence[str]
    ) -> list[dict[str, Any]]:
        """These fields of all rows of a listing; what is not asked for is not made either."""
        columns = ", ".join(f"x.{name}" for name in names)
        conditions = self._conditions(listing, filters)
        text = f"SELECT {columns} {_in_order(listing, conditions, None)}"
        text = f"SELECT to_json(y)::text FROM ({text}) AS y"
        params = dict.fromkeys(listing.filters) | dict(filters)
        rows = await self.rows(text, plan_once=False, **params)
        return [msgspec.json.decode(row[0]) for row in rows]

    def _conditions(self, listing: Listing, filters: Iterable[str]) -> list[str]:
        conditions = [listing.filters[name] for name in filters]
        if self.asker.project and listing.where_scoped:
            conditions.append(listing.where_scoped)
        return conditions

    async def _places(
        self,
        listing: Listing,
        conditions: list[str],
        params: Mapping[str, Any],
        limit: int,
        cursor: Cursor | None,
    ) -> list[tuple[Any, ...]]:
        """The ids of a page and one more, each with what it is sorted by."""
        text = (
            f"SELECT x.id::text, ({listing.order})::text {_in_order(listing, conditions, cursor)}"
        )
        return await self.rows(
            f"{text} LIMIT {limit + 1}", plan_once=False, **params, **_after(cursor)
        )

    async def _whole(
        self,
        listing: Listing,
        conditions: list[str],
        params: Mapping[str, Any],
        limit: int | None = None,
        cursor: Cursor | None = None,
    ) -> list[str]:
        text = f"SELECT to_json(x)::text {_in_order(listing, conditions, cursor)}"
        text += "" if limit is None else f" LIMIT {limit}"
        rows = await self.rows(text, plan_once=False, **params, **_after(cursor))
        return [row[0] for row in rows]

    async def one(self, listing: Listing, id: str) -> Single:
        """One row. Raises `NotFound`, also where the asker may not see it."""
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
            f"SELECT to_json(x)::text, ({_VERSION})"
            f" FROM ({select}{_where(conditions)}{order}) AS x",
            id=id,
        )
        if not found:
            raise NotFound
        return Single(*found[0])

    async def require(self, collection: str, id: str) -> None:
        """Raises `NotFound` unless the asker may see the object, on whatever day it is true."""
        known = await self.rows(
            "SELECT %(scope)s::uuid IS NULL OR "
            + of_project("s", "%(scope)s::uuid")
            + " FROM {streams:ever} AS s"
            " WHERE s.stream = %(id)s::uuid AND s.collection = %(collection)s",
            id=id,
            collection=collection,
        )
        if not known or not known[0][0]:
            raise NotFound


_VERSION = "SELECT max(e.version) FROM {events:log} AS e WHERE e.stream = %(id)s::uuid"


def _in_order(listing: Listing, conditions: list[str], cursor: Cursor | None) -> str:
    order = f"({listing.order})::text, x.id::text"
    after = "" if cursor is None else f" WHERE ({order}) > (%(sort)s, %(after)s)"
    return f"FROM ({listing.select}{_where(conditions)}) AS x{after} ORDER BY {order}"


def _after(cursor: Cursor | None) -> dict[str, str]:
    return {} if cursor is None else {"sort": cursor.sort, "after": cursor.id}


def _where(conditions: list[str]) -> str:
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def listing(path: str) -> Listing:
    """The listing of that path."""
    return next(one for one in listings() if one.path == path)
