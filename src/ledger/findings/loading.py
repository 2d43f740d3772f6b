"""How do facts come out of the books? One query for each, at the moment that is asked about.

What a fact's struct says first is what its query selects first. `%(expenditures)s`, where it is
not null, leaves nothing but those documents.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from ledger.findings import spending
from ledger.findings.facts import (
    Appointment,
    Attendance,
    BudgetLine,
    Charge,
    Charged,
    ChargedVat,
    Claim,
    Daily,
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
    Unproved,
)
from ledger.findings.model import Rule
from ledger.findings.rule_sets import rule_set_of
from ledger.projections.custody_register import given_up, held
from ledger.projections.engine.query import institution_name, person_name, project_name, team_name
from ledger.projections.stream_register import of_project

AT_ONCE = 2  # queries: one is answered while the other's rows are read
Rows = Sequence[tuple[Any, ...]]


class Ask(Protocol):
    """Asks the books at one moment, for one asker; `ledger.queries` knows how."""

    async def __call__(self, text: str, *, plan_once: bool = True, **params: Any) -> Rows:
        """The rows of a query."""


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

# Of the many who take part, those who are at two activities on one day, and ever at two places.
ATTENDANCES = f"""
SELECT a.person::text, {person_name("a.person")}, a.activity::text, a.title, a.starts_on,
    a.ends_on, a.place, a.position
FROM (
    SELECT a.person, c.activity, c.title, c.starts_on, c.ends_on, c.place,
        greatest(a.position, c.position) AS position,
        lead(c.starts_on) OVER near <= c.ends_on OR max(c.ends_on) OVER (
            near ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) >= c.starts_on AS meets,
        min(c.place) OVER everywhere <> max(c.place) OVER everywhere AS moves
    FROM {{activities}} AS c JOIN {{attendances}} AS a USING (activity)
    WHERE c.project = %(project)s::uuid AND c.cancelled_on IS NULL AND c.place IS NOT NULL
        AND a.person IS NOT NULL
    WINDOW everywhere AS (PARTITION BY a.person), near AS (everywhere ORDER BY c.starts_on)) AS a
WHERE a.meets AND a.moves"""

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
    AND (%(expenditures)s::uuid[] IS NULL OR v.stream = ANY(%(expenditures)s))
    AND NOT EXISTS (SELECT FROM {{evidence:ever}} AS w WHERE w.stream = v.stream
        AND w.digest = v.digest AND w.position > v.position)
    AND NOT EXISTS ({_STORED})
    AND NOT {held("v.stream", "v.digest", "%(project)s::uuid")}"""

_QUERIES: Mapping[str, str] = {
    "lines": LINES,
    "shifts": SHIFTS,
    "documents": spending.DOCUMENTS,
    "charges": spending.CHARGES,
    "unproved": spending.UNPROVED,
    "charged": spending.CHARGED,
    "daily": spending.DAILY,
    "charged_vat": spending.CHARGED_VAT,
    "first_day": spending.FIRST_DAY,
    "twins": spending.TWINS,
    "claims": CLAIMS,
    "receipts": RECEIPTS,
    "settlements": SETTLEMENTS,
    "attendances": ATTENDANCES,
    "appointments": APPOINTMENTS,
    "parties": PARTIES,
    "milestones": MILESTONES,
    "unheld": UNHELD,
}
_DOCUMENT_FIELDS = len(Document.__struct_fields__)


def _of_document(make: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a fact about a document of a row that begins with the document."""
    return lambda *row: make(Document(*row[:_DOCUMENT_FIELDS]), *row[_DOCUMENT_FIELDS:])


_LISTED: Mapping[str, Callable[..., Any]] = {
    "lines": BudgetLine,
    "shifts": Shift,
    "documents": Document,
    "charges": _of_document(Charge),
    "unproved": Unproved,
    "charged": Charged,
    "daily": Daily,
    "charged_vat": _of_document(ChargedVat),
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
    rules: Sequence[Rule],
    *,
    scope: str | None,
    expenditures: Sequence[str] | None = None,
    indicators: Sequence[IndicatorFact] = (),
    first: int | None = None,
) -> Facts | None:
    """The facts that these rules need; None while there is no such project on that day.

    `first`: of what there may be very many, and can be counted, no more than that.
    """
    turn = asyncio.Semaphore(AT_ONCE)
    known = await ask(PROJECT, project=project)
    if not known:
        return None
    terms = Project(*known[0])
    limits = _limits(terms)

    async def rows(name: str) -> Rows:
        async with turn:
            return await ask(
                _text(name, rules), plan_once=False, project=project, expenditures=expenditures,
                scope=scope, first=first, **limits,
            )  # fmt: skip

    names = sorted(_QUERIES.keys() & {name for one in rules for name in one.needs})
    answers = await asyncio.gather(*(rows(name) for name in names))
    return Facts(
        valid_at=valid_at,
        project=terms,
        indicators=indicators,
        asked=None if expenditures is None else frozenset(expenditures),
        **await asyncio.to_thread(_made, dict(zip(names, answers, strict=True))),
    )


# Of what there are very many, each rule's few are looked for by themselves: an index finds them.
_APART = frozenset({"documents", "charges"})


def _text(fact: str, rules: Sequence[Rule]) -> str:
    """The query of those facts that one of the rules could find; all where a rule does not say."""
    text = _QUERIES[fact]
    asked = dict.fromkeys(one.only.get(fact, "TRUE") for one in rules if fact in one.needs)
    if fact in _APART and "TRUE" not in asked:
        return " UNION ".join(text.replace("{only}", one) for one in asked)
    return text.replace("{only}", " OR ".join(f"({one})" for one in asked))


def _limits(project: Project) -> dict[str, Any]:
    """What conditions compare with: the project's terms, and each limit's bounds over time."""
    limits = rule_set_of(project.programme, project.starts_on)
    found = {
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "value": project.value,
        "eligible_since": limits.eligible.since,
        "eligible_until": limits.eligible.until,
    }
    for name, dated in limits.limits.items():
        values = [one.value for one in dated if one.value is not None]
        found[f"{name}_least"] = min(values, default=None)
        found[f"{name}_most"] = max(values, default=None)
    return found


def _made(found: Mapping[str, Rows]) -> dict[str, Any]:
    """The rows as what rules know."""
    made: dict[str, Any] = {
        name: [_LISTED[name](*row) for row in rows]
        for name, rows in found.items()
        if name in _LISTED
    }
    if "claims" in found:
        made["claims"] = {row[0]: Claim(*row) for row in found["claims"]}
    if "first_day" in found:
        made["first_day"] = found["first_day"][0][0]
    return made
