"""Which invoices does a file hold? One XML, or a ZIP of them; each with its exact bytes.

An invoice has no budget line: the import names one, and the whole invoice is charged to it.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath
from typing import BinaryIO

from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.imports.accounting import Charge, Correction, Document
from ledger.imports.archive import Archive, Limits
from ledger.imports.invoice import XML_LIMIT_BYTES, BadInvoice, Invoice, read_invoice
from ledger.imports.problems import Problems, Spot, Unreadable
from ledger.imports.wording import Lang, say
from ledger.kernel.ksef import is_ksef_number

LIMITS = Limits(entries=2_000, total_bytes=100 << 20, entry_bytes=XML_LIMIT_BYTES + 1, ratio=250)
ROUNDING = Decimal("0.02")
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".xlsx", ".docx")
_LOOKS_LIKE_KSEF = re.compile(r"[0-9]{10}-[0-9]{8}-[0-9A-Fa-f]{12}-[0-9A-Fa-f]{2}")


def unpacked(file: BinaryIO, lang: Lang) -> Iterator[tuple[str, bytes]]:
    """The XML files of an archive. Raises `Unreadable`."""
    archive = Archive(file, LIMITS, lang)
    taken: set[str] = set()
    for entry in archive.entries:
        name = PurePosixPath(entry.filename.replace("\\", "/")).name[:200]
        if name.startswith(".") or entry.filename.startswith("__MACOSX/"):
            continue
        content = b"".join(archive.chunks(entry))
        if content[:4] == b"PK\x03\x04" or name.casefold().endswith(ARCHIVES):
            raise Unreadable("nested_archive", lang)
        while name in taken:  # the same name in two folders
            name = f"{len(taken)}-{name}"
        taken.add(name)
        yield name, content
    if not taken:
        raise Unreadable("no_invoices", lang)


class InvoiceReader:
    """Reads invoices one after the other into documents and corrections."""

    def __init__(
        self, project: str, line: str | None, scoped: bool, today: str, problems: Problems
    ) -> None:
        self.documents: dict[str, Document] = {}
        self.corrections: list[Correction] = []
        self._project, self._line, self._scoped = project, line, scoped
        self._today, self._problems = today, problems
        self._corrected: dict[tuple[str, str], str] = {}

    def take(self, name: str, content: bytes, digest: str) -> None:
        """Adds the invoice in these bytes, or notes what is wrong with it."""
        try:
            invoice = read_invoice(content)
            ksef_number = self._ksef_number(name, invoice)
            self._check(invoice)
            if invoice.corrects:
                self._correct(name, invoice, ksef_number, digest)
            else:
                self._record(name, invoice, ksef_number, digest)
        except BadInvoice as bad:
            spot = Spot(sheet=name, field=bad.element)
            self._problems.add(spot, bad.value, bad.key, **bad.facts)

    def _ksef_number(self, name: str, invoice: Invoice) -> str | None:
        """The number that the system gave, where the file is named by it."""
        found = _LOOKS_LIKE_KSEF.search(name)
        if found is None:
            return None
        number = found[0].upper()
        if not is_ksef_number(number):
            raise BadInvoice("ksef_number", None, found[0])
        if number[:10] != invoice.seller_nip:
            raise BadInvoice("ksef_number_of_another", None, number, nip=invoice.seller_nip)
        return number

    def _check(self, invoice: Invoice) -> None:
        total = invoice.net + invoice.vat
        if abs(total - invoice.gross) > ROUNDING:
            raise BadInvoice("amounts_differ", "Fa/P_15", str(invoice.gross), sum=total)
        if invoice.issued_on > self._today:
            raise BadInvoice("in_the_future", "Fa/P_1", invoice.issued_on)
        if (invoice.paid_on or "") > self._today:
            raise BadInvoice("in_the_future", "Fa/Platnosc/DataZaplaty", invoice.paid_on)
        if not invoice.corrects and min(invoice.net, invoice.vat, invoice.gross) < 0:
            raise BadInvoice("negative_invoice", "Fa/P_15", str(invoice.gross))

    def _record(self, name: str, invoice: Invoice, ksef_number: str | None, digest: str) -> None:
        if self._line is None and self._scoped:
            raise BadInvoice("import_needs_line")
        id = expenditure_id(invoice.seller_nip, None, invoice.number)
        if (other := self.documents.get(id)) is not None:
            raise BadInvoice("invoice_twice", "Fa/P_2", invoice.number, other=other.source)
        gross, vat = str(invoice.gross), str(invoice.vat)
        charges = () if self._line is None else (Charge(None, self._line, gross, vat),)
        lang = self._problems.lang
        self.documents[id] = Document(
            id=id,
            source=name,
            row=None,
            number=invoice.number,
            nip=invoice.seller_nip,
            name=invoice.seller_name,
            accounting_number=None,
            ksef_number=ksef_number,
            issued_on=invoice.issued_on,
            paid_on=invoice.paid_on,
            description=invoice.description or say(lang, "invoice", number=invoice.number),
            net=str(invoice.net),
            vat=vat,
            gross=gross,
            charges=charges,
            evidence=digest,
            remark=self._remark(invoice),
        )

    def _remark(self, invoice: Invoice) -> str:
        """For whom it was bought, which no field of the document holds."""
        lang, text = self._problems.lang, ""
        if invoice.buyer_nip:
            text += say(lang, "buyer", nip=invoice.buyer_nip[:20])
        if invoice.sub_unit:
            text += say(lang, "sub_unit", name=invoice.sub_unit[:200])
        return text

    def _correct(self, name: str, invoice: Invoice, ksef_number: str | None, digest: str) -> None:
        if len(set(invoice.originals)) > 1:
            raise BadInvoice("several_originals", "Fa/DaneFaKorygowanej", invoice.originals[0])
        key = (invoice.seller_nip, "".join(invoice.number.casefold().split()))
        if (other := self._corrected.get(key)) is not None:
            raise BadInvoice("invoice_twice", "Fa/P_2", invoice.number, other=other)
        self._corrected[key] = name
        self.corrections.append(
            Correction(
                source=name,
                number=invoice.number,
                nip=invoice.seller_nip,
                original=invoice.originals[0],
                issued_on=invoice.issued_on,
                ksef_number=ksef_number,
                net=str(invoice.net),
                vat=str(invoice.vat),
                gross=str(invoice.gross),
                evidence=digest,
                cause=invoice.cause,
            )
        )
