"""Claims: charges gather, sums are frozen on submission, another person approves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from ledger.aggregates.claims import CLAIMS
from ledger.aggregates.claims.course import (
    ApproveClaim,
    ClaimApproved,
    ClaimPaid,
    ClaimReturned,
    ClaimSubmitted,
    FourEyes,
    LinesFrozen,
    LinesReduced,
    PayClaim,
    ReturnClaim,
    SubmitClaim,
)
from ledger.aggregates.claims.gathering import (
    ChargesWereExcluded,
    ChargesWereIncluded,
    ClaimedCharge,
    ClaimNumberTaken,
    ClaimOpened,
    ExcludeCharges,
    IncludeCharges,
    OpenClaim,
)
from ledger.aggregates.claims.state import (
    Claim,
    ClaimNotApproved,
    ClaimNotOpen,
    ClaimNotSubmitted,
    Line,
    Totals,
)
from ledger.kernel.errors import Collision, NotTrueYet, ProjectClosed, Refusal
from ledger.kernel.messages import Command
from ledger.kernel.notices import ChargesExcluded, ChargesIncluded
from ledger.kernel.standing import (
    ChargeStanding,
    ClaimStanding,
    ExpenditureStanding,
    LineStanding,
)
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, TERMS, TODAY, Scenario, an_id
from tests.aggregates.spending import (
    BEFORE,
    FIRST,
    LATER,
    NEXT,
    OTHER_CLAIM,
    OTHER_PROJECT,
    SECOND,
    THIRD,
)

INVOICE, BILL = an_id(71), an_id(72)
HERE = Collision("claims", ITSELF)
OPENED = ClaimOpened(project=PROJECT, number=3, period_from=DAY, period_to=LATER)
IN_INVOICE = ClaimedCharge(expenditure=INVOICE, charge=FIRST)
IN_BILL = ClaimedCharge(expenditure=BILL, charge=SECOND)
BOTH = (IN_INVOICE, IN_BILL)


def standing(eligible: str, eu_amount: str | None, **more: Any) -> ChargeStanding:
    fields = {"project": PROJECT, "budget_line": "1.1", "disallowed": "0.00", "claim": None,
              "method": "actual"}  # fmt: skip
    return ChargeStanding(**({"eligible": eligible, "eu_amount": eu_amount} | fields | more))


STAFF = standing("1000.00", "842.80")
FLAT = standing("250.00", None, budget_line="2.1", method="flat_rate")


def world(first: ChargeStanding = STAFF, second: ChargeStanding = FLAT) -> dict[str, object]:
    return {
        INVOICE: ExpenditureStanding(charges={FIRST: first}),
        BILL: ExpenditureStanding(charges={SECOND: second}),
    }


WORLD = world()
LINES = (
    Line(expenditure=INVOICE, charge=FIRST, budget_line="1.1", task="1", category="personel",
         method="actual", eligible="1000.00", eu_amount="842.80"),
    Line(expenditure=BILL, charge=SECOND, budget_line="2.1", task="2", category="indirect",
         method="flat_rate", eligible="250.00"),
)  # fmt: skip
TOTALS = Totals(
    eligible="1250.00",
    eu_amount="842.80",
    by_category={"indirect": "250.00", "personel": "1000.00"},
)
FROZEN = LinesFrozen(submission=1, lines=LINES)
SUBMITTED = ClaimSubmitted(submission=1, submitted_by="anna", totals=TOTALS)
APPROVED = ClaimApproved(approved_by="jan", totals=TOTALS)
PAY = PayClaim(amount="100.00", paid_on=DAY)


def draft() -> Scenario:
    return Scenario(CLAIMS).given(OPENED)


def full() -> Scenario:
    return draft().given(ChargesWereIncluded(charges=BOTH))


def submitted() -> Scenario:
    return full().given(FROZEN, SUBMITTED)


def approved() -> Scenario:
    return submitted().given(APPROVED)


def claim(state: object) -> Claim:
    assert isinstance(state, Claim)
    return state


def opening(number: str | int = 3, **more: Any) -> OpenClaim:
    days = {"period_from": DAY, "period_to": LATER} | more
    return OpenClaim(project=PROJECT, number=number, **days)


@pytest.mark.parametrize("number", [3, "POWR.02.05.00-00-0041/17-003"])
def test_a_claim_is_opened_for_a_period(number: str | int) -> None:
    state = claim(Scenario(CLAIMS).when(opening(number)).then(replace(OPENED, number=number)))
    assert state.status == "draft"
    assert state.standing() == ClaimStanding(project=PROJECT, number=str(number), approved_on=None)


def test_a_period_may_be_one_day_but_does_not_end_before_it_begins() -> None:
    one_day = Scenario(CLAIMS).when(opening(period_to=DAY))
    one_day.then(replace(OPENED, period_to=DAY))
    Scenario(CLAIMS).when(opening(period_to=BEFORE)).invalid("period_to")


@pytest.mark.parametrize("number", [3, "3", " 3 "])
def test_the_number_of_a_claim_is_given_once_in_a_project(number: str | int) -> None:
    known = {OTHER_CLAIM: ClaimStanding(project=PROJECT, number="3", approved_on=None)}
    Scenario(CLAIMS).when(opening(number), world=known).refused(
        ClaimNumberTaken, collides=Collision("claims", OTHER_CLAIM)
    )


def test_charges_come_in_and_their_documents_are_told() -> None:
    scenario = draft().when(IncludeCharges(charges=BOTH), world=WORLD)
    state = claim(scenario.then(ChargesWereIncluded(charges=BOTH)))
    assert state.charges == {FIRST: INVOICE, SECOND: BILL}
    assert scenario.notices == (
        ChargesIncluded(to=INVOICE, charges=(FIRST,), claim=ITSELF, project=PROJECT),
        ChargesIncluded(to=BILL, charges=(SECOND,), claim=ITSELF, project=PROJECT),
    )


def test_charges_are_taken_out_and_their_documents_are_told() -> None:
    scenario = full().when(ExcludeCharges(charges=(IN_INVOICE,)), world=WORLD)
    state = claim(scenario.then(ChargesWereExcluded(charges=(IN_INVOICE,))))
    assert state.charges == {SECOND: BILL}
    assert scenario.notices == (ChargesExcluded(to=INVOICE, charges=(FIRST,), claim=ITSELF),)


@pytest.mark.parametrize(
    ("charges", "bad"),
    [
        ((), ["charges"]),
        ((IN_INVOICE, IN_INVOICE), ["charges[1].charge"]),
        ((replace(IN_INVOICE, charge=THIRD), IN_BILL), ["charges[0].charge"]),
        ((IN_BILL, replace(IN_INVOICE, charge=SECOND)), ["charges[1].charge"]),
    ],
)
def test_every_bad_charge_is_named(charges: tuple[ClaimedCharge, ...], bad: list[str]) -> None:
    draft().when(IncludeCharges(charges=charges), world=WORLD).invalid(*bad)


def test_a_charge_of_another_project_is_none_of_the_claim() -> None:
    known = world(replace(STAFF, project=OTHER_PROJECT))
    draft().when(IncludeCharges(charges=BOTH), world=known).invalid("charges[0].charge")


def test_two_documents_with_a_charge_of_the_same_id_do_not_stand_in_one_claim() -> None:
    known = WORLD | {BILL: ExpenditureStanding(charges={FIRST: FLAT})}
    same = replace(IN_BILL, charge=FIRST)
    draft().when(IncludeCharges(charges=(IN_INVOICE, same)), world=known).invalid(
        "charges[1].charge"
    )
    scenario = draft().given(ChargesWereIncluded(charges=(IN_INVOICE,)))
    scenario.when(IncludeCharges(charges=(same,)), world=known).invalid("charges[0].charge")


@pytest.mark.parametrize("kind", [IncludeCharges, ExcludeCharges])
def test_a_returned_claim_is_open_again(kind: type[IncludeCharges | ExcludeCharges]) -> None:
    scenario = submitted().given(ClaimReturned())
    assert scenario.when(kind(charges=BOTH), world=WORLD).error is None


INCLUDE, EXCLUDE = IncludeCharges(charges=(IN_INVOICE,)), ExcludeCharges(charges=(IN_INVOICE,))
SUBMIT, RETURN, APPROVE = SubmitClaim(), ReturnClaim(), ApproveClaim()
COURSE: list[tuple[Literal["draft", "submitted", "returned", "approved", "paid"], Command, Any]] = [
    ("draft", RETURN, ClaimNotSubmitted),
    ("draft", APPROVE, ClaimNotSubmitted),
    ("draft", PAY, ClaimNotApproved),
    ("submitted", INCLUDE, ClaimNotOpen),
    ("submitted", EXCLUDE, ClaimNotOpen),
    ("submitted", SUBMIT, ClaimNotOpen),
    ("submitted", PAY, ClaimNotApproved),
    ("returned", RETURN, ClaimNotSubmitted),
    ("returned", APPROVE, ClaimNotSubmitted),
    ("returned", PAY, ClaimNotApproved),
    ("approved", INCLUDE, ClaimNotOpen),
    ("approved", EXCLUDE, ClaimNotOpen),
    ("approved", SUBMIT, ClaimNotOpen),
    ("approved", RETURN, ClaimNotSubmitted),
    ("approved", APPROVE, ClaimNotSubmitted),
    ("paid", INCLUDE, ClaimNotOpen),
    ("paid", EXCLUDE, ClaimNotOpen),
    ("paid", SUBMIT, ClaimNotOpen),
    ("paid", RETURN, ClaimNotSubmitted),
    ("paid", APPROVE, ClaimNotSubmitted),
]
STANDS: dict[str, Callable[[], Scenario]] = {
    "draft": full,
    "submitted": submitted,
    "returned": lambda: submitted().given(ClaimReturned()),
    "approved": approved,
    "paid": lambda: approved().given(ClaimPaid(sequence=1, amount="1.00", paid_on=DAY)),
}


@pytest.mark.parametrize(("status", "command", "rule"), COURSE)
def test_a_claim_goes_one_way(status: str, command: Command, rule: type[Refusal]) -> None:
    scenario = STANDS[status]()
    scenario.when(command, world=WORLD, by="jan", reason="x").refused(rule, collides=HERE)
    assert f"is {status}" in str(scenario.error)


@pytest.mark.parametrize(
    ("status", "command"),
    [("draft", INCLUDE), ("draft", EXCLUDE), ("draft", SUBMIT), ("submitted", RETURN),
     ("submitted", APPROVE), ("approved", PAY)],
)  # fmt: skip
def test_the_course_of_a_claim_is_the_order_of_its_days(status: str, command: Command) -> None:
    scenario = STANDS[status]()
    scenario.when(command, on=BEFORE, world=WORLD, by="jan", reason="x")
    scenario.refused(NotTrueYet, collides=HERE)


@pytest.mark.parametrize(
    ("status", "command"),
    [("draft", INCLUDE), ("draft", EXCLUDE), ("draft", SUBMIT), ("submitted", RETURN),
     ("submitted", APPROVE), ("approved", PAY)],
)  # fmt: skip
def test_the_claims_of_a_closed_project_stay(status: str, command: Command) -> None:
    known = WORLD | {PROJECT: replace(TERMS, closed_on=DAY)}
    STANDS[status]().when(command, world=known, by="jan", reason="x").refused(ProjectClosed)


def test_on_submission_the_sums_are_frozen() -> None:
    state = claim(full().when(SubmitClaim(), world=WORLD).then(FROZEN, SUBMITTED))
    assert (state.status, state.submitted_by) == ("submitted", "anna")


def test_what_is_submitted_is_net_of_what_was_refused() -> None:
    known = world(standing("900.00", "758.52", disallowed="100.00"))
    line = replace(LINES[0], eligible="900.00", eu_amount="758.52", disallowed="100.00")
    totals = Totals(
        eligible="1150.00",
        eu_amount="758.52",
        by_category={"indirect": "250.00", "personel": "900.00"},
    )
    full().when(SubmitClaim(), world=known).then(
        LinesFrozen(submission=1, lines=(line, LINES[1])), replace(SUBMITTED, totals=totals)
    )


def test_a_charge_on_a_line_of_an_earlier_budget_keeps_its_category() -> None:
    former = {"8": LineStanding(task="8", category="druk")}
    known = world(replace(STAFF, budget_line="8")) | {PROJECT: replace(TERMS, former_lines=former)}
    line = replace(LINES[0], budget_line="8", task="8", category="druk")
    totals = replace(TOTALS, by_category={"indirect": "250.00", "druk": "1000.00"})
    full().when(SubmitClaim(), world=known).then(
        LinesFrozen(submission=1, lines=(line, LINES[1])), replace(SUBMITTED, totals=totals)
    )


def test_a_charge_on_a_line_that_no_budget_has_has_no_category() -> None:
    known = world(replace(STAFF, budget_line="9.9"))
    line = replace(LINES[0], budget_line="9.9", task=None, category=None)
    totals = replace(TOTALS, by_category={"indirect": "250.00", "unknown": "1000.00"})
    full().when(SubmitClaim(), world=known).then(
        LinesFrozen(submission=1, lines=(line, LINES[1])), replace(SUBMITTED, totals=totals)
    )


def test_a_claim_for_an_advance_holds_no_charges() -> None:
    nothing = Totals(eligible="0.00", eu_amount="0.00", by_category={})
    draft().when(SubmitClaim()).then(replace(SUBMITTED, totals=nothing))


def test_sums_may_be_larger_than_any_amount() -> None:
    most = "9999999999999.99"
    known = world(standing(most, most), standing(most, most))
    scenario = full().when(SubmitClaim(), world=known)
    last = scenario.events[-1]
    assert isinstance(last, ClaimSubmitted)
    assert last.totals.eligible == last.totals.eu_amount == "19999999999999.98"
    assert last.totals.by_category == {"personel": "19999999999999.98"}


def test_a_returned_claim_is_submitted_anew() -> None:
    state = claim(submitted().when(ReturnClaim(), reason="x").then(ClaimReturned()))
    assert (state.status, state.frozen, state.submitted_by) == ("returned", {}, None)
    scenario = submitted().given(ClaimReturned())
    scenario.when(SubmitClaim(), world=WORLD, by="jan").then(
        replace(FROZEN, submission=2), replace(SUBMITTED, submission=2, submitted_by="jan")
    )


def test_another_person_approves() -> None:
    state = claim(submitted().when(ApproveClaim(), world=WORLD, by="jan", on=NEXT).then(APPROVED))
    assert (state.status, state.approved_on) == ("approved", NEXT)
    assert state.standing() == ClaimStanding(project=PROJECT, number="3", approved_on=NEXT)


def test_who_submitted_a_claim_does_not_approve_it() -> None:
    submitted().when(ApproveClaim(), world=WORLD, by="anna").refused(FourEyes, collides=HERE)
    scenario = submitted().given(ClaimReturned()).when(SubmitClaim(), world=WORLD, by="jan")
    scenario.when(ApproveClaim(), world=WORLD, by="jan").refused(FourEyes)
    assert scenario.when(ApproveClaim(), world=WORLD, by="anna").error is None


def test_what_was_refused_since_the_submission_is_not_approved() -> None:
    known = world(standing("900.00", "758.52", disallowed="100.00"))
    line = replace(LINES[0], eligible="900.00", eu_amount="758.52", disallowed="100.00")
    totals = Totals(
        eligible="1150.00",
        eu_amount="758.52",
        by_category={"indirect": "250.00", "personel": "900.00"},
    )
    scenario = submitted().when(ApproveClaim(), world=known, by="jan")
    scenario.then(
        LinesReduced(submission=1, lines=(line,)), ClaimApproved(approved_by="jan", totals=totals)
    )


def test_no_more_is_approved_than_was_asked_for() -> None:
    known = world(standing("1100.00", "927.08"))
    submitted().when(ApproveClaim(), world=known, by="jan").then(APPROVED)


def test_payments_are_numbered_and_add_up() -> None:
    scenario = approved().when(PAY).then(ClaimPaid(sequence=1, amount="100.00", paid_on=DAY))
    assert claim(scenario).status == "paid"
    first = ClaimPaid(sequence=1, amount="100.00", paid_on=DAY)
    state = claim(approved().given(first).when(PAY).then(replace(first, sequence=2)))
    assert (state.paid, state.payments) == ("200.00", 2)


def test_a_payment_is_an_amount_that_was_paid() -> None:
    approved().when(PayClaim(amount="0.00", paid_on=DAY)).invalid("amount")
    tomorrow = TODAY + timedelta(days=1)
    approved().when(PayClaim(amount="1.00", paid_on=tomorrow)).invalid("paid_on")
