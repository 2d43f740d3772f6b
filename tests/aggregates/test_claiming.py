"""Claiming: what a document decides when a claim takes its charges or lets them go."""

import pytest
from msgspec.structs import replace

from ledger.aggregates.expenditures.claiming import (
    ChargeNotIncluded,
    ChargesClaimed,
    ChargesReleased,
)
from ledger.aggregates.expenditures.mending import (
    ChargeClaimed,
    ChargeWasWithdrawn,
    ChargeWithdrawn,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Notice
from ledger.kernel.notices import ChargesExcluded, ChargesIncluded
from tests.aggregates.scenario import ITSELF, PROJECT
from tests.aggregates.spending import (
    BEFORE,
    CHARGED,
    CLAIM,
    FIRST,
    HERE,
    LATER,
    NEXT,
    OTHER_CLAIM,
    OTHER_PROJECT,
    PENDING,
    SECOND,
    THIRD,
    WORLD,
    charge_of,
    claimed,
    recorded,
)

SMALL = replace(CHARGED, charge=SECOND, eligible="1.00", eu_amount="0.84")
CLAIMED = ChargesClaimed(charges=(FIRST,), claim=CLAIM)


def included(*charges: str, claim: str = CLAIM, project: str = PROJECT) -> ChargesIncluded:
    return ChargesIncluded(to=ITSELF, charges=charges or (FIRST,), claim=claim, project=project)


def excluded(*charges: str, claim: str = CLAIM) -> ChargesExcluded:
    return ChargesExcluded(to=ITSELF, charges=charges or (FIRST,), claim=claim)


def test_charges_come_into_a_claim_together() -> None:
    event = ChargesClaimed(charges=(FIRST, SECOND), claim=CLAIM)
    state = recorded(SMALL).told(included(FIRST, SECOND), on=NEXT, world=WORLD).then(event)
    assert (charge_of(state).claim, charge_of(state, SECOND).claim) == (CLAIM, CLAIM)


@pytest.mark.parametrize("claim", [CLAIM, OTHER_CLAIM])
def test_a_charge_stands_in_one_claim_at_most(claim: str) -> None:
    scenario = claimed().told(included(claim=claim), world=PENDING)
    scenario.refused(ChargeClaimed, collides=Collision("claims", CLAIM))
    assert "claim 3" in str(scenario.error)


def test_of_several_charges_all_come_in_or_none() -> None:
    scenario = recorded(SMALL).given(ChargesClaimed(charges=(SECOND,), claim=OTHER_CLAIM))
    scenario.told(included(FIRST, SECOND), world=WORLD).refused(ChargeClaimed)
    assert charge_of(scenario.state).claim is None


def test_a_claim_takes_charges_of_its_project() -> None:
    recorded().told(included(project=OTHER_PROJECT), world=WORLD).invalid("charges")


@pytest.mark.parametrize("notice", [included(THIRD), excluded(THIRD)])
def test_an_unknown_charge_is_named(notice: Notice) -> None:
    recorded().told(notice, world=WORLD).invalid("charges")


def test_a_withdrawn_charge_cannot_be_claimed() -> None:
    scenario = recorded().given(ChargeWithdrawn(charge=FIRST))
    scenario.told(included(), world=WORLD).refused(ChargeWasWithdrawn, collides=HERE)


def test_a_charge_is_not_claimed_before_it_was_made() -> None:
    recorded().told(included(), on=BEFORE, world=WORLD).refused(NotTrueYet, collides=HERE)


def test_what_was_let_go_may_be_claimed_by_another() -> None:
    state = claimed().told(excluded(), on=NEXT).then(ChargesReleased(charges=(FIRST,), claim=CLAIM))
    assert (charge_of(state).claim, charge_of(state).claim_since) == (None, NEXT)
    scenario = claimed().given(ChargesReleased(charges=(FIRST,), claim=CLAIM), on=NEXT)
    scenario.told(included(claim=OTHER_CLAIM), on=NEXT, world=WORLD).then(
        ChargesClaimed(charges=(FIRST,), claim=OTHER_CLAIM)
    )


def test_a_charge_is_not_claimed_for_days_on_which_it_stood_in_another() -> None:
    scenario = claimed().given(ChargesReleased(charges=(FIRST,), claim=CLAIM), on=LATER)
    scenario.told(included(claim=OTHER_CLAIM), on=NEXT, world=WORLD)
    scenario.refused(NotTrueYet, collides=HERE)


def test_only_the_claim_in_which_it_stands_lets_a_charge_go() -> None:
    claimed().told(excluded(claim=OTHER_CLAIM)).refused(ChargeNotIncluded, collides=HERE)
    recorded().told(excluded()).refused(ChargeNotIncluded, collides=HERE)


def test_a_charge_is_not_let_go_before_it_came_in() -> None:
    scenario = recorded().given(CLAIMED, on=LATER)
    scenario.told(excluded(), on=NEXT).refused(NotTrueYet, collides=HERE)
