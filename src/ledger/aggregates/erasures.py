"""Whose data are erased because they need not be kept any more? Asked by one, approved by another.

Only persons whose retention is over are erased in this way (GDPR article 5(1)(e)). Whoever asks for
an erasure of his own (article 17) is erased at once, by the command of the person.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import PersonId
from ledger.kernel.messages import Aggregate, Command, Event, Given, Notice, State
from ledger.kernel.notices import RetentionOver
from ledger.kernel.standing import PersonStanding

PERSONS_LIMIT = 500
Persons = Annotated[tuple[PersonId, ...], Meta(min_length=1, max_length=PERSONS_LIMIT)]
Decision = Literal["approved", "rejected"]


class Erasure(State, frozen=True, kw_only=True):
    """Persons who are to be erased, who asked for it, and what came of it."""

    persons: tuple[str, ...]
    requested_by: str
    requested_on: date
    decision: Decision | None = None


ERASURES = Aggregate.define("erasures", kind="erasure", state=Erasure, writers=["coordinator"])


@ERASURES.event("erasure.requested", begins=True)
class ErasureRequested(Event, frozen=True, kw_only=True):
    """Somebody asked that these persons' data be erased, as they need not be kept any more."""

    persons: Persons
    requested_by: str

    def apply(self, state: None, on: date) -> Erasure:
        return Erasure(persons=self.persons, requested_by=self.requested_by, requested_on=on)


@ERASURES.event("erasure.approved")
class ErasureApproved(Event, frozen=True, kw_only=True):
    """Somebody else agreed: these persons were erased; who was erased before is not among them."""

    persons: tuple[PersonId, ...]

    def apply(self, state: Erasure, on: date) -> Erasure:
        return replace(state, decision="approved")


@ERASURES.event("erasure.rejected")
class ErasureRejected(Event, frozen=True, kw_only=True):
    """The request was turned down; nothing was erased."""

    def apply(self, state: Erasure, on: date) -> Erasure:
        return replace(state, decision="rejected")


# Refusals


class FourEyes(Refusal):
    """{name} asked for the erasure: another person has to approve it."""


class RetentionNotOver(Refusal):
    """The data of {count} of these persons must still be kept, such as those of {person}."""


class ErasureDecided(Refusal):
    """This request was decided already."""


# Commands


def _check_due(persons: Sequence[str], given: Given) -> None:
    kept = [one for one in persons if one not in given.due]
    if kept:
        raise RetentionNotOver(
            count=len(kept), person=kept[0], collides=Collision("persons", kept[0])
        )


def _check_open(state: Erasure, given: Given) -> None:
    here = Collision("erasures", given.id)
    if state.decision is not None:
        raise ErasureDecided(collides=here)
    NotTrueYet.check(state.requested_on, given.effective_on, here)


@ERASURES.command("create", reason=True, all_projects=True)
class RequestErasure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask that persons be erased whose data need not be kept any more."""

    persons: Persons

    looks_at_retention = True

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        if len(set(self.persons)) < len(self.persons):
            raise Invalid.field("persons", "a person is named twice")
        _check_due(self.persons, given)
        return [ErasureRequested(persons=self.persons, requested_by=given.by)]


@ERASURES.command("approve", roles=["manager"], all_projects=True, four_eyes=True)
class ApproveErasure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Agree to what somebody else asked for: the persons are erased at once, for ever."""

    erases = True
    looks_at_retention = True

    def needs(self, state: Erasure | None, world: Mapping[str, object]) -> Collection[str]:
        return () if state is None else state.persons

    def decide(self, state: Erasure, given: Given) -> Sequence[Event | Notice]:
        _check_open(state, given)
        if given.by == state.requested_by:
            raise FourEyes(name=given.by, collides=Collision("erasures", given.id))
        left = [one for one in state.persons if not given.of(PersonStanding, one).erased]
        _check_due(left, given)
        return [*(RetentionOver(to=one) for one in left), ErasureApproved(persons=tuple(left))]


@ERASURES.command("reject", reason=True, roles=["manager"], all_projects=True)
class RejectErasure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Turn a request down."""

    def decide(self, state: Erasure, given: Given) -> Sequence[Event]:
        _check_open(state, given)
        return [ErasureRejected()]
