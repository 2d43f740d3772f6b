"""What does a file to fill in look like? A template with the columns, and the project's lines."""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.imports.budget import Budget
from ledger.imports.columns import NAMES, letter
from ledger.imports.fields import METHODS
from ledger.imports.wording import Lang

COLUMNS = (
    "document_number", "accounting_number", "issuer_nip", "issuer_name", "issued_on", "paid_on",
    "description", "gross", "net", "vat", "eligible", "eligible_vat", "eu_amount", "task",
    "category", "line", "method", "procurement", "ksef_number",
)  # fmt: skip
AMOUNTS = frozenset({"gross", "net", "vat", "eligible", "eligible_vat", "eu_amount"})
DAYS = frozenset({"issued_on", "paid_on"})
ROWS_PREPARED = 2_000
_SHEETS: dict[Lang, tuple[str, str]] = {
    "pl": ("Dokumenty", "Budżet"),
    "en": ("Documents", "Budget"),
}


def as_csv(lang: Lang) -> bytes:
    """The header as CSV, as Polish spreadsheets read it: UTF-8 with its mark, semicolons."""
    return ("\ufeff" + ";".join(_titles(COLUMNS, lang)) + "\r\n").encode()


def as_xlsx(lang: Lang, budget: Budget | None) -> bytes:
    """The workbook: the columns, and the lines of the project on a second sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        documents, lines = _SHEETS[lang]
        sheet = book.add_worksheet(documents)
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE6F0", "border": 1,
                                "valign": "top"})  # fmt: skip
        amount = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        text = book.add_format({"num_format": "@"})
        for place, (field, title) in enumerate(zip(COLUMNS, _titles(COLUMNS, lang), strict=True)):
            form = amount if field in AMOUNTS else day if field in DAYS else text
            sheet.set_column(place, place, 34 if field == "description" else 17, form)
            sheet.write_string(0, place, title, head)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, ROWS_PREPARED, len(COLUMNS) - 1)
        _choose(sheet, "method", [m if lang == "en" else said[0] for m, said in METHODS.items()])
        _print_across(sheet)
        if budget is not None and budget.lines:
            _add_lines(book.add_worksheet(lines), budget, lang, head, text)
            _choose(sheet, "line", f"='{lines}'!$A$2:$A${len(budget.lines) + 1}")
    return made.getvalue()


def _titles(fields: Sequence[str], lang: Lang) -> list[str]:
    return [NAMES[field][0 if lang == "pl" else 1] for field in fields]


def _choose(sheet: Worksheet, field: str, source: str | list[str]) -> None:
    place = letter(COLUMNS.index(field))
    sheet.data_validation(
        f"{place}2:{place}{ROWS_PREPARED}", {"validate": "list", "source": source}
    )


def _print_across(sheet: Worksheet) -> None:
    """All columns on one page of A4, the header on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _add_lines(sheet: Worksheet, budget: Budget, lang: Lang, head: Format, text: Format) -> None:
    for place, title in enumerate(_titles(("line", "task", "category"), lang)):
        sheet.write_string(0, place, title, head)
        sheet.set_column(place, place, 30, text)
    for row, one in enumerate(budget.lines, 1):
        for place, value in enumerate((one.line, one.task, one.category)):
            sheet.write_string(row, place, value)
    sheet.freeze_panes(1, 0)
    _print_across(sheet)
