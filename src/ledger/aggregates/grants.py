"""Which commune received money for testing? Grants, their payments and settlements."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, Refusal
from ledger.kernel.fields import InstitutionId, Money, ProjectId, Quantity, Text, decimal, money
from ledger.kernel.messages import Aggregate, Command, Event, Given, State


class Grant(State, frozen=True, kw_only=True):
    """A grant: what was awarded, what of it was paid, what of that was settled."""

    project: str
    institution: str
    amount: str
    purpose: str
    awarded_on: date
    paid: str = "0.00"
    payments: int = 0
    settled: str = "0.00"
    settlements: int = 0


GRANTS = Aggregate.define("grants", kind="grant", state=Grant, writers=["coordinator"])


# Events


@GRANTS.event("grant.awarded", begins=True)
class GrantAwarded(Event, frozen=True, kw_only=True):
    """An institution was promised money."""

    project: ProjectId
    institution: InstitutionId
    amount: Money
    purpose: Text

    def apply(self, state: None, on: date) -> Grant:
        return Grant(
            project=self.project,
            institution=self.institution,
            amount=self.amount,
            purpose=self.purpose,
            awarded_on=on,
        )


@GRANTS.event("grant.paid")
class GrantPaid(Event, frozen=True, kw_only=True):
    """A part of the grant was paid; payments are numbered from 1."""

    sequence: Quantity
    amount: Money

    def apply(self, state: Grant, on: date) -> Grant:
        return replace(state, paid=_sum(state.paid, self.amount), payments=self.sequence)


@GRANTS.event("grant.settled")
class GrantSettled(Event, frozen=True, kw_only=True):
    """The use of a part of what was paid was accounted for; settlements are numbered from 1."""

    sequence: Quantity
    amount: Money

    def apply(self, state: Grant, on: date) -> Grant:
        return replace(state, settled=_sum(state.settled, self.amount), settlements=self.sequence)


def _sum(one: str, other: str) -> str:
    return money(decimal(one) + decimal(other))


# Refusals


class ExceedsGrant(Refusal):
    """The payments would come to {paid}, more than the grant of {amount}."""


class ExceedsPayments(Refusal):
    """The settlements would come to {settled}, more than the {paid} paid so far."""


# Commands


def _check_positive(amount: str) -> None:
    if decimal(amount) == Decimal(0):
        raise Invalid.field("amount", "must be more than zero")


@GRANTS.command("create")
class AwardGrant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Award money to an institution."""

    project: ProjectId
    institution: InstitutionId
    amount: Money
    purpose: Text

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        _check_positive(self.amount)
        return [
            GrantAwarded(
                project=self.project,
                institution=self.institution,
                amount=self.amount,
                purpose=self.purpose,
            )
        ]


@GRANTS.command("pay")
class PayGrant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record a payment; all of them together cannot exceed the grant."""

    amount: Money

    def decide(self, state: Grant, given: Given) -> Sequence[Event]:
        _check_positive(self.amount)
        paid = _sum(state.paid, self.amount)
        if decimal(paid) > decimal(state.amount):
            raise ExceedsGrant(
                paid=paid, amount=state.amount, collides=Collision("grants", given.id)
            )
        return [GrantPaid(sequence=state.payments + 1, amount=self.amount)]


@GRANTS.command("settle")
class SettleGrant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that the use of money was accounted for; no more than was paid can be."""

    amount: Money

    def decide(self, state: Grant, given: Given) -> Sequence[Event]:
        _check_positive(self.amount)
        settled = _sum(state.settled, self.amount)
        if decimal(settled) > decimal(state.paid):
            raise ExceedsPayments(
                settled=settled, paid=state.paid, collides=Collision("grants", given.id)
            )
        return [GrantSettled(sequence=state.settlements + 1, amount=self.amount)]
