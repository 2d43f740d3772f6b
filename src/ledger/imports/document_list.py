"""Which documents does a table tell of? The payment claim's list of documents, row by row.

A row is a charge of a document; rows of the same issuer and number are charges of one document.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.imports import cells
from ledger.imports.accounting import Charge, Document
from ledger.imports.budget import Budget, UnclearLine
from ledger.imports.cells import BadCell
from ledger.imports.columns import Header, header, letter
from ledger.imports.fields import REQUIRED, readers
from ledger.imports.problems import Problems, Spot
from ledger.imports.totals import Totals, is_total

ROUNDING = Decimal("0.02")  # as the ledger allows between net + VAT and gross
TELL_EVERY = 1_000
SETTLED_AFTER = 1_000  # further documents: a document's rows mostly stand together
# What all rows of a document must say alike, and its name in the document; blank: as above.
ALIKE = {
    "issuer_name": "name",
    "accounting_number": "accounting_number",
    "ksef_number": "ksef_number",
    "issued_on": "issued_on",
    "paid_on": "paid_on",
    "net": "net",
    "vat": "vat",
    "gross": "gross",
}
_NUMBERING = (["1", "2", "3"], ["(1)", "(2)", "(3)"], ["1.", "2.", "3."])
_EMPTY = ("", None)

Tell = Callable[[int], None]
Settled = Callable[[Sequence[Document]], None]
Values = dict[str, str | None]


class DocumentList:
    """A table that is being read: its header, the documents so far, and what was wrong."""

    def __init__(
        self,
        sheet: str,
        head: Header,
        budget: Budget,
        today: str,
        problems: Problems,
        settled: Settled | None = None,
    ) -> None:
        self.sheet, self.header, self.problems = sheet, head, problems
        self.documents: dict[str, Document] = {}
        self.faulty: set[str] = set()
        self.rows = 0
        self._budget = budget
        known = readers(today)
        self._plan = [(field, place, known[field]) for field, place in head.places.items()]
        self._lines: dict[tuple[Any, ...], str] = {}
        self._totals = Totals()
        self._row, self._bad = 0, False
        self._failed: set[str] = set()
        self._cells: Sequence[Any] = ()
        self._settled = settled
        self._latest: list[Document] = []

    def read(self, rows: Iterable[tuple[int, Sequence[Any]]], tell: Tell) -> None:
        """Reads the rows below the header."""
        ended, below = False, self.header.row + 1
        first, issuer = self._plan[0][1], self.header.places.get("issuer_nip", -1)
        title = self.header.titles[self._plan[0][0]]
        for number, found in rows:
            if number % TELL_EVERY == 0:
                tell(number)
            if not any(found):
                continue
            width = len(found)
            at_start = found[first] if first < width else None
            suspect = isinstance(at_start, str) and title.startswith(at_start[:3])
            if (number == below or suspect) and self._is_no_document(number, found, at_start):
                continue
            self._row, self._cells, self._bad = number, found, False
            named = 0 <= issuer < width and found[issuer] not in _EMPTY
            if not named and is_total(found, self._raw):
                self._check_totals()
                ended = True
            elif not (ended and self._is_footer()):
                self.rows += 1
                self._take_row()
        tell(0)

    def _is_no_document(self, number: int, found: Sequence[Any], first: Any) -> bool:
        """The row below the header that numbers the columns, or the header once more."""
        if number == self.header.row + 1:
            numbers = [one for one in found if one not in _EMPTY]
            if [str(one).removesuffix(".0") for one in numbers[:3]] in _NUMBERING:
                return True
        if (
            isinstance(first, str)
            and " ".join(first.split()) == self.header.titles[self._plan[0][0]]
        ):
            again = header(number, found)
            return again is not None and again.places == self.header.places
        return False

    def _is_footer(self) -> bool:
        """Below the totals stand signatures and notes."""
        return all(self._raw(one) in _EMPTY for one in ("issuer_nip", "gross", "net", "eligible"))

    # one row

    def _take_row(self) -> None:
        values = self._values()
        number, nip, name = (values.get(one) for one in ("document_number", "issuer_nip",
                                                         "issuer_name"))  # fmt: skip
        if nip is None and name is None and "issuer_nip" not in self._failed:
            place = "issuer_nip" if "issuer_nip" in self.header.places else "issuer_name"
            self._wrong(place, "issuer_required")
        known, id = None, ""
        if number is not None and (nip or name):
            id = expenditure_id(nip, name, number)
            known = self.documents.get(id)
        for field in REQUIRED if known is None else ("eligible",):
            if values.get(field) is None and field not in self._failed:
                self._wrong(field, "required")
        charge = self._charge(values)
        if known is not None:
            self._add_to(known, values, charge)
        else:
            amounts = self._amounts(values)
            if not self._bad and charge is not None and amounts is not None:
                self._begin(self._document(id, values, amounts, charge), charge)
        if self._bad and id in self.documents:
            self.faulty.add(id)

    def _begin(self, document: Document, charge: Charge) -> None:
        self.documents[document.id] = document
        self._check_charge(document, charge)
        self._sum(document, charge, first=True)
        if self._settled is not None:
            self._settle(document, self._settled)

    def _settle(self, document: Document, settled: Settled) -> None:
        self._latest.append(document)
        if len(self._latest) == 2 * SETTLED_AFTER:
            settled(self._latest[:SETTLED_AFTER])
            del self._latest[:SETTLED_AFTER]

    def _values(self) -> Values:
        """What the row's cells say; the bad ones are noted and left out."""
        found, width = self._cells, len(self._cells)
        values: Values = {}
        self._failed.clear()
        for field, place, read in self._plan:
            raw = found[place] if place < width else None
            if raw is None or raw == "" or read is None:
                continue
            try:
                values[field] = read(raw)
            except BadCell as bad:
                self._failed.add(field)
                self._wrong(field, bad.key, **bad.facts)
        return values

    def _document(
        self, id: str, values: Values, amounts: tuple[str, str, str], charge: Charge
    ) -> Document:
        gross, net, vat = amounts
        number, issued_on = values["document_number"], values["issued_on"]
        description = values["description"]
        assert number is not None
        assert issued_on is not None
        assert description is not None
        get = values.get
        return Document(
            id=id,
            source=self.sheet,
            row=self._row,
            number=number,
            nip=get("issuer_nip"),
            name=get("issuer_name"),
            accounting_number=get("accounting_number"),
            ksef_number=get("ksef_number"),
            issued_on=issued_on,
            paid_on=get("paid_on"),
            description=description,
            net=net,
            vat=vat,
            gross=gross,
            charges=(charge,),
        )

    def _amounts(self, values: Values) -> tuple[str, str, str] | None:
        """Gross, net and VAT, of which one of the latter may be left out."""
        gross, net, vat = values.get("gross"), values.get("net"), values.get("vat")
        if gross is None or self._bad:
            return None
        whole = Decimal(gross)
        if net is not None and vat is not None:
            total = Decimal(net) + Decimal(vat)
            if abs(total - whole) > ROUNDING:
                self._wrong("gross", "amounts_differ", sum=total)
            return gross, net, vat
        if net is None and vat is None:
            self._wrong("net" if "net" in self.header.places else "vat", "required")
            return None
        field = "vat" if net is None else "net"
        rest = whole - Decimal(net or vat or 0)
        if rest < 0:
            self._wrong(field, f"{field}_above_gross", gross=gross)
        left = f"{rest:.2f}"
        return (gross, left, vat) if vat is not None else (gross, net or "", left)

    def _charge(self, values: Values) -> Charge | None:
        line, eligible, get = self._line(), values.get("eligible"), values.get
        if eligible is None or line is None:
            return None
        more = (get(one) for one in ("eligible_vat", "eu_amount", "method", "procurement"))
        return Charge(self._row, line, eligible, *more)

    def _line(self) -> str | None:
        """The budget line, named by the row or by its task and category."""
        raw = (self._raw("line"), self._raw("task"), self._raw("category"))
        known = self._lines.get(raw)
        if known is None:
            known = self._found_line(*raw)
            if known is not None and len(repr(raw)) < cells.REMEMBERED_LENGTH:
                self._lines[raw] = known
        return known

    def _found_line(self, *raw: Any) -> str | None:
        field = "line" if "line" in self.header.places else "task"
        task = category = None
        try:
            line, task, category = (cells.text(one) for one in raw)
            if line:
                return self._budget.named(line, as_number=not isinstance(raw[0], str))
            if task and category:
                field = "line" if "task" not in self.header.places else "task"
                return self._budget.placed(task, category)
            self._wrong(field, "line_required")
        except BadCell as bad:
            self._wrong(field, bad.key)
        except UnclearLine as unclear:
            facts = {"lines": unclear.lines, "task": task, "category": category}
            self._wrong(field, unclear.key, **facts)
        return None

    # rows that agree

    def _add_to(self, known: Document, values: Values, charge: Charge | None) -> None:
        """A further row of a document: a further charge, all else as in the first row."""
        for field, attribute in ALIKE.items():
            value, other = values.get(field), getattr(known, attribute)
            if value is not None and value != other:
                self._wrong(field, "differs_from_row", row=known.row, other=other or "–")
        if self._bad or charge is None:
            return
        description = values.get("description")
        if description and description not in known.description:
            known.description = f"{known.description}; {description}"
        known.charges += (charge,)
        self._check_charge(known, charge)
        self._sum(known, charge, first=False)

    def _check_charge(self, document: Document, charge: Charge) -> None:
        """What the ledger would refuse of the charge, said with its cell."""
        charged = eligible = Decimal(charge.eligible)
        if len(document.charges) > 1:
            charged = sum((Decimal(one.eligible) for one in document.charges), Decimal(0))
            twin = next(one for one in document.charges if _same(one, charge))
            if twin is not charge:
                self._wrong("eligible", "row_twice", row=twin.row)
        if charged > Decimal(document.gross):
            facts = {"charged": charged, "gross": document.gross}
            self._wrong("eligible", "eligible_above_gross", **facts)
        if charge.eligible_vat is not None:
            eligible_vat = Decimal(charge.eligible_vat)
            if eligible_vat > Decimal(document.vat):
                self._wrong("eligible_vat", "vat_above_vat", vat=document.vat)
            elif eligible_vat > eligible:
                self._wrong("eligible_vat", "above_eligible", eligible=eligible)
        if charge.eu_amount is not None and Decimal(charge.eu_amount) > eligible:
            self._wrong("eu_amount", "above_eligible", eligible=eligible)

    def _sum(self, document: Document, charge: Charge, *, first: bool) -> None:
        amounts = (
            document.gross,
            document.net,
            document.vat,
            charge.eligible,
            charge.eligible_vat,
            charge.eu_amount,
        )
        self._totals.row(amounts, first=first)

    def _check_totals(self) -> None:
        """The totals row is no document; its sums must be those of the rows above it."""
        if not self.problems.count:
            for field, total in self._totals.wrong(self._raw):
                self._wrong(field, "totals_differ", sum=total)
        self._totals.next_part()

    # one cell

    def _raw(self, field: str) -> Any:
        place = self.header.places.get(field)
        return self._cells[place] if place is not None and place < len(self._cells) else None

    def _wrong(self, field: str, key: str, **facts: Any) -> None:
        self._bad = True
        self.problems.add(self.spot(self._row, field), self._raw(field), key, **facts)

    def spot(self, row: int | None, field: str) -> Spot:
        """The cell of a field."""
        place = self.header.places.get(field)
        column = None if place is None else letter(place)
        return Spot(self.sheet, row, column, self.header.titles.get(field))


def _same(one: Charge, other: Charge) -> bool:
    return (one.line, one.eligible, one.eligible_vat, one.procurement) == (
        other.line, other.eligible, other.eligible_vat, other.procurement,
    )  # fmt: skip
