"""Which events of the log fit? Their positions, as far as the asker may see them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger.projections.stream_register import of_project, streams_of
from ledger.queries.asking import Question
from ledger.queries.leaves import IN_SCOPE

FILTERS = {
    "project": of_project("s", "%(project)s::uuid"),
    "stream": "e.stream = %(stream)s::uuid",
    "type": "e.type = %(type)s",
    "recorded_by": "e.recorded_by = %(recorded_by)s",
    "effective_from": "e.effective_on >= %(effective_from)s",
    "effective_to": "e.effective_on <= %(effective_to)s",
    "valid_at": "e.effective_on <= %(valid_at)s",
}
LAST = 2**62  # before which everything stands
NEAR = 5_000  # positions in which a project is looked for first
_FROM = "FROM {events:log} AS e JOIN {streams:ever} AS s USING (stream)"


async def positions(
    question: Question, filters: Mapping[str, Any], after: int, limit: int
) -> list[int]:
    """The first `limit` events after that position; `filters` are some of `FILTERS`."""
    return await _positions(question, filters, "e.position > %(edge)s", "ASC", after, limit)


async def newest_positions(
    question: Question, filters: Mapping[str, Any], before: int, limit: int
) -> list[int]:
    """The last `limit` events before that position, the newest first.

    Those of one project are mostly near; where they are not, it is its streams that tell.
    """
    edge, order = "e.position < %(edge)s", "DESC"
    if "project" not in filters:
        return await _positions(question, filters, edge, order, before, limit)
    last = min(before, question.moment.known_at + 1)
    near = f"{edge} AND e.position >= {last - NEAR}"
    found = await _positions(question, filters, near, order, before, limit)
    if len(found) == limit or last <= NEAR:
        return found
    own = f"{edge} AND e.stream IN {streams_of('%(project)s::uuid')}"
    return await _positions(question, filters, own, order, before, limit)


async def _positions(
    question: Question, filters: Mapping[str, Any], edge: str, order: str, at: int, limit: int
) -> list[int]:
    conditions = [edge, *(FILTERS[name] for name in filters), *_seen(question)]
    rows = await question.rows(
        f"SELECT e.position {_FROM} WHERE {' AND '.join(conditions)}"
        f" ORDER BY e.position {order} LIMIT {limit}",
        plan_once=False,
        edge=at,
        **filters,
    )
    return [row[0] for row in rows]


class Neighbours(NamedTuple):
    """The positions of the events of the same object before and after one; None: there is none."""

    previous: int | None
    next: int | None


async def neighbours(question: Question, stream: str, version: int) -> Neighbours:
    """What happened to the object before and after that version of it."""
    conditions = ["e.stream = %(stream)s::uuid", *_seen(question)]
    [row] = await question.rows(
        "SELECT max(e.position) FILTER (WHERE e.version < %(version)s),"
        " min(e.position) FILTER (WHERE e.version > %(version)s)"
        f" {_FROM} WHERE {' AND '.join(conditions)}",
        plan_once=False,
        stream=stream,
        version=version,
    )
    return Neighbours(*row)


def _seen(question: Question) -> list[str]:
    return [IN_SCOPE] if question.asker.project else []
