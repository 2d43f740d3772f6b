"""How might the money have been asked for? Payment claims, refusals and tranches, invented."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from invention.budget import FLAT_RATE, INDIRECT, rounded
from invention.companies import Company
from invention.spending import EU_SHARE, Books, Document, Part

OFFICER = "anna.kowal (oficer finansowy)"
MANAGER = "jan.mazur (kierownik)"
AUDITOR = "ewa.lis (kontrola)"
AT_ONCE = 200
Charged = tuple[Document, Part]


class Period(NamedTuple):
    """What a claim covers, and when its charges were gathered."""

    number: str
    first: date
    last: date
    gathered: date


class Claim:
    """A claim with its charges, and with the flat rate that goes with them."""

    def __init__(self, books: Books, period: Period, leader: Company, outside: set[str]) -> None:
        self.books, self.period, self._outside = books, period, outside
        self.name = f"@inv-wniosek-{books.prefix}-{period.number.rpartition('-')[2]}"
        found = books.paid_within(period.first, period.last)
        self.charges: list[Charged] = [(one, part) for one in found for part in one.parts]
        self._leader = leader
        self.flat: Charged | None = None

    def base(self) -> Decimal:
        """The direct costs of which the flat rate is taken."""
        some = (part.eligible for _, part in self.charges if part.line not in self._outside)
        return sum(some, Decimal(0))

    def eu_amount(self) -> Decimal:
        """About what the Union pays of it."""
        return rounded(sum((p.eligible for _, p in self.charges), Decimal(0)) * EU_SHARE)

    def add_flat_rate(self) -> None:
        """The indirect costs of the period, on a note of the leader's."""
        period, books = self.period, self.books
        amount = rounded(self.base() * FLAT_RATE)
        part = books.charge(INDIRECT, amount, Decimal(0), method="flat_rate")
        number = f"KP/{period.last.month:02d}/{period.last.year}"
        what = f"Koszty pośrednie do wniosku {period.number}, stawka ryczałtowa 10%"
        note = Document(number, self._leader, period.last, None, what, amount, Decimal("0.00"),
                        [part], claimed=False)  # fmt: skip
        books.add(note)
        self.flat = (note, part)
        self.charges.append(self.flat)

    def say(
        self, command: str, on: date, by: str, reason: str | None = None, **body: object
    ) -> None:
        """Tells a command of the claim."""
        self.books.story.tell(f"claims/{self.name}/{command}", on, reason, by, **body)

    def gather(self) -> None:
        """Opens the claim and puts the charges in."""
        period, story = self.period, self.books.story
        story.tell(
            "claims",
            period.gathered,
            by=OFFICER,
            id=self.name,
            project=self.books.project,
            number=period.number,
            period_from=period.first.isoformat(),
            period_to=period.last.isoformat(),
        )
        for start in range(0, len(self.charges), AT_ONCE):
            some = references(self.charges[start : start + AT_ONCE])
            self.say("include", period.gathered, OFFICER, charges=some)

    def pick(self, line: str, place: int = 0) -> Charged:
        """One of its charges on that line, the largest first."""
        some = [one for one in self.charges if one[1].line == line]
        return sorted(some, key=lambda one: -one[1].eligible)[place]


def references(charges: Iterable[Charged]) -> list[dict[str, str]]:
    """The charges as claims name them."""
    return [{"expenditure": document.id, "charge": part.name} for document, part in charges]


def disallow(
    books: Books, charged: Charged, amount: Decimal, on: date, reason: str, basis: str
) -> None:
    """An amount is refused: before the approval a reduction, after it a financial correction."""
    document, part = charged
    books.story.tell(
        f"expenditures/{document.id}/disallow", on, reason, AUDITOR,
        charge=part.name, amount=str(amount), basis=basis,
    )  # fmt: skip


def reinstate(books: Books, charged: Charged, amount: Decimal, on: date, reason: str) -> None:
    """A refused amount counts again."""
    document, part = charged
    books.story.tell(
        f"expenditures/{document.id}/reinstate", on, reason, AUDITOR,
        charge=part.name, amount=str(amount),
    )  # fmt: skip


def receive(books: Books, on: date, tranche: str, amount: Decimal) -> None:
    """A tranche arrives, in whole ten thousands."""
    whole = (amount / 10_000).to_integral_value() * 10_000
    books.story.tell(
        f"projects/{books.project}/receive-funds", on, by=OFFICER,
        amount=f"{whole}.00", tranche=tranche,
    )  # fmt: skip


def tranches(books: Books, claims: Sequence[Claim], days: Sequence[date]) -> None:
    """Each tranche after more than 70 % of those before were settled; the last one too early."""
    received = settled = Decimal(0)
    for number, claim in enumerate(claims):
        settled += claim.eu_amount()
        amount = settled / Decimal("0.8") - received
        receive(books, days[number], str(number + 1), amount)
        received += (amount / 10_000).to_integral_value() * 10_000
    receive(books, days[-2], str(len(claims) + 1), Decimal(4_500_000))
    receive(books, days[-1], str(len(claims) + 2), Decimal(3_000_000))
