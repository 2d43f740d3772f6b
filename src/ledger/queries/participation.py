"""What did an institution or a person take part in? Everything, whatever the day."""

from datetime import date
from typing import Literal

from msgspec import Struct

from ledger.queries.asking import Question

PARTS_LIMIT = 500
Who = Literal["institution", "person"]


class Part(Struct, frozen=True, kw_only=True):
    """One thing that it took part in: which, as what, from when, until when."""

    collection: str
    id: str
    name: str
    project: str
    kind: str | None
    role: str | None
    since: date
    until: date | None
    position: int


def _appointed(who: str) -> str:
    return f"""
SELECT 'teams' AS collection, a.team AS id, t.name, t.project, t.kind, a.role, a.since,
    nullif(a.valid_to, '9999-12-31') AS until, a.position
FROM {{appointments:ever}} AS a
JOIN LATERAL (SELECT x.* FROM {{teams:ever}} AS x WHERE x.team = a.team
    ORDER BY x.valid_from DESC LIMIT 1) AS t ON true
WHERE a.{who} = %(subject)s::uuid"""


def _attended(who: str) -> str:
    return f"""
SELECT 'activities', a.activity, v.title, v.project, v.kind, NULL, v.starts_on, v.ends_on,
    a.position
FROM {{attendances:ever}} AS a
JOIN LATERAL (SELECT x.* FROM {{activities:ever}} AS x WHERE x.activity = a.activity
    ORDER BY x.valid_from DESC LIMIT 1) AS v ON true
WHERE a.{who} = %(subject)s::uuid"""


_SIGNED = """
SELECT 'agreements', p.agreement, g.title, g.project, g.kind, NULL, p.since,
    nullif(p.valid_to, '9999-12-31'), p.position
FROM {parties:ever} AS p
JOIN LATERAL (SELECT x.* FROM {agreements:ever} AS x WHERE x.agreement = p.agreement
    ORDER BY x.valid_from DESC LIMIT 1) AS g ON true
WHERE p.institution = %(subject)s::uuid"""

_GRANTED = """
SELECT 'grants', g.grant_id, g.purpose, g.project, NULL, NULL, g.valid_from, NULL, g.position
FROM {grants:ever} AS g
WHERE g.institution = %(subject)s::uuid AND g.valid_to = '9999-12-31'"""

_PARTS: dict[Who, tuple[str, ...]] = {
    "institution": (_appointed("institution"), _attended("institution"), _SIGNED, _GRANTED),
    "person": (_appointed("person"), _attended("person")),
}


async def participation(question: Question, subject: str, who: Who) -> list[Part]:
    """What it took part in, the latest first; only what the asker may see of it."""
    text = " UNION ALL ".join(_PARTS[who])
    rows = await question.rows(
        f"SELECT p.collection, p.id::text, p.name, p.project::text, p.kind, p.role, p.since,"
        f" p.until, p.position FROM ({text}) AS p"
        " WHERE %(scope)s::uuid IS NULL OR p.project = %(scope)s::uuid"
        f" ORDER BY p.since DESC, p.position DESC LIMIT {PARTS_LIMIT}",
        subject=subject,
    )
    names = Part.__struct_fields__
    return [Part(**dict(zip(names, row, strict=True))) for row in rows]
