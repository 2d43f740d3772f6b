"""What is a document, by its own bytes? Nobody is believed who says it is something else."""

import re
import unicodedata

HEAD_BYTES = 4 * 1024
TAIL_BYTES = 64 * 1024  # where a ZIP lists what it holds
NAME_LIMIT = 200
NAMELESS = "dokument"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
# A member's name in a ZIP's directory stands after 46 bytes (APPNOTE.TXT, 4.3.12).
_SHEETS = re.compile(rb"PK\x01\x02.{42}xl/workbook\.", re.DOTALL)
_TEXT_DOCUMENT = re.compile(rb"PK\x01\x02.{42}word/document\.", re.DOTALL)
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def media_type(head: bytes, tail: bytes) -> str:
    """The media type of what begins and ends like this."""
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    found = next((kind for begins, kind in _BEGINNINGS if head.startswith(begins)), None)
    if found == "application/zip":
        if _SHEETS.search(tail):
            return XLSX
        return DOCX if _TEXT_DOCUMENT.search(tail) else found
    if found is not None:
        return found
    if _XML.match(head):
        return "application/xml"
    return "application/octet-stream" if _NO_TEXT.search(head) else "text/plain"


def decent(name: str) -> str:
    """A file's name without its folders, and without what cannot be seen."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    return seen.strip(" .")[:NAME_LIMIT].strip() or NAMELESS
