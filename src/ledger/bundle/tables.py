"""What do the read models say of a project? Its tables, as known at the checkpoint, on one day.

The same rows stand in the tables of the bundle (`projections/*.csv`) and in its report.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger.bundle.contents import Document
from ledger.queries.asking import Cursor, Question, listing
from ledger.queries.budget import budget
from ledger.queries.findings import project_findings
from ledger.queries.indicators import indicators

PAGE = 5_000
Row = Mapping[str, Any]

COLUMNS = {
    "budget": (
        "line", "task", "category", "cross_financing", "fixed_assets", "planned", "recorded",
        "claimed", "approved", "disallowed", "remaining", "position",
    ),
    "expenditures": (
        "expenditure", "document_number", "issuer_nip", "issuer_name", "accounting_number",
        "ksef_number", "issued_on", "paid_on", "description", "net", "vat", "gross", "charge",
        "budget_line", "eligible", "eligible_vat", "eu_amount", "method", "procurement", "claim",
        "claim_name", "status", "disallowed", "evidence", "position",
    ),
    "claims": (
        "claim", "number", "period_from", "period_to", "status", "submitted_on", "submitted_by",
        "approved_on", "approved_by", "eligible", "eu_amount", "approved", "paid", "position",
    ),
    "claim_lines": (
        "claim", "expenditure", "charge", "document_number", "budget_line", "task", "category",
        "method", "eligible", "eu_amount", "disallowed", "approved", "position",
    ),
    "teams": (
        "team", "kind", "name", "voivodeship", "county", "commune", "agreement", "established_on",
        "dissolved_on", "position",
    ),
    "team_members": (
        "team", "appointment", "institution", "institution_name", "person", "person_name", "role",
        "since", "until", "position",
    ),
    "agreements": (
        "agreement", "kind", "title", "signed_on", "status", "terminated_on", "parties", "position",
    ),
    "obligations": (
        "agreement", "number", "party", "party_name", "text", "due_on", "target", "done", "status",
        "position",
    ),
    "milestones": (
        "number", "name", "starts_on", "ends_on", "requires", "status", "completed_on",
        "approved_on", "approved_by", "position",
    ),
    "indicators": ("code", "name", "kind", "target", "achieved", "share", "position"),
    "findings": (
        "rule", "severity", "subject", "subject_name", "message_pl", "message_en", "basis_pl",
        "basis_en", "position",
    ),
    "documents": ("sha256", "name", "media_type", "size", "stored", "position"),
}  # fmt: skip


class Tables(Struct, frozen=True, kw_only=True):
    """The project as it is agreed, and the rows of every table."""

    project: Row
    rows: Mapping[str, Sequence[Row]]


async def tables(question: Question, project: str, documents: Sequence[Document]) -> Tables:
    """The tables at the moment of the question. Raises `NotFound` where there is no project."""
    head = await question.one(listing("/api/projects"), project)
    of = {"project": project}
    claims = await _all(question, "/api/claims", of)
    teams = await _all(question, "/api/teams", of)
    agreements = await _all(question, "/api/agreements", of)
    return Tables(
        project=msgspec.json.decode(head.row),
        rows={
            "budget": msgspec.to_builtins(await budget(question, project)),
            "expenditures": await _expenditures(question, of),
            "claims": [one | one["totals"] | {"claim": one["id"]} for one in claims],
            "claim_lines": _parts(claims, "claim", "charges"),
            "teams": [one | {"team": one["id"]} for one in teams],
            "team_members": _parts(teams, "team", "members"),
            "agreements": [_agreement(one) for one in agreements],
            "obligations": _parts(agreements, "agreement", "obligations"),
            "milestones": await _all(
                question, "/api/projects/{id}/milestones", {"id": project}
            ),
            "indicators": msgspec.to_builtins(await indicators(question, project)),
            "findings": await _findings(question, project),
            "documents": msgspec.to_builtins(documents),
        },
    )  # fmt: skip


async def _all(question: Question, path: str, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of a listing, read page by page where it has pages."""
    of, cursor = listing(path), None
    rows: list[dict[str, Any]] = []
    while True:
        limit = PAGE if of.single else None
        page = await question.page(of, filters, limit=limit, cursor=cursor)
        rows += map(msgspec.json.decode, page.rows)
        if page.next is None:
            return rows
        cursor = Cursor.read(page.next, path, question.moment.known_at)


def _parts(rows: Iterable[Row], name: str, parts: str) -> list[Row]:
    return [{**part, name: row["id"]} for row in rows for part in row[parts]]


def _agreement(row: Row) -> Row:
    return {
        **row,
        "agreement": row["id"],
        "parties": [one["institution"] for one in row["parties"]],
    }


async def _expenditures(question: Question, of: Mapping[str, Any]) -> list[Row]:
    """A row for every charge, with its document; amounts of the document stand in each."""
    found = await _all(question, "/api/expenditures", of)
    return [
        {**one, **charge, "expenditure": one["id"]} for one in found for charge in one["charges"]
    ]


async def _findings(question: Question, project: str) -> list[Row]:
    """What breaks a rule, in both languages side by side."""
    counted = await indicators(question, project)
    said = [
        msgspec.to_builtins(await project_findings(question, project, lang, counted=counted))
        for lang in ("pl", "en")
    ]
    english = {one["id"]: one for one in said[1]}
    return [
        one
        | {
            "message_pl": one["message"],
            "message_en": english[one["id"]]["message"],
            "basis_pl": one["basis"],
            "basis_en": english[one["id"]]["basis"],
        }
        for one in said[0]
    ]


def csv_file(name: str, rows: Iterable[Row]) -> bytes:
    """A table as UTF-8 with commas; amounts with a point, days as year-month-day."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    columns = COLUMNS[name]
    out.writerow(columns)
    out.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(map(str, value))
        case str() if re.match(r"\s*[=+@-]", value) and not re.fullmatch(r"-\d+\.\d\d", value):
            return f"'{value}"  # or a spreadsheet would compute it
        case _:
            return str(value)
