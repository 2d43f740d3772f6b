"""What does a file tell? Whatever its format: documents, corrections, and where each stands."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, BinaryIO, Literal

from msgspec import Struct

from ledger.imports import delimited, workbook
from ledger.imports.accounting import Correction, Document
from ledger.imports.archive import BROKEN
from ledger.imports.budget import Budget, UnclearLine
from ledger.imports.columns import HEADER_ROWS, NAMES, REQUIRED, Header, header, letter
from ledger.imports.document_list import DocumentList, Settled
from ledger.imports.invoice import XML_LIMIT_BYTES
from ledger.imports.invoices import InvoiceReader, unpacked
from ledger.imports.problems import Problems, Spot, Unreadable
from ledger.imports.wording import Lang

Format = Literal["xlsx", "csv", "xml", "zip"]
Tell = Callable[[int, int], None]
Numbered = Iterator[tuple[int, Sequence[Any]]]

_BEGINNING = 1_024
_OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ELEMENTS = {
    "document_number": "Fa/P_2", "issuer_nip": "Podmiot1/DaneIdentyfikacyjne/NIP",
    "issued_on": "Fa/P_1", "paid_on": "Fa/Platnosc/DataZaplaty", "gross": "Fa/P_15",
    "net": "Fa/P_13", "vat": "Fa/P_14", "eligible": "Fa/P_15", "eligible_vat": "Fa/P_14",
    "line": "line", "description": "Fa/FaWiersz/P_7",
}  # fmt: skip


class Asked(Struct, frozen=True, kw_only=True):
    """What is to be done with a file: for which project, on which line, in which language."""

    name: str
    budget: Budget
    line: str | None
    scoped: bool
    lang: Lang
    today: str


class Told(Struct):
    """What the file tells, and where its fields stand.

    `faulty` are documents of which something was found wrong: the ledger need not be asked, too.
    """

    format: Format
    rows: int
    documents: dict[str, Document]
    corrections: list[Correction]
    spot: Callable[[str, int | None, str], Spot]
    faulty: Collection[str] = ()


def format_of(file: BinaryIO, lang: Lang) -> Format:
    """The file's format, by its bytes. Raises `Unreadable`."""
    file.seek(0)
    beginning = file.read(_BEGINNING)
    if not beginning.strip():
        raise Unreadable("empty_file", lang)
    if beginning.startswith(_OLD_SPREADSHEET):
        raise Unreadable("old_format", lang)
    if beginning.startswith(b"PK"):
        return _format_of_archive(file, lang)
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return "xml"
    if b"\x00" in beginning and not beginning.startswith(delimited.UTF16_MARKS):
        raise Unreadable("unknown_format", lang)
    return "csv"


def _format_of_archive(file: BinaryIO, lang: Lang) -> Format:
    names = workbook.names(file, lang)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if names & {"xl/workbook.bin", "mimetype", "word/document.xml"}:
        raise Unreadable("old_format", lang)
    return "zip"


def read_file(
    file: BinaryIO, asked: Asked, problems: Problems, tell: Tell, settled: Settled | None = None
) -> Told:
    """Reads the file; what is wrong with its content goes to `problems`.

    `settled` hears of a table's documents while it is read, when they are likely to be complete.
    Raises `Unreadable` where it cannot be read at all.
    """
    try:
        kind = format_of(file, asked.lang)
        if kind in ("xml", "zip"):
            return _invoices(file, kind, asked, problems, tell)
        return _table(file, kind, asked, problems, tell, settled)
    except BROKEN:
        raise Unreadable("unknown_format", asked.lang) from None


def _table(
    file: BinaryIO,
    kind: Format,
    asked: Asked,
    problems: Problems,
    tell: Tell,
    settled: Settled | None,
) -> Told:
    found = _header(file, kind, asked.lang)
    if found is None:
        names = ", ".join(_name(group[0], asked.lang) for group in REQUIRED)
        problems.add(Spot(), None, "no_header", columns=names)
        return Told(kind, 0, {}, [], lambda sheet, row, field: Spot(sheet, row, None, field))
    sheet, height, head, rows = found
    for field, place, title in head.twice:
        spot = Spot(sheet, head.row, letter(place), title)
        problems.add(spot, title, "column_twice", column=_name(field, asked.lang))
    missing = head.missing()
    for field in missing:
        spot = Spot(sheet, head.row, None, _name(field, asked.lang))
        problems.add(spot, None, "missing_column", column=_name(field, asked.lang))
    table = DocumentList(sheet, head, asked.budget, asked.today, problems, settled)
    if not missing and not head.twice:
        table.read(rows, lambda row: tell(row or height, height))
        if not table.rows:
            problems.add(Spot(sheet, head.row), None, "no_rows")
    return Told(
        kind,
        table.rows,
        table.documents,
        [],
        lambda _, row, field: table.spot(row, field),
        table.faulty,
    )


def _header(file: BinaryIO, kind: Format, lang: Lang) -> tuple[str, int, Header, Numbered] | None:
    """The first sheet that has a header row: its name, height, header, and the rows below."""
    for sheet, height, rows in _sheets(file, kind, lang):
        for row, cells in rows:
            if row > HEADER_ROWS:
                break
            if (head := header(row, cells)) is not None:
                return sheet, height, head, rows
    return None


def _sheets(file: BinaryIO, kind: Format, lang: Lang) -> Iterator[tuple[str, int, Numbered]]:
    if kind == "csv":
        yield "CSV", 0, delimited.rows(file, lang)
        return
    for name, height, rows in workbook.sheets(file, lang):
        yield name, height, enumerate(rows, 1)


def _name(field: str, lang: Lang) -> str:
    return NAMES[field][0 if lang == "pl" else 1]


def _invoices(file: BinaryIO, kind: Format, asked: Asked, problems: Problems, tell: Tell) -> Told:
    line, unclear = asked.line, False
    if line is not None:
        try:
            line = asked.budget.named(line)
        except UnclearLine as error:
            unclear = True
            problems.add(Spot(field="line"), line, error.key, lines=error.lines)
    reader = InvoiceReader(asked.budget.project, line, asked.scoped, asked.today, problems)
    count = 0
    for name, content in contents(file, kind, asked.name, asked.lang):
        reader.take(name, content, hashlib.sha256(content).hexdigest())
        count += 1
        tell(count, 0)
    faulty = reader.documents if unclear else ()
    return Told(kind, count, reader.documents, reader.corrections, _element, faulty)


def contents(file: BinaryIO, kind: Format, name: str, lang: Lang) -> Iterator[tuple[str, bytes]]:
    """The invoices of a file with their names. Raises `Unreadable`."""
    file.seek(0)
    if kind == "zip":
        yield from unpacked(file, lang)
    else:
        yield name, file.read(XML_LIMIT_BYTES + 1)


def _element(source: str, _: int | None, field: str) -> Spot:
    return Spot(sheet=source, field=_ELEMENTS.get(field, field))
