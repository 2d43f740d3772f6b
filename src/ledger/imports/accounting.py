"""An accounting document as a file tells it, before the ledger has judged it."""

from msgspec import Struct


class Charge(Struct, gc=False):
    """A part of a document on a budget line; amounts are decimal texts, as commands take them."""

    row: int | None
    line: str
    eligible: str
    eligible_vat: str | None = None
    eu_amount: str | None = None
    method: str | None = None
    procurement: str | None = None
    id: str | None = None


class Document(Struct, gc=False):
    """A document with its charges; `source` is the sheet or the XML file that it stands in."""

    id: str
    source: str
    row: int | None
    number: str
    nip: str | None
    name: str | None
    accounting_number: str | None
    ksef_number: str | None
    issued_on: str
    paid_on: str | None
    description: str
    net: str
    vat: str
    gross: str
    charges: tuple[Charge, ...]  # no list: the garbage collector need not look at it
    evidence: str | None = None
    remark: str | None = None


class Correction(Struct, gc=False):
    """A correcting invoice: by how much it changes the document that it names."""

    source: str
    number: str
    nip: str
    original: str
    issued_on: str
    ksef_number: str | None
    net: str
    vat: str
    gross: str
    evidence: str
    cause: str | None
