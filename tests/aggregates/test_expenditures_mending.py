"""Mending: typing errors were never true, the issuer's corrections hold from their day on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from ledger.aggregates.expenditures.adjusting import (
    ChargeAdjusted,
    CorrectingDocument,
    ExpenditureAdjusted,
)
from ledger.aggregates.expenditures.claiming import ChargesClaimed
from ledger.aggregates.expenditures.disallowing import ChargeReduced, Disallow
from ledger.aggregates.expenditures.mending import (
    ChargeClaimed,
    ChargeCorrected,
    ChargeSettled,
    ChargeWasWithdrawn,
    ChargeWithdrawn,
    CorrectedBefore,
    CorrectExpenditure,
    ExpenditureCorrected,
    NothingToCorrect,
    WithdrawCharge,
)
from ledger.aggregates.expenditures.recording import (
    ChargeExpenditure,
    ExpenditureCharged,
    ExpenditurePaid,
)
from ledger.aggregates.expenditures.state import ExceedsDocument
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Command
from tests.aggregates.scenario import DAY, PROJECT, TODAY, Scenario
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
    THIRD,
    WORLD,
    charge_of,
    claimed,
    expenditure,
    recorded,
)

KOR = CorrectingDocument(document_number="KOR/1/2019", issued_on=NEXT)
TOMORROW = TODAY + timedelta(days=1)


def of_document(**changes: Any) -> ExpenditureCorrected:
    return ExpenditureCorrected(
        **({"since": DAY, "amounts_since": DAY, "paid_since": DAY} | changes)
    )


def of_charge(**changes: Any) -> ChargeCorrected:
    return ChargeCorrected(charge=FIRST, since=DAY, **changes)


def charge(**changes: Any) -> CorrectExpenditure:
    return CorrectExpenditure(charge=FIRST, **changes)


def by_issuer(gross: str, number: str = "KOR/1/2019", **more: Any) -> CorrectExpenditure:
    other = replace(KOR, document_number=number)
    return CorrectExpenditure(correcting_document=other, net=gross, vat="0.00", gross=gross, **more)


def adjusted(gross: str, number: str = "KOR/1/2019") -> ExpenditureAdjusted:
    other = replace(KOR, document_number=number)
    return ExpenditureAdjusted(correcting_document=other, net=gross, vat="0.00", gross=gross)


def correct(scenario: Scenario, command: CorrectExpenditure, **more: Any) -> Scenario:
    return scenario.when(command, **({"world": WORLD, "reason": "pomyłka"} | more))


def test_only_what_was_wrong_is_recorded_and_it_was_never_true() -> None:
    command = CorrectExpenditure(description="Warsztaty", net="1000.00", issued_on=date(2019, 5, 9))
    state = correct(recorded(), command, on=LATER).then(
        of_document(description="Warsztaty", issued_on=date(2019, 5, 9))
    )
    assert expenditure(state).description == "Warsztaty"


def test_what_is_already_so_needs_no_correction() -> None:
    command = charge(description="Szkolenie", net="1000.00", eligible="1000.00", method="actual")
    correct(recorded(), command).refused(NothingToCorrect, collides=HERE)


def test_a_correction_of_nothing_is_none() -> None:
    correct(recorded(), CorrectExpenditure()).refused(NothingToCorrect)
    correct(recorded(), charge()).refused(NothingToCorrect)


def test_corrected_amounts_agree_with_those_that_stay() -> None:
    correct(recorded(), CorrectExpenditure(net="999.97")).invalid("gross")
    correct(recorded(), CorrectExpenditure(net="999.98")).then(of_document(net="999.98"))


def test_a_document_is_not_corrected_below_its_charges() -> None:
    less = CorrectExpenditure(net="769.99", gross="999.99")
    correct(recorded(), less).refused(ExceedsDocument, collides=HERE)


def test_document_and_charge_are_corrected_together() -> None:
    less = charge(net="500.00", gross="730.00", eligible="730.00")
    correct(recorded(), less).then(
        of_document(net="500.00", gross="730.00"),
        of_charge(eligible="730.00", eu_amount="615.24"),
    )


def test_a_mistaken_payment_is_corrected_from_the_day_on_which_it_was_stated() -> None:
    scenario = recorded().given(ExpenditurePaid(paid_on=NEXT), on=LATER)
    state = correct(scenario, CorrectExpenditure(paid_on=DAY)).then(
        of_document(paid_on=DAY, paid_since=LATER)
    )
    assert expenditure(state).paid_on == DAY


@pytest.mark.parametrize(
    ("command", "bad"),
    [
        (CorrectExpenditure(issued_on=TOMORROW, paid_on=TOMORROW), ["issued_on", "paid_on"]),
        (CorrectExpenditure(ksef_number="1"), ["ksef_number"]),
        (CorrectExpenditure(eligible="1.00", method="unit_cost"), ["eligible", "method"]),
        (CorrectExpenditure(correcting_document=KOR), ["net", "vat", "gross"]),
        (
            CorrectExpenditure(correcting_document=KOR, net="1.00", vat="0.00", gross="2.00"),
            ["gross"],
        ),
        (
            by_issuer("1230.00", description="Warsztaty", paid_on=DAY),
            ["paid_on", "description"],
        ),
        (by_issuer("1.00", charge=FIRST, eligible="1.00", budget_line="1.2"), ["budget_line"]),
        (
            CorrectExpenditure(
                correcting_document=replace(KOR, issued_on=TOMORROW, ksef_number="1"),
                net="1.00", vat="0.00", gross="1.00",
            ),
            ["correcting_document.issued_on", "correcting_document.ksef_number"],
        ),
        (charge(eligible="1230.01"), ["eligible"]),
        (charge(eligible_vat="230.01"), ["eligible_vat"]),
        (charge(eu_amount="1000.01"), ["eu_amount"]),
        (charge(budget_line="9.9"), ["budget_line"]),
        (charge(project=OTHER_PROJECT), ["budget_line"]),
        (CorrectExpenditure(charge=SECOND, eligible="1.00"), ["charge"]),
    ],
)  # fmt: skip
def test_every_bad_value_is_named(command: CorrectExpenditure, bad: list[str]) -> None:
    correct(recorded(), command).invalid(*bad)


def test_a_corrected_amount_keeps_the_share_of_the_union() -> None:
    scenario = recorded(charges=(replace(CHARGED, eu_amount="500.00"),))
    correct(scenario, charge(eligible="100.10")).then(
        of_charge(eligible="100.10", eu_amount="50.05")
    )


def test_the_part_of_the_union_may_be_corrected_by_itself() -> None:
    correct(recorded(), charge(eu_amount="1000.00")).then(of_charge(eu_amount="1000.00"))


def test_a_charge_of_nothing_gets_the_share_of_the_project() -> None:
    nothing = replace(CHARGED, eligible="0.00", eu_amount="0.00")
    correct(recorded(charges=(nothing,)), charge(eligible="100.00")).then(
        of_charge(eligible="100.00", eu_amount="84.28")
    )


def test_a_charge_on_a_line_that_is_gone_may_stay_there() -> None:
    world = WORLD | {PROJECT: replace(SHARED_TERMS, lines={"7": SHARED_TERMS.lines["1.1"]})}
    correct(recorded(), charge(method="lump_sum"), world=world).then(of_charge(method="lump_sum"))


def test_a_charge_moves_to_the_right_project_with_its_share() -> None:
    elsewhere = replace(CHARGED, project=OTHER_PROJECT, budget_line="1", eu_amount=None)
    move = charge(project=PROJECT, budget_line="1.1")
    correct(recorded(charges=(elsewhere,)), move).then(
        of_charge(project=PROJECT, budget_line="1.1", eu_amount="842.80")
    )


def test_a_charge_moves_to_a_project_without_a_contribution() -> None:
    move = charge(project=OTHER_PROJECT, budget_line="1")
    state = correct(recorded(), move).then(
        of_charge(project=OTHER_PROJECT, budget_line="1", eu_amount=None)
    )
    assert charge_of(state).eu_amount is None


def test_a_charge_that_was_refused_in_part_stays_in_its_project() -> None:
    scenario = recorded().given(
        ChargeReduced(charge=FIRST, project=PROJECT, sequence=1, amount="1.00",
                      eu_amount="0.84", basis="x")
    )  # fmt: skip
    move = charge(project=OTHER_PROJECT, budget_line="1")
    correct(scenario, move).invalid("project")


def test_a_charge_is_not_corrected_below_what_was_refused_of_it() -> None:
    scenario = recorded().given(
        ChargeReduced(charge=FIRST, project=PROJECT, sequence=1, amount="600.00",
                      eu_amount="505.68", basis="x")
    )  # fmt: skip
    correct(scenario, charge(eligible="599.99")).invalid("eligible")
    correct(scenario, charge(eu_amount="505.67")).invalid("eu_amount")
    correct(scenario, charge(eligible="600.00")).then(
        of_charge(eligible="600.00", eu_amount="505.68")
    )


def test_a_correcting_document_holds_from_its_day_on() -> None:
    state = expenditure(
        correct(recorded(), by_issuer("1100.00"), on=LATER).then(adjusted("1100.00"))
    )
    assert [one.since for one in state.amounts] == [DAY, LATER]
    assert (state.free, state.corrected_by) == ("100.00", ("KOR/1/2019",))


def test_a_correcting_document_may_take_the_rest_away() -> None:
    assert correct(recorded(), by_issuer("1000.00")).error is None
    correct(recorded(), by_issuer("999.99")).refused(ExceedsDocument, collides=HERE)


def cut(scenario: Scenario, eligible: str, on: date) -> Scenario:
    """The issuer takes so much off that the charge changes, too."""
    return correct(scenario, by_issuer(eligible, charge=FIRST, eligible=eligible), on=on)


def test_a_charge_that_changes_with_its_document_was_right_before() -> None:
    state = cut(recorded(), "600.00", LATER).then(
        adjusted("600.00"),
        ChargeAdjusted(charge=FIRST, since=LATER, eligible="600.00", eu_amount="505.68"),
    )
    assert list(charge_of(state).moves()) == [(DAY, Decimal(1000)), (LATER, Decimal(-400))]


def test_what_was_free_before_the_document_changed_is_no_more_than_it_was() -> None:
    less = by_issuer("1000.00", charge=FIRST, eligible="600.00")
    scenario = correct(recorded(), less, on=LATER)
    more = ChargeExpenditure(project=PROJECT, budget_line="1.1", eligible="230.01", charge=THIRD)
    scenario.when(more, on=DAY, world=WORLD).refused(ExceedsDocument)
    assert scenario.when(more, on=LATER, world=WORLD).error is None


def test_a_charge_made_after_the_document_changed_changes_from_its_own_day() -> None:
    one = ExpenditureCharged(**structs.asdict(CHARGED))
    scenario = recorded(charges=()).given(one, on=LATER)
    cut(scenario, "600.00", NEXT).then(
        adjusted("600.00"),
        ChargeAdjusted(charge=FIRST, since=LATER, eligible="600.00", eu_amount="505.68"),
    )


def test_a_changed_amount_is_corrected_since_it_changed_and_all_else_since_the_beginning() -> None:
    scenario = cut(recorded(), "600.00", LATER)
    both = charge(eligible="500.00", budget_line="2.1")
    correct(scenario, both, on=LATER).then(
        ChargeCorrected(charge=FIRST, since=DAY, budget_line="2.1"),
        ChargeCorrected(charge=FIRST, since=LATER, eligible="500.00", eu_amount="421.40"),
    )


def test_a_changed_charge_stays_in_its_project() -> None:
    move = charge(project=OTHER_PROJECT, budget_line="1")
    correct(cut(recorded(), "600.00", LATER), move, on=LATER).invalid("project")


def test_a_changed_charge_is_refused_or_withdrawn_from_the_day_of_the_change_on() -> None:
    scenario = cut(recorded(), "600.00", LATER)
    refuse = Disallow(charge=FIRST, amount="1.00", basis="x")
    for command in (refuse, WithdrawCharge(charge=FIRST)):
        scenario.when(command, on=NEXT, world=WORLD, reason="x").refused(NotTrueYet)
    assert scenario.when(refuse, on=LATER, world=WORLD, reason="x").error is None


def test_a_correcting_document_is_recorded_once() -> None:
    scenario = recorded().given(adjusted("1100.00"), on=NEXT)
    correct(scenario, by_issuer("1050.00"), on=LATER).refused(CorrectedBefore, collides=HERE)
    correct(scenario, by_issuer("1050.00", "kor / 1/2019"), on=LATER).refused(CorrectedBefore)
    correct(scenario, by_issuer("1050.00", "KOR/2"), on=LATER).then(adjusted("1050.00", "KOR/2"))


def test_correcting_documents_come_in_the_order_of_their_days() -> None:
    scenario = recorded().given(adjusted("1100.00"), on=NEXT)
    correct(scenario, by_issuer("1.00", "KOR/2"), on=DAY).refused(NotTrueYet, collides=HERE)
    correct(recorded(), by_issuer("1230.00"), on=BEFORE).refused(NotTrueYet)


def test_a_typing_mistake_in_the_last_amounts_is_mended_from_their_day() -> None:
    scenario = recorded().given(adjusted("1100.00"), on=LATER)
    state = correct(scenario, CorrectExpenditure(net="1101.00", gross="1101.00")).then(
        of_document(amounts_since=LATER, net="1101.00", gross="1101.00")
    )
    assert [one.gross for one in expenditure(state).amounts] == ["1230.00", "1101.00"]


def test_a_lowered_document_counts_against_charges_of_its_days_only() -> None:
    scenario = recorded().given(ChargeWithdrawn(charge=FIRST), on=NEXT)
    scenario.given(
        ExpenditureCharged(charge=SECOND, project=PROJECT, budget_line="1.1", eligible="500.00"),
        on=LATER,
    )
    correct(scenario, by_issuer("499.99"), on=NEXT).refused(ExceedsDocument)
    correct(scenario, by_issuer("500.00"), on=DAY).refused(ExceedsDocument)
    assert correct(scenario, by_issuer("500.00"), on=NEXT).error is None


def test_a_correction_counts_from_the_first_day_of_the_charge() -> None:
    second = ExpenditureCharged(
        charge=SECOND, project=PROJECT, budget_line="1.1", eligible="230.00"
    )
    scenario = recorded().given(second).given(ChargeWithdrawn(charge=SECOND), on=NEXT)
    correct(scenario, charge(eligible="1000.01"), on=LATER).refused(ExceedsDocument)


def test_a_charge_in_an_approved_claim_is_settled() -> None:
    settled = Collision("claims", CLAIM)
    claimed().when(charge(eligible="1.00"), world=APPROVED, reason="x").refused(
        ChargeSettled, collides=settled
    )
    claimed().when(WithdrawCharge(charge=FIRST), world=APPROVED, reason="x").refused(
        ChargeSettled, collides=settled
    )
    assert (
        claimed().when(CorrectExpenditure(description="y"), world=APPROVED, reason="x").error
        is None
    )


def test_a_charge_in_a_claim_that_is_not_approved_is_corrected() -> None:
    correct(claimed(), charge(eligible="900.00"), world=PENDING).then(
        of_charge(eligible="900.00", eu_amount="758.52")
    )


@pytest.mark.parametrize(
    "command", [charge(project=OTHER_PROJECT, budget_line="1"), WithdrawCharge(charge=FIRST)]
)
def test_a_charge_leaves_its_claim_before_it_leaves_the_project(command: Command) -> None:
    scenario = claimed().when(command, world=PENDING, reason="x")
    scenario.refused(ChargeClaimed, collides=Collision("claims", CLAIM))


@pytest.mark.parametrize("command", [WithdrawCharge(charge=FIRST), charge(eligible="1.00")])
def test_what_was_withdrawn_stays_as_it_was(command: Command) -> None:
    scenario = recorded().given(ChargeWithdrawn(charge=FIRST))
    scenario.when(command, world=WORLD, reason="x").refused(ChargeWasWithdrawn, collides=HERE)


@pytest.mark.parametrize("command", [WithdrawCharge(charge=FIRST), charge(eligible="1.00")])
def test_a_charge_of_another_project_is_unknown(command: Command) -> None:
    recorded().when(command, world=WORLD, scope=OTHER_PROJECT, reason="x").invalid("charge")


def test_a_closed_project_is_still_corrected() -> None:
    world = WORLD | {PROJECT: replace(SHARED_TERMS, closed_on=DAY)}
    correct(recorded(), charge(eligible="900.00"), world=world)
    assert correct(claimed(), by_issuer("1100.00"), world=world).error is None
    withdraw = WithdrawCharge(charge=FIRST)
    assert recorded().when(withdraw, world=world, reason="x").error is None


def test_claims_are_kept_when_a_charge_is_corrected() -> None:
    scenario = recorded().given(ChargesClaimed(charges=(FIRST,), claim=CLAIM), on=NEXT)
    state = correct(scenario, charge(method="unit_cost"), world=PENDING).then(
        of_charge(method="unit_cost")
    )
    assert (charge_of(state).claim, charge_of(state).claim_since) == (CLAIM, NEXT)
