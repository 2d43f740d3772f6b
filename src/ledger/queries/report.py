"""How does the project stand? A manager's summary on one page, at one moment."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ledger.findings.model import Lang
from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question, listing, pinned
from ledger.queries.budget import budget_totals
from ledger.queries.findings import project_findings
from ledger.queries.indicators import indicators
from ledger.queries.settlement import advances

_OF_ACTIVITY = ("kind", "status", "attendance")
_OF_GRANT = ("amount", "paid", "settled", "outstanding", "status")
_OF_CLAIM = ("id", "number", "status", "period_from", "period_to", "totals")
FIRST_FINDINGS = 20
OPEN = ("open", "partly", "overdue")


async def report(question: Question, project: str, lang: Lang = "pl") -> dict[str, Any]:
    """Everything that a manager asks first. Raises `NotFound`."""
    head = await question.one(listing("/api/projects"), project)
    row = msgspec.json.decode(head.row)
    in_project = {"project": project}
    milestones = await _rows(question, "/api/projects/{id}/milestones", {"id": project})
    teams = await _rows(question, "/api/teams", in_project)
    agreements = await _rows(question, "/api/agreements", in_project)
    activities = await question.fields(listing("/api/activities"), in_project, _OF_ACTIVITY)
    grants = await question.fields(listing("/api/grants"), in_project, _OF_GRANT)
    counted = await indicators(question, project)
    found = msgspec.to_builtins(await project_findings(question, project, lang, counted=counted))
    claims = await question.fields(listing("/api/claims"), in_project, _OF_CLAIM)
    cases = await question.fields(listing("/api/support-cases"), in_project, ["status"])
    deliverables = await question.fields(listing("/api/deliverables"), in_project, ["status"])
    return {
        "id": project,
        "valid_at": question.moment.valid_at,
        "known_at": question.moment.known_at,
        "project": row,
        "time_elapsed": time_elapsed(question, row),
        "milestones": milestones,
        "indicators": counted,
        "teams": _teams(teams),
        "agreements": _agreements(agreements),
        "activities": _activities(activities),
        "deliverables": _by(deliverables, "status") | {"total": len(deliverables)},
        "budget": await budget_totals(question, project),
        "advances": await advances(question, project),
        "claims": _claims(claims),
        "grants": _grants(grants),
        "support_cases": _by(cases, "status") | {"total": len(cases)},
        "findings": _findings(found, question, project),
        "latest_events": await _latest_events(question, project),
        "link": f"/api/projects/{project}/report{pinned(question.moment)}",
        "position": question.moment.known_at,
    }


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
    counted = Counter(row[name] or "unknown" for row in rows)
    return {f"by_{name}": dict(sorted(counted.items()))}


def _teams(teams: list[dict[str, Any]]) -> dict[str, Any]:
    there = [team for team in teams if team["dissolved_on"] is None]
    return {
        "total": len(there),
        "members": sum(len(team["members"]) for team in there),
        **_by(there, "kind"),
        **_by(there, "voivodeship"),
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


def _findings(found: list[dict[str, Any]], question: Question, project: str) -> dict[str, Any]:
    """How many of each rule, and the first ones; all of them stand behind the link."""
    return {
        "total": len(found),
        **_by(found, "severity"),
        **_by(found, "rule"),
        "items": found[:FIRST_FINDINGS],
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
    rows = await question.rows(
        "SELECT e.position, e.type, e.stream::text, e.effective_on FROM {events:log} AS e"
        " JOIN {streams:ever} AS s USING (stream)"
        f" WHERE {of_project('s', '%(project)s::uuid')} ORDER BY e.position DESC LIMIT 10",
        project=project,
    )
    names = ("position", "type", "stream", "effective_on")
    return [dict(zip(names, row, strict=True)) for row in rows]
