"""Which files are broken? A fixed corpus, and generated ones: bytes changed, cells made nasty."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.imports.tables import HEADER, archive, csv, invoice, row, xlsx

NASTY: list[Any] = [
    None, "", " ", "\u00a0", 0, -1, 1e308, -1e308, 1e-300, 5e-324, True, "NaN", "inf", "1e999",
    "\u202e1230,00", "١٢٣٤", "１２３４", "½", "0x10", "--5", "(", "(((5)))", ",", ".", "1,2,3",
    "1..2", "9" * 400, "=1+1", "@SUM(A1)", "'; DROP TABLE x; --", "\ud7ff", "\uffff", "a" * 12_000,
    "31.02.2019", "00.00.0000", "0000-00-00", "99999-99-99", "29 lutego 2019 r.", "1 maja 99999",
    "#N/A", "#REF!", "Razem", "suma", "PL", "NIP", "0000000000", "<x>", "{x}", "%s", "\r\n",
]  # fmt: skip
TABLE = [["Lista"], list(HEADER), row("M/1"), row("M/2"), ["Razem", *[None] * 5, 2460]]


def _with_entry(name: str, content: bytes) -> bytes:
    """A workbook in which one part is replaced."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(TABLE))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return made.getvalue()


def _sheet(cells: str) -> bytes:
    text = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    return _with_entry("xl/worksheets/sheet1.xml", text.encode())


def _shared(count: int) -> bytes:
    """One long text that a million cells show."""
    cells = "".join(f'<c r="A{n}" t="s"><v>0</v></c>' for n in range(1, count))
    made = io.BytesIO(_sheet(f"<row>{cells}</row>"))
    texts = f'<sst xmlns="x"><si><t>{"x" * 30_000}</t></si></sst>'
    with zipfile.ZipFile(made) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/sharedStrings.xml"] = texts.encode()
    return archive(**parts)


_FAR = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)
_DTD = '<!DOCTYPE Faktura [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

CORPUS: dict[str, Callable[[], bytes]] = {
    "two cells at the far ends of a sheet": lambda: _sheet(_FAR),
    "one text shown in very many cells": lambda: _shared(20_000),
    "a sheet that is no XML": lambda: _with_entry("xl/worksheets/sheet1.xml", b"\x00<<<"),
    "a sheet that ends in the middle": lambda: _sheet('<row r="2"><c r="A2"><v>'),
    "a cell without a value": lambda: _sheet('<row><c t="s"><v>99999</v></c></row>'),
    "a cell at no place": lambda: _sheet('<row r="x"><c r="1A"><v>1</v></c></row>'),
    "a workbook that lists no sheets": lambda: _with_entry("xl/workbook.xml", b"<workbook/>"),
    "half a workbook": lambda: xlsx(TABLE)[: len(xlsx(TABLE)) // 2],
    "an empty workbook": lambda: xlsx([]),
    "an archive of nothing": archive,
    "a workbook in a workbook": lambda: archive(a__xlsx=xlsx(TABLE)),
    "entities that grow": lambda: invoice().decode().replace(_HEAD, _HEAD + _DTD).encode(),
    "entities in another encoding": lambda: (
        invoice().decode().replace(_HEAD, _DTD).encode("utf-16")
    ),
    "a file of the machine as entity": lambda: (
        b'<!DOCTYPE F [<!ENTITY x SYSTEM "file:///etc/hostname">]><F>&x;</F>'
    ),
    "a stylesheet from the network": lambda: (
        b'<?xml-stylesheet href="http://127.0.0.1:9/x"?>' + invoice(currency="X")[38:]
    ),
    "elements in elements": lambda: b"<a>" * 50_000 + b"</a>" * 50_000,
    "another namespace": lambda: invoice(namespace="urn:x"),
    "no namespace": lambda: invoice().replace(b' xmlns="', b' x="'),
    "an invoice of nobody": lambda: invoice(seller="0"),
    "an endless number": lambda: invoice(gross="9" * 5_000),
    "a number in another script": lambda: invoice(gross="١٢٣"),
    "quotation marks that never close": lambda: csv(HEADER) + b'\r\n"' + b"x;" * 100_000,
    "a text of zeros": lambda: bytes(10_000),
    "a text of line breaks": lambda: b"\r\n" * 100_000,
    "a text of delimiters": lambda: b";" * 300_000,
    "one endless cell": lambda: csv(HEADER) + b"\r\n" + b"x" * 2_000_000,
    "half a character": lambda: csv(HEADER, row(what="ż"))[:-40] + b"\xc5",
    "every byte": lambda: bytes(range(256)) * 40,
    "UTF-16 without an end": lambda: b"\xff\xfe" + "Numer".encode("utf-16-le") + b"x",
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000),
}

_GOOD = (xlsx(TABLE), csv(*([str(c or "") for c in cells] for cells in TABLE)), invoice(),
         archive(a__xml=invoice(), b__xml=invoice("K", corrects="FV/7/2025")))  # fmt: skip


_PARTS = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good file of which some bytes are changed, or those of a part of a workbook."""
    if draw(st.booleans()):
        return _changed(draw, draw(st.sampled_from(_GOOD)))
    name = draw(st.sampled_from(_PARTS))
    with zipfile.ZipFile(io.BytesIO(_GOOD[0])) as book:
        return _with_entry(name, _changed(draw, book.read(name)))


def _changed(draw: st.DrawFn, good: bytes) -> bytes:
    """Some bytes changed, doubled, cut out or cut off."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        match draw(st.sampled_from(["set", "cut", "insert", "end", "double"])):
            case "set":
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del content[at : at + draw(st.integers(1, 200))]
            case "insert":
                content[at:at] = draw(st.binary(max_size=30))
            case "end":
                del content[max(at, 4) :]
            case _:
                content += content[at:]
    return bytes(content)


_cell = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
)


@st.composite
def nasty_tables(draw: st.DrawFn) -> tuple[bool, list[list[Any]]]:
    """A table of which some cells hold what nobody expects; whether as a workbook or as CSV."""
    rows = [row(f"N/{number}") for number in range(draw(st.integers(1, 3)))]
    header = list(HEADER)
    table = [header, *rows]
    for _ in range(draw(st.integers(1, 5))):
        cells = draw(st.sampled_from(table))
        cells[draw(st.integers(0, len(cells) - 1))] = draw(_cell)
    return draw(st.booleans()), table


@st.composite
def nasty_invoices(draw: st.DrawFn) -> bytes:
    """An invoice of which an element holds what nobody expects."""
    parts = ("number", "kind", "net", "vat", "gross", "issued", "seller", "currency", "corrects")
    texts = st.one_of(
        st.sampled_from([str(one) for one in NASTY]),
        st.text("0123456789.,-+eE &<>;\u00a0", max_size=12),
    )
    return invoice(**{part: draw(texts) for part in draw(st.sets(st.sampled_from(parts)))})
