"""How is a listing read? At a moment, by somebody who sees all projects or one, page by page."""

import base64
import binascii
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ledger.event_store.codec import Recorded
from ledger.kernel.errors import Invalid, NotFound
from ledger.privacy.disclosure import Disclosure, closed
from ledger.privacy.journal import Reader
from ledger.privacy.vault import closed_events
from ledger.projections.engine.query import Listing, listings, reads_sealed
from ledger.projections.engine.reading import Moment, Reading
from ledger.projections.stream_register import of_project
from ledger.queries.by_name import BY_NAME_LIMIT, by_name

PAGE_LIMIT = 500


class Asker(Struct, frozen=True, kw_only=True):
    """What the one who asks may see: one project or all; as a `reader`, persons by name."""

    project: str | None = None
    reader: Reader | None = None

    @property
    def personal(self) -> bool:
        """Whether personal data may be shown."""
        return self.reader is not None


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
        self,
        reading: Reading,
        moment: Moment,
        asker: Asker,
        *,
        reached: int | None = None,
        disclosure: Disclosure | None = None,
    ) -> None:
        self.reading = reading
        self.disclosure = disclosure
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
        """The rows of a query at this moment, as the asker may see them; see `Reading.rows`.

        For who is confined to a project, the database itself shows no other project's rows.
        """
        rows = await self.rows_as_stored(text, plan_once=plan_once, **params)
        return await self.shown(rows) if reads_sealed(text) else rows

    async def shown(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows with personal data as the asker may see them."""
        if self.disclosure is None:
            return closed(rows)
        return await self.disclosure.rows(rows, self.asker.reader)

    async def rows_as_stored(
        self, text: str, *, plan_once: bool = True, **params: Any
    ) -> list[tuple[Any, ...]]:
        """The rows with personal data still sealed."""
        return await self.reading.rows(
            text, self.params(**params), plan_once=plan_once, scope=self.asker.project
        )

    async def events(self, told: Sequence[Recorded]) -> list[Any]:
        """Events as the asker may see them."""
        if self.disclosure is None or self.asker.reader is None:
            return closed_events(told)
        return await self.disclosure.events(told, self.asker.reader)

    async def inside(self, texts: Sequence[str | None]) -> list[str | None]:
        """What is in sealed texts: to count and sort by, never to be shown."""
        if self.disclosure is None:
            return [None] * len(texts)
        return await self.disclosure.inside(texts)

    async def birthdays(self, texts: Sequence[str | None]) -> list[date | None]:
        """Days of birth, to count by."""
        found = await self.inside(texts)
        return [None if one is None else date.fromisoformat(one) for one in found]

    async def page(
        self,
        listing: Listing,
        filters: Mapping[str, Any],
        *,
        limit: int | None = None,
        cursor: Cursor | None = None,
        names: Sequence[str] = (),
    ) -> Page:
        """The rows of a listing that the asker may see; with `names` these fields of them only.

        What is not asked for is not made either, except where a list is ordered by names.
        """
        conditions = self._conditions(listing, filters)
        params = dict.fromkeys(listing.filters) | dict(filters)  # one may look at another
        if listing.named_by:
            named = await self._page_by_name(listing, conditions, params, limit, cursor)
            if named is not None:
                return named
            if cursor is not None and cursor.sort != cursor.id:
                raise Invalid.field("cursor", "is not a cursor of this list")
        if limit is None:
            return Page(await self._whole(listing, conditions, params, names=names), None)
        places = await self._places(listing, conditions, params, limit, cursor)
        if listing.single:
            # Only the rows of this page are made: what they are ordered by costs far less.
            conditions.append(f"{listing.single} = ANY(%(on_page)s::uuid[])")
            params["on_page"] = [id for id, _ in places[:limit]]
        rows = await self._whole(listing, conditions, params, limit, cursor, names)
        if len(places) <= limit:
            return Page(rows, None)
        id, sort = places[limit - 1]
        return Page(rows, Cursor(listing.path, self.moment.known_at, sort or "", id).text())

    async def walk(
        self, listing: Listing, filters: Mapping[str, Any], at_a_time: int
    ) -> AsyncIterator[list[str]]:
        """All rows of a listing that the asker may see, so many at a time.

        They are put in order once, however many they are; each portion is then made by itself.
        """
        params = dict.fromkeys(listing.filters) | dict(filters)
        conditions = self._conditions(listing, filters)
        places = await self._places(listing, conditions, params, None, None)
        conditions = [
            *self._conditions(listing, ()),
            f"{listing.single} = ANY(%(portion)s::uuid[])",
        ]
        for start in range(0, len(places), at_a_time):
            params["portion"] = [id for id, _ in places[start : start + at_a_time]]
            yield await self._whole(listing, conditions, params)

    async def _page_by_name(
        self,
        listing: Listing,
        conditions: list[str],
        params: Mapping[str, Any],
        limit: int | None,
        cursor: Cursor | None,
    ) -> Page | None:
        """What rows are ordered and found by is opened for that; then the rows of the page are.

        None where that were too many, and no name is asked for.
        """
        columns = ", ".join(f"x.{name}" for name in listing.named_by)
        text = f"SELECT x.id::text, {columns} FROM ({listing.select}{_where(conditions)}) AS x"
        if params.get("name") is None:
            text += f" LIMIT {BY_NAME_LIMIT + 1}"
        rows = await self.rows_as_stored(text, plan_once=False, **params)
        if params.get("name") is None and len(rows) > BY_NAME_LIMIT:
            return None
        names = await self.inside([name for row in rows for name in row[1:]])
        after = None if cursor is None else (self._name_in(cursor), cursor.id)
        places = by_name([row[0] for row in rows], names, params.get("name"), after)
        on_page = [id for id, _ in places[:limit]]
        found = await self.rows(
            f"SELECT x.id::text, to_json(x)::text FROM ({listing.select}"
            f"{_where([*conditions, f'{listing.single} = ANY(%(on_page)s::uuid[])'])}) AS x",
            plan_once=False,
            on_page=on_page,
            **params,
        )
        shown = dict(found)
        page = [shown[id] for id in on_page]
        if limit is None or len(places) <= limit or self.disclosure is None:
            return Page(page, None)
        id, sort = places[limit - 1]
        hidden = self.disclosure.hidden(sort)
        return Page(page, Cursor(listing.path, self.moment.known_at, hidden, id).text())

    def _name_in(self, cursor: Cursor) -> str:
        """The name at which a page ended; it goes through clients and addresses unread."""
        name = None if self.disclosure is None else self.disclosure.unhidden(cursor.sort)
        if name is None:
            raise Invalid.field("cursor", "is not a cursor of this list")
        return name

    async def fields(
        self, listing: Listing, filters: Mapping[str, Any], names: Sequence[str]
    ) -> list[dict[str, Any]]:
        """These fields of all rows of a listing; what is not asked for is not made either."""
        params = dict.fromkeys(listing.filters) | dict(filters)
        conditions = self._conditions(listing, filters)
        rows = await self._whole(listing, conditions, params, names=names)
        return [msgspec.json.decode(row) for row in rows]

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
        limit: int | None,
        cursor: Cursor | None,
    ) -> list[tuple[Any, ...]]:
        """The ids of a page and one more, or of all, each with what it is sorted by."""
        text = (
            f"SELECT x.id::text, ({listing.order})::text {_in_order(listing, conditions, cursor)}"
        )
        text += "" if limit is None else f" LIMIT {limit + 1}"
        return await self.rows(text, plan_once=False, **params, **_after(cursor))

    async def _whole(
        self,
        listing: Listing,
        conditions: list[str],
        params: Mapping[str, Any],
        limit: int | None = None,
        cursor: Cursor | None = None,
        names: Sequence[str] = (),
    ) -> list[str]:
        columns = ", ".join(f"x.{name}" for name in names) or "x.*"
        text = f"SELECT {columns} {_in_order(listing, conditions, cursor)}"
        text += "" if limit is None else f" LIMIT {limit}"
        text = f"SELECT to_json(y)::text FROM ({text}) AS y"
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
        row, version = found[0]
        if self.asker.project is not None:
            # `If-Match` goes by all events of an object, also those that are not shown.
            text = f"SELECT ({_VERSION})"
            version = (await self.reading.rows(text, self.params(id=id)))[0][0]
        return Single(row, version)

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
