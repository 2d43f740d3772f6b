"""Which obligations were fulfilled, by which activities?"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.aggregates.agreements.signing import NotParty
from ledger.aggregates.agreements.state import (
    AGREEMENTS,
    Agreement,
    Fulfilment,
    ObligationEnded,
    check_in_force,
    obligation_of,
    this_agreement,
)
from ledger.kernel.errors import Collision, Invalid, Refusal
from ledger.kernel.fields import (
    ActivityId,
    Number,
    Quantity,
)
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.standing import ActivityStanding


@AGREEMENTS.event("agreement.obligation-fulfilled")
class ObligationFulfilled(Event, frozen=True, kw_only=True):
    """A party did what it undertook; `fulfilment` counts from 1 within the obligation."""

    number: Number
    fulfilment: Quantity
    quantity: Quantity
    activities: tuple[ActivityId, ...] = ()

    def apply(self, state: Agreement, on: date) -> Agreement:
        before = state.obligations[self.number]
        made = Fulfilment(on=on, quantity=self.quantity, activities=self.activities)
        after = replace(
            before,
            fulfilments={**before.fulfilments, self.fulfilment: made},
            last_fulfilment=self.fulfilment,
        )
        return replace(state, obligations={**state.obligations, self.number: after})


@AGREEMENTS.event("agreement.obligation-reopened")
class ObligationReopened(Event, frozen=True, kw_only=True):
    """The fulfilments named here do not count any more: the obligation is open again."""

    number: Number
    fulfilments: tuple[Quantity, ...]

    def apply(self, state: Agreement, on: date) -> Agreement:
        before = state.obligations[self.number]
        left = {k: v for k, v in before.fulfilments.items() if k not in self.fulfilments}
        after = replace(before, fulfilments=left)
        return replace(state, obligations={**state.obligations, self.number: after})


class NothingFulfilled(Refusal):
    """Nothing of obligation {number} is fulfilled on {on}: there is nothing to take back."""


class ActivityCancelled(Refusal):
    """The activity was cancelled: it fulfils nothing."""


class ActivityNotStarted(Refusal):
    """The activity starts on {starts_on}: it fulfils nothing on {on}."""


@AGREEMENTS.command("fulfil")
class FulfilObligation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an obligation was fulfilled, once or several times."""

    number: Number
    quantity: Quantity | None = None
    activities: tuple[ActivityId, ...] | None = None

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        check_in_force(state, given)
        on = given.effective_on
        obligation = obligation_of(state, self.number, given)
        if obligation.ended_on is not None and on > obligation.ended_on:
            raise ObligationEnded(
                number=self.number, ended_on=obligation.ended_on, collides=this_agreement(given)
            )
        if not any(
            p.institution == obligation.party
            and p.since <= on
            and (p.until is None or on <= p.until)
            for p in state.parties
        ):
            raise NotParty(on=on, collides=Collision("institutions", obligation.party))
        self._check_activities(given)
        return [
            ObligationFulfilled(
                number=self.number,
                fulfilment=obligation.last_fulfilment + 1,
                quantity=self.quantity or 1,
                activities=self.activities or (),
            )
        ]

    def _check_activities(self, given: Given) -> None:
        named = self.activities or ()
        if len(set(named)) != len(named):
            raise Invalid.field("activities", "an activity is named twice")
        for one in named:
            activity = given.of(ActivityStanding, one)
            there = Collision("activities", one)
            if activity.cancelled_on is not None:
                raise ActivityCancelled(collides=there)
            if activity.starts_on > given.effective_on:
                raise ActivityNotStarted(
                    starts_on=activity.starts_on, on=given.effective_on, collides=there
                )


@AGREEMENTS.command("reopen", reason=True, correction=True)
class ReopenObligation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back what was recorded as fulfilled up to a day."""

    number: Number

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        on = given.effective_on
        obligation = obligation_of(state, self.number, given)
        in_force = tuple(k for k, f in obligation.fulfilments.items() if f.on <= on)
        if not in_force:
            raise NothingFulfilled(number=self.number, on=on, collides=this_agreement(given))
        return [ObligationReopened(number=self.number, fulfilments=in_force)]
