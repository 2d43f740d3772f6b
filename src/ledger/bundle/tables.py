"""What do the read models say of a project? Its tables, as known at the checkpoint, on one day.

The same rows stand in the tables of the bundle (`projections/*.csv`) and in its report.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ledger.bundle.contents import Document
from ledger.findings import Judged
from ledger.papers.written import LANGS
from ledger.queries.asking import Question, listing
from ledger.queries.budget import budget
from ledger.queries.findings import project_findings
from ledger.queries.indicators import indicators

AT_A_TIME = 2_000
CLAIMS_AT_A_TIME = 4  # each of them with thousands of charges
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


Portion = tuple[str, Sequence[Row]]  # some rows, and of which table


async def portions(
    question: Question, project: str, documents: Sequence[Document]
) -> AsyncIterator[Portion]:
    """The rows of all tables at the moment of the question, those of each table in their order.

    No more than a portion of them is held here.
    """
    yield "budget", msgspec.to_builtins(await budget(question, project))
    async for rows in _walk(question, "/api/expenditures", project, AT_A_TIME):
        yield "expenditures", [_charge(one, part) for one in rows for part in one["charges"]]
    async for rows in _walk(question, "/api/claims", project, CLAIMS_AT_A_TIME):
        yield "claims", [one | one["totals"] | {"claim": one["id"]} for one in rows]
        yield "claim_lines", _parts(rows, "claim", "charges")
    async for rows in _walk(question, "/api/teams", project, AT_A_TIME):
        yield "teams", [one | {"team": one["id"]} for one in rows]
        yield "team_members", _parts(rows, "team", "members")
    async for rows in _walk(question, "/api/agreements", project, AT_A_TIME):
        yield "agreements", [_agreement(one) for one in rows]
        yield "obligations", _parts(rows, "agreement", "obligations")
    page = await question.page(listing("/api/projects/{id}/milestones"), {"id": project})
    yield "milestones", [msgspec.json.decode(one) for one in page.rows]
    counted = await indicators(question, project)
    yield "indicators", msgspec.to_builtins(counted)
    found = await project_findings(question, project, counted=counted)
    for first in range(0, len(found), AT_A_TIME):
        yield "findings", _findings(found, first)
    yield "documents", msgspec.to_builtins(documents)


async def _walk(
    question: Question, path: str, project: str, at_a_time: int
) -> AsyncIterator[list[dict[str, Any]]]:
    async for rows in question.walk(listing(path), {"project": project}, at_a_time):
        yield [msgspec.json.decode(one) for one in rows]


def _parts(rows: Iterable[Row], name: str, parts: str) -> list[Row]:
    return [{**part, name: row["id"]} for row in rows for part in row[parts]]


def _agreement(row: Row) -> Row:
    return {
        **row,
        "agreement": row["id"],
        "parties": [one["institution"] for one in row["parties"]],
    }


def _charge(document: Row, charge: Row) -> Row:
    """A charge with its document; amounts of the document stand in each."""
    return {**document, **charge, "expenditure": document["id"]}


def _findings(found: Judged, first: int) -> list[Row]:
    """What breaks a rule, in both languages side by side."""
    polish, english = (found.told(lang, first, first + AT_A_TIME) for lang in LANGS)
    return [
        msgspec.to_builtins(one)
        | {
            "message_pl": one.message,
            "message_en": other.message,
            "basis_pl": one.basis,
            "basis_en": other.basis,
        }
        for one, other in zip(polish, english, strict=True)
    ]


def csv_head(name: str) -> bytes:
    """The names of a table's columns."""
    return _written([COLUMNS[name]])


def csv_lines(name: str, rows: Iterable[Row]) -> bytes:
    """Rows of a table as UTF-8 with commas; amounts with a point, days as year-month-day."""
    return _written([_cell(row[column]) for column in COLUMNS[name]] for row in rows)


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
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
