"""How far has the claim come? Submitted, returned, approved, paid.

On submission the sums are frozen: what is mended on a charge afterwards changes the charge, not
what was asked for. Whoever submitted a claim cannot approve it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from ledger.aggregates.claims.gathering import OPEN, expenditures_of
from ledger.aggregates.claims.state import (
    CLAIMS,
    Claim,
    ClaimNotApproved,
    ClaimNotOpen,
    ClaimNotSubmitted,
    Line,
    Totals,
    check_status,
    portions,
    totals_of,
)
from ledger.kernel.errors import Collision, Invalid, NotFound, NotTrueYet, Refusal
from ledger.kernel.fields import NOTHING, Date, Money, Quantity, added, decimal, money, share
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.standing import ChargeStanding, ExpenditureStanding, ProjectTerms


@CLAIMS.event("claim.lines-frozen")
class LinesFrozen(Event, frozen=True, kw_only=True):
    """Charges as they stand in the claim that is being submitted, for the n-th time."""

    submission: Quantity
    lines: tuple[Line, ...]

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(state, frozen={**state.frozen, **{one.charge: one for one in self.lines}})


@CLAIMS.event("claim.submitted")
class ClaimSubmitted(Event, frozen=True, kw_only=True):
    """The claim was handed in, for the n-th time; these are its sums."""

    submission: Quantity
    submitted_by: str
    totals: Totals

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(
            state,
            status="submitted",
            submissions=self.submission,
            submitted_by=self.submitted_by,
            moved_on=on,
        )


@CLAIMS.event("claim.returned")
class ClaimReturned(Event, frozen=True, kw_only=True):
    """The claim came back to be mended; its sums move again."""

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(state, status="returned", frozen={}, submitted_by=None, moved_on=on)


@CLAIMS.event("claim.lines-reduced")
class LinesReduced(Event, frozen=True, kw_only=True):
    """Charges that are approved with less than was asked for, as they are approved."""

    submission: Quantity
    lines: tuple[Line, ...]

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(state, frozen={**state.frozen, **{one.charge: one for one in self.lines}})


@CLAIMS.event("claim.approved")
class ClaimApproved(Event, frozen=True, kw_only=True):
    """The claim was approved, by another person than who submitted it; these are its sums."""

    approved_by: str
    totals: Totals

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(state, status="approved", approved_on=on, moved_on=on)


@CLAIMS.event("claim.paid")
class ClaimPaid(Event, frozen=True, kw_only=True):
    """Money for the claim was paid; payments are numbered from 1."""

    sequence: Quantity
    amount: Money
    paid_on: Date

    def apply(self, state: Claim, on: date) -> Claim:
        return replace(
            state,
            status="paid",
            paid=added(state.paid, self.amount),
            payments=self.sequence,
            moved_on=on,
        )


class FourEyes(Refusal):
    """{name} submitted the claim: another person has to approve it."""


def _moves_on(state: Claim, given: Given) -> None:
    NotTrueYet.check(state.moved_on, given.effective_on, Collision("claims", given.id))


def _standing(given: Given, expenditure: str, charge: str) -> ChargeStanding:
    known = given.of(ExpenditureStanding, expenditure).charges.get(charge)
    if known is None:
        raise NotFound  # a document remembered from before it was charged: it is read anew
    return known


@CLAIMS.command("submit")
class SubmitClaim(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hand the claim in; its sums are frozen."""

    def needs(self, state: Claim | None, world: Mapping[str, object]) -> Collection[str]:
        return expenditures_of(state)

    def decide(self, state: Claim, given: Given) -> Sequence[Event]:
        check_status(state, OPEN, ClaimNotOpen, given.id)
        _moves_on(state, given)
        terms = given.of(ProjectTerms, state.project)
        known = {**terms.former_lines, **terms.lines}
        lines = []
        for charge, expenditure in state.charges.items():
            one = _standing(given, expenditure, charge)
            place = known.get(one.budget_line)
            lines.append(
                Line(
                    expenditure=expenditure,
                    charge=charge,
                    budget_line=one.budget_line,
                    task=place.task if place else None,
                    category=place.category if place else None,
                    method=one.method,
                    eligible=one.eligible,
                    eu_amount=one.eu_amount,
                    disallowed=one.disallowed,
                )
            )
        time = state.submissions + 1
        frozen = [LinesFrozen(submission=time, lines=some) for some in portions(lines)]
        totals = totals_of(lines)
        return [*frozen, ClaimSubmitted(submission=time, submitted_by=given.by, totals=totals)]


@CLAIMS.command("return", reason=True, roles=["officer", "manager"])
class ReturnClaim(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give a submitted claim back to be mended."""

    def decide(self, state: Claim, given: Given) -> Sequence[Event]:
        check_status(state, ("submitted",), ClaimNotSubmitted, given.id)
        _moves_on(state, given)
        return [ClaimReturned()]


@CLAIMS.command("approve", roles=["manager"], four_eyes=True)
class ApproveClaim(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approve a submitted claim that somebody else submitted."""

    def needs(self, state: Claim | None, world: Mapping[str, object]) -> Collection[str]:
        return expenditures_of(state)

    def decide(self, state: Claim, given: Given) -> Sequence[Event]:
        check_status(state, ("submitted",), ClaimNotSubmitted, given.id)
        if given.by == state.submitted_by:
            raise FourEyes(name=given.by, collides=Collision("claims", given.id))
        _moves_on(state, given)
        approved = {id: _approved(line, given) for id, line in state.frozen.items()}
        reduced = [line for id, line in approved.items() if line != state.frozen[id]]
        last = ClaimApproved(approved_by=given.by, totals=totals_of(approved.values()))
        less = [LinesReduced(submission=state.submissions, lines=s) for s in portions(reduced)]
        return [*less, last]


def _approved(line: Line, given: Given) -> Line:
    """The line without what was refused since it was frozen."""
    now = _standing(given, line.expenditure, line.charge).disallowed
    refused = decimal(now) - decimal(line.disallowed)
    if refused <= Decimal(0):
        return line
    left = money(max(decimal(line.eligible) - refused, Decimal(0)))
    eu_amount = line.eu_amount
    if eu_amount is not None:
        eu_amount = share(eu_amount, left, line.eligible) if decimal(line.eligible) else NOTHING
    return replace(line, eligible=left, eu_amount=eu_amount, disallowed=now)


@CLAIMS.command("pay")
class PayClaim(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that money for an approved claim was paid."""

    amount: Money
    paid_on: Date

    def decide(self, state: Claim, given: Given) -> Sequence[Event]:
        if decimal(self.amount) == Decimal(0):
            raise Invalid.field("amount", "must be more than zero")
        if self.paid_on > given.today:
            raise Invalid.field("paid_on", "must not be in the future")
        check_status(state, ("approved", "paid"), ClaimNotApproved, given.id)
        _moves_on(state, given)
        return [ClaimPaid(sequence=state.payments + 1, amount=self.amount, paid_on=self.paid_on)]
