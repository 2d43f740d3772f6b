"""What of an event may its reader see? All of it, or all but what concerns other projects only.

A document that several projects charge is one stream. Its later events concern the charges of one
project each, and others do not see them at all; its first one says what the document is, and may
hold charges: those of other projects are withheld. The leaf's hash stays, and proves the whole.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger.event_store.codec import Recorded, decode
from ledger.event_store.log import EventLog, Leaf
from ledger.projections.stream_register import of_others, of_project
from ledger.queries.asking import Question

# A grant of one project sees that project's events and those of shared institutions.
IN_SCOPE = (
    f"({of_project('s', '%(scope)s::uuid')} OR s.collection = 'institutions')"
    f" AND NOT {of_others('e', '%(scope)s::uuid')}"
)
_VISIBLE = (
    "SELECT e.position FROM {events:log} AS e JOIN {streams:ever} AS s USING (stream)"
    f" WHERE e.position = ANY(%(positions)s) AND {IN_SCOPE}"
)
_VERSIONS = (
    "SELECT e.version FROM {events:log} AS e WHERE e.stream = %(stream)s::uuid"
    f" AND NOT {of_others('e', '%(scope)s::uuid')}"
)
# The charges that ever were the project's, of those documents that others charge as well. Asked
# with open eyes: whether others do is what the asker is not to know.
_SHARED = """
SELECT h.stream::text, array(SELECT DISTINCT c.charge::text FROM read.charges AS c
    WHERE c.expenditure = h.stream AND c.project = %(scope)s::uuid)
FROM read.stream_shares AS h WHERE h.stream = ANY(%(streams)s::uuid[])
GROUP BY h.stream HAVING bool_or(h.project <> %(scope)s::uuid)"""

# Every event of such documents, and whether it is the first one.
_OF_SHARED = """
SELECT e.position, e.version = 1 FROM log.events AS e
WHERE e.stream = ANY(%(streams)s::uuid[]) AND e.position <= %(known_at)s"""
_SEEN_OF = """
SELECT e.position FROM {events:log} AS e WHERE e.stream = ANY(%(streams)s::uuid[])"""


class Seen(NamedTuple):
    """A leaf, and as what its reader sees it; `withheld` names what is left out for him."""

    leaf: Leaf
    shown: bytes
    withheld: tuple[str, ...] = ()


async def seen(question: Question, log: EventLog, positions: Sequence[int]) -> list[Seen]:
    """The events at these positions, which the asker may see, in ascending order."""
    leaves = await log.at(positions)
    if question.asker.project is None:
        return [Seen(leaf, leaf.bytes) for leaf in leaves]
    events = [decode(leaf.bytes) for leaf in leaves]
    own = await _own_charges(question, [one.stream for one in events if one.version == 1])
    return [
        _without(leaf, event, own.get(event.stream))
        for leaf, event in zip(leaves, events, strict=True)
    ]


async def may_see(question: Question, position: int) -> bool:
    """Whether the asker may see the event at that position, and all that it says."""
    if question.asker.project is None:
        return True
    return bool(await question.rows(_VISIBLE, positions=[position]))


async def versions(question: Question, stream: str) -> frozenset[int] | None:
    """Those versions of a stream that the asker may see; None: all of them."""
    if question.asker.project is None:
        return None
    return frozenset(row[0] for row in await question.rows(_VERSIONS, stream=stream))


async def withheld_positions(
    question: Question, log: EventLog, streams: Sequence[str]
) -> frozenset[int]:
    """Of these streams of the asker's project, what he may not see, or not see whole."""
    shared = list(await _own_charges(question, streams))
    params = question.params(streams=shared)
    events = await question.reading.rows(_OF_SHARED, params) if shared else []
    first = [position for position, is_first in events if is_first]
    partly = {one.leaf.position for one in await seen(question, log, first) if one.withheld}
    whole = {row[0] for row in await question.rows(_SEEN_OF, streams=shared)} - partly
    return frozenset(position for position, _ in events) - whole


async def _own_charges(question: Question, streams: Sequence[str]) -> dict[str, frozenset[str]]:
    if not streams:
        return {}
    params = question.params(streams=list(streams))
    rows = await question.reading.rows(_SHARED, params)
    return {stream: frozenset(charges) for stream, charges in rows}


def _without(leaf: Leaf, event: Recorded, own: Collection[str] | None) -> Seen:
    """The event without the charges that are not the reader's; None: all of them are."""
    if own is None or event.version != 1:
        return Seen(leaf, leaf.bytes)
    data: dict[str, Any] = msgspec.json.decode(event.data)
    charges = data["charges"]
    kept = [charge for charge in charges if charge["charge"] in own]
    if len(kept) == len(charges):
        return Seen(leaf, leaf.bytes)
    told = msgspec.Raw(msgspec.json.encode(data | {"charges": kept}))
    shown = msgspec.json.encode(msgspec.structs.replace(event, data=told))
    return Seen(leaf, shown, ("data.charges",))
