"""What would be recorded of a file? Its charges and corrections, row by row, in its order."""

from msgspec import Struct

from ledger.imports.accounting import Charge, Correction, Document
from ledger.imports.budget import Budget
from ledger.imports.reading import Told


class FileRow(Struct, frozen=True, gc=False):
    """A charge of a document, or what a correcting invoice changes.

    `document`: the id that the document has; `first`: no row before it is of the same document.
    `faulty`: the file's reading found something wrong with the document. `corrects`: the number of
    the document that a correcting invoice changes; its amounts are the differences.
    """

    document: str
    source: str
    row: int | None
    number: str
    issuer: str
    issued_on: str
    gross: str
    line: str | None = None
    eligible: str | None = None
    eu_amount: str | None = None
    first: bool = True
    faulty: bool = False
    corrects: str | None = None


def rows_of(told: Told, budget: Budget) -> list[FileRow]:
    """The rows of a file that was read."""
    found = [
        _row(document, one, at, budget, faulty=document.id in told.faulty)
        for document in told.documents.values()
        for at, one in enumerate(document.charges or (None,))
    ]
    found.sort(key=lambda one: (one.source, one.row or 0))
    return [*found, *map(_correction, told.corrections)]


def _row(
    document: Document, charge: Charge | None, at: int, budget: Budget, *, faulty: bool
) -> FileRow:
    return FileRow(
        document=document.id,
        source=document.source,
        row=document.row if charge is None else charge.row,
        number=document.number,
        issuer=document.name or document.nip or "",
        issued_on=document.issued_on,
        gross=document.gross,
        line=None if charge is None else charge.line,
        eligible=None if charge is None else charge.eligible,
        eu_amount=None if charge is None else charge.eu_amount or budget.eu_part(charge.eligible),
        first=at == 0,
        faulty=faulty,
    )


def _correction(one: Correction) -> FileRow:
    return FileRow(
        document="",
        source=one.source,
        row=None,
        number=one.number,
        issuer=one.nip,
        issued_on=one.issued_on,
        gross=one.gross,
        corrects=one.original,
    )
