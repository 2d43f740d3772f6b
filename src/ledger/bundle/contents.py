"""Which events and documents belong into a project's bundle?

All events of what belongs to the project, and those of the institutions and persons that they
refer to, directly or through one another: without these nobody could tell who is meant. Of a
document that other projects charge as well, what concerns their charges is withheld; and so is the
entry of a person for another project.
"""

import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct

from ledger.event_store.codec import leaf_hash
from ledger.event_store.log import EventLog
from ledger.integrity.tree import Frontier
from ledger.projections.stream_register import OF_PROJECT
from ledger.queries.asking import Question
from ledger.queries.leaves import withheld_positions

PAGE = 1_000
RANGE = 256
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHARED = """
SELECT s.stream::text FROM {streams:ever} AS s WHERE s.collection IN ('institutions', 'persons')"""
_POSITIONS = """
SELECT e.position FROM {events:log} AS e WHERE e.stream = ANY(%(streams)s::uuid[])
ORDER BY e.position"""
# The event by which a person was entered for another project names that one.
_ENTERED_ELSEWHERE = """
SELECT e.position FROM {events:log} AS e JOIN read.person_entries AS n ON n.person = e.stream
WHERE e.stream = ANY(%(streams)s::uuid[]) AND e.version = 1 AND n.project <> %(project)s::uuid"""
_DOCUMENTS = """
SELECT v.digest, d.name, d.media_type, d.size, d.sha256 IS NOT NULL AS stored,
    min(v.position) AS position
FROM {evidence:ever} AS v
LEFT JOIN (
    SELECT encode(k.sha256, 'hex') AS digest, k.sha256, k.media_type, k.size,
        coalesce(u.name, k.name) AS name
    FROM log.documents AS k
    LEFT JOIN log.uploads AS u ON u.sha256 = k.sha256 AND u.project = %(project)s::uuid
    WHERE k.position <= %(known_at)s) AS d USING (digest)
WHERE v.stream = ANY(%(streams)s::uuid[])
GROUP BY v.digest, d.name, d.media_type, d.size, d.sha256
ORDER BY v.digest"""


class Document(Struct, frozen=True, kw_only=True):
    """Evidence that an event of the project names; `stored`: the ledger keeps it."""

    sha256: str
    name: str | None
    media_type: str | None
    size: int | None
    stored: bool
    position: int


class Contents(Struct, frozen=True, kw_only=True):
    """The positions of the events that are given in full, and the evidence that they name.

    `withheld`: those of the project's streams and persons that are given as hashes only.
    """

    positions: list[int]
    withheld: frozenset[int]
    documents: list[Document]


async def contents(question: Question, log: EventLog, project: str) -> Contents:
    """What the bundle of the project has, at the moment of the question."""
    own = [row[0] for row in await question.rows(OF_PROJECT, project=project)]
    shared = {row[0].encode() for row in await _common(question, _SHARED)}
    withheld = await withheld_positions(question, log, own)
    positions = [one for one in await _positions(question, own) if one not in withheld]
    reading = positions
    while reading:
        named = await _named(log, reading, shared)
        shared -= named
        streams = sorted(one.decode() for one in named)
        found = {row[0] for row in await _common(question, _POSITIONS, streams=streams)}
        of_others = await _common(question, _ENTERED_ELSEWHERE, streams=streams, project=project)
        hidden = frozenset(row[0] for row in of_others)
        withheld, reading = withheld | hidden, sorted(found - hidden)
        positions = positions + reading
    rows = await question.rows(_DOCUMENTS, project=project, streams=own, plan_once=False)
    names = Document.__struct_fields__
    documents = [Document(**dict(zip(names, row, strict=True))) for row in rows]
    return Contents(positions=sorted(positions), withheld=withheld, documents=documents)


async def _common(question: Question, text: str, **params: Any) -> list[tuple[Any, ...]]:
    """Rows of what belongs to no project; of it, what the project names is the project's to see."""
    return await question.reading.rows(text, question.params(**params), plan_once=False)


async def _positions(question: Question, streams: Sequence[str]) -> list[int]:
    rows = await question.rows(_POSITIONS, streams=list(streams), plan_once=False)
    return [row[0] for row in rows]


async def _named(log: EventLog, positions: Sequence[int], among: set[bytes]) -> set[bytes]:
    """Those ids that the events at these positions name."""
    found: set[bytes] = set()
    async for lines in event_lines(log, positions):
        found |= among.intersection(_ID.findall(lines))
    return found


async def event_lines(log: EventLog, positions: Sequence[int]) -> AsyncIterator[bytes]:
    """The events at these positions, one a line, some at a time."""
    for start in range(0, len(positions), PAGE):
        leaves = await log.at(positions[start : start + PAGE])
        yield b"".join(leaf.bytes + b"\n" for leaf in leaves)


async def hash_lines(
    log: EventLog, size: int, inside: Iterable[int], withheld: Collection[int]
) -> AsyncIterator[bytes]:
    """A line for each position: its hash, and whether its event is in the bundle or withheld.

    After every 256 lines stands their common hash, so that a changed one can be told by its place.
    """
    kept, range_ = frozenset(inside), Frontier()
    async for page in log.pages(0, size):
        lines = []
        for position, leaf in page:
            digest = leaf_hash(leaf)
            mark = " event" if position in kept else " withheld" if position in withheld else ""
            lines.append(f"{position} {digest}{mark}\n")
            range_.append(bytes.fromhex(digest))
            if position % RANGE == 0:
                lines.append(f"{position - RANGE + 1}-{position} {range_.root().hex()}\n")
                range_ = Frontier()
        yield "".join(lines).encode()
