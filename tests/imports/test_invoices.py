"""E-invoices of the national system: what they say, and what is refused of them."""

import io
import zipfile

import pytest

from ledger.imports.problems import Unreadable
from ledger.kernel.ksef import check_digit, is_ksef_number
from tests.imports.reading_it import read
from tests.imports.tables import FA2, FA3, NIP, archive, invoice

KSEF = f"{NIP}-20250901-0100001AF629"


def test_the_check_digit_of_a_known_number_is_right() -> None:
    assert check_digit("5265877635-20250826-0100001AF629") == "AF"
    assert is_ksef_number("5265877635-20250826-0100001AF629-AF")


@pytest.mark.parametrize(
    "text",
    ["5265877635-20250826-0100001AF629-AE", "5265877635-20250826-0100001af629-AF", "",
     "5265877635-20251326-0100001AF629-" + check_digit("5265877635-20251326-0100001AF629")],
)  # fmt: skip
def test_other_texts_are_no_ksef_numbers(text: str) -> None:
    assert not is_ksef_number(text)


@pytest.mark.parametrize("namespace", [FA2, FA3])
def test_an_invoice_is_charged_whole_to_the_line(namespace: str) -> None:
    document = read(invoice(namespace=namespace), line="1.1", name="a.xml").only
    assert (document.number, document.nip, document.issued_on) == ("FV/7/2025", NIP, "2025-09-01")
    assert (document.net, document.vat, document.gross) == ("1000.00", "230.00", "1230.00")
    assert (document.paid_on, document.description) == ("2025-09-10", "Szkolenie animatorów")
    (charge,) = document.charges
    assert (charge.line, charge.eligible, charge.eligible_vat) == ("1.1", "1230.00", "230.00")
    assert "ROPS w Rzeszowie" in str(document.remark)


def test_amounts_of_all_rates_are_summed() -> None:
    more = "<P_13_2>100</P_13_2><P_14_2>8</P_14_2><P_14_2W>999</P_14_2W><P_13_6_1>5.5</P_13_6_1>"
    document = read(invoice(gross="1343.50", more=more)).only
    assert (document.net, document.vat) == ("1105.50", "238.00")


def test_without_a_line_a_scoped_caller_is_told_that_one_is_needed() -> None:
    assert read(invoice()).only.charges == ()
    assert "linii budżetu" in read(invoice(), scoped=True).problem.message
    assert read(invoice(), line="7").problem.field == "line"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (invoice(currency="EUR"), "w walucie EUR"),
        (invoice(seller="5265877636"), "cyfra kontrolna"),
        (invoice(issued="2025-02-30"), "nie jest data"),
        (invoice(issued="2030-01-01"), "z przyszłości"),
        (invoice(gross="1231"), "netto + VAT"),
        (invoice(net="x"), "błędna wartość"),
        (invoice(net="1E3"), "błędna wartość"),
        (invoice(net="-1000", vat="-230", gross="-1230"), "nie jest korektą"),
        (invoice(kind="INNY"), "błędna wartość"),
        (invoice(namespace="http://crd.gov.pl/wzor/2021/11/29/11089/"), "FA(2) ani FA(3)"),
        (invoice().replace(b"FA (3)", b"FA (2)"), "FA(2) ani FA(3)"),
        (invoice(number=""), "brakuje elementu Fa/P_2"),
        (b"<Faktura>", "niepoprawny"),
        (b"<a/>", "FA(2) ani FA(3)"),
    ],
)
def test_what_cannot_be_taken_is_named(content: bytes, reason: str) -> None:
    found = read(content, name="zła.xml").problem
    assert found.sheet == "zła.xml"
    assert reason in found.message


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;"><!ENTITY lol2 "&lol1;&lol1;&lol1;">]><a>&lol2;</a>"""
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Faktura>&x;</Faktura>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [(LAUGHS, "DTD"), (OUTSIDE, "DTD"), (LAUGHS.decode().encode("utf-16"), ""),
     (b"<a>" * 100_000, "niepoprawny"), (b"<a>" + b"x" * (5 << 20) + b"</a>", "zbyt duży")],
)  # fmt: skip
def test_hostile_xml_is_refused(content: bytes, reason: str) -> None:
    found = read(content)
    assert found.documents == []
    assert reason in found.problem.message


def test_the_ksef_number_comes_from_the_name_of_the_file() -> None:
    number = f"{KSEF}-{check_digit(KSEF)}"
    assert read(invoice(), name=f"{number}.xml").only.ksef_number == number
    assert "cyfra kontrolna" in read(invoice(), name=f"{KSEF}-00.xml").problem.message
    other = "8133315014" + KSEF[10:]
    wrong = read(invoice(), name=f"{other}-{check_digit(other)}.xml").problem
    assert "inny NIP" in wrong.message


def test_a_correction_tells_its_difference_and_its_original() -> None:
    content = invoice("KOR/1", corrects="FV/7/2025", net="-100", vat="-23", gross="-123")
    (correction,) = read(content).told.corrections
    assert (correction.original, correction.gross) == ("FV/7/2025", "-123.00")


def test_a_correction_of_several_invoices_is_refused() -> None:
    more = "<DaneFaKorygowanej><NrFaKorygowanej>FV/8</NrFaKorygowanej></DaneFaKorygowanej>"
    assert "kilku faktur" in read(invoice(corrects="FV/7", more=more)).problem.message


def test_an_archive_holds_many_invoices_whatever_their_folders() -> None:
    content = archive(
        **{"a/1__xml": invoice("1"), "../../1__xml": invoice("2"), "__MACOSX/._1__xml": b"x"}
    )
    found = read(content)
    assert [one.number for one in found.documents] == ["1", "2"]
    assert found.problems.count == 0


def test_an_invoice_that_comes_twice_is_named() -> None:
    found = read(archive(a__xml=invoice(), b__xml=invoice()))
    assert (found.problem.sheet, "a.xml" in found.problem.message) == ("b.xml", True)


def _bomb() -> bytes:
    return archive(a__xml=bytes(6 << 20))


def _encrypted() -> bytes:
    content = bytearray(archive(a__xml=invoice()))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _lying() -> bytes:
    """The directory says that a large file is small."""
    content = bytearray(archive(a__xml=bytes(6 << 20)))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


def _many() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number in range(2_001):
            packed.writestr(f"{number}.xml", b"")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(_bomb(), "skompresowane"), (_encrypted(), "zaszyfrowane"), (_lying(), "skompresowane"),
     (_many(), "więcej niż 2000"), (archive(a__zip=archive(a__xml=b"<a/>")), "archiwum w archiwum"),
     (archive(a__xml=invoice())[:-30], "uszkodzone"), (archive(), "nie zawiera faktur")],
)  # fmt: skip
def test_an_archive_that_is_broken_or_hostile_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(content)
