"""What might have been bought? Accounting documents and the lines that bear them, invented."""

import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from invention.budget import rounded
from invention.companies import Company
from invention.story import Story, workday

# The ledger derives a document's id from its issuer and number in this way.
DOCUMENTS = uuid.UUID("b7b6b1c5-5d8a-5c0e-8f5e-2f0b1d9c7a41")
EU_SHARE = Decimal("0.8428")
PROCUREMENT_ABOVE = Decimal(50_000)


@dataclass
class Part:
    """A charge: a part of a document on a budget line."""

    name: str
    line: str
    eligible: Decimal
    vat: Decimal
    procurement: str | None = None
    method: str | None = None

    def body(self, project: str) -> dict[str, Any]:
        """As the command has it."""
        found: dict[str, Any] = {
            "charge": self.name,
            "project": project,
            "budget_line": self.line,
            "eligible": str(self.eligible),
        }
        if self.vat:
            found["eligible_vat"] = str(self.vat)
        found["eu_amount"] = str(rounded(self.eligible * EU_SHARE))
        if self.procurement:
            found["procurement"] = self.procurement
        return found | ({"method": self.method} if self.method else {})


@dataclass
class Document:
    """An accounting document; `claimed` is False where it stays out of the claims."""

    number: str
    issuer: Company
    issued: date
    paid: date | None
    what: str
    net: Decimal
    vat: Decimal
    parts: list[Part]
    claimed: bool = True
    by_command: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat

    @property
    def id(self) -> str:
        """The ledger's id of it."""
        name = "".join(unicodedata.normalize("NFKC", self.issuer.name).casefold().split())
        number = "".join(unicodedata.normalize("NFKC", self.number).casefold().split())
        issuer = f"nip:{self.issuer.nip}" if self.issuer.nip else f"name:{name}"
        return str(uuid.uuid5(DOCUMENTS, f"{issuer}\n{number}"))


class Kind(NamedTuple):
    """Many documents alike: how many, what they come to, when, for what, from whom."""

    line: str
    count: int
    total: int
    first: date
    last: date
    what: tuple[str, ...]
    issuers: tuple[Company, ...]
    vat: int = 23
    second_line: str | None = None
    procurement: str | None = None


class Books:
    """The documents of a project, as its officers might have filed them."""

    def __init__(self, story: Story, project: str, prefix: str, ends: date, start: int = 0) -> None:
        self.story, self.project, self.prefix, self.ends = story, project, prefix, ends
        self.documents: list[Document] = []
        self._start = start  # the same companies number what they sell to others as well
        self._numbers: dict[tuple[str, int], int] = {}
        self._gross: set[tuple[str, Decimal]] = set()
        self._charges = 0

    def charge(self, line: str, eligible: Decimal, vat: Decimal, **more: Any) -> Part:
        """A charge with a name of its own."""
        self._charges += 1
        return Part(f"@inv-{self.prefix}{self._charges}", line, eligible, vat, **more)

    def number(self, issuer: Company, on: date) -> str:
        """The issuer's next number, with a gap for what others bought."""
        place = (issuer.name, on.year)
        n = self._numbers[place] = self._numbers.get(place, self._start) + 1 + self.story.below(9)
        return issuer.pattern.format(n=n, m=on.month, y=on.year, s=f"{on.year % 100:02d}")

    def paid_after(self, on: date, least: int = 7, most: int = 28) -> date:
        """When it was paid, some weeks later and within the project."""
        due = workday(on + timedelta(least + self.story.below(most - least)))
        return due if due <= self.ends else max(on, self.ends)

    def buy(self, kind: Kind) -> None:
        """Documents of that kind, which together come to its total, less what is not eligible."""
        for on, amount in zip(self._days(kind), self._amounts(kind), strict=True):
            issuer = self.story.pick(kind.issuers)
            gross = self._unlike(issuer, amount)
            net = rounded(gross * 100 / (100 + kind.vat))
            self.add(
                Document(
                    self.number(issuer, on),
                    issuer,
                    on,
                    self.paid_after(on),
                    self.story.pick(kind.what),
                    net,
                    gross - net,
                    self._parts(kind, net, gross),
                    by_command=self.story.chance(0.12),
                )
            )

    def _unlike(self, issuer: Company, amount: Decimal) -> Decimal:
        """About that amount, and none that this issuer had: nothing seems to be paid twice."""
        while (issuer.name, amount) in self._gross:
            amount -= Decimal("0.01")
        self._gross.add((issuer.name, amount))
        return amount

    def add(self, document: Document) -> Document:
        """Files it."""
        self.documents.append(document)
        return document

    def _days(self, kind: Kind) -> list[date]:
        span = (kind.last - kind.first).days
        step = Decimal(span) / kind.count
        days = (kind.first + timedelta(int(step * n) + self.story.below(int(step) + 1))
                for n in range(kind.count))  # fmt: skip
        return [workday(day) for day in days]

    def _amounts(self, kind: Kind) -> list[Decimal]:
        weights = [60 + self.story.below(80) for _ in range(kind.count)]
        total = Decimal(kind.total)
        shares = (total * weight / sum(weights) for weight in weights)
        return [rounded(one) - Decimal(self.story.below(90)) / 100 for one in shares]

    def _parts(self, kind: Kind, net: Decimal, gross: Decimal) -> list[Part]:
        procurement = kind.procurement
        if net > PROCUREMENT_ABOVE and procurement is None:
            procurement = f"zapytanie ofertowe {self.prefix.upper()}/{1 + self.story.below(60)}"
        more = {"procurement": procurement} if procurement else {}
        if kind.second_line:
            first = rounded(gross * Decimal("0.6"))
            of_first = rounded((gross - net) * Decimal("0.6"))
            return [
                self.charge(kind.line, first, of_first, **more),
                self.charge(kind.second_line, gross - first, gross - net - of_first, **more),
            ]
        if self.story.chance(0.04):  # a tenth of it is not eligible
            part = rounded(gross * Decimal("0.9"))
            return [self.charge(kind.line, part, rounded((gross - net) * Decimal("0.9")), **more)]
        return [self.charge(kind.line, gross, gross - net, **more)]

    def on_line(self) -> dict[str, Decimal]:
        """What was charged to each line."""
        found: dict[str, Decimal] = {}
        for part in self.parts():
            found[part.line] = found.get(part.line, Decimal(0)) + part.eligible
        return found

    def parts(self) -> Iterator[Part]:
        """All charges."""
        return (part for document in self.documents for part in document.parts)

    def paid_within(self, first: date, last: date) -> list[Document]:
        """What a claim for that period would hold."""
        return [d for d in self.documents if d.claimed and d.paid and first <= d.paid <= last]

    def tell(self) -> None:
        """All documents; those that are paid by a command of their own say so later."""
        for number, one in enumerate(sorted(self.documents, key=lambda d: d.issued), 1):
            body: dict[str, Any] = {"document_number": one.number}
            if one.issuer.nip:
                body["issuer_nip"] = one.issuer.nip
            body |= {
                "issuer_name": one.issuer.name,
                "accounting_number": f"{self.prefix.upper()}/{number:04d}",
                "issued_on": one.issued.isoformat(),
            }
            if one.paid and not one.by_command:
                body["paid_on"] = one.paid.isoformat()
            amounts = {"net": str(one.net), "vat": str(one.vat), "gross": str(one.gross)}
            charges = [part.body(self.project) for part in one.parts]
            body |= {"description": one.what, **amounts, "charges": charges} | one.more
            self.story.tell("expenditures", one.issued, **body)
            if one.paid and one.by_command:
                paid = one.paid.isoformat()
                self.story.tell(f"expenditures/{one.id}/pay", one.paid, paid_on=paid)


def months(first: date, last: date) -> Iterable[date]:
    """The last working day of each month between."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        following = date(year + month // 12, month % 12 + 1, 1)
        day = following - timedelta(1)
        while workday(day) != day:
            day -= timedelta(1)
        yield day
        year, month = following.year, following.month
