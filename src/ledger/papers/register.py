"""What was spent in a project? Its expenditure register, a row for every charge, page by page."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from ledger.papers.words import words
from ledger.papers.workbooks import Column, Value
from ledger.papers.written import Lang, file_name
from ledger.queries.asking import Cursor, Question, listing

PAGE = 5_000
EVERYTHING: Mapping[str, Any] = MappingProxyType({})
COLUMNS = (
    Column("ordinal", "whole", 7),
    Column("document_number", "text", 22),
    Column("accounting_number", "text", 16),
    Column("ksef_number", "text", 38),
    Column("issuer_nip", "text", 13),
    Column("issuer_name", "text", 36),
    Column("issued_on", "day", 12),
    Column("paid_on", "day", 12),
    Column("description", "text", 44),
    Column("gross", "amount", 14),
    Column("net", "amount", 14),
    Column("vat", "amount", 13),
    Column("task", "text", 20),
    Column("budget_line", "text", 12),
    Column("category", "text", 28),
    Column("method", "text", 22),
    Column("eligible", "amount", 15, summed=True),
    Column("eligible_vat", "amount", 13, summed=True),
    Column("eu_amount", "amount", 15, summed=True),
    Column("disallowed", "amount", 13, summed=True),
    Column("charge_status", "text", 15),
    Column("claim_column", "text", 18),
)
Row = Sequence[Value]


class _Charge(Struct, frozen=True, kw_only=True):
    project: str
    budget_line: str
    eligible: Decimal
    eligible_vat: Decimal | None = None
    eu_amount: Decimal | None = None
    method: str
    claim: str | None = None
    claim_name: str | None = None
    status: str
    disallowed: Decimal


class _Expenditure(Struct, frozen=True, kw_only=True):
    document_number: str
    accounting_number: str | None = None
    ksef_number: str | None = None
    issuer_nip: str | None = None
    issuer_name: str | None = None
    issued_on: date
    paid_on: date | None = None
    description: str
    gross: Decimal
    net: Decimal
    vat: Decimal
    charges: list[_Charge]


_read = msgspec.json.Decoder(_Expenditure).decode


async def register_name(question: Question, project: str, lang: Lang, suffix: str) -> str:
    """What the register's file is called. Raises `NotFound` for what the asker may not see."""
    row, _ = await question.one(listing("/api/projects"), project)
    code = msgspec.json.decode(row)["code"]
    return file_name(words(lang)["register_file"], code, suffix=suffix)


async def register(
    question: Question, project: str, lang: Lang, filters: Mapping[str, Any] = EVERYTHING
) -> AsyncIterator[list[Row]]:
    """The rows in the order of the columns, by the day of issue, of what the filters leave.

    What was withdrawn is left out, unless it is what is asked for.
    """
    said, lines = words(lang), await _budget_lines(question, project)
    of, cursor, ordinal = listing("/api/expenditures"), None, 0
    asked = {**filters, "project": project}
    while True:
        page = await question.page(of, asked, limit=PAGE, cursor=cursor)
        rows: list[Row] = []
        for document in map(_read, page.rows):
            for charge in document.charges:
                place = lines.get(charge.budget_line, (None, None))
                if charge.project == project and _is_asked(charge, place, filters):
                    ordinal += 1
                    rows.append(_row(ordinal, document, charge, place, said))
        yield rows
        if page.next is None:
            return
        cursor = Cursor.read(page.next, of.path, question.moment.known_at)


def _is_asked(
    charge: _Charge, place: tuple[str | None, str | None], filters: Mapping[str, Any]
) -> bool:
    """Whether the charge itself, and not only its document, is what the filters leave."""
    found = {
        "line": charge.budget_line,
        "task": place[0],
        "category": place[1],
        "claim": charge.claim,
        "status": charge.status,
    }
    if charge.status == "withdrawn" and filters.get("status") != "withdrawn":
        return False
    return all(found[name] == filters[name] for name in found if filters.get(name) is not None)


async def _budget_lines(
    question: Question, project: str
) -> dict[str, tuple[str | None, str | None]]:
    """Task and category of each line, as the last budget that had the line says."""
    rows = await question.rows(
        "SELECT b.line, b.task, b.category FROM {budget_lines} AS b"
        " WHERE b.project = %(project)s::uuid ORDER BY b.edition",
        project=project,
    )
    return {line: (task, category) for line, task, category in rows}


def _row(
    ordinal: int,
    document: _Expenditure,
    charge: _Charge,
    place: tuple[str | None, str | None],
    said: dict[str, str],
) -> Row:
    task, category = place
    return (
        ordinal,
        document.document_number,
        document.accounting_number,
        document.ksef_number,
        document.issuer_nip,
        document.issuer_name,
        document.issued_on,
        document.paid_on,
        document.description,
        document.gross,
        document.net,
        document.vat,
        task,
        charge.budget_line,
        category,
        said[charge.method],
        charge.eligible,
        charge.eligible_vat,
        charge.eu_amount,
        charge.disallowed,
        said[f"charge_{charge.status}"],
        charge.claim_name,
    )


def csv_header(lang: Lang) -> bytes:
    """The first line, after the mark by which spreadsheets know UTF-8."""
    said = words(lang)
    return "\ufeff".encode() + csv_lines([[said[one.word] for one in COLUMNS]], lang)


def csv_lines(rows: Iterable[Row], lang: Lang) -> bytes:
    """Rows as lines: semicolon and decimal comma in Polish, comma and point in English."""
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=";" if lang == "pl" else ",", lineterminator="\r\n")
    out.writerows([_csv_cell(value, lang) for value in row] for row in rows)
    return text.getvalue().encode()


def _csv_cell(value: Value, lang: Lang) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:.2f}".replace(".", "," if lang == "pl" else ".")
        case date():
            return value.isoformat()
        case str() if value.lstrip().startswith(("=", "+", "-", "@")):
            return f"'{value}"  # or a spreadsheet would compute it
        case _:
            return str(value)
