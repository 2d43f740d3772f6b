"""How does the report look on paper? Its values as texts, for the template `report.typ`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import msgspec
import typst

from ledger.bundle.report import NUMBERS, Both, Cells, Column, Report, Table
from ledger.bundle.report_html import CHECK
from ledger.bundle.words import WORDS
from ledger.papers.typesetting import STANDARDS, fonts, plain, shown
from ledger.papers.written import LANGS, Lang

_WIDE = frozenset({"long", "both"})


def report_pdf(report: Report, made_at: datetime) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1: in Polish, then in English."""
    values = {
        "name": plain(shown(f"{report.code} – {WORDS['report'][0]}")),
        "code": plain(shown(report.code)),
        "check": CHECK,
        "parts": [_part(report, lang) for lang in LANGS],
    }
    return typst.compile(
        (files("ledger.bundle") / "report.typ").read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"values": msgspec.json.encode(values).decode()},
        timestamp=int(made_at.astimezone(UTC).timestamp()),
    )


def _part(report: Report, lang: Lang) -> dict[str, Any]:
    said = {name: Both(*text).of(lang) for name, text in WORDS.items()}
    return {
        "lang": lang,
        "words": said,
        "title": shown(report.title),
        "proof": [(said[word], shown(value.of(lang))) for word, value in report.proof],
        "project": [(said[word], shown(value.of(lang))) for word, value in report.project],
        "tables": [_table(one, lang, said) for one in report.tables if one.in_print],
    }


def _table(table: Table, lang: Lang, said: dict[str, str]) -> dict[str, Any]:
    count, shown_here = table.count, len(table.printed)
    return {
        "title": said[table.name],
        "columns": [_column(one, said) for one in table.columns],
        "rows": [_cells(table.columns, row, lang) for row in table.printed],
        "more": said["shown_of"].format(shown=shown_here, all=count) if count > shown_here else "",
        "total": _cells(table.columns, table.total, lang) if table.total else [],
    }


def _cells(columns: Sequence[Column], row: Cells, lang: Lang) -> list[str]:
    """Numbers are not torn apart at the end of a line."""
    told = [(column, said.of(lang)) for column, said in zip(columns, row, strict=True)]
    return [text if one.kind in NUMBERS or not text else shown(text) for one, text in told]


def _column(column: Column, said: dict[str, str]) -> dict[str, Any]:
    return {
        "name": said[column.word],
        "right": column.kind in NUMBERS,
        "wide": column.kind in _WIDE or column.word in ("category", "sha256"),
    }
