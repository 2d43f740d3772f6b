"""Rules about claims and money received: flat rates, tranches, and claims that are late."""

from typing import Any

import pytest

from ledger.findings.facts import Charge, Facts, Receipt, Settlement
from tests.findings.given import (
    CPR,
    charge,
    claim,
    day,
    dec,
    document,
    facts,
    found,
    line,
    messages,
)

LINES = [
    line("1.1", "100000.00"),
    line("2.1", "50000.00", cross_financing=True),
    line("9.1", "25000.00", category="indirect"),
]


def flat(eligible: str, **told: Any) -> Charge:
    return charge(eligible, line="9.1", method="flat_rate", claim="claim", **told)


def of_claim(*charges: Charge, lines: Any = LINES, status: str = "submitted") -> Facts:
    return facts(charges=charges, lines=lines, claims=[claim(status)])


@pytest.mark.parametrize(
    ("amount", "breaches"), [("250.00", 0), ("250.01", 1), ("249.99", 1), ("200.00", 1)]
)
def test_the_flat_rate_of_a_small_project_is_a_quarter(amount: str, breaches: int) -> None:
    given = of_claim(charge("1000.00", claim="claim"), flat(amount))
    assert len(found("flat_rate_base", given)) == breaches


@pytest.mark.parametrize(
    ("direct_costs", "rate"),
    [
        ("830000.00", "25"), ("830000.01", "20"), ("1740000.00", "20"), ("1740000.01", "15"),
        ("4550000.00", "15"), ("4550000.01", "10"),
    ],
)  # fmt: skip
def test_the_rate_falls_as_the_planned_direct_costs_grow(direct_costs: str, rate: str) -> None:
    lines = [line("1.1", direct_costs), line("9.1", "999999.00", category="indirect")]
    given = of_claim(charge("1000.00", claim="claim"), flat(f"{rate}0.00"), lines=lines)
    assert found("flat_rate_base", given) == []
    other = of_claim(charge("1000.00", claim="claim"), flat("123.00"), lines=lines)
    assert f"powinno być {rate}0,00 zł ({rate}%)" in messages("flat_rate_base", other)[0]


def test_cross_financing_and_indirect_costs_are_no_part_of_the_base() -> None:
    given = of_claim(
        charge("1000.00", claim="claim"),
        charge("4000.00", line="2.1", claim="claim"),
        charge("8000.00", line="9.1", claim="claim"),
        charge("500.00", claim="another"),
        flat("250.00"),
    )
    assert found("flat_rate_base", given) == []


def test_an_odd_amount_is_rounded_once_for_each_flat_rate_charge() -> None:
    base = charge("390147.50", claim="claim")  # a quarter of it is 97 536.875
    assert found("flat_rate_base", of_claim(base, flat("97536.88"))) == []
    assert found("flat_rate_base", of_claim(base, flat("97536.87"))) == []
    assert len(found("flat_rate_base", of_claim(base, flat("97536.89")))) == 1
    assert found("flat_rate_base", of_claim(base, flat("97530.00"), flat("6.88"))) == []


def test_a_later_correction_of_the_base_makes_the_flat_rate_wrong() -> None:
    approved = charge("1000.00", claim="claim", approved=dec("1000.00"))
    rate = flat("250.00", approved=dec("250.00"))
    assert found("flat_rate_base", of_claim(approved, rate, status="approved")) == []
    corrected = charge(
        "1000.00", claim="claim", net=dec("800.00"), approved=dec("800.00"), position=90
    )
    given = of_claim(corrected, rate, status="approved")
    assert [one.position for one in found("flat_rate_base", given)] == [90]
    polish, english = messages("flat_rate_base", given)
    assert "rozliczono 250,00 zł, a przy kosztach bezpośrednich 800,00 zł" in polish
    assert "it should be PLN 200.00 (25%)" in english
    mended = flat("250.00", net=dec("200.00"), approved=dec("200.00"))
    assert found("flat_rate_base", of_claim(corrected, mended, status="approved")) == []


@pytest.mark.parametrize(
    ("amount", "breaches"),
    [("70.00", 0), ("150.00", 0), ("250.00", 0), ("100.00", 1), ("70.01", 1)],
)
def test_the_newer_regulation_knows_three_rates(amount: str, breaches: int) -> None:
    paper = document(issued_on=day("2022-05-10"), paid_on=day("2022-05-13"))
    charges = [charge("1000.00", claim="claim", document=paper), flat(amount, document=paper)]
    assert len(found("flat_rate_base", of_claim(*charges), CPR)) == breaches


def test_all_rates_that_would_do_are_named() -> None:
    paper = document(issued_on=day("2022-05-10"), paid_on=None)
    given = of_claim(charge("1000.00", claim="claim"), flat("100.00", document=paper))
    polish, _ = messages("flat_rate_base", given, CPR)
    assert "powinno być 70,00 zł (7%) albo 150,00 zł (15%) albo 250,00 zł (25%)." in polish


def test_claims_without_a_flat_rate_and_charges_without_a_claim_are_not_judged() -> None:
    free = charge("10.00", line="9.1", method="flat_rate")
    assert found("flat_rate_base", of_claim(charge("1000.00", claim="claim"), free)) == []


def received(on: str, amount: str, tranche: str | None = None, position: int = 70) -> Receipt:
    return Receipt(tranche=tranche, amount=dec(amount), on=day(on), position=position)


def settled(on: str, amount: str, position: int = 75) -> Settlement:
    return Settlement(on=day(on), amount=dec(amount), position=position)


@pytest.mark.parametrize(("amount", "breaches"), [("70.00", 0), ("69.99", 1)])
def test_a_tranche_asks_for_seventy_percent_of_the_earlier_ones(amount: str, breaches: int) -> None:
    given = facts(
        receipts=[received("2018-05-01", "100.00"), received("2019-05-01", "50.00", position=80)],
        settlements=[settled("2019-05-01", amount, position=95)],
    )
    assert [one.position for one in found("tranche_unsettled", given)] == [80] * breaches


def test_what_is_settled_after_the_receipt_comes_too_late() -> None:
    given = facts(
        receipts=[received("2019-05-01", "50.00", "2"), received("2018-05-01", "100.00", "1")],
        settlements=[settled("2019-05-02", "100.00")],
    )
    polish, english = messages("tranche_unsettled", given)
    assert polish == (
        "Transzę nr 2 (50,00 zł) otrzymano 01.05.2019, gdy rozliczone było 0,00 zł z 100,00 zł"
        " wcześniejszych transz, czyli 0%, a wymagane jest co najmniej 70%."
    )
    assert "on 1 May 2019, when PLN 0.00 of the PLN 100.00" in english


def test_a_financial_correction_unsettles_what_was_settled() -> None:
    receipts = [received("2018-05-01", "100.00"), received("2019-05-01", "50.00")]
    settlements = [settled("2018-12-01", "75.00"), settled("2019-04-30", "-6.00", position=99)]
    (one,) = found("tranche_unsettled", facts(receipts=receipts, settlements=settlements))
    assert one.position == 99


def test_parts_of_one_tranche_are_not_held_against_each_other() -> None:
    receipts = [received("2018-05-01", "100.00", "1"), received("2018-06-01", "50.00", "1")]
    assert found("tranche_unsettled", facts(receipts=receipts)) == []
    third = received("2019-05-01", "1.00", "2")
    (one,) = found("tranche_unsettled", facts(receipts=[*receipts, third]))
    assert (one.key, one.says["earlier"]) == ("2", dec("150.00"))


@pytest.mark.parametrize(("valid_at", "breaches"), [("2018-07-01", 0), ("2018-07-02", 1)])
def test_the_first_claim_is_due_three_months_after_the_beginning(
    valid_at: str, breaches: int
) -> None:
    assert len(found("claim_late", facts(valid_at, lines=[line()]))) == breaches


@pytest.mark.parametrize(("valid_at", "breaches"), [("2019-10-10", 0), ("2019-10-11", 1)])
def test_the_next_claim_is_due_three_months_after_the_last(valid_at: str, breaches: int) -> None:
    given = facts(valid_at, lines=[line()], claims=[claim()])
    assert [one.position for one in found("claim_late", given)] == [30] * breaches


def test_a_returned_claim_is_not_submitted() -> None:
    given = facts("2019-08-01", charges=[charge()], claims=[claim("returned")])
    polish, english = messages("claim_late", given)
    assert "Od 01.04.2018 do 01.08.2019 nie złożono wniosku o płatność" in polish
    assert "From 1 April 2018 to 1 August 2019 no claim was submitted" in english


def test_a_claim_for_the_last_months_is_enough_for_ever() -> None:
    last = claim(period_to=day("2021-03-31"), submitted_on=day("2021-04-30"))
    assert found("claim_late", facts("2026-11-21", lines=[line()], claims=[last])) == []


def test_a_project_that_has_no_money_yet_claims_none() -> None:
    assert found("claim_late", facts("2020-06-30")) == []
