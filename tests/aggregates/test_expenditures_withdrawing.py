"""Withdrawing: a charge ends on a day, unless a claim holds it."""

from ledger.aggregates.expenditures.claiming import ChargesReleased
from ledger.aggregates.expenditures.mending import ChargeWithdrawn, WithdrawCharge
from ledger.kernel.errors import NotTrueYet
from tests.aggregates.spending import (
    BEFORE,
    CLAIM,
    FIRST,
    HERE,
    LATER,
    NEXT,
    THIRD,
    WORLD,
    charge_of,
    claimed,
    expenditure,
    recorded,
)


def test_a_withdrawn_charge_frees_its_amount() -> None:
    scenario = recorded().when(WithdrawCharge(charge=FIRST), on=NEXT, world=WORLD, reason="x")
    state = expenditure(scenario.then(ChargeWithdrawn(charge=FIRST)))
    assert state.free == "1230.00"
    assert charge_of(state).withdrawn_on == NEXT
    assert state.standing().charges == {}


def test_a_charge_is_not_withdrawn_before_it_was_made() -> None:
    command = WithdrawCharge(charge=FIRST)
    recorded().when(command, on=BEFORE, world=WORLD, reason="x").refused(NotTrueYet, collides=HERE)


def test_a_charge_is_not_withdrawn_while_it_stood_in_a_claim() -> None:
    scenario = claimed().given(ChargesReleased(charges=(FIRST,), claim=CLAIM), on=LATER)
    command = WithdrawCharge(charge=FIRST)
    scenario.when(command, on=NEXT, world=WORLD, reason="x").refused(NotTrueYet)
    assert scenario.when(command, on=LATER, world=WORLD, reason="x").error is None


def test_an_unknown_charge_is_named() -> None:
    recorded().when(WithdrawCharge(charge=THIRD), world=WORLD, reason="x").invalid("charge")
