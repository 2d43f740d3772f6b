"""Which events name a document as evidence? By its digest, the last one of each object."""

from datetime import date

from msgspec import Struct

from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question

_NAMED_BY = f"""
SELECT e.position, e.type, e.stream::text, e.effective_on, e.recorded_by
FROM {{evidence:ever}} AS v JOIN {{streams:ever}} AS s USING (stream)
JOIN {{events:log}} AS e ON e.position = v.position
WHERE v.digest = %(digest)s
    AND (%(scope)s::uuid IS NULL OR {of_project("s", "%(scope)s::uuid")})
GROUP BY e.position, e.type, e.stream, e.effective_on, e.recorded_by
ORDER BY e.position DESC LIMIT %(limit)s"""


class NamedBy(Struct, frozen=True, kw_only=True):
    """An event that names the document."""

    position: int
    type: str
    stream: str
    effective_on: date
    recorded_by: str


async def named_by(question: Question, digest: str, limit: int) -> list[NamedBy]:
    """The last ones, the newest first."""
    rows = await question.rows(_NAMED_BY, digest=digest, limit=limit)
    return [
        NamedBy(position=position, type=kind, stream=stream, effective_on=on, recorded_by=by)
        for position, kind, stream, on, by in rows
    ]
