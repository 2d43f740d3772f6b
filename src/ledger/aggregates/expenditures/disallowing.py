"""What of a charge was refused, before or after the approval of its claim?

A reduction (pomniejszenie) takes an amount out before the claim is approved, a financial
correction (korekta finansowa) after it. They are different events with different consequences.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from ledger.aggregates.expenditures.mending import claim_of, claims_of, live_charge
from ledger.aggregates.expenditures.state import EXPENDITURES, Charge, Expenditure
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import Id, Money, ProjectId, Quantity, Text, added, decimal, money
from ledger.kernel.messages import Command, Event, Given


def _with(state: Expenditure, id: str, on: date, **changes: object) -> Expenditure:
    charge = state.charges[id]
    changed = replace(charge, refusals=charge.refusals + 1, refused_on=on, **changes)
    changed = replace(
        changed,
        most_refused=max(charge.most_refused, changed.disallowed, key=decimal),
        most_refused_eu=max(charge.most_refused_eu, changed.refused_eu, key=decimal),
    )
    return replace(state, charges={**state.charges, id: changed})


@EXPENDITURES.event("expenditure.charge-reduced")
class ChargeReduced(Event, frozen=True, kw_only=True):
    """An amount was refused before the claim's approval; refusals of a charge are numbered."""

    charge: Id
    project: ProjectId
    sequence: Quantity
    amount: Money
    eu_amount: Money
    basis: Text

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        charge = state.charges[self.charge]
        reduced = added(charge.reduced, self.amount)
        of_union = added(charge.refused_eu, self.eu_amount)
        return _with(state, self.charge, on, reduced=reduced, refused_eu=of_union)


@EXPENDITURES.event("expenditure.financially-corrected")
class FinanciallyCorrected(Event, frozen=True, kw_only=True):
    """An amount was refused after the claim's approval; refusals of a charge are numbered."""

    charge: Id
    project: ProjectId
    sequence: Quantity
    amount: Money
    eu_amount: Money
    basis: Text

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        charge = state.charges[self.charge]
        corrected = added(charge.corrected, self.amount)
        of_union = added(charge.refused_eu, self.eu_amount)
        return _with(state, self.charge, on, corrected=corrected, refused_eu=of_union)


@EXPENDITURES.event("expenditure.charge-reinstated")
class ChargeReinstated(Event, frozen=True, kw_only=True):
    """A refused amount counts again: of a reduction or of a financial correction."""

    charge: Id
    project: ProjectId
    sequence: Quantity
    of: Literal["reduction", "correction"]
    amount: Money
    eu_amount: Money

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        name = "reduced" if self.of == "reduction" else "corrected"
        charge = state.charges[self.charge]
        left = money(decimal(getattr(charge, name)) - decimal(self.amount))
        of_union = money(decimal(charge.refused_eu) - decimal(self.eu_amount))
        return _with(state, self.charge, on, **{name: left, "refused_eu": of_union})


class ExceedsCharge(Refusal):
    """Of the charge of {eligible}, {disallowed} is disallowed already: not {amount} more."""


class ExceedsDisallowed(Refusal):
    """Of the charge, {disallowed} is disallowed: {amount} cannot be reinstated."""


def _check_amount(amount: str) -> None:
    if decimal(amount) == Decimal(0):
        raise Invalid.field("amount", "must be more than zero")


def _eu_move(charge: Charge, disallowed: Decimal) -> str:
    """The Union's part of what moves where so much is disallowed then.

    Parts of all moves add up to the part of the sum, also where the charge was corrected between.
    """
    more = decimal(charge.eu_part(money(disallowed))) - decimal(charge.refused_eu)
    return money(max(more if disallowed > decimal(charge.disallowed) else -more, Decimal(0)))


@EXPENDITURES.command("disallow", reason=True, correction=True, roles=["officer", "auditor"])
class Disallow(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuse an amount of a charge, by a rule or regulation."""

    charge: Id
    amount: Money
    basis: Text

    def needs(self, state: Expenditure | None, world: Mapping[str, object]) -> Collection[str]:
        return claims_of(state, self.charge)

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        _check_amount(self.amount)
        here = Collision("expenditures", given.id)
        charge = live_charge(state, self.charge, given)
        total = added(charge.disallowed, self.amount)
        if decimal(total) > decimal(charge.eligible):
            raise ExceedsCharge(
                eligible=charge.eligible,
                disallowed=charge.disallowed,
                amount=self.amount,
                collides=here,
            )
        since = max(charge.refused_on or charge.since, charge.amounts_since)
        NotTrueYet.check(since, given.effective_on, here)
        claim = claim_of(charge, given)
        approved = claim is not None and claim.approved_on is not None
        kind = FinanciallyCorrected if approved else ChargeReduced
        return [
            kind(
                charge=self.charge,
                project=charge.project,
                sequence=charge.refusals + 1,
                amount=self.amount,
                eu_amount=_eu_move(charge, decimal(total)),
                basis=self.basis,
            )
        ]


@EXPENDITURES.command("reinstate", reason=True, correction=True, roles=["officer", "auditor"])
class Reinstate(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let a refused amount count again: first of financial corrections, then of reductions."""

    charge: Id
    amount: Money

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        _check_amount(self.amount)
        here = Collision("expenditures", given.id)
        charge = live_charge(state, self.charge, given)
        if decimal(self.amount) > decimal(charge.disallowed):
            raise ExceedsDisallowed(disallowed=charge.disallowed, amount=self.amount, collides=here)
        NotTrueYet.check(charge.refused_on or charge.since, given.effective_on, here)
        corrected = min(decimal(self.amount), decimal(charge.corrected))
        parts = {"correction": corrected, "reduction": decimal(self.amount) - corrected}
        events: list[Event] = []
        for of, amount in parts.items():
            if amount:
                left = decimal(charge.disallowed) - amount
                event = ChargeReinstated(
                    charge=self.charge,
                    project=charge.project,
                    sequence=charge.refusals + 1,
                    of=of,  # type: ignore[arg-type]
                    amount=money(amount),
                    eu_amount=_eu_move(charge, left),
                )
                events.append(event)
                state = event.apply(state, given.effective_on)
                charge = state.charges[self.charge]
        return events
