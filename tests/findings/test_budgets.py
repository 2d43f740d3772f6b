"""Rules about the budget: lines exceeded, shifts between tasks, cross-financing, small projects."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ledger.findings.facts import Shift
from ledger.findings.rule_sets import Dated
from tests.findings.given import (
    CPR,
    POWR,
    charge,
    day,
    dec,
    document,
    facts,
    found,
    line,
    messages,
)


@pytest.mark.parametrize(("last", "breaches"), [("400.00", 0), ("400.01", 1)])
def test_a_line_may_be_spent_to_the_last_grosz(last: str, breaches: int) -> None:
    given = facts(charges=[charge("600.00"), charge(last, position=25)], lines=[line()])
    assert [one.position for one in found("budget_exceeded", given)] == [25] * breaches


def test_what_was_disallowed_does_not_use_up_the_line() -> None:
    charges = [charge("600.00"), charge("400.01", net=dec("400.00"))]
    assert found("budget_exceeded", facts(charges=charges, lines=[line()])) == []


def test_every_line_that_is_exceeded_is_found_once() -> None:
    charges = [charge("1200.00"), charge("10.00"), charge("2.00", line="2.1"), charge(line="3.1")]
    lines = [line(), line("2.1", "1.00"), line("3.1")]
    given = facts(charges=charges, lines=lines)
    assert {one.key for one in found("budget_exceeded", given)} == {"1.1", "2.1"}


def test_shifts_change_what_is_planned() -> None:
    lines = [line(), line("2.1")]
    charges = [charge("1000.00"), charge("1100.00", line="2.1")]
    given = facts(charges=charges, lines=lines, shifts=[shift("1.1", "2.1", "100.00", position=9)])
    assert [(one.key, one.position) for one in found("budget_exceeded", given)] == [("1.1", 20)]


def test_only_the_edition_in_force_says_what_is_planned() -> None:
    lines = [line(), line(edition=2, amount="2000.00"), line("2.1")]
    charges = [charge("1500.00"), charge("0.01", line="2.1")]
    polish, english = messages("budget_exceeded", facts(charges=charges, lines=lines))
    assert polish == (
        "Wydatki w linii budżetu „2.1” wynoszą 0,01 zł (bez kwot uznanych za niekwalifikowalne)"
        " i przekraczają planowane 0,00 zł o 0,01 zł. Należy zmienić budżet albo wycofać nadwyżkę."
    )
    assert "exceed the planned PLN 0.00 by PLN 0.01" in english


def shift(giver: str, taker: str, amount: str, **told: Any) -> Shift:
    fields: dict[str, Any] = {"edition": 1, "on": day("2019-05-13"), "position": 60}
    return Shift(from_line=giver, to_line=taker, amount=dec(amount), **(fields | told))


TASKS = [line("1.1", "600.00"), line("1.2", "400.00"), line("2.1", "5000.00")]


@pytest.mark.parametrize(("amount", "breaches"), [("100.00", 0), ("100.01", 1)])
def test_a_tenth_of_a_task_may_be_shifted_without_consent(amount: str, breaches: int) -> None:
    given = facts(lines=TASKS, shifts=[shift("1.1", "2.1", amount)])
    assert [one.key for one in found("task_shift", given)] == ["1/out"] * breaches


def test_shifts_into_a_task_are_held_against_it_too_and_added_up() -> None:
    shifts = [shift("2.1", "1.1", "60.00"), shift("2.1", "1.2", "41.00", position=61)]
    (one,) = found("task_shift", facts(lines=TASKS, shifts=shifts))
    assert (one.key, one.position) == ("1/into", 61)
    polish, english = messages("task_shift", facts(lines=TASKS, shifts=shifts))
    assert "Przesunięcia do zadania „1” wynoszą łącznie 101,00 zł" in polish
    assert "najwyżej 100,00 zł, czyli 10% jego pierwotnej wartości 1 000,00 zł" in polish
    assert "Shifts into the task “1” amount to PLN 101.00" in english


def test_shifts_within_a_task_and_in_earlier_editions_need_no_consent() -> None:
    inside = shift("1.1", "1.2", "400.00")
    assert found("task_shift", facts(lines=TASKS, shifts=[inside])) == []
    lines = [*TASKS, line("1.1", edition=2), line("2.1", "5000.00", edition=2)]
    before = shift("1.1", "2.1", "400.00", edition=1)
    assert found("task_shift", facts(lines=lines, shifts=[before])) == []


def test_a_task_is_held_against_its_value_in_its_first_edition() -> None:
    lines = [*TASKS, line("1.1", "9000.00", edition=2), line("2.1", "5000.00", edition=2)]
    given = facts(lines=lines, shifts=[shift("1.1", "2.1", "101.00", edition=2)])
    assert [one.key for one in found("task_shift", given)] == ["1/out"]


CROSS = [line(), line("2.1", cross_financing=True)]


@pytest.mark.parametrize(("net", "breaches"), [("100.00", 0), ("100.01", 1)])
def test_cross_financing_is_a_share_of_the_unions_contribution(net: str, breaches: int) -> None:
    charges = [charge(net, line="2.1", eu=dec("84.28")), charge("9000.00", eu=dec("8000.00"))]
    given = facts(charges=charges, lines=CROSS, eu_contribution=dec("1000.00"))
    assert len(found("cross_financing", given)) == breaches


def test_the_newer_regulation_allows_more_cross_financing() -> None:
    given = facts(
        charges=[charge("150.00", line="2.1", document=document(paid_on=day("2022-01-10")))],
        lines=CROSS,
        eu_contribution=dec("1000.00"),
    )
    assert found("cross_financing", given, CPR) == []
    assert len(found("cross_financing", given, POWR)) == 1


def test_charges_on_cross_financing_lines_are_told_with_their_limit() -> None:
    given = facts(
        charges=[charge("123.45", line="2.1")], lines=CROSS, eu_contribution=dec("1000.00")
    )
    polish, _ = messages("cross_financing", given)
    assert "wynoszą 123,45 zł (wydatki do 13.05.2019), a mogą wynosić najwyżej 100,00 zł" in polish
    assert found("cross_financing", facts(charges=given.charges, lines=CROSS)) == []
    assert found("cross_financing", msgspec.structs.replace(given, lines=[line("2.1")])) == []


def test_without_a_contribution_of_the_union_there_is_no_limit() -> None:
    given = facts(charges=[charge(line="2.1")], lines=CROSS, eu_contribution=None)
    assert found("cross_financing", given) == []


def test_a_share_that_is_raised_later_leaves_what_was_judged_before() -> None:
    source = "an annex"
    limits = msgspec.structs.replace(
        POWR,
        limits={
            "cross_financing_percent": (
                Dated(since=day("2014-01-01"), until=day("2019-12-31"), value=Decimal(10),
                      source=source),
                Dated(since=day("2020-01-01"), value=Decimal(15), source=source),
            )
        },
    )  # fmt: skip

    def given(paid_on: str) -> Any:
        late = charge("120.00", line="2.1", document=document(paid_on=day(paid_on)))
        return facts(charges=[late], lines=CROSS, eu_contribution=dec("1000.00"))

    assert len(found("cross_financing", given("2019-12-31"), limits)) == 1
    assert found("cross_financing", given("2020-01-01"), limits) == []


@pytest.mark.parametrize(("value", "breaches"), [("430000.00", 1), ("430000.01", 0)])
def test_a_small_project_is_not_settled_by_actual_costs_alone(value: str, breaches: int) -> None:
    given = facts(charges=[charge(), charge(position=33)], value=dec(value))
    assert [one.position for one in found("simplified_required", given)] == [33] * breaches


def test_the_limit_of_a_small_project_is_told_in_both_currencies() -> None:
    polish, english = messages(
        "simplified_required", facts(charges=[charge()], value=dec("100.00"))
    )
    assert "nie przekracza 430 000,00 zł (100 000,00 EUR)" in polish
    assert "does not exceed PLN 430,000.00 (EUR 100,000.00)" in english


def test_one_simplified_charge_or_none_at_all_is_enough() -> None:
    charges = [charge(), charge(method="flat_rate")]
    assert found("simplified_required", facts(charges=charges, value=dec("100.00"))) == []
    assert found("simplified_required", facts(value=dec("100.00"))) == []
