"""Which rows does a CSV file hold? UTF-8 or Windows-1250; semicolon, comma or tab.

Python's reader is strict here: what a quotation mark leaves open is an error, not a long cell.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from ledger.imports.columns import HEADER_ROWS, header
from ledger.imports.problems import Unreadable
from ledger.imports.wording import Lang

DELIMITERS = ";,\t|"
HEADER_BYTES = 64 * 1024
ENCODINGS = ("utf-8-sig", "cp1250")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(file: BinaryIO, lang: Lang) -> str:
    """The encoding in which the whole file can be read. Raises `Unreadable`."""
    file.seek(0)
    if file.read(2) in UTF16_MARKS:
        return "utf-16"
    for encoding in ENCODINGS:
        file.seek(0)
        try:
            reader = io.TextIOWrapper(file, encoding)
            try:
                while text := reader.read(1 << 20):
                    if "\x00" in text:
                        raise Unreadable("unknown_format", lang)
            finally:
                reader.detach()
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("unknown_encoding", lang)


def rows(file: BinaryIO, lang: Lang) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row as a spreadsheet would number it, and its cells. Raises `Unreadable`."""
    encoding = encoding_of(file, lang)
    file.seek(0)
    beginning = file.read(HEADER_BYTES).decode(encoding, errors="replace")
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        # A cell may span lines; like a spreadsheet, we count records.
        yield from enumerate(csv.reader(text, delimiter=_delimiter(beginning), strict=True), 1)
    except (csv.Error, UnicodeError):
        raise Unreadable("broken_text", lang) from None
    finally:
        with suppress(ValueError):  # the file may be closed before we are
            text.detach()


def _delimiter(beginning: str) -> str:
    """The sign by which some row reads as a header; else the most frequent one."""
    for sign in DELIMITERS:
        records = csv.reader(io.StringIO(beginning, newline=""), delimiter=sign)
        with suppress(csv.Error):
            if any(header(1, cells) for cells in islice(records, HEADER_ROWS)):
                return sign
    return max(DELIMITERS, key=beginning.count)
