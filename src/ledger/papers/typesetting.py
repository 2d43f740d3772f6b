"""How is a page made of data? By a template in typst, which shows texts and never reads them.

Texts reach the template as JSON strings, so their `#`, `*` or `$` mean nothing to it. The fonts are
the ones inside the typesetter, whatever the machine has: the same data give the same bytes.
"""

import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import typst

# Archived for decades, and read aloud: ISO 19005-3 level A, ISO 14289-1.
STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]
MISSING = "\ufffd"
BREAK = "\u200b"  # a line may end here; nothing is printed
SHORT = 8
LONGEST_PIECE = 16
LONGEST_WORD = 20


@cache
def fonts() -> typst.Fonts:
    """The fonts that typst brings along: Libertinus Serif, DejaVu Sans Mono."""
    return typst.Fonts(include_system_fonts=False)


def pdf(template: str, values: dict[str, Any], made_at: datetime) -> bytes:
    """The PDF of a template of this package, filled with values; the same ones, the same bytes."""
    return typst.compile(
        (files("ledger.papers") / template).read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"values": msgspec.json.encode(values).decode()},
        timestamp=int(made_at.astimezone(UTC).timestamp()),
    )


# Where a line may be broken: not within an amount, whose groups of digits stay together.
NO_BREAK = "\u00a0"
_GROUPS = re.compile(r"(?<=[0-9])[\u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_SPACES = re.compile(rf"[^\S{NO_BREAK}]+")


def shown(text: str) -> str:
    """The text as it can be printed: one line, with places where a long number may be broken."""
    text = unicodedata.normalize("NFC", text)
    groups = NO_BREAK.join("".join(map(_character, one)) for one in _GROUPS.split(text))
    kept = [one for one in _SPACES.split(groups.strip()) if one]
    line = re.sub(r"\S+", lambda word: _breakable(word[0]), " ".join(kept)) if kept else "–"
    return re.sub(r"\b([^\W\d_]) ", "\\1\u00a0", line)  # no `w` or `i` at the end of a line


def plain(text: str) -> str:
    """A shown text for where lines do not break, such as the file's title."""
    return text.replace(BREAK, "")


# What the fonts can show; a test compiles all of it. What they cannot show may even make the
# typesetter panic, so nothing else reaches it.
_SCRIPTS = (
    range(0x20, 0x250),  # Latin
    range(0x370, 0x500),  # Greek, Cyrillic
    range(0x1E00, 0x2000),  # Latin and Greek with more accents
    range(0x2010, 0x205F),  # dashes and quotation marks
    range(0x20A0, 0x20C0),  # currencies
    range(0x2100, 0x211F),  # ℃, №
    range(0x2122, 0x2123),  # ™
    range(0x2190, 0x2300),  # arrows, mathematics
    range(0x25A0, 0x2600),  # shapes
)
_NOT_IN_FONTS = frozenset([0x374, 0x2028, 0x2029, 0x2041, 0x2043, 0x2053])


def is_printable(one: str) -> bool:
    """Whether the fonts have this letter, digit or sign."""
    code = ord(one)
    known = any(code in script for script in _SCRIPTS) and code not in _NOT_IN_FONTS
    return known and unicodedata.category(one)[0] in "LNPS"


def _character(one: str) -> str:
    kind = unicodedata.category(one)
    if kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if kind == "Cf":
        return ""  # invisible, and able to turn the order of what is read
    return one if is_printable(one) else MISSING


def _breakable(word: str) -> str:
    """A word that may end a line after its signs, and anywhere when it is endless."""
    longest = LONGEST_PIECE if re.search(r"[0-9_]", word) else LONGEST_WORD
    if len(word) <= SHORT:
        return word
    pieces = re.split(r"(?<=[/\\_.,:;@+=&|-])(?=\w)", word)
    return BREAK.join(BREAK.join(re.findall(rf".{{1,{longest}}}", piece)) for piece in pieces)
