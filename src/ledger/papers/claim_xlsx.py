"""How does a payment claim look as a workbook? The claim with its sums, and the list beside it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.papers.charges import category, cells, columns
from ledger.papers.claim import ClaimPaper, Sums
from ledger.papers.words import words
from ledger.papers.workbooks import Book, Column, TableSheet, Value, write
from ledger.papers.written import Lang, day

_COLUMNS = (
    "ordinal", "document_number", "accounting_number", "ksef_number", "issuer_nip", "issuer_name",
    "issued_on", "paid_on", "description", "gross", "net", "vat", "eligible", "eligible_vat",
    "eu_amount", "disallowed", "approved", "task", "budget_line", "category", "method",
)  # fmt: skip
_SUMMARY = ("count", "eligible", "eu_amount", "own", "disallowed")


def claim_xlsx(paper: ClaimPaper, lang: Lang, file: BinaryIO) -> None:
    """Writes the claim's workbook."""
    said = words(lang)
    title = said["claim_number"].format(number=paper.claim.number)
    book = Book(file, lang, paper.imprint, title)
    try:
        cover = book.sheet(said["claim_sheet"], across=False)
        shown = _columns(paper)
        documents = TableSheet(book, said["documents_sheet"], shown)
        documents.add(cells(n, one, shown, said) for n, one in enumerate(paper.claim.charges, 1))
        documents.finish(lambda area: f"SUM({area})")
        _Cover(book, cover, paper, documents).fill(title)
    finally:
        book.close()


def _columns(paper: ClaimPaper) -> list[Column]:
    """What was approved is only told once it is known."""
    known = paper.claim.approved is not None
    return columns([one for one in _COLUMNS if known or one != "approved"])


class _Cover:
    """The first sheet, from top to bottom."""

    def __init__(
        self, book: Book, sheet: Worksheet, paper: ClaimPaper, documents: TableSheet
    ) -> None:
        self._book, self._sheet, self._paper, self._documents = book, sheet, paper, documents
        self._said, self._at = book.said, 0
        self._list = "'" + self._said["documents_sheet"] + "'!"
        sheet.set_column(0, 0, 42)
        sheet.set_column(1, 1, 14)
        sheet.set_column(2, 5, 19)

    def fill(self, title: str) -> None:
        """Everything on it."""
        paper, said, lang = self._paper, self._said, self._book.lang
        claim = paper.claim
        self._line(title, self._book.title)
        since, until = day(claim.period_from, lang), day(claim.period_to, lang)
        self._line(said["period"].format(since=since, until=until), self._book.plain)
        if paper.is_draft:
            self._line(said["not_submitted"], self._book.warning)
        self._facts(said["project"], self._project())
        self._facts(said["steps"], self._course())
        self._at += 1
        self._line(said["summary"], self._book.section)
        self._line(said["currency"], self._book.quiet)
        self._sums("category", [(category(n, said), s) for n, s in paper.by_category])
        self._sums("task", [(n or said["no_task"], s) for n, s in paper.by_task])
        self._facts(said["about"], self._about())

    def _line(self, text: str, style: Format) -> None:
        self._sheet.set_row(self._at, 1.4 * style.font_size)
        self._sheet.write_string(self._at, 0, text, style)
        self._at += 1

    def _facts(self, title: str, facts: list[tuple[str, Value]]) -> None:
        self._at += 1
        self._line(title, self._book.section)
        for word, value in facts:
            if value is not None:
                self._sheet.write_string(self._at, 0, self._said[word], self._book.quiet)
                write(self._sheet, self._at, 1, value, self._style(value))
                self._at += 1

    def _style(self, value: Value) -> Format:
        match value:
            case date():
                return self._book.day
            case Decimal():
                return self._book.amount
            case _:
                return self._book.plain

    def _project(self) -> list[tuple[str, Value]]:
        project = self._paper.project
        return [
            ("title", project.title),
            ("code", project.code),
            ("programme", project.programme),
            ("fund", project.fund),
            ("axis", project.priority_axis),
            ("measure", project.measure),
            ("beneficiary", project.leader_name),
        ]

    def _course(self) -> list[tuple[str, Value]]:
        claim = self._paper.claim
        return [
            ("status", self._said[f"status_{claim.status}"]),
            ("submission", claim.submitted_on),
            ("by", claim.submitted_by if claim.submitted_on else None),
            ("approval", claim.approved_on),
            ("by", claim.approved_by if claim.approved_on else None),
            ("approved", claim.approved),
            *(
                (word, value)
                for one in claim.payments
                for word, value in (("paid", one.amount), ("on", one.paid_on))
            ),
        ]

    def _about(self) -> list[tuple[str, Value]]:
        made = self._book.made
        written = made.recorded_at.strftime("%Y-%m-%d %H:%M:%S")
        return [
            ("valid_at", made.valid_at),
            ("position", str(made.position)),
            ("root", made.root),
            ("last_record", written),
        ]

    def _sums(self, word: str, groups: list[tuple[str, Sums]]) -> None:
        self._at += 1
        header = [self._said[word], *(self._said[name] for name in _SUMMARY)]
        for at, text in enumerate(header):
            style = self._book.header_of_numbers if at else self._book.header
            self._sheet.write_string(self._at, at, text, style)
        self._at += 1
        for name, sums in groups:
            write(self._sheet, self._at, 0, name, self._book.cells["long"])
            own = f"--EXACT({self._cells(word)},$A{self._at + 1})"
            self._amounts(sums, partial(self._of_group, own), total=False)
        write(self._sheet, self._at, 0, self._said["total"], self._book.total)
        self._amounts(self._paper.sums, self._of_all, total=True)

    def _of_group(self, own: str, of: str | None) -> str:
        """EXACT, not SUMIF: a name may hold `*` or begin with `>`."""
        return f"SUMPRODUCT({own})" if of is None else f"SUMPRODUCT({own},{self._cells(of)})"

    def _of_all(self, of: str | None) -> str:
        return f"COUNT({self._cells('ordinal')})" if of is None else f"SUM({self._cells(of)})"

    def _cells(self, word: str) -> str:
        return self._list + self._documents.cells_of(word)

    def _amounts(self, sums: Sums, formula: Callable[[str | None], str], *, total: bool) -> None:
        book, row = self._book, self._at
        whole = book.total_whole if total else book.cells["whole"]
        style = book.total_amount if total else book.cells["amount"]
        self._sheet.write_formula(row, 1, f"={formula(None)}", whole, sums.count)
        for at, name in enumerate(("eligible", "eu_amount", "own", "disallowed"), 2):
            text = f"ROUND({formula(name)},2)" if name != "own" else f"C{row + 1}-D{row + 1}"
            self._sheet.write_formula(row, at, f"={text}", style, float(getattr(sums, name)))
        self._at += 1
