"""What does an expenditure know of itself? The document, its charges, and how much is free.

A charge counts from its day until it is withdrawn. On no day may the charges come to more than
the document's gross amount on that day: the same invoice cannot be paid for twice.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from ledger.kernel.errors import Collision, Refusal
from ledger.kernel.fields import NOTHING, ChargeMethod, added, decimal, money, share
from ledger.kernel.messages import Aggregate, Event, Given, State
from ledger.kernel.standing import ChargeStanding, ExpenditureStanding

NONE = Decimal(0)


class Until(Struct, frozen=True):
    """The eligible amount that a charge had before a day on which the issuer changed it."""

    day: date
    eligible: str


class Charge(Struct, frozen=True, kw_only=True):
    """A part of the document that is charged to a budget line; its amounts as last stated.

    `reduced` was refused before the claim's approval, `corrected` after it; of both together
    `refused_eu` is the Union's part. The most of both that was refused on any day is kept, too: a
    correction holds from the beginning, so it must leave room for what was reinstated since.
    """

    project: str
    budget_line: str
    eligible: str
    eligible_vat: str | None = None
    eu_amount: str | None = None
    method: ChargeMethod = "actual"
    procurement: str | None = None
    since: date
    withdrawn_on: date | None = None
    claim: str | None = None
    claim_since: date | None = None
    reduced: str = NOTHING
    corrected: str = NOTHING
    refused_eu: str = NOTHING
    most_refused: str = NOTHING
    most_refused_eu: str = NOTHING
    refusals: int = 0
    refused_on: date | None = None
    earlier: tuple[Until, ...] = ()

    @property
    def amounts_since(self) -> date:
        """From that day on the amounts are as they are."""
        return self.earlier[-1].day if self.earlier else self.since

    def moves(self) -> Iterator[tuple[date, Decimal]]:
        """The days on which more or less of the document is charged by it, and how much."""
        days = [self.since, *(one.day for one in self.earlier)]
        before = Decimal(0)
        for on, eligible in zip(
            days, [*(one.eligible for one in self.earlier), self.eligible], strict=True
        ):
            yield on, decimal(eligible) - before
            before = decimal(eligible)
        if self.withdrawn_on is not None:
            yield self.withdrawn_on, -before

    @property
    def disallowed(self) -> str:
        """All that was refused of it."""
        return added(self.reduced, self.corrected)

    def eu_part(self, amount: str) -> str:
        """The Union's part of an amount of the charge."""
        if self.eu_amount is None or decimal(self.eligible) == Decimal(0):
            return NOTHING
        return share(self.eu_amount, amount, self.eligible)

    def standing(self) -> ChargeStanding:
        """What others may know: the amounts net of what was refused."""
        net = money(decimal(self.eligible) - decimal(self.disallowed))
        eu = self.eu_amount
        if eu is not None:
            eu = money(decimal(eu) - decimal(self.refused_eu))
        return ChargeStanding(
            project=self.project,
            budget_line=self.budget_line,
            eligible=net,
            eu_amount=eu,
            disallowed=self.disallowed,
            claim=self.claim,
            method=self.method,
        )


class Stated(Struct, frozen=True):
    """The document's amounts from a day on: as issued, or as a correcting document changed them."""

    since: date
    net: str
    vat: str
    gross: str


class Expenditure(State, frozen=True, kw_only=True):
    """An accounting document that is charged to projects."""

    document_number: str
    issuer_nip: str | None = None
    issuer_name: str | None = None
    accounting_number: str | None = None
    ksef_number: str | None = None
    issued_on: date
    paid_on: date | None = None
    paid_since: date | None = None  # from that day on the payment was known
    description: str
    amounts: tuple[Stated, ...]
    charges: Mapping[str, Charge] = {}
    corrected_by: tuple[str, ...] = ()
    since: date

    @property
    def latest(self) -> Stated:
        """The amounts as last changed."""
        return self.amounts[-1]

    @property
    def free(self) -> str:
        """What of the gross amount is not charged."""
        live = (c.eligible for c in self.charges.values() if c.withdrawn_on is None)
        return money(decimal(self.latest.gross) - decimal(added(*live)))

    def projects(self) -> frozenset[str]:
        return frozenset(c.project for c in self.charges.values())

    def seen_from(self, project: str) -> "Expenditure":
        mine = {id: one for id, one in self.charges.items() if one.project == project}
        return replace(self, charges=mine)

    def standing(self) -> ExpenditureStanding:
        return ExpenditureStanding(
            charges={
                id: charge.standing()
                for id, charge in self.charges.items()
                if charge.withdrawn_on is None
            }
        )


EXPENDITURES = Aggregate.define(
    "expenditures", kind="expenditure", state=Expenditure, writers=["officer"]
)


def charge_events() -> dict[type[Event], str]:
    """Events that concern charges alone, each with its field that names them.

    The first event of a document says what it is, whatever charges it brings along.
    """
    found = {}
    for kind in EXPENDITURES.events.values():
        names = {"charge", "charges"} & get_type_hints(kind).keys()
        if names and not kind.begins:
            found[kind] = names.pop()
    return found


class ExceedsDocument(Refusal):
    """The charges of the document {document_number} would come to {charged} on {on}, more than
    its gross amount of {gross}; free: {free}."""


def check_ceiling(before: Expenditure, after: Expenditure, given: Given) -> None:
    """Raises `ExceedsDocument` where on some day more would be charged than the document says."""
    moves = [move for one in after.charges.values() for move in one.moves()]
    if sum([max(move, NONE) for _, move in moves], NONE) <= min(
        decimal(one.gross) for one in after.amounts
    ):
        return  # all that was ever charged is not more than the least that it ever said
    moves += [(one.since, NONE) for one in after.amounts]
    by_day: dict[date, Decimal] = {}
    for on, move in moves:
        by_day[on] = by_day.get(on, NONE) + move
    charged = NONE
    for on in sorted(by_day):
        charged += by_day[on]
        gross = _gross_on(after, on)
        if charged > gross:
            raise ExceedsDocument(
                document_number=after.document_number,
                charged=money(charged),
                on=on,
                gross=money(gross),
                free=before.free,
                collides=Collision("expenditures", given.id),
            )


def _gross_on(state: Expenditure, on: date) -> Decimal:
    stated = [one for one in state.amounts if one.since <= on] or [state.amounts[0]]
    return decimal(stated[-1].gross)
