"""How many events of each type does a project have, and which are the first and the last of them?

A project may have hundreds of thousands. What was counted up to a position is kept, and counting
goes on from there. That is never stale: the log is only added to, a stream that has become a
project's stays it, and no event's type or day changes. So the tally at a later position is the
earlier one, with the events since then, and with all earlier ones of streams that have become the
project's since then. Nothing is kept for who is confined to a project: which events they see
depends on where charges stand now.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ledger.projections.engine.reading import Reading
from ledger.projections.stream_register import of_project, streams_of
from ledger.queries.asking import Question

KEPT = 200  # tallies for each process, the latest asked for


class Tally(NamedTuple):
    """The events of one type: how many, and the positions of the first and the last."""

    times: int
    first: int
    last: int


Tallies = Mapping[str, Tally]
_Key = tuple[int, str, date]  # the generation of the read models, project, day


class _Known(NamedTuple):
    position: int
    tallies: Tallies


_TALLIED = "SELECT e.type, count(*), min(e.position), max(e.position) FROM {events:log} AS e"
_IN_TIME = "e.effective_on <= %(valid_at)s"
_ALL = f"""
{_TALLIED} WHERE e.stream IN {streams_of("%(project)s::uuid")} AND {_IN_TIME} GROUP BY e.type"""
# What was others' alone at that position; what has one project only was begun in it.
_JOINED = """
    SELECT w.stream FROM {stream_shares:ever} AS w
    WHERE w.project = %(project)s::uuid AND w.known_from > %(since)s
        AND NOT EXISTS (SELECT FROM read.stream_shares AS o
            WHERE o.stream = w.stream AND o.project = w.project AND o.alive
                AND o.known_from <= %(since)s AND %(since)s < o.known_to)"""
_MORE = f"""
{_TALLIED} JOIN {{streams:ever}} AS s USING (stream)
    WHERE e.position > %(since)s AND {_IN_TIME} AND {of_project("s", "%(project)s::uuid")}
    GROUP BY e.type
UNION ALL {_TALLIED}
    WHERE e.position <= %(since)s AND {_IN_TIME} AND e.stream IN ({_JOINED}) GROUP BY e.type"""

_kept: WeakKeyDictionary[Reading, dict[_Key, _Known]] = WeakKeyDictionary()


async def event_tallies(question: Question, project: str) -> Tallies:
    """The project's events by type, in the order of the types, as the asker may see them."""
    if question.asker.project is not None:
        return _added({}, await question.rows(_ALL, plan_once=False, project=project))
    kept = _kept.setdefault(question.reading, {})
    key = (question.reading.generation, project, question.moment.valid_at)
    position = question.moment.known_at
    known = kept.get(key)
    if known is None or position < known.position:
        tallies = _added({}, await question.rows(_ALL, plan_once=False, project=project))
    elif position == known.position:
        return known.tallies
    else:
        since = known.position
        more = await question.rows(_MORE, plan_once=False, project=project, since=since)
        tallies = _added(known.tallies, more)
    if known is None or position > known.position:
        kept.pop(key, None)  # the latest stands last
        kept[key] = _Known(position, tallies)
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
    return tallies


def _added(tallies: Tallies, rows: Sequence[tuple[str, int, int, int]]) -> Tallies:
    found = dict(tallies)
    for named, *numbers in rows:
        more = Tally(*numbers)
        known = found.get(named, Tally(0, more.first, more.last))
        found[named] = Tally(
            known.times + more.times, min(known.first, more.first), max(known.last, more.last)
        )
    return dict(sorted(found.items()))
