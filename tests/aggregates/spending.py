"""What the stories of spending share: a document, its charges, a claim in which they stand."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from ledger.aggregates.expenditures import EXPENDITURES
from ledger.aggregates.expenditures.claiming import ChargesClaimed
from ledger.aggregates.expenditures.recording import (
    ExpenditureRecorded,
    NewCharge,
    PlacedCharge,
    RecordExpenditure,
)
from ledger.aggregates.expenditures.state import Charge, Expenditure
from ledger.kernel.errors import Collision
from ledger.kernel.standing import ClaimStanding, LineStanding
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, TERMS, Scenario, an_id

BEFORE, NEXT, LATER = DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + timedelta(days=30)
FIRST, SECOND, THIRD = an_id(51), an_id(52), an_id(53)  # charges
CLAIM, OTHER_CLAIM = an_id(61), an_id(62)
OTHER_PROJECT = an_id(3)
NIP = "8133315014"
HERE = Collision("expenditures", ITSELF)

# The project's share of the Union is 84.28 %.
SHARED_TERMS = replace(TERMS, value="100.00", eu_contribution="84.28")
OTHER_TERMS = replace(
    TERMS,
    code="OTHER",
    eu_contribution=None,
    lines={"1": LineStanding(task="1", category="personel")},
)
WORLD: dict[str, object] = {PROJECT: SHARED_TERMS, OTHER_PROJECT: OTHER_TERMS}

SPENT = RecordExpenditure(
    document_number="FV/12/2019",
    issuer_nip=NIP,
    issued_on=date(2019, 5, 10),
    description="Szkolenie",
    net="1000.00",
    vat="230.00",
    gross="1230.00",
    charges=(NewCharge(project=PROJECT, budget_line="1.1", eligible="1000.00", charge=FIRST),),
)
CHARGED = PlacedCharge(
    charge=FIRST, project=PROJECT, budget_line="1.1", eligible="1000.00", eu_amount="842.80"
)
RECORDED = ExpenditureRecorded(
    document_number="FV/12/2019",
    issuer_nip=NIP,
    issued_on=date(2019, 5, 10),
    description="Szkolenie",
    net="1000.00",
    vat="230.00",
    gross="1230.00",
    charges=(CHARGED,),
)


@dataclass(frozen=True)
class Claimed:
    """A claim as expenditures see it."""

    approved_on: date | None = None

    def world(self) -> dict[str, object]:
        """What a decision may look at when a charge stands in this claim."""
        claim = ClaimStanding(project=PROJECT, number="3", approved_on=self.approved_on)
        return {**WORLD, CLAIM: claim}


PENDING, APPROVED = Claimed().world(), Claimed(approved_on=DAY).world()


def spent(**changes: Any) -> RecordExpenditure:
    """The command with some fields changed."""
    return replace(SPENT, **changes)


def recorded(*more: PlacedCharge, **changes: Any) -> Scenario:
    """A document that is recorded, with its charge and more."""
    event = replace(RECORDED, charges=(CHARGED, *more))
    return Scenario(EXPENDITURES).given(replace(event, **changes))


def claimed() -> Scenario:
    """The document when its charge stands in the claim."""
    return recorded().given(ChargesClaimed(charges=(FIRST,), claim=CLAIM))


def expenditure(state: object) -> Expenditure:
    """The state, as what it is."""
    assert isinstance(state, Expenditure)
    return state


def charge_of(state: object, id: str = FIRST) -> Charge:
    """One charge of the state."""
    return expenditure(state).charges[id]
