"""Which rows does a workbook hold? XLSX, read by python-calamine and row by row.

The reader lays a sheet out in memory as a full rectangle and copies a shared text into every cell
that shows it; a small file could ask for more memory than there is. So the parts are looked
through first, as bytes.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from ledger.imports.archive import Archive, Limits
from ledger.imports.problems import Unreadable
from ledger.imports.wording import Lang

LIMITS = Limits(entries=2_000, total_bytes=512 << 20, entry_bytes=384 << 20, ratio=250)
SHEETS_LIMIT = 64
ROWS_LIMIT, CELLS_LIMIT = 250_000, 8_000_000
TEXT_BYTES_LIMIT = 256 << 20
OVERLAP_BYTES = 512  # a tag may lie across two chunks

Rows = Iterator[Sequence[Any]]

# A cell's place stands in quotation marks; what else looks like one does no harm. One pattern for
# either mark: with a fixed beginning the search is twice as fast.
_FAR = rb"(?=[A-Za-z]{2}|.[0-9]{6})([A-Za-z]{1,3})([0-9]{1,7})"
_ANY = rb"([A-Za-z]{1,3})([0-9]{1,7})"
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>(\d{1,9})</""")


def sheets(file: BinaryIO, lang: Lang) -> Iterator[tuple[str, int, Rows]]:
    """The name of each sheet, how many rows it has, and its rows from the first one on.

    Raises `Unreadable`.
    """
    _look_through(file, lang)
    file.seek(0)
    with _opened(file, lang) as book:
        names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        if len(names) > SHEETS_LIMIT:
            raise Unreadable("too_many_sheets", lang, limit=SHEETS_LIMIT)
        for name in names:
            try:
                sheet = book.get_sheet_by_name(name)
                height, rows = sheet.total_height, sheet.iter_rows()
            except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
                raise _unreadable(error, lang) from None
            del sheet  # so that it is gone as soon as its rows were read
            yield name, height, rows


def names(file: BinaryIO, lang: Lang) -> set[str]:
    """The names of an archive's parts, by which a workbook is known. Raises `Unreadable`."""
    return Archive(file, LIMITS, lang).names()


def _opened(file: BinaryIO, lang: Lang) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        raise _unreadable(error, lang) from None


def _unreadable(error: BaseException, lang: Lang) -> BaseException:
    """What a broken file makes the reader raise, a panic of its Rust code among it."""
    if isinstance(error, PasswordError):
        return Unreadable("locked_workbook", lang)
    expected = (CalamineError, OSError, ValueError, EOFError, TypeError, OverflowError)
    if isinstance(error, expected) or type(error).__name__ == "PanicException":
        return Unreadable("broken_workbook", lang)
    return error


def _look_through(file: BinaryIO, lang: Lang) -> None:
    """Raises `Unreadable` where reading the workbook would take too much memory."""
    archive = Archive(file, LIMITS, lang)
    lengths, longest = array("L"), 0
    sheets = []
    for entry in archive.entries:
        name = entry.filename.casefold()
        if "sharedstrings" in name:
            lengths = _text_lengths(archive.chunks(entry))
            longest = max(lengths, default=0)
        elif name.startswith("xl/") and name.endswith(".xml") and "worksheets" in name:
            sheets.append(entry)
        else:
            for _ in archive.chunks(entry):
                pass
    for entry in sheets:
        seen = _Extent()
        for chunk in archive.chunks(entry):
            seen.look(chunk)
        if seen.too_large() and _exactly(archive, entry).too_large():
            raise _too_large(entry.filename, lang)
        if seen.shared * longest > TEXT_BYTES_LIMIT:
            shown = _shown_bytes(archive.chunks(entry), lengths)
            if shown > TEXT_BYTES_LIMIT:
                raise _too_large(entry.filename, lang)


def _too_large(sheet: str, lang: Lang) -> Unreadable:
    name = sheet.rpartition("/")[2].removesuffix(".xml")
    return Unreadable("too_large_sheet", lang, sheet=name, rows=ROWS_LIMIT, cells=CELLS_LIMIT)


class _Extent:
    """How far a sheet reaches at most, judged quickly: only far cells are looked at."""

    columns, rows = 26, 99_999
    pattern = _FAR

    def __init__(self) -> None:
        self.shared = 0
        self._before = b""

    def look(self, chunk: bytes) -> None:
        """Takes the next bytes of the sheet into account."""
        self.shared += chunk.count(b'"s"') + chunk.count(b"'s'")
        text = self._before + chunk
        for mark in (b'"', b"'"):
            if mark not in text:
                continue
            for column, row in re.findall(mark + self.pattern + mark, text):
                self.columns = max(self.columns, _column(column))
                self.rows = max(self.rows, int(row))
        self._before = chunk[-OVERLAP_BYTES:]

    def too_large(self) -> bool:
        """Whether the rectangle has too many rows or cells."""
        return self.rows > ROWS_LIMIT or self.rows * self.columns > CELLS_LIMIT


class _Exact(_Extent):
    """The same for every cell; takes a second for a large sheet."""

    columns, rows = 1, 1
    pattern = _ANY


def _exactly(archive: Archive, entry: Any) -> _Extent:
    seen = _Exact()
    for chunk in archive.chunks(entry):
        seen.look(chunk)
    return seen


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text_lengths(chunks: Iterator[bytes]) -> "array[int]":
    """How many bytes each shared text takes, its markup included."""
    lengths = array("L")
    rest = b""
    for chunk in chunks:
        *done, rest = (rest + chunk).split(b"</si>")
        lengths.extend(map(len, done))
        if len(rest) > TEXT_BYTES_LIMIT:
            break
    lengths.append(len(rest))
    return lengths


def _shown_bytes(chunks: Iterator[bytes], lengths: "array[int]") -> int:
    """How many bytes the shared texts take in all cells that show them."""
    shown, before = 0, b""
    for chunk in chunks:
        text = before + chunk
        end = text.rfind(b"<c") if len(text) > OVERLAP_BYTES else len(text)
        for index in _SHARED.findall(text, 0, max(end, 0)):
            shown += lengths[int(index)] if int(index) < len(lengths) else 0
        before = text[max(end, 0) :]
    return shown
