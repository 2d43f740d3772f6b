"""What changed in a project between two moments of knowledge, and which events changed it?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from ledger.event_store.codec import Recorded, decode
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Table
from ledger.queries.asking import Question
from ledger.queries.differences import differences, rows_of, tables
from ledger.queries.replay import Change

How = Literal["added", "removed", "changed"]
Totals = dict[str, dict[str, int]]


class RowChange(Struct, frozen=True, kw_only=True):
    """A row that differs, and the last event that made it differ."""

    table: str
    key: dict[str, Any]
    name: str | None
    subject: Id
    subject_collection: str | None
    change: How
    fields: list[Change]
    position: int
    type: str
    recorded_at: str
    recorded_by: str
    reason: str | None


class Place(NamedTuple):
    """Where a page of differences ends: after that row."""

    position: int
    table: str
    key: str


class Changes(NamedTuple):
    """A page of differences, where the next one begins, and how many there are in all."""

    items: list[RowChange]
    next: Place | None
    totals: Totals


BEGINNING = Place(-1, "", "")


class _Found(NamedTuple):
    place: Place
    change: How


class _Row(NamedTuple):
    before: Sequence[Any]
    after: Sequence[Any]
    subject: str
    collection: str | None
    name: str | None


async def changes(
    question: Question, project: str, since: int, *, limit: int, after: Place = BEGINNING
) -> Changes:
    """What is known otherwise at the question's moment than it was at the position `since`.

    Both times of the same day of the world: the question's. In the order of the events.
    """
    params = {"project": project, "since": since}
    found = await question.rows(
        differences(),
        plan_once=False,
        position=after.position,
        of_table=after.table,
        key=after.key,
        limit=limit + 1,
        **params,
    )
    totals: Totals = defaultdict(lambda: {"added": 0, "changed": 0, "removed": 0})
    rows: list[_Found] = []
    for position, table, key, change in found:
        if position is None:
            totals[table][change] = int(key)
        else:
            rows.append(_Found(Place(position, table, key), change))
    page = rows[:limit]
    details = await _details(question, page, since)
    events = await _events(question, {one.place.position for one in page})
    return Changes(
        [_told(one, details[one.place.table, one.place.key], events) for one in page],
        page[-1].place if len(rows) > limit else None,
        dict(sorted(totals.items())),
    )


async def _details(
    question: Question, page: Sequence[_Found], since: int
) -> dict[tuple[str, str], _Row]:
    """The rows behind the places of a page, table by table."""
    of_table: dict[str, list[_Found]] = defaultdict(list)
    for one in page:
        of_table[one.place.table].append(one)
    details = {}
    for table, some in of_table.items():
        parts = zip(*(msgspec.json.decode(one.place.key) for one in some), strict=True)
        keys = {f"key_{n}": [str(v) for v in column] for n, column in enumerate(parts)}
        rows = await question.rows(
            rows_of(table), plan_once=False, since=since, change=[o.change for o in some], **keys
        )
        for key, before, after, *rest in rows:
            values = msgspec.json.decode(before), msgspec.json.decode(after)
            details[table, key] = _Row(*values, *rest)
    return details


async def _events(question: Question, positions: set[int]) -> dict[int, Recorded]:
    # What made a row of the project differ is the project's to know.
    rows = await question.reading.rows(
        "SELECT e.position, e.leaf FROM log.events AS e WHERE e.position = ANY(%(positions)s)",
        {"positions": list(positions)},
    )
    return {position: decode(leaf) for position, leaf in rows}


def _told(one: _Found, row: _Row, events: Mapping[int, Recorded]) -> RowChange:
    table, event = tables()[one.place.table], events[one.place.position]
    return RowChange(
        table=table.name,
        key=dict(zip(table.key, msgspec.json.decode(one.place.key), strict=True)),
        name=row.name,
        subject=row.subject,
        subject_collection=row.collection,
        change=one.change,
        fields=_fields(table, one.change, row),
        position=event.position,
        type=event.type,
        recorded_at=event.recorded_at,
        recorded_by=event.recorded_by,
        reason=event.reason,
    )


def _fields(table: Table, change: How, row: _Row) -> list[Change]:
    """The fields that differ; nothing of a row that was not the project's then."""
    nothing = [None] * len(table.names)
    before = nothing if change == "added" else row.before
    after = nothing if change == "removed" else row.after
    return [
        Change(field=name, before=old, after=new)
        for name, old, new in zip(table.names, before, after, strict=True)
        if old != new
    ]
