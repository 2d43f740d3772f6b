"""Grants: no more is paid than was awarded, no more settled than was paid."""

import pytest

from ledger.aggregates.grants import (
    GRANTS,
    AwardGrant,
    ExceedsGrant,
    ExceedsPayments,
    Grant,
    GrantAwarded,
    GrantPaid,
    GrantSettled,
    PayGrant,
    SettleGrant,
)
from ledger.kernel.errors import Collision
from ledger.kernel.messages import Command
from tests.aggregates.scenario import ITSELF, PROJECT, A, Scenario

AWARDED = GrantAwarded(project=PROJECT, institution=A, amount="100000.00", purpose="Testowanie")


def awarded() -> Scenario:
    return Scenario(GRANTS).given(AWARDED)


def award(amount: str) -> AwardGrant:
    return AwardGrant(project=PROJECT, institution=A, amount=amount, purpose="Testowanie")


def test_a_grant_is_awarded_to_an_institution() -> None:
    Scenario(GRANTS).when(award("100000.00")).then(AWARDED)


@pytest.mark.parametrize(
    "command", [award("0.00"), PayGrant(amount="0.00"), SettleGrant(amount="0.00")]
)
def test_nothing_is_no_amount(command: Command) -> None:
    scenario = Scenario(GRANTS) if command.terms.creates else awarded()
    scenario.when(command).invalid("amount")


def test_payments_are_numbered_and_add_up_to_the_grant() -> None:
    state = (
        awarded()
        .given(GrantPaid(sequence=1, amount="60000.10"))
        .when(PayGrant(amount="39999.90"))
        .then(GrantPaid(sequence=2, amount="39999.90"))
    )
    assert isinstance(state, Grant)
    assert (state.paid, state.payments) == ("100000.00", 2)


def test_payments_beyond_the_grant_are_refused() -> None:
    awarded().given(GrantPaid(sequence=1, amount="60000.10")).when(
        PayGrant(amount="39999.91")
    ).refused(ExceedsGrant, collides=Collision("grants", ITSELF))


def test_settlements_are_numbered_apart_from_payments() -> None:
    state = (
        awarded()
        .given(GrantPaid(sequence=1, amount="50.00"), GrantPaid(sequence=2, amount="50.00"))
        .given(GrantSettled(sequence=1, amount="30.00"))
        .when(SettleGrant(amount="70.00"))
        .then(GrantSettled(sequence=2, amount="70.00"))
    )
    assert isinstance(state, Grant)
    assert (state.settled, state.settlements) == ("100.00", 2)


def test_settlements_beyond_the_payments_are_refused() -> None:
    awarded().given(GrantPaid(sequence=1, amount="50.00")).when(
        SettleGrant(amount="50.01")
    ).refused(ExceedsPayments)
