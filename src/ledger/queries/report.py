"""How does the project stand? A manager's summary on one page, at one moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ledger.findings import Judged
from ledger.findings.model import Lang
from ledger.queries.asking import Question, listing, pinned
from ledger.queries.budget import budget_totals
from ledger.queries.event_list import LAST, newest_positions
from ledger.queries.findings import project_findings
from ledger.queries.indicators import IndicatorRow, indicators
from ledger.queries.settlement import advances
from ledger.queries.side_by_side import Asked, side_by_side

# Each team that is there, and how many are in it.
_TEAMS = """
SELECT t.kind, t.voivodeship,
    (SELECT count(*) FROM {appointments} AS a WHERE a.team = t.team)
FROM {teams} AS t WHERE t.project = %(project)s::uuid AND t.dissolved_on IS NULL"""
# From which sectors the members come: who sits there for nobody is of an unknown one.
_SECTORS = """
SELECT coalesce(i.sector, 'unknown'), count(*)
FROM {teams} AS t JOIN {appointments} AS a ON a.team = t.team
LEFT JOIN {persons} AS p ON p.person = a.person
LEFT JOIN {institutions} AS i ON i.institution = coalesce(a.institution, p.institution)
WHERE t.project = %(project)s::uuid AND t.dissolved_on IS NULL
GROUP BY 1 ORDER BY 1"""
FIRST_FINDINGS = 20
LATEST_EVENTS = 10
OPEN = ("open", "partly", "overdue")


async def report(question: Question, project: str, lang: Lang = "pl") -> dict[str, Any]:
    """Everything that a manager asks first. Raises `NotFound`."""
    head = await question.one(listing("/api/projects"), project)
    row = msgspec.json.decode(head.row)
    parts = _parts(question, project)
    answers = await side_by_side(*parts.values())
    found = dict(zip(parts, answers, strict=True))
    counted, findings = found.pop("judged")
    sectors = found.pop("sectors")
    return {
        "id": project,
        "valid_at": question.moment.valid_at,
        "known_at": question.moment.known_at,
        "project": row,
        "time_elapsed": time_elapsed(question, row),
        **found,
        "indicators": counted,
        "teams": _teams(found["teams"], sectors),
        "agreements": _agreements(found["agreements"]),
        "activities": _activities(found["activities"]),
        "deliverables": _by_status(found["deliverables"]),
        "claims": _claims(found["claims"]),
        "grants": _grants(found["grants"]),
        "support_cases": _by_status(found["support_cases"]),
        "findings": _findings(findings, question, project, lang),
        "link": f"/api/projects/{project}/report{pinned(question.moment)}",
        "position": question.moment.known_at,
    }


def _parts(question: Question, project: str) -> dict[str, Asked]:
    """What has to be asked, by the part of the report that it is for."""

    def fields(path: str, *names: str) -> Asked:
        return question.fields(listing(path), {"project": project}, names)

    return {
        "judged": _judged(question, project),
        "budget": budget_totals(question, project),
        "advances": advances(question, project),
        "milestones": _rows(question, "/api/projects/{id}/milestones", {"id": project}),
        "teams": question.rows(_TEAMS, project=project),
        "sectors": question.rows(_SECTORS, project=project),
        "agreements": fields("/api/agreements", "id", "title", "status", "obligations"),
        "activities": fields("/api/activities", "kind", "status", "attendance"),
        "grants": fields("/api/grants", "amount", "paid", "settled", "outstanding", "status"),
        "claims": fields(
            "/api/claims", "id", "number", "status", "period_from", "period_to", "totals"
        ),
        "support_cases": fields("/api/support-cases", "status"),
        "deliverables": fields("/api/deliverables", "status"),
        "latest_events": _latest_events(question, project),
    }


async def _judged(question: Question, project: str) -> tuple[list[IndicatorRow], Judged]:
    """The indicators, and what is found, for which they are needed."""
    counted = await indicators(question, project)
    found = await project_findings(question, project, counted=counted, first=FIRST_FINDINGS)
    return counted, found


async def _rows(question: Question, path: str, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    page = await question.page(listing(path), filters)
    return [msgspec.json.decode(row) for row in page.rows]


def time_elapsed(question: Question, project: Mapping[str, Any]) -> str:
    """The share of the project's time that has passed, in percent."""
    dates = [date.fromisoformat(project[name]) for name in ("starts_on", "ends_on")]
    days = (dates[1] - dates[0]).days + 1
    gone = (question.moment.valid_at - dates[0]).days + 1
    return f"{100 * min(max(gone, 0), days) / days:.2f}"


def _by(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    return {f"by_{name}": _counts(row[name] or "unknown" for row in rows)}


def _by_status(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return _by(rows, "status") | {"total": len(rows)}


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _teams(
    teams: Sequence[tuple[str, str | None, int]], sectors: Sequence[tuple[str, int]]
) -> dict[str, Any]:
    there = [{"kind": kind, "voivodeship": where} for kind, where, _ in teams]
    return {
        "total": len(there),
        "members": sum(members for _, _, members in teams),
        **_by(there, "kind"),
        **_by(there, "voivodeship"),
        "members_by_sector": dict(sectors),
    }


def _agreements(agreements: list[dict[str, Any]]) -> dict[str, Any]:
    obligations = [(one, o) for one in agreements for o in one["obligations"]]
    left = [
        {"agreement": one["id"], "agreement_name": one["title"]}
        | {name: o[name] for name in _OBLIGATION}
        for one, o in obligations
        if o["status"] in OPEN
    ]
    return {
        "total": len(agreements),
        **_by(agreements, "status"),
        "obligations": {"total": len(obligations), **_by([o for _, o in obligations], "status")},
        "open_obligations": left,
    }


_OBLIGATION = ("number", "party", "party_name", "text", "due_on", "target", "done", "status")


def _activities(activities: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "total": len(activities),
        "attendance": sum(one["attendance"] for one in activities),
        **_by(activities, "kind"),
        **_by(activities, "status"),
    }


def _findings(found: Judged, question: Question, project: str, lang: Lang) -> dict[str, Any]:
    """How many of each rule, and the first ones; all of them stand behind the link."""
    return {
        "total": len(found),
        "by_severity": dict(sorted(found.by_severity().items())),
        "by_rule": dict(sorted(found.by_rule().items())),
        "items": found.told(lang, 0, FIRST_FINDINGS),
        "link": f"/api/projects/{project}/findings{pinned(question.moment)}",
    }


def _claims(claims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"total": len(claims), **_by(claims, "status"), "items": claims}


def _grants(grants: list[dict[str, Any]]) -> dict[str, Any]:
    sums = {
        name: f"{sum((Decimal(one[name]) for one in grants), Decimal(0)):.2f}"
        for name in ("amount", "paid", "settled", "outstanding")
    }
    return {"total": len(grants), **sums, **_by(grants, "status")}


async def _latest_events(question: Question, project: str) -> list[dict[str, Any]]:
    latest = await newest_positions(question, {"project": project}, LAST, LATEST_EVENTS)
    rows = await question.rows(
        "SELECT e.position, e.type, e.stream::text, e.effective_on FROM {events:log} AS e"
        " WHERE e.position = ANY(%(latest)s) ORDER BY e.position DESC",
        latest=latest,
    )
    names = ("position", "type", "stream", "effective_on")
    return [dict(zip(names, row, strict=True)) for row in rows]
