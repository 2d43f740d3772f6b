"""Which charges stand in the claim? It is opened, charges come in and are taken out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from ledger.aggregates.claims.state import (
    CLAIMS,
    Claim,
    ClaimNotOpen,
    check_status,
    portions,
)
from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import ClaimNumber, Date, ExpenditureId, Id, ProjectId
from ledger.kernel.messages import Command, Event, Given, Notice
from ledger.kernel.notices import ChargesExcluded, ChargesIncluded
from ledger.kernel.standing import ClaimStanding, ExpenditureStanding

OPEN = ("draft", "returned")


class ClaimedCharge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A charge of an expenditure."""

    expenditure: ExpenditureId
    charge: Id


@CLAIMS.event("claim.opened", begins=True)
class ClaimOpened(Event, frozen=True, kw_only=True):
    """A payment claim was begun."""

    project: ProjectId
    number: ClaimNumber
    period_from: Date
    period_to: Date

    def apply(self, state: None, on: date) -> Claim:
        return Claim(
            project=self.project,
            number=self.number,
            period_from=self.period_from,
            period_to=self.period_to,
            moved_on=on,
        )


@CLAIMS.event("claim.charges-included")
class ChargesWereIncluded(Event, frozen=True, kw_only=True):
    """Charges came into the claim."""

    charges: tuple[ClaimedCharge, ...]

    def apply(self, state: Claim, on: date) -> Claim:
        more = {one.charge: one.expenditure for one in self.charges}
        return replace(state, charges={**state.charges, **more}, moved_on=on)


@CLAIMS.event("claim.charges-excluded")
class ChargesWereExcluded(Event, frozen=True, kw_only=True):
    """Charges were taken out of the claim."""

    charges: tuple[ClaimedCharge, ...]

    def apply(self, state: Claim, on: date) -> Claim:
        gone = {one.charge for one in self.charges}
        left = {k: v for k, v in state.charges.items() if k not in gone}
        return replace(state, charges=left, moved_on=on)


class ClaimNumberTaken(Refusal):
    """The project has a claim with the number {number} already."""


@CLAIMS.command("create", looks_up="claims")
class OpenClaim(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin a payment claim for a period."""

    project: ProjectId
    number: ClaimNumber
    period_from: Date
    period_to: Date

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        if self.period_to < self.period_from:
            raise Invalid.field("period_to", f"must not be before period_from ({self.period_from})")
        for id, other in given.world.items():
            if isinstance(other, ClaimStanding) and other.number == str(self.number).strip():
                raise ClaimNumberTaken(number=self.number, collides=Collision("claims", id))
        return [
            ClaimOpened(
                project=self.project,
                number=self.number,
                period_from=self.period_from,
                period_to=self.period_to,
            )
        ]


def _of_expenditures(charges: Sequence[ClaimedCharge]) -> dict[str, tuple[str, ...]]:
    """The charges of each expenditure. Raises `Invalid` for one that is named twice."""
    found: dict[str, list[str]] = {}
    errors = []
    for index, one in enumerate(charges):
        known = found.setdefault(one.expenditure, [])
        if one.charge in known:
            errors.append(FieldError(f"charges[{index}].charge", "is named twice"))
        known.append(one.charge)
    if not charges:
        errors.append(FieldError("charges", "at least one charge is required"))
    if errors:
        raise Invalid(errors)
    return {expenditure: tuple(some) for expenditure, some in found.items()}


def _check_change(state: Claim, given: Given) -> None:
    check_status(state, OPEN, ClaimNotOpen, given.id)
    NotTrueYet.check(state.moved_on, given.effective_on, Collision("claims", given.id))


@CLAIMS.command("include")
class IncludeCharges(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put charges into the claim; a charge stands in one claim at most."""

    charges: tuple[ClaimedCharge, ...]

    def needs(self, state: Claim | None, world: Mapping[str, object]) -> Collection[str]:
        """The claims in which the charges stand already, to be named."""
        known = (
            one.charges.get(named.charge)
            for named in self.charges
            if isinstance(one := world.get(named.expenditure), ExpenditureStanding)
        )
        return {one.claim for one in known if one is not None and one.claim is not None}

    def decide(self, state: Claim, given: Given) -> Sequence[Event | Notice]:
        grouped = _of_expenditures(self.charges)
        _check_change(state, given)
        errors = []
        places = dict(state.charges)
        for index, one in enumerate(self.charges):
            known = given.of(ExpenditureStanding, one.expenditure).charges.get(one.charge)
            if known is None or known.project != state.project:
                unknown = "is not a charge of this document and project"
                errors.append(FieldError(f"charges[{index}].charge", unknown))
            elif places.setdefault(one.charge, one.expenditure) != one.expenditure:
                same = "has the id of another document's charge in this claim"
                errors.append(FieldError(f"charges[{index}].charge", same))
        if errors:
            raise Invalid(errors)
        notices = [
            ChargesIncluded(to=expenditure, charges=some, claim=given.id, project=state.project)
            for expenditure, some in grouped.items()
        ]
        return [*notices, *(ChargesWereIncluded(charges=some) for some in portions(self.charges))]


@CLAIMS.command("exclude")
class ExcludeCharges(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take charges out of the claim."""

    charges: tuple[ClaimedCharge, ...]

    def decide(self, state: Claim, given: Given) -> Sequence[Event | Notice]:
        grouped = _of_expenditures(self.charges)
        _check_change(state, given)
        notices = [
            ChargesExcluded(to=expenditure, charges=some, claim=given.id)
            for expenditure, some in grouped.items()
        ]
        return [*notices, *(ChargesWereExcluded(charges=some) for some in portions(self.charges))]


def expenditures_of(state: Claim | None) -> Collection[str]:
    """The documents behind the claim."""
    return () if state is None else set(state.charges.values())
