"""Disallowances: refused before or after the claim's approval, reinstated, the Union's part too."""

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.aggregates.expenditures.claiming import ChargesClaimed
from ledger.aggregates.expenditures.disallowing import (
    ChargeReduced,
    ChargeReinstated,
    Disallow,
    ExceedsCharge,
    ExceedsDisallowed,
    FinanciallyCorrected,
    Reinstate,
)
from ledger.aggregates.expenditures.mending import (
    ChargeWasWithdrawn,
    ChargeWithdrawn,
    CorrectExpenditure,
)
from ledger.kernel.errors import NotTrueYet
from ledger.kernel.messages import Command
from tests.aggregates.scenario import DAY, PROJECT, Scenario
from tests.aggregates.spending import (
    APPROVED,
    BEFORE,
    CHARGED,
    CLAIM,
    FIRST,
    HERE,
    LATER,
    NEXT,
    OTHER_PROJECT,
    PENDING,
    SECOND,
    SHARED_TERMS,
    WORLD,
    charge_of,
    claimed,
    expenditure,
    recorded,
)

BASIS = "art. 71 ust. 1 wytycznych"


def disallow(amount: str, charge: str = FIRST) -> Disallow:
    return Disallow(charge=charge, amount=amount, basis=BASIS)


def reinstate(amount: str) -> Reinstate:
    return Reinstate(charge=FIRST, amount=amount)


def reduced(sequence: int, amount: str, eu_amount: str) -> ChargeReduced:
    return ChargeReduced(
        charge=FIRST, project=PROJECT, sequence=sequence, amount=amount, eu_amount=eu_amount,
        basis=BASIS,
    )  # fmt: skip


def corrected(sequence: int, amount: str, eu_amount: str) -> FinanciallyCorrected:
    return FinanciallyCorrected(
        charge=FIRST, project=PROJECT, sequence=sequence, amount=amount, eu_amount=eu_amount,
        basis=BASIS,
    )  # fmt: skip


def reinstated(
    sequence: int, of: Literal["reduction", "correction"], amount: str, eu_amount: str
) -> ChargeReinstated:
    return ChargeReinstated(
        charge=FIRST, project=PROJECT, sequence=sequence, of=of, amount=amount, eu_amount=eu_amount
    )


def say(
    scenario: Scenario,
    command: Command,
    world: dict[str, object] = WORLD,
    on: date = DAY,
    scope: str | None = None,
) -> Scenario:
    return scenario.when(command, world=world, on=on, reason="kontrola", scope=scope)


def test_before_any_claim_an_amount_is_a_reduction() -> None:
    state = say(recorded(), disallow("100.00")).then(reduced(1, "100.00", "84.28"))
    charge = charge_of(state)
    assert (charge.disallowed, charge.reduced, charge.corrected) == ("100.00", "100.00", "0.00")
    standing = expenditure(state).standing().charges[FIRST]
    assert (standing.eligible, standing.eu_amount) == ("900.00", "758.52")


def test_in_a_claim_that_is_not_approved_it_is_a_reduction() -> None:
    say(claimed(), disallow("100.00"), PENDING).then(reduced(1, "100.00", "84.28"))


def test_after_the_approval_it_is_a_financial_correction() -> None:
    state = say(claimed(), disallow("100.00"), APPROVED).then(corrected(1, "100.00", "84.28"))
    assert (charge_of(state).reduced, charge_of(state).corrected) == ("0.00", "100.00")


def test_what_is_disallowed_does_not_free_the_document() -> None:
    state = say(recorded(), disallow("1000.00")).then(reduced(1, "1000.00", "842.80"))
    assert expenditure(state).free == "230.00"


def test_no_more_is_disallowed_than_was_charged() -> None:
    scenario = say(recorded(), disallow("999.99"))
    say(scenario, disallow("0.02")).refused(ExceedsCharge, collides=HERE)
    say(scenario, disallow("0.01")).then(reduced(2, "0.01", "0.01"))


def test_corrections_come_back_before_reductions() -> None:
    scenario = claimed().given(reduced(1, "100.00", "84.28"), corrected(2, "50.00", "42.14"))
    say(scenario, reinstate("60.00"), APPROVED).then(
        reinstated(3, "correction", "50.00", "42.14"), reinstated(4, "reduction", "10.00", "8.43")
    )


def test_what_comes_back_counts_again() -> None:
    scenario = recorded().given(reduced(1, "100.00", "84.28"))
    state = say(scenario, reinstate("100.00")).then(reinstated(2, "reduction", "100.00", "84.28"))
    standing = expenditure(state).standing().charges[FIRST]
    assert (standing.eligible, standing.eu_amount) == ("1000.00", "842.80")


def test_no_more_comes_back_than_was_disallowed() -> None:
    say(recorded(), reinstate("0.01")).refused(ExceedsDisallowed, collides=HERE)
    scenario = recorded().given(reduced(1, "100.00", "84.28"))
    say(scenario, reinstate("100.01")).refused(ExceedsDisallowed, collides=HERE)


@pytest.mark.parametrize("command", [disallow("0.00"), reinstate("0.00")])
def test_nothing_is_no_amount(command: Command) -> None:
    say(recorded(), command).invalid("amount")


@pytest.mark.parametrize("command", [disallow("1.00"), reinstate("1.00")])
def test_what_was_withdrawn_is_disallowed_no_more(command: Command) -> None:
    scenario = recorded().given(reduced(1, "1.00", "0.84"), ChargeWithdrawn(charge=FIRST))
    say(scenario, command).refused(ChargeWasWithdrawn, collides=HERE)


@pytest.mark.parametrize("command", [disallow("1.00"), reinstate("1.00")])
def test_disallowances_come_in_the_order_of_their_days(command: Command) -> None:
    scenario = recorded().given(reduced(1, "1.00", "0.84"), on=LATER)
    say(scenario, command, on=NEXT).refused(NotTrueYet, collides=HERE)
    assert say(scenario, command, on=LATER).error is None


def test_a_charge_is_not_disallowed_before_it_was_made() -> None:
    say(recorded(), disallow("1.00"), on=BEFORE).refused(NotTrueYet, collides=HERE)


@pytest.mark.parametrize("command", [disallow("1.00"), reinstate("1.00")])
def test_a_charge_of_another_project_is_unknown(command: Command) -> None:
    scenario = recorded().given(reduced(1, "1.00", "0.84"))
    say(scenario, command, scope=OTHER_PROJECT).invalid("charge")
    say(recorded(), disallow("1.00", SECOND)).invalid("charge")


def test_a_charge_of_a_closed_project_is_still_disallowed() -> None:
    world = WORLD | {PROJECT: replace(SHARED_TERMS, closed_on=DAY)}
    scenario = say(recorded(), disallow("100.00"), world)
    say(scenario, reinstate("100.00"), world).then(reinstated(2, "reduction", "100.00", "84.28"))


def test_without_a_part_of_the_union_nothing_of_it_is_disallowed() -> None:
    scenario = recorded(charges=(replace(CHARGED, eu_amount=None),))
    state = say(scenario, disallow("100.00")).then(reduced(1, "100.00", "0.00"))
    assert expenditure(state).standing().charges[FIRST].eu_amount is None


def test_a_corrected_part_of_the_union_is_disallowed_to_the_last_grosz() -> None:
    scenario = recorded().given(reduced(1, "500.00", "421.40"))
    say(scenario, CorrectExpenditure(charge=FIRST, eu_amount="600.00"))
    say(scenario, disallow("500.00")).then(reduced(2, "500.00", "178.60"))
    state = say(scenario, reinstate("1000.00")).then(
        reinstated(3, "reduction", "1000.00", "600.00")
    )
    assert charge_of(state).refused_eu == "0.00"


GROSZ = Decimal("0.01")
MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 130_000), st.booleans()), max_size=8)


@settings(database=None, deadline=None, max_examples=100)
@given(st.integers(0, 100_000), MOVES)
def test_parts_of_the_union_add_up_over_all_moves(
    of_union: int, moves: list[tuple[bool, int, bool]]
) -> None:
    of_all = of_union * GROSZ
    scenario = recorded(charges=(replace(CHARGED, eu_amount=f"{of_all:.2f}"),))
    scenario.given(ChargesClaimed(charges=(FIRST,), claim=CLAIM))
    refused = part = Decimal(0)
    for out, grosze, approved in moves:
        amount = f"{grosze * GROSZ:.2f}"
        command = disallow(amount) if out else reinstate(amount)
        say(scenario, command, APPROVED if approved else PENDING)
        for event in scenario.events:
            assert isinstance(event, ChargeReduced | FinanciallyCorrected | ChargeReinstated)
            sign = -1 if isinstance(event, ChargeReinstated) else 1
            refused += sign * Decimal(event.amount)
            part += sign * Decimal(event.eu_amount)
        assert 0 <= refused <= 1000
        assert abs(part - of_all * refused / 1000) <= GROSZ / 2
        standing = expenditure(scenario.state).standing().charges[FIRST]
        assert standing.eligible == f"{1000 - refused:.2f}"
        assert standing.eu_amount == f"{of_all - part:.2f}"
