"""Which erasures were asked for, who was erased, and why? Without anybody's name."""

from collections.abc import Sequence

from msgspec import Struct

from ledger.event_store.codec import Recorded, decode
from ledger.event_store.log import EventLog
from ledger.kernel.fields import Date
from ledger.queries.asking import Question

REQUESTS_LIMIT = 200


class Request(Struct, frozen=True, kw_only=True):
    """A request to erase so many persons, and what came of it."""

    id: str
    status: str
    requested_by: str
    requested_on: Date
    decided_by: str | None
    decided_on: Date | None
    persons: int
    position: int


class Erased(Struct, frozen=True, kw_only=True):
    """A person who was erased: by which event, and on which request, if two people agreed to it."""

    person: str
    erasure: str | None
    event: Recorded


_REQUESTS = f"""
SELECT r.erasure::text, coalesce(r.decision, 'requested'), r.requested_by, r.requested_on,
    r.decided_by, r.decided_on, (SELECT count(*) FROM {{erasure_persons}} AS n
        WHERE n.erasure = r.erasure), r.position
FROM {{erasures}} AS r
ORDER BY r.decision IS NOT NULL, r.requested_on DESC, r.position DESC LIMIT {REQUESTS_LIMIT + 1}"""
# OFFSET 0: erasures are rare, and are found by their type before they are put in order.
_ERASED = """
SELECT x.position, x.stream::text, (SELECT n.erasure::text FROM {erasure_persons} AS n
    JOIN {erasures} AS r ON r.erasure = n.erasure
    WHERE n.person = x.stream AND r.decision = 'approved' LIMIT 1)
FROM (SELECT e.position, e.stream FROM {events:log} AS e
    WHERE e.type = 'person.erased' AND e.effective_on <= %(valid_at)s OFFSET 0) AS x
WHERE %(before)s::bigint IS NULL OR x.position < %(before)s
ORDER BY x.position DESC LIMIT %(limit)s"""


async def requests(question: Question) -> list[Request]:
    """The requests, those that wait for a decision first; one more than `REQUESTS_LIMIT`."""
    names = Request.__struct_fields__
    rows = await question.rows(_REQUESTS)
    return [Request(**dict(zip(names, row, strict=True))) for row in rows]


async def erased(
    question: Question, log: EventLog, *, limit: int, before: int | None = None
) -> list[Erased]:
    """Those who were erased, the latest first; `before`: by events before that position only."""
    rows = await question.rows(_ERASED, plan_once=False, limit=limit, before=before)
    events = {leaf.position: leaf.bytes for leaf in await log.at([row[0] for row in rows])}
    return [
        Erased(person=person, erasure=erasure, event=decode(events[position]))
        for position, person, erasure in rows
    ]


async def course(question: Question, log: EventLog, erasure: str) -> Sequence[Recorded]:
    """The events of a request as known at the moment: who asked and who decided, and why."""
    events = [decode(leaf.bytes) for leaf in await log.stream(erasure)]
    return [one for one in events if one.position <= question.moment.known_at]
