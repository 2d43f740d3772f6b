"""Rules about single documents and charges: found, not found, and on the very limit."""

import pytest

from ledger.findings import catalogue
from ledger.findings.facts import ChargedVat, Unproved
from ledger.findings.judging import judge
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


@pytest.mark.parametrize(
    ("paid_on", "breaches"),
    [("2018-03-31", 1), ("2018-04-01", 0), ("2021-03-31", 0), ("2021-04-01", 1)],
)
def test_a_payment_on_the_first_and_the_last_day_is_within_the_period(
    paid_on: str, breaches: int
) -> None:
    given = facts(documents=[document(paid_on=day(paid_on))])
    assert len(found("period", given)) == breaches


def test_an_unpaid_document_is_judged_by_the_day_of_its_issue() -> None:
    given = facts(documents=[document(paid_on=None, issued_on=day("2021-04-01"), number="7/21")])
    polish, english = messages("period", given)
    assert polish == (
        "Dokument 7/21 (Drukarnia) wystawiono 01.04.2021, a wydatki projektu są kwalifikowalne od"
        " 01.04.2018 do 31.03.2021. Należy sprawdzić datę albo wycofać wydatek."
    )
    assert "7/21 (Drukarnia) was issued on 1 April 2021" in english
    assert "eligible from 1 April 2018 to 31 March 2021" in english


def test_the_period_of_funds_ends_before_a_project_that_goes_on() -> None:
    late = document(paid_on=day("2024-01-01"))
    in_time = document(paid_on=day("2023-12-31"))
    given = facts(documents=[late, in_time], ends_on=day("2024-06-30"))
    assert [one.subject for one in found("period", given)] == [late.expenditure]
    assert found("period", given, CPR) == []


def test_a_period_that_an_annex_shortened_is_found_at_the_annex() -> None:
    given = facts(documents=[document(paid_on=day("2021-05-01"))], position=77)
    assert [one.position for one in found("period", given)] == [77]


@pytest.mark.parametrize(("paid_on", "breaches"), [("2019-06-30", 0), ("2019-07-01", 1), (None, 1)])
def test_a_charge_in_a_submitted_claim_must_be_paid_by_the_end_of_its_period(
    paid_on: str | None, breaches: int
) -> None:
    paper = document(paid_on=paid_on and day(paid_on))
    charges = [charge(document=paper, claim="claim"), charge(document=paper, claim="claim")]
    given = facts(charges=charges, claims=[claim()])
    assert len(found("unpaid", given)) == breaches


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_a_claim_that_is_not_handed_in_may_hold_unpaid_documents(status: str) -> None:
    one = charge(document=document(paid_on=None), claim="claim")
    assert found("unpaid", facts(charges=[one], claims=[claim(status)])) == []


def test_what_is_settled_by_a_flat_rate_needs_no_payment() -> None:
    one = charge(document=document(paid_on=None), claim="claim", method="flat_rate")
    assert found("unpaid", facts(charges=[one], claims=[claim()])) == []


def test_the_message_on_an_unpaid_document_says_when_it_was_paid() -> None:
    late = document(number="8/19", paid_on=day("2019-07-02"))
    given = facts(charges=[charge(document=late, claim="claim")], claims=[claim()])
    polish, english = messages("unpaid", given)
    assert "we wniosku o płatność nr 1 nie był zapłacony" in polish
    assert "do 30.06.2019: zapłacono go 02.07.2019." in polish
    assert "30 June 2019: it was paid on 2 July 2019." in english


@pytest.mark.parametrize(("paid_on", "breaches"), [("2019-05-09", 1), ("2019-05-10", 0)])
def test_a_document_is_not_paid_before_its_day(paid_on: str, breaches: int) -> None:
    given = facts(documents=[document(paid_on=day(paid_on))])
    assert len(found("paid_before_issued", given)) == breaches


def test_a_document_that_is_not_paid_was_not_paid_too_early() -> None:
    assert found("paid_before_issued", facts(documents=[document(paid_on=None)])) == []


def test_an_actual_indirect_cost_beside_a_flat_rate_is_found() -> None:
    charges = [
        charge("300.00", line="9.1", document=document(number="9/19"), position=40),
        charge(line="1.1"),
        charge(line="9.1", method="flat_rate", position=60),
    ]
    lines = [line(), line("9.1", category="indirect")]
    given = facts(charges=charges, lines=lines)
    assert [one.position for one in found("real_cost_in_flat_rate", given)] == [60]
    polish, english = messages("real_cost_in_flat_rate", given)
    assert "Wydatek 300,00 zł z dokumentu 9/19" in polish
    assert "line of indirect costs “9.1”" in english


def test_actual_indirect_costs_are_allowed_where_no_flat_rate_is_used() -> None:
    given = facts(charges=[charge(line="9.1")], lines=[line("9.1", category="indirect")])
    assert found("real_cost_in_flat_rate", given) == []


@pytest.mark.parametrize(("net", "breaches"), [("50000.00", 0), ("50000.01", 1)])
def test_procurement_must_be_named_above_the_limit(net: str, breaches: int) -> None:
    given = facts(charges=[charge(document=document(net=dec(net)))])
    assert len(found("procurement_missing", given)) == breaches


@pytest.mark.parametrize("told", [{"procurement": "ZP/1/2019"}, {"method": "lump_sum"}])
def test_a_named_procurement_or_another_method_is_enough(told: dict[str, str]) -> None:
    given = facts(charges=[charge(document=document(net=dec("90000.00")), **told)])
    assert found("procurement_missing", given) == []


def test_one_document_without_procurement_is_found_once_with_its_lines() -> None:
    paper = document(net=dec("123456.78"), number="10/19")
    given = facts(charges=[charge(document=paper, line="2.1"), charge(document=paper)])
    polish, english = messages("procurement_missing", given)
    assert "10/19 (Drukarnia) to 123 456,78 zł, czyli ponad 50 000,00 zł" in polish
    assert "(linie budżetu: 1.1, 2.1)" in polish
    assert "is PLN 123,456.78, above PLN 50,000.00" in english


@pytest.mark.parametrize(("charged", "breaches"), [("23.00", 0), ("23.01", 1)])
def test_no_more_vat_is_eligible_than_the_document_has(charged: str, breaches: int) -> None:
    given = facts(charged_vat=[ChargedVat(document(), dec(charged), 44)])
    assert [one.position for one in found("vat_twice", given)] == [44] * breaches


def test_a_document_in_a_submitted_claim_needs_something_stored() -> None:
    given = facts(unproved=[Unproved("e", "FV/1", "Drukarnia", "claim", "WNP-1", 30, 7)])
    (one,) = found("evidence_missing", given)
    assert (one.subject, one.key, one.position) == ("e", "claim", 30)
    judged = judge([one for one in catalogue.rules() if one.id == "evidence_missing"], given)
    assert (len(judged), len(judged.told("pl")), judged.by_rule()["evidence_missing"]) == (7, 1, 7)
