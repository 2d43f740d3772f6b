"""How do facts come out of the books? One query for each, at the moment that is asked about.

What a fact's struct says first is what its query selects first. `%(expenditure)s`, where it is
not null, leaves nothing but that one document.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from ledger.findings.facts import (
    Appointment,
    Attendance,
    BudgetLine,
    Charge,
    Claim,
    Document,
    Facts,
    IndicatorFact,
    Milestone,
    Party,
    Project,
    Receipt,
    Settlement,
    Shift,
    Twin,
    Unheld,
)
from ledger.projections.custody_register import given_up, held
from ledger.projections.engine.query import institution_name, person_name, project_name, team_name
from ledger.projections.stream_register import of_project

AT_ONCE = 2  # queries: one is answered while the other's rows are read
Rows = Sequence[tuple[Any, ...]]


class Ask(Protocol):
    """Asks the books at one moment, for one asker; `ledger.queries` knows how."""

    async def __call__(self, text: str, *, plan_once: bool = True, **params: Any) -> Rows:
        """The rows of a query."""


_ISSUER = "coalesce(d.issuer_name, 'NIP ' || d.issuer_nip)"
# One issuer: the same tax number, or the same name where none is known.
_ISSUER_KEY = "coalesce(d.issuer_nip, '=' || lower(btrim(d.issuer_name)))"
_LIVE = "NOT c.withdrawn AND (%(expenditure)s::uuid IS NULL OR c.expenditure = %(expenditure)s)"
_OWN = f"c.project = %(project)s::uuid AND {_LIVE}"
_AREA = "t.voivodeship, t.county, t.commune"

PROJECT = """
SELECT p.project::text, p.code, p.title, p.programme, p.value, p.eu_contribution, p.starts_on,
    p.ends_on, p.closed_on, p.position
FROM {projects} AS p WHERE p.project = %(project)s::uuid"""

LINES = """
SELECT b.edition, b.line, b.task, b.category, b.amount, b.cross_financing, b.position
FROM {budget_lines} AS b WHERE b.project = %(project)s::uuid ORDER BY b.edition, b.place"""

SHIFTS = """
SELECT s.edition, s.from_line, s.to_line, s.amount, s.valid_from, s.position
FROM {budget_shifts} AS s WHERE s.project = %(project)s::uuid"""

DOCUMENTS = f"""
WITH own AS (
    SELECT c.expenditure, min(c.stated) AS first, max(c.stated) AS last, sum(c.eligible_vat) AS vat
    FROM {{charges}} AS c WHERE {_OWN} GROUP BY c.expenditure
), others AS (
    SELECT c.expenditure, max(c.stated) AS last, sum(c.eligible_vat) AS vat
    FROM {{charges}} AS c
    WHERE c.project <> %(project)s::uuid AND {_LIVE}
        AND c.expenditure IN (SELECT own.expenditure FROM own) GROUP BY c.expenditure
)
SELECT d.expenditure::text, d.document_number, {_ISSUER}, d.issued_on, d.paid_on, d.net, d.vat,
    coalesce(x.vat, 0) + coalesce(y.vat, 0), greatest(d.position, x.first),
    greatest(x.last, y.last)
FROM own AS x JOIN {{accounting_documents}} AS d USING (expenditure)
LEFT JOIN others AS y USING (expenditure)"""

CHARGES = f"""
SELECT c.expenditure::text, c.charge::text, c.budget_line, c.eligible - coalesce(x.amount, 0),
    c.eu_amount - coalesce(x.eu_amount, 0), c.method, c.procurement, c.claim::text,
    nullif(l.approved - coalesce(x.corrected, 0), c.eligible - coalesce(x.amount, 0)),
    greatest(c.stated, x.position)
FROM {{charges}} AS c
LEFT JOIN (SELECT r.expenditure, r.charge, sum(r.amount) AS amount, sum(r.eu_amount) AS eu_amount,
        sum(r.amount) FILTER (WHERE r.kind = 'correction') AS corrected,
        max(r.position) AS position
    FROM {{disallowances}} AS r WHERE r.project = %(project)s::uuid GROUP BY 1, 2) AS x
    ON x.expenditure = c.expenditure AND x.charge = c.charge
LEFT JOIN {{claims}} AS m ON m.claim = c.claim AND m.status IN ('approved', 'paid')
LEFT JOIN {{claim_lines}} AS l
    ON l.claim = m.claim AND l.submission = m.submission AND l.charge = c.charge
WHERE {_OWN}"""

FLAT_RATE_SINCE = """
SELECT min(c.stated) FROM {charges} AS c
WHERE c.project = %(project)s::uuid AND NOT c.withdrawn AND c.method = 'flat_rate'"""

# Of one document only those like it are looked at: the index of tax numbers finds them.
_LIKE_IT = f"""
(%(expenditure)s::uuid IS NULL OR (
    (d.issuer_nip = (SELECT o.issuer_nip FROM {{accounting_documents}} AS o
            WHERE o.expenditure = %(expenditure)s)
        OR d.issuer_nip IS NULL)
    AND ({_ISSUER_KEY}, d.gross) IN (SELECT {_ISSUER_KEY}, d.gross
        FROM {{accounting_documents}} AS d WHERE d.expenditure = %(expenditure)s)))"""

TWINS = f"""
WITH alike AS (
    SELECT {_ISSUER_KEY} AS key, d.gross FROM {{accounting_documents}} AS d WHERE {_LIKE_IT}
    GROUP BY 1, 2 HAVING count(*) > 1
), known AS (
    SELECT d.expenditure, d.document_number, a.key, {_ISSUER} AS issuer, d.gross, d.issued_on,
        x.own, greatest(d.position, x.position) AS position,
        bool_or(x.own) OVER (PARTITION BY a.key, d.gross) AS concerns_us
    FROM {{accounting_documents}} AS d
    JOIN alike AS a ON a.key = {_ISSUER_KEY} AND a.gross = d.gross
    CROSS JOIN LATERAL (
        SELECT bool_or(c.project = %(project)s::uuid) AS own, min(c.stated) AS position
        FROM {{charges}} AS c WHERE c.expenditure = d.expenditure AND NOT c.withdrawn) AS x
    WHERE {_LIKE_IT} AND x.own IS NOT NULL
)
SELECT k.expenditure::text, k.document_number, k.key, k.issuer, k.gross, k.issued_on, k.own,
    k.own OR %(scope)s::uuid IS NULL, k.position
FROM known AS k WHERE k.concerns_us"""

CLAIMS = """
SELECT m.claim::text, m.number::json #>> '{}', m.period_from, m.period_to, m.status,
    m.submitted_on, m.position
FROM {claims} AS m WHERE m.project = %(project)s::uuid"""

RECEIPTS = """
SELECT f.tranche, f.amount, f.valid_from, f.position
FROM {funds_received} AS f WHERE f.project = %(project)s::uuid"""

SETTLEMENTS = """
SELECT m.approved_on, sum(l.approved_eu), max(l.position)
FROM {claims} AS m
JOIN {claim_lines} AS l ON l.claim = m.claim AND l.submission = m.submission
WHERE m.project = %(project)s::uuid AND m.status IN ('approved', 'paid')
    AND l.approved_eu IS NOT NULL
GROUP BY m.claim, m.approved_on
UNION ALL
SELECT r.valid_from, -sum(r.eu_amount), max(r.position)
FROM {disallowances} AS r
WHERE r.project = %(project)s::uuid AND r.kind = 'correction'
GROUP BY r.valid_from"""

ATTENDANCES = f"""
SELECT a.person::text, {person_name("a.person")}, c.activity::text, c.title, c.starts_on,
    c.ends_on, c.place, greatest(a.position, c.position)
FROM {{activities}} AS c JOIN {{attendances}} AS a USING (activity)
WHERE c.project = %(project)s::uuid AND c.cancelled_on IS NULL AND c.place IS NOT NULL
    AND a.person IS NOT NULL"""

APPOINTMENTS = f"""
SELECT a.appointment::text, t.team::text, t.name, t.kind, {_AREA}, t.agreement::text,
    a.institution::text, {institution_name("a.institution")}, a.since,
    greatest(a.position, t.position)
FROM {{teams}} AS t JOIN {{appointments}} AS a USING (team)
WHERE t.project = %(project)s::uuid AND t.dissolved_on IS NULL AND a.institution IS NOT NULL
    AND t.kind IN ('commune_county', 'partnership', 'voivodeship')"""

PARTIES = f"""
SELECT g.agreement::text, s.institution::text, t.sector, t.level, {_AREA}
FROM {{agreements}} AS g JOIN {{parties}} AS s USING (agreement)
JOIN LATERAL (SELECT i.* FROM {{institutions:ever}} AS i WHERE i.institution = s.institution
    ORDER BY i.valid_from > %(valid_at)s, abs(i.valid_from - %(valid_at)s::date) LIMIT 1) AS t
    ON true
WHERE g.project = %(project)s::uuid AND g.terminated_on IS NULL AND g.signed_on <= %(valid_at)s
    AND g.kind IN ('cooperation', 'partnership', 'team_appointment')"""

MILESTONES = """
SELECT m.number, m.name, m.ends_on, m.completed_on, m.position
FROM {milestones} AS m WHERE m.project = %(project)s::uuid"""

_STORED = "SELECT FROM {documents:log} AS s WHERE s.sha256 = decode(v.digest, 'hex')"

# Evidence counts whatever the day of the event that names it.
BARE = f"""
SELECT c.expenditure::text FROM {{charges}} AS c
WHERE {_OWN} AND NOT EXISTS (
    SELECT FROM {{evidence:ever}} AS v JOIN {{documents:log}} AS s
        ON s.sha256 = decode(v.digest, 'hex')
    WHERE v.stream = c.expenditure)"""

UNHELD = f"""
SELECT v.digest, v.stream::text, s.collection, CASE s.collection
        WHEN 'expenditures' THEN (SELECT n.document_number FROM {{accounting_documents:ever}} AS n
            WHERE n.expenditure = v.stream LIMIT 1)
        WHEN 'projects' THEN {project_name("v.stream")}
        WHEN 'teams' THEN {team_name("v.stream")}
        WHEN 'agreements' THEN (SELECT n.title FROM {{agreements:ever}} AS n
            WHERE n.agreement = v.stream ORDER BY n.valid_from DESC LIMIT 1)
        WHEN 'activities' THEN (SELECT n.title FROM {{activities:ever}} AS n
            WHERE n.activity = v.stream ORDER BY n.valid_from DESC LIMIT 1)
        WHEN 'custodies' THEN (SELECT n.describes FROM {{custodies:ever}} AS n
            WHERE n.custody = v.stream ORDER BY n.valid_from DESC LIMIT 1)
        END, greatest(v.position, {given_up("v.stream", "v.digest", "%(project)s::uuid")})
FROM {{evidence:ever}} AS v JOIN {{streams:ever}} AS s USING (stream)
WHERE {of_project("s", "%(project)s::uuid")}
    AND (%(expenditure)s::uuid IS NULL OR v.stream = %(expenditure)s)
    AND NOT EXISTS ({_STORED})
    AND NOT {held("v.stream", "v.digest", "%(project)s::uuid")}"""

_QUERIES: Mapping[str, str] = {
    "project": PROJECT,
    "lines": LINES,
    "shifts": SHIFTS,
    "documents": DOCUMENTS,
    "charges": CHARGES,
    "flat_rate_since": FLAT_RATE_SINCE,
    "twins": TWINS,
    "claims": CLAIMS,
    "receipts": RECEIPTS,
    "settlements": SETTLEMENTS,
    "attendances": ATTENDANCES,
    "appointments": APPOINTMENTS,
    "parties": PARTIES,
    "milestones": MILESTONES,
    "bare": BARE,
    "unheld": UNHELD,
}
_LISTED: Mapping[str, Callable[..., Any]] = {
    "lines": BudgetLine,
    "shifts": Shift,
    "documents": Document,
    "twins": Twin,
    "receipts": Receipt,
    "settlements": Settlement,
    "attendances": Attendance,
    "appointments": Appointment,
    "parties": Party,
    "milestones": Milestone,
    "unheld": Unheld,
}


async def load(
    ask: Ask,
    valid_at: date,
    project: str,
    needs: Collection[str],
    *,
    scope: str | None,
    expenditure: str | None = None,
    indicators: Sequence[IndicatorFact] = (),
) -> Facts | None:
    """The facts that are needed; None while there is no such project on that day."""

    turn = asyncio.Semaphore(AT_ONCE)

    async def rows(text: str) -> Rows:
        async with turn:
            return await ask(
                text, plan_once=False, project=project, expenditure=expenditure, scope=scope
            )

    wanted = _QUERIES.keys() & set(needs)
    if "charges" in wanted:
        wanted |= {"documents"}
    names = ["project", *sorted(wanted)]
    answers = await asyncio.gather(*(rows(_QUERIES[name]) for name in names))
    found = dict(zip(names, answers, strict=True))
    if not found["project"]:
        return None
    return Facts(
        valid_at=valid_at,
        project=Project(*found.pop("project")[0]),
        indicators=indicators,
        **await asyncio.to_thread(_made, found),
    )


def _made(found: Mapping[str, Rows]) -> dict[str, Any]:
    """The rows as what rules know."""
    made: dict[str, Any] = {
        name: [_LISTED[name](*row) for row in rows]
        for name, rows in found.items()
        if name in _LISTED
    }
    if "charges" in found:
        documents = {one.expenditure: one for one in made["documents"]}
        made["charges"] = [
            Charge(documents[row[0]], *row[1:])
            for row in found["charges"]
            if row[0] in documents  # of no document that is true on the day
        ]
    if "claims" in found:
        made["claims"] = {row[0]: Claim(*row) for row in found["claims"]}
    if "flat_rate_since" in found:
        made["flat_rate_since"] = found["flat_rate_since"][0][0]
    if "bare" in found:
        made["bare"] = frozenset(row[0] for row in found["bare"])
    return made
