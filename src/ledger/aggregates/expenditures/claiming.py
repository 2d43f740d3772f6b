"""In which payment claim does each charge stand? In one at most; the claims tell us."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.aggregates.expenditures.mending import ChargeClaimed, live_charge
from ledger.aggregates.expenditures.state import EXPENDITURES, Expenditure
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import Id
from ledger.kernel.messages import Event, Given
from ledger.kernel.notices import ChargesExcluded, ChargesIncluded
from ledger.kernel.standing import ClaimStanding


def _placed(state: Expenditure, charges: Sequence[str], claim: str | None, on: date) -> Expenditure:
    moved = {id: replace(state.charges[id], claim=claim, claim_since=on) for id in charges}
    return replace(state, charges={**state.charges, **moved})


@EXPENDITURES.event("expenditure.charges-claimed")
class ChargesClaimed(Event, frozen=True, kw_only=True):
    """Charges of the document were put into a payment claim."""

    charges: tuple[Id, ...]
    claim: Id

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        return _placed(state, self.charges, self.claim, on)


@EXPENDITURES.event("expenditure.charges-released")
class ChargesReleased(Event, frozen=True, kw_only=True):
    """Charges of the document were taken out of a payment claim."""

    charges: tuple[Id, ...]
    claim: Id

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        return _placed(state, self.charges, None, on)


class ChargeNotIncluded(Refusal):
    """The charge does not stand in this claim."""


@EXPENDITURES.on(ChargesIncluded)
def _included(notice: ChargesIncluded, state: Expenditure, given: Given) -> Sequence[Event]:
    for id in notice.charges:
        charge = live_charge(state, id, given, "charges")
        if charge.project != notice.project:
            raise Invalid.field("charges", "holds a charge of another project")
        if charge.claim is not None:
            standing = given.world.get(charge.claim)
            number = standing.number if isinstance(standing, ClaimStanding) else charge.claim
            raise ChargeClaimed(number=number, collides=Collision("claims", charge.claim))
        since = max(charge.since, charge.claim_since or charge.since)
        NotTrueYet.check(since, given.effective_on, Collision("expenditures", notice.to))
    return [ChargesClaimed(charges=notice.charges, claim=notice.claim)]


@EXPENDITURES.on(ChargesExcluded)
def _excluded(notice: ChargesExcluded, state: Expenditure, given: Given) -> Sequence[Event]:
    for id in notice.charges:
        charge = live_charge(state, id, given, "charges")
        here = Collision("expenditures", notice.to)
        if charge.claim != notice.claim:
            raise ChargeNotIncluded(collides=here)
        NotTrueYet.check(charge.claim_since or charge.since, given.effective_on, here)
    return [ChargesReleased(charges=notice.charges, claim=notice.claim)]
