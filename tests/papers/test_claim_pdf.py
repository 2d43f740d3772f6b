"""A payment claim as PDF says what the claim says, on every page and whatever the texts hold."""

import io
import re
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ledger.papers.charges import Charge
from ledger.papers.claim import ClaimPaper
from ledger.papers.claim_pdf import claim_pdf
from ledger.papers.typesetting import MISSING, is_printable, plain, shown
from ledger.papers.written import Lang
from tests.papers.made_up import POSITION, ROOT, charge, documents, paper

HOSTILE = "#panic(1) *x* $y$ @z <w> \\u{0} // /* ` ~ [a] {b} =1+1 \x07\u202e漢😀"


def pages(made: ClaimPaper, lang: Lang = "pl") -> list[str]:
    """The text of each page, its lines joined."""
    reader = PdfReader(io.BytesIO(claim_pdf(made, lang)))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def test_it_tells_the_claim_in_polish() -> None:
    text = " ".join(pages(paper(*documents(3))))
    for told in (
        "Wniosek o płatność nr 3",
        "za okres od 01.01.2019 do 31.03.2019",
        "12.04.2019, Anna Żółkiewska",
        "Zestawienie dokumentów potwierdzających poniesione wydatki",
        "„Żółta Łąka”",
        "FV/2/2019",
        "Razem",
        "7,38",  # 1,23 + 2,46 + 3,69
    ):
        assert told in text
    assert "PROJEKT" not in text


def test_it_tells_the_claim_in_english() -> None:
    text = " ".join(pages(paper(*documents(3)), "en"))
    for told in ("Payment claim no. 3", "2019-04-12", "List of documents", "7.38", "Page 1 of 2"):
        assert told in text


def test_every_page_says_its_number_and_from_which_state_it_was_made() -> None:
    found = pages(paper(*documents(60)))
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert f"Strona {number} z {len(found)}" in text
        assert f"pozycja {POSITION} · korzeń SHA-256 {ROOT} · wg stanu na dzień 30.06" in text


def test_every_page_of_the_list_repeats_its_header() -> None:
    listed = [text for text in pages(paper(*documents(60))) if "FV/" in text]
    assert len(listed) > 2
    assert all("Nr księgowy" in text and "Dofinansowanie" in text for text in listed)


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_every_page_of_what_was_not_submitted_says_so(status: str) -> None:
    for text in pages(paper(*documents(20), status=status, submitted_on=None)):
        assert "PROJEKT – wniosek niezłożony" in text


def test_a_claim_without_documents_is_one_page() -> None:
    found = pages(paper(status="draft", submitted_on=None))
    assert len(found) == 1
    assert "Wniosek nie obejmuje żadnych dokumentów." in found[0]


def test_the_same_moment_gives_the_same_bytes() -> None:
    made = paper(*documents(10))
    assert claim_pdf(made, "pl") == claim_pdf(made, "pl")


def test_it_is_an_archival_and_accessible_file_with_the_claim_attached() -> None:
    made = paper(*documents(2))
    raw = claim_pdf(made, "pl")
    reader = PdfReader(io.BytesIO(raw))
    for told in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert told in raw
    assert reader.metadata is not None
    assert reader.metadata.title == "Wniosek o płatność nr 3"
    assert msgspec.json.decode(reader.attachments["claim.json"][0], type=ClaimPaper) == made


def test_texts_are_shown_and_never_executed() -> None:
    hostile = charge(
        1,
        document_number="#sys/*1",
        issuer_name=HOSTILE,
        description=HOSTILE * 8,
        category=HOSTILE,
        task=HOSTILE,
        budget_line="<1>",
    )
    project = {"title": HOSTILE, "leader_name": HOSTILE, "code": '"); //'}
    text = " ".join(pages(paper(hostile, number=HOSTILE, submitted_by=HOSTILE, project=project)))
    told = f"#panic(1) *x* $y$ @z <w> \\u{{0}} // /* ` ~ [a] {{b}} =1+1 {MISSING}{MISSING}"
    assert told in text.replace("\u00a0", " ")


def test_a_text_longer_than_a_page_goes_on_on_the_next() -> None:
    long = charge(1, description="słowo " * 1300 + "koniec")
    found = pages(paper(long, charge(2)))
    assert "koniec" in found[-1] or "koniec" in found[-2]
    assert "FV/2/2019" in found[-1]


def test_what_has_no_place_to_break_is_broken() -> None:
    endless = charge(1, document_number="A1" * 60, category="x" * 200)
    reader = PdfReader(io.BytesIO(claim_pdf(paper(endless), "pl")))
    listed = reader.pages[-1].extract_text()
    assert re.sub(r"\s", "", listed).count("A1" * 60) == 1
    assert "A1" * 60 not in listed


def test_the_fonts_have_every_sign_that_is_let_through() -> None:
    signs = [chr(code) for code in range(0x20, 0x3000) if is_printable(chr(code))]
    assert len(signs) > 1500
    assert set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ€§№–—„”’") <= set(signs)
    assert MISSING not in " ".join(pages(paper(charge(1, description=" ".join(signs)))))


@given(st.text())
def test_nothing_but_such_signs_is_let_through(text: str) -> None:
    left = plain(shown(text)).replace(MISSING, "").replace("\u00a0", " ")
    assert all(map(is_printable, left.replace(" ", "")))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=6, max_size=6))
def test_no_text_keeps_a_paper_from_being_made(texts: list[str]) -> None:
    names = ("document_number", "issuer_name", "description", "category", "task", "budget_line")
    fields = cast(dict[str, str], dict(zip(names, texts, strict=True)))
    made: Charge = charge(1, **fields)
    assert claim_pdf(paper(made, number=texts[0]), "pl").startswith(b"%PDF-1.7")
