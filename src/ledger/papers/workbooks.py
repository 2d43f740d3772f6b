"""How does a table stand in a workbook? Real numbers and days, a fixed header, sums by formula.

Texts are always written as texts: what begins with `=` is never computed.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Literal, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from ledger.papers.imprint import Imprint
from ledger.papers.words import words
from ledger.papers.written import Lang, day

Value = str | int | Decimal | date | None
INK, QUIET, TINT, HAIR, WARNING = "#1D2B3A", "#5A6673", "#EEF2F6", "#B8C0C8", "#9A1B1B"
LINE_HEIGHT = 13.5  # points
AMOUNT = "#,##0.00"  # which separators are shown is the reader's setting: 1 234,56 in Poland


class Column(NamedTuple):
    """A column: the word in its header, what stands in it, and how wide it is."""

    word: str
    kind: Literal["text", "long", "whole", "day", "amount"]
    width: int
    summed: bool = False


class Book:
    """A workbook in a language, with its formats; the same contents give the same bytes."""

    def __init__(self, file: BinaryIO, lang: Lang, made: Imprint, title: str) -> None:
        # Rows leave memory as soon as the next one is begun, so they are written in order.
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._book.set_properties(
            {"title": title, "created": made.recorded_at.replace(tzinfo=None)}
        )
        self.lang, self.made, self.said = lang, made, words(lang)
        base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
        days = "dd.mm.yyyy" if lang == "pl" else "yyyy-mm-dd"

        def style(**more: Any) -> Format:
            return self._book.add_format(base | more)

        row: dict[str, Any] = {"bottom": 4, "bottom_color": HAIR}
        head: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "vcenter",
                                "bg_color": TINT, "bottom": 2, "bottom_color": INK}  # fmt: skip
        # A text that follows a number keeps its distance.
        text: dict[str, Any] = {"num_format": "@", "align": "left", "indent": 1}
        total: dict[str, Any] = {"bold": True, "top": 1, "bottom": 1, "bg_color": TINT}
        self.plain = style()
        self.bold = style(bold=True)
        self.quiet = style(font_color=QUIET)
        self.title = style(bold=True, font_size=16)
        self.section = style(bold=True, font_size=12)
        self.warning = style(bold=True, font_size=12, font_color=WARNING)
        self.wrapped = style(text_wrap=True)
        self.day = style(num_format=days, align="left")
        self.amount = style(num_format=AMOUNT)
        self.header = style(**head, align="left", indent=1)
        self.header_of_numbers = style(**head, align="right")
        self.total = style(**total, align="left", indent=1)
        self.total_whole = style(**total, num_format="#,##0")
        self.total_amount = style(**total, num_format=AMOUNT)
        self.cells = {
            "text": style(**row, **text),
            "long": style(**row, **text, text_wrap=True),
            "whole": style(**row, num_format="#,##0"),
            "day": style(**row, num_format=days, align="center"),
            "amount": style(**row, num_format=AMOUNT),
        }

    def sheet(self, name: str, *, across: bool) -> Worksheet:
        """A sheet for A4, whose every printed page says from which state it was made."""
        sheet = self._book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        if across:
            sheet.set_landscape()
        sheet.set_footer(f"&L&7{self.imprint()}&R&7{self.pages()}")
        return sheet

    def imprint(self) -> str:
        """Position, root and day, as in the footer of every paper."""
        made = self.made
        text = self.said["imprint"]
        valid_at = day(made.valid_at, self.lang)
        return text.format(position=made.position, root=made.root, valid_at=valid_at)

    def pages(self) -> str:
        """`Page 1 of 4`, in the spreadsheet's own codes."""
        return self.said["page_of"].format(page="&P", pages="&N")

    def close(self) -> None:
        """Writes the file."""
        self._book.close()


def write(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    """A cell of its kind; what is not known is left empty."""
    match value:
        case None:
            sheet.write_blank(row, column, None, style)
        case str():
            sheet.write_string(row, column, value, style)
        case date():
            sheet.write_datetime(row, column, datetime.combine(value, time()), style)
        case _:
            sheet.write_number(row, column, float(value), style)


class TableSheet:
    """A sheet that is one table: header, rows, and sums beneath them."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        self._book, self._columns = book, columns
        self._sheet = book.sheet(name, across=True)
        self._count = 0
        self._sums = [Decimal(0)] * len(columns)
        for at, one in enumerate(columns):
            self._sheet.set_column(at, at, one.width)
        self._sheet.set_row(0, 32)
        self._sheet.freeze_panes(1, 2)
        self._sheet.repeat_rows(0)
        for at, one in enumerate(columns):
            numbers = one.kind in ("whole", "amount")
            style = book.header_of_numbers if numbers else book.header
            self._sheet.write_string(0, at, book.said[one.word], style)

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """More rows, whose values stand in the order of the columns."""
        for row in rows:
            self._count += 1
            self._sheet.set_row(self._count, LINE_HEIGHT * self._lines(row))
            for at, (one, value) in enumerate(zip(self._columns, row, strict=True)):
                write(self._sheet, self._count, at, value, self._book.cells[one.kind])
                if one.summed and isinstance(value, Decimal):
                    self._sums[at] += value

    def _lines(self, row: Sequence[Value]) -> int:
        """How many lines the row takes: not every program makes room for them by itself."""
        long = (
            (value, one.width - 2)
            for one, value in zip(self._columns, row, strict=True)
            if one.kind == "long" and isinstance(value, str) and len(value) > one.width - 2
        )
        return max((_lines(value, width) for value, width in long), default=1)

    def cells_of(self, word: str) -> str:
        """The cells of a column, for formulas; one empty row stands where there are none."""
        at = next(at for at, one in enumerate(self._columns) if one.word == word)
        return _cells(at, self._count)

    def finish(self, function: Callable[[str], str]) -> None:
        """The sums as formulas, each with its value, and the filter over the rows."""
        last = max(self._count, 1)
        book, total = self._book, last + 1
        for at, one in enumerate(self._columns):
            if one.summed:
                formula = f"=ROUND({function(_cells(at, self._count))},2)"
                value = float(self._sums[at])
                self._sheet.write_formula(total, at, formula, book.total_amount, value)
            else:
                write(self._sheet, total, at, book.said["total"] if at == 1 else None, book.total)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)


def _lines(text: str, width: int) -> int:
    """How many lines of that width the text takes; of many rows, so counted and not made."""
    lines, room = 1, width
    for word in text.split():
        if len(word) > room:
            lines, room = lines + 1 + len(word) // width, width
        room -= len(word) % width + 1
    return lines


def _cells(column: int, count: int) -> str:
    name = xl_col_to_name(column)
    return f"${name}$2:${name}${max(count, 1) + 1}"
