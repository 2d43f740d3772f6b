"""What was spent in a project? Its expenditure register, a row for every charge, page by page."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from ledger.papers.charges import Charge, Row, cells, columns
from ledger.papers.words import words
from ledger.papers.workbooks import Value
from ledger.papers.written import Lang, file_name
from ledger.projections.expenditure_register import OF_CHARGE
from ledger.queries.asking import Question, listing

AT_A_TIME = 2_000  # documents
EVERYTHING: Mapping[str, Any] = MappingProxyType({})
COLUMNS = columns(
    [
        "ordinal", "document_number", "accounting_number", "ksef_number", "issuer_nip",
        "issuer_name", "issued_on", "paid_on", "description", "gross", "net", "vat", "task",
        "budget_line", "category", "method", "eligible", "eligible_vat", "eu_amount",
        "disallowed", "charge_status", "claim_column",
    ]
)  # fmt: skip


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
    asked, ordinal = {**filters, "project": project}, 0
    async for portion in question.walk(listing("/api/expenditures"), asked, AT_A_TIME):
        charges = [one for text in portion for one in _charges(text, asked, lines)]
        yield [cells(n, one, COLUMNS, said) for n, one in enumerate(charges, ordinal + 1)]
        ordinal += len(charges)


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


def _charges(
    text: str, asked: Mapping[str, Any], lines: Mapping[str, tuple[str | None, str | None]]
) -> Iterator[Charge]:
    """What is asked for of a document, each charge with all that the document says."""
    document = msgspec.json.decode(text)
    for one in document["charges"]:
        task, category = lines.get(one["budget_line"], (None, None))
        placed = one | {"task": task, "category": category, "line": one["budget_line"]}
        if _is_asked(placed, asked):
            yield msgspec.convert(document | placed, Charge)


def _is_asked(charge: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether the charge itself, and not only its document, is what the filters leave."""
    if charge["status"] == "withdrawn" and asked.get("status") != "withdrawn":
        return False
    return all(charge[name] == asked[name] for name in OF_CHARGE if asked.get(name) is not None)


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
