"""What a document is, is judged by its bytes; what it is called is made harmless."""

import io
import zipfile

import pytest

from ledger.documents.looks import DOCX, XLSX, decent, media_type


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * 100_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n\x00", "application/pdf"),
        (b"\x00\x00junk before%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0\x00", "image/jpeg"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Faktura/>', "application/xml"),
        ("Zażółć gęślą jaźń;1,00\r\n".encode(), "text/plain"),
        ("Zażółć gęślą jaźń;1,00\r\n".encode("cp1250"), "text/plain"),
        (b"<html><script>alert(1)</script></html>", "text/plain"),
        (b"MZ\x90\x00\x03", "application/octet-stream"),
        (zipped("faktura-1.xml"), "application/zip"),
        (zipped("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"), XLSX),
        (zipped("[Content_Types].xml", "word/document.xml"), DOCX),
    ],
)
def test_the_bytes_say_what_it_is(content: bytes, kind: str) -> None:
    assert media_type(content[:4096], content[-65536:]) == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("faktura 12/2019.pdf", "2019.pdf"),
        ("C:\\Users\\anna\\umowa.docx", "umowa.docx"),
        ("../../etc/passwd", "passwd"),
        ("za\x00łą\r\ncznik\u202efdp.pdf", "załącznikfdp.pdf"),
        ("...", "dokument"),
        ("", "dokument"),
        ("ż" * 500, "ż" * 200),
    ],
)
def test_a_name_has_no_folders_and_nothing_invisible(given: str, kept: str) -> None:
    assert decent(given) == kept
