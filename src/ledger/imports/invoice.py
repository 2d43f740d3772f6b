"""What does an e-invoice of the national system (KSeF) say? FA(2) and FA(3), read from their XML.

The parser takes no entities, no DTD and nothing from the network.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree
from msgspec import Struct
from stdnum.pl import nip

SCHEMAS = {
    "http://crd.gov.pl/wzor/2023/06/29/12648/": "FA (2)",
    "http://crd.gov.pl/wzor/2025/06/25/13775/": "FA (3)",
}
XML_LIMIT_BYTES = 5 * 1024 * 1024
AMOUNT_LIMIT = Decimal(10) ** 13
DESCRIPTION_LENGTH = 500
KINDS = ("VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ")
CORRECTIONS = frozenset({"KOR", "KOR_ZAL", "KOR_ROZ"})
LOCAL_GOVERNMENT_UNIT = "8"

# Net by rate; the elements that end in W repeat the VAT in PLN of invoices in foreign currencies.
_NET = re.compile(r"P_13_\d{1,2}(_\d)?")
_VAT = re.compile(r"P_14_\d")
_AMOUNT = re.compile(r"-?\d{1,20}(\.\d{1,10})?")
_ORIGINAL = "Fa/DaneFaKorygowanej/NrFaKorygowanej"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadInvoice(Exception):
    """An invoice that cannot be taken: the sentence that says why, the element and its value."""

    def __init__(self, key: str, element: str | None = None, value: str | None = None,
                 **facts: Any) -> None:  # fmt: skip
        super().__init__(key)
        self.key, self.element, self.value, self.facts = key, element, value, facts


class Invoice(Struct, frozen=True, kw_only=True):
    """The parts of an invoice that the ledger needs; of a correction the amounts are differences.

    `originals` are the numbers of the invoices that it corrects.
    """

    schema: str
    kind: str
    number: str
    issued_on: str
    paid_on: str | None
    seller_nip: str
    seller_name: str | None
    buyer_nip: str | None
    sub_unit: str | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    description: str | None
    originals: tuple[str, ...] = ()
    cause: str | None = None

    @property
    def corrects(self) -> bool:
        """Whether it changes an earlier invoice."""
        return self.kind in CORRECTIONS


def read_invoice(content: bytes) -> Invoice:
    """The invoice in these bytes. Raises `BadInvoice`."""
    root = _root(content)
    namespace, _, name = str(root.tag).rpartition("}")
    schema = SCHEMAS.get(namespace.lstrip("{"))
    if name != "Faktura" or schema is None:
        raise BadInvoice("other_schema", "Faktura", namespace.lstrip("{") or name)
    read = _Reader(root, namespace.lstrip("{"))
    form = root.find(f"{namespace}}}Naglowek/{namespace}}}KodFormularza")
    if form is None or form.get("kodSystemowy") != schema:
        code = None if form is None else form.get("kodSystemowy")
        raise BadInvoice("other_schema", "KodFormularza/@kodSystemowy", code)
    return read.invoice(schema)


def _root(content: bytes) -> Any:
    if len(content) > XML_LIMIT_BYTES:
        raise BadInvoice("xml_too_large")
    if b"<!DOCTYPE" in content:
        raise BadInvoice("xml_dtd")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise BadInvoice("xml_broken") from None
    if root.getroottree().docinfo.internalDTD is not None:  # in another encoding
        raise BadInvoice("xml_dtd")
    return root


class _Reader:
    """The elements of one invoice."""

    def __init__(self, root: Any, namespace: str) -> None:
        self._root = root
        self._in = {"f": namespace}

    def invoice(self, schema: str) -> Invoice:
        """All that is needed. Raises `BadInvoice`."""
        currency = self._needed("Fa/KodWaluty")
        if currency != "PLN":
            raise BadInvoice("foreign_currency", "Fa/KodWaluty", currency, currency=currency)
        kind = self._needed("Fa/RodzajFaktury")
        if kind not in KINDS:
            raise BadInvoice("element_wrong", "Fa/RodzajFaktury", kind)
        gross = self._amount("Fa/P_15", self._needed("Fa/P_15"))
        net, vat = self._sum(_NET), self._sum(_VAT) or Decimal("0.00")
        corrects = kind in CORRECTIONS
        originals = self._texts(_ORIGINAL)
        if corrects and not originals:
            raise BadInvoice("element_missing", _ORIGINAL, name=_ORIGINAL)
        return Invoice(
            schema=schema,
            kind=kind,
            number=self._number(),
            issued_on=self._day("Fa/P_1", self._needed("Fa/P_1")),
            paid_on=self._paid_on(),
            seller_nip=self._seller(),
            seller_name=self._seller_name(),
            buyer_nip=self._text("Podmiot2/DaneIdentyfikacyjne/NIP"),
            sub_unit=self._sub_unit(),
            net=gross - vat if net is None else net,
            vat=vat,
            gross=gross,
            description=self._description(),
            originals=tuple(originals),
            cause=self._text("Fa/PrzyczynaKorekty"),
        )

    def _texts(self, path: str, under: Any = None) -> list[str]:
        steps = "/".join(f"f:{one}" for one in path.split("/"))
        base = self._root if under is None else under
        found = (" ".join((one.text or "").split()) for one in base.iterfind(steps, self._in))
        return [text for text in found if text]

    def _text(self, path: str, under: Any = None) -> str | None:
        return next(iter(self._texts(path, under)), None)

    def _needed(self, path: str) -> str:
        found = self._text(path)
        if found is None:
            raise BadInvoice("element_missing", path, name=path)
        return found

    def _number(self) -> str:
        number = self._needed("Fa/P_2")
        if len(number) > 120:
            raise BadInvoice("longer_than", "Fa/P_2", number, limit=120)
        return number

    def _amount(self, path: str, text: str) -> Decimal:
        if not text.isascii() or not _AMOUNT.fullmatch(text):
            raise BadInvoice("element_wrong", path, text)
        try:
            amount = Decimal(text)
            cents = amount.quantize(Decimal("0.01"))
        except InvalidOperation:
            raise BadInvoice("element_wrong", path, text) from None
        if amount != cents:
            raise BadInvoice("too_many_places", path, text)
        if abs(amount) >= AMOUNT_LIMIT:
            raise BadInvoice("amount_too_large", path, text)
        return cents

    def _sum(self, pattern: re.Pattern[str]) -> Decimal | None:
        """The sum over all rates; None where there is no such element."""
        namespace = f"{{{self._in['f']}}}"
        amounts = [
            self._amount(f"Fa/{name}", (one.text or "").strip())
            for one in self._root.iterfind("f:Fa/*", self._in)
            if pattern.fullmatch(name := str(one.tag).removeprefix(namespace))
        ]
        return sum(amounts, Decimal("0.00")) if amounts else None

    def _day(self, path: str, text: str) -> str:
        try:
            if not text.isascii() or not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise BadInvoice("not_a_date", path, text) from None

    def _paid_on(self) -> str | None:
        """The day of payment; of several payments the last, where they paid the whole."""
        base = "Fa/Platnosc"
        if paid := self._text(f"{base}/DataZaplaty"):
            return self._day(f"{base}/DataZaplaty", paid)
        parts = self._texts(f"{base}/ZaplataCzesciowa/DataZaplatyCzesciowej")
        if parts and self._text(f"{base}/ZnacznikZaplatyCzesciowej") == "2":
            return max(self._day(f"{base}/ZaplataCzesciowa", one) for one in parts)
        return None

    def _seller(self) -> str:
        path = "Podmiot1/DaneIdentyfikacyjne/NIP"
        number = self._needed(path)
        if not number.isascii() or not number.isdigit() or len(number) != 10:
            raise BadInvoice("nip_form", path, number)
        if not nip.is_valid(number):
            raise BadInvoice("nip_checksum", path, number)
        return number

    def _seller_name(self) -> str | None:
        name = self._text("Podmiot1/DaneIdentyfikacyjne/Nazwa")
        return name and name[:500]

    def _sub_unit(self) -> str | None:
        """The unit of a local government for which the buyer bought (a regional social centre)."""
        for one in self._root.iterfind("f:Podmiot3", self._in):
            if self._text("Rola", one) == LOCAL_GOVERNMENT_UNIT:
                return self._text("DaneIdentyfikacyjne/Nazwa", one)
        return None

    def _description(self) -> str | None:
        """The names of the goods and services, each once."""
        names = self._texts("Fa/FaWiersz/P_7") or self._texts("Fa/Zamowienie/ZamowienieWiersz/P_7Z")
        text = "; ".join(dict.fromkeys(names))
        if len(text) > DESCRIPTION_LENGTH:
            text = f"{text[: DESCRIPTION_LENGTH - 1]}…"
        return text or None
