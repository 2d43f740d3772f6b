"""What does an agreement know of itself? Its parties, obligations and their fulfilments."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ledger.kernel.errors import Collision, Refusal
from ledger.kernel.fields import (
    AgreementKind,
    Date,
    InstitutionId,
    Number,
    Quantity,
    ShortText,
    Text,
)
from ledger.kernel.messages import Aggregate, Given, State
from ledger.kernel.standing import AgreementStanding


class Signature(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A party that signs, and who signed for it."""

    institution: InstitutionId
    signed_by: ShortText | None = None


class Undertaking(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a party undertakes."""

    number: Number
    party: InstitutionId
    text: Text
    due_on: Date | None = None
    target: Quantity | None = None


class Party(Struct, frozen=True, kw_only=True):
    """An institution that is bound from `since` until the day `until` (exclusive)."""

    institution: str
    signed_by: str | None = None
    since: date
    until: date | None = None


class Fulfilment(Struct, frozen=True, kw_only=True):
    """One time that an obligation was fulfilled, with the activities that prove it."""

    on: date
    quantity: int
    activities: tuple[str, ...] = ()


class Obligation(Struct, frozen=True, kw_only=True):
    """An undertaking and its fulfilments in force by ordinal; ordinals are never used again."""

    party: str
    text: str
    due_on: date | None = None
    target: int | None = None
    ended_on: date | None = None
    fulfilments: Mapping[int, Fulfilment] = {}
    last_fulfilment: int = 0


class Agreement(State, frozen=True, kw_only=True):
    """A signed agreement, as last amended."""

    project: str
    kind: AgreementKind
    title: str
    signed_on: date
    parties: tuple[Party, ...]
    obligations: Mapping[int, Obligation] = {}
    annexes: tuple[str, ...] = ()
    terminated_on: date | None = None
    since: date

    def standing(self) -> AgreementStanding:
        return AgreementStanding(
            project=self.project,
            signed_on=self.signed_on,
            terminated_on=self.terminated_on,
            parties=frozenset(p.institution for p in self.parties if p.until is None),
        )


AGREEMENTS = Aggregate.define(
    "agreements", kind="agreement", state=Agreement, writers=["coordinator"]
)


class AgreementTerminated(Refusal):
    """The agreement was terminated on {terminated_on}."""


class NotSignedYet(Refusal):
    """The agreement was signed on {signed_on}: this cannot be true on {on}."""


class ObligationUnknown(Refusal):
    """The agreement has no obligation {number}."""


class ObligationEnded(Refusal):
    """Obligation {number} was ended by an annex on {ended_on}."""


def this_agreement(given: Given) -> Collision:
    return Collision("agreements", given.id)


def check_in_force(state: Agreement, given: Given) -> None:
    """The last day counts in: what happened on it is recorded after it, too."""
    on = given.effective_on
    if on < state.signed_on:
        raise NotSignedYet(signed_on=state.signed_on, on=on, collides=this_agreement(given))
    if state.terminated_on is not None and on > state.terminated_on:
        raise AgreementTerminated(terminated_on=state.terminated_on, collides=this_agreement(given))


def obligation_of(state: Agreement, number: int, given: Given) -> Obligation:
    obligation = state.obligations.get(number)
    if obligation is None:
        raise ObligationUnknown(number=number, collides=this_agreement(given))
    return obligation
