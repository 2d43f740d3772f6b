"""How is the cell of each field read? One reader for each column of the list of documents."""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.imports import cells
from ledger.imports.cells import BadCell
from ledger.imports.columns import plain
from ledger.kernel.ksef import is_ksef_number

Read = Callable[[Any], str | None]

REQUIRED = ("document_number", "issued_on", "description", "gross", "eligible")
REMEMBERED = 20_000  # days and issuers come back in many rows
# How each method is called, first as Polish tables are filled in.
METHODS = {
    "actual": ("wydatki rzeczywiste", "rzeczywiste", "rzeczywista", "faktyczne", "actual"),
    "flat_rate": ("stawka ryczałtowa", "stawki ryczałtowe", "ryczałt", "flat rate"),
    "unit_cost": ("stawka jednostkowa", "stawki jednostkowe", "unit cost"),
    "lump_sum": ("kwota ryczałtowa", "kwoty ryczałtowe", "lump sum"),
}
_METHOD_NAMES = {plain(name): method for method, names in METHODS.items() for name in names}


def readers(today: str) -> Mapping[str, Read | None]:
    """A reader for each field; the budget line is found by three cells together: None."""
    day = _remembering(_not_after(today))
    return {
        "document_number": _text(120),
        "issuer_nip": _remembering(cells.tax_number),
        "issuer_name": _text(500),
        "accounting_number": _text(120),
        "ksef_number": _ksef_number,
        "issued_on": day,
        "paid_on": day,
        "description": _text(8_000),
        "gross": cells.amount,
        "net": cells.amount,
        "vat": cells.amount,
        "eligible": cells.amount,
        "eligible_vat": cells.amount,
        "eu_amount": cells.amount,
        "method": _method,
        "procurement": _text(500),
        "line": None,
        "task": None,
        "category": None,
    }


def _text(limit: int) -> Read:
    def read(raw: Any) -> str | None:
        found = cells.text(raw)
        if found is not None and len(found) > limit:
            raise BadCell("longer_than", limit=limit)
        return found

    return read


def _not_after(today: str) -> Read:
    def read(raw: Any) -> str | None:
        found = cells.day(raw)
        if found is not None and found > today:
            raise BadCell("in_the_future")
        return found

    return read


def _remembering(read: Read) -> Read:
    """The same reader, which does not read the same cell twice."""
    known: dict[Any, str] = {}

    def remembered(raw: Any) -> str | None:
        found = known.get(raw)
        if found is None:
            found = read(raw)
            short = not isinstance(raw, str) or len(raw) < cells.REMEMBERED_LENGTH
            if found is not None and short and len(known) < REMEMBERED:
                known[raw] = found
        return found

    return remembered


def _ksef_number(raw: Any) -> str | None:
    found = cells.text(raw)
    if found is not None and not is_ksef_number(found.upper()):
        raise BadCell("ksef_number")
    return found and found.upper()


def _method(raw: Any) -> str | None:
    found = cells.text(raw)
    if found is None:
        return None
    method = _METHOD_NAMES.get(plain(found))
    if method is None:
        raise BadCell("unknown_method", allowed=", ".join(METHODS))
    return method
