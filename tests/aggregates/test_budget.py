"""Budget: lines are set as a whole, amounts shift between them, tranches of the grant arrive."""

from datetime import timedelta

import pytest

from ledger.aggregates.projects import PROJECTS
from ledger.aggregates.projects.budget import (
    BudgetSet,
    BudgetShifted,
    FundsReceived,
    PlannedLine,
    ReceiveFunds,
    SetBudget,
    ShiftBudget,
    ShiftExceedsLine,
)
from ledger.aggregates.projects.state import BudgetLine, Project
from ledger.aggregates.projects.terms import ProjectStarted, ProjectWasClosed
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, ProjectClosed
from ledger.kernel.intake import read
from ledger.kernel.messages import Command
from ledger.kernel.standing import LineStanding, ProjectTerms
from tests.aggregates.scenario import DAY, ITSELF, A, Scenario

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
STARTED = ProjectStarted(
    code="LIDERZY",
    title="Liderzy kooperacji",
    programme="PO WER",
    leader=A,
    value="1000.00",
    starts_on=DAY,
    ends_on=DAY,
)
STAFF = PlannedLine(line="1.1", task="1", category="personel", amount="600.00")
OFFICE = PlannedLine(line="2.1", task="2", category="indirect", amount="400.00")
SET = BudgetSet(edition=1, lines=(STAFF, OFFICE))
SHIFT = ShiftBudget(from_line="1.1", to_line="2.1", amount="600.00")
HERE = Collision("projects", ITSELF)


def project() -> Scenario:
    return Scenario(PROJECTS).given(STARTED)


def planned() -> Scenario:
    return project().given(SET)


def amounts(state: object) -> dict[str, str]:
    assert isinstance(state, Project)
    return {name: line.amount for name, line in state.budget.items()}


def test_a_budget_is_set_without_a_reason_the_first_time() -> None:
    state = project().when(SetBudget(lines=(STAFF, OFFICE))).then(SET)
    assert amounts(state) == {"1.1": "600.00", "2.1": "400.00"}


def test_others_see_the_lines_with_their_task_and_category() -> None:
    standing = project().when(SetBudget(lines=(STAFF, OFFICE))).then(SET).standing()
    assert isinstance(standing, ProjectTerms)
    assert standing.lines == {
        "1.1": LineStanding(task="1", category="personel"),
        "2.1": LineStanding(task="2", category="indirect"),
    }


def test_a_later_set_replaces_all_lines_and_begins_an_edition() -> None:
    state = (
        planned()
        .given(BudgetShifted(edition=1, sequence=1, from_line="1.1", to_line="2.1", amount="1.00"))
        .when(SetBudget(lines=(OFFICE,)), reason="Aneks nr 1")
        .then(BudgetSet(edition=2, lines=(OFFICE,)))
    )
    assert isinstance(state, Project)
    assert state.budget == {"2.1": BudgetLine(task="2", category="indirect", amount="400.00")}
    assert state.budget_shifts == 0
    assert state.standing().former_lines["1.1"].task == STAFF.task


def test_a_change_of_the_budget_needs_a_reason() -> None:
    planned().when(SetBudget(lines=(OFFICE,))).invalid("reason")


def test_a_budget_has_a_line() -> None:
    project().when(SetBudget(lines=())).invalid("lines")


def test_each_line_stands_in_the_budget_once() -> None:
    twice = SetBudget(lines=(STAFF, OFFICE, STAFF, STAFF))
    project().when(twice).invalid("lines[2].line", "lines[3].line")


@pytest.mark.parametrize("command", [SetBudget(lines=(OFFICE,)), SHIFT])
def test_the_budget_changes_in_the_order_of_its_days(command: Command) -> None:
    scenario = project().given(SET, on=AFTER)
    scenario.when(command, on=DAY, reason="Aneks").refused(NotTrueYet, collides=HERE)


def test_a_budget_is_not_set_before_the_project_is() -> None:
    project().when(SetBudget(lines=(STAFF,)), on=BEFORE).refused(NotTrueYet, collides=HERE)


def test_two_changes_of_one_day_are_in_order() -> None:
    planned().when(SetBudget(lines=(OFFICE,)), reason="Aneks").then(
        BudgetSet(edition=2, lines=(OFFICE,))
    )


def test_a_line_may_be_emptied_into_another() -> None:
    state = (
        planned()
        .when(SHIFT, reason="Przesunięcie")
        .then(BudgetShifted(edition=1, sequence=1, from_line="1.1", to_line="2.1", amount="600.00"))
    )
    assert amounts(state) == {"1.1": "0.00", "2.1": "1000.00"}


def test_shifts_of_an_edition_are_numbered_and_keep_the_sum() -> None:
    scenario = planned().when(SHIFT, reason="x")
    back = ShiftBudget(from_line="2.1", to_line="1.1", amount="0.01")
    state = scenario.when(back, reason="x").then(
        BudgetShifted(edition=1, sequence=2, from_line="2.1", to_line="1.1", amount="0.01")
    )
    assert amounts(state) == {"1.1": "0.01", "2.1": "999.99"}


def test_no_more_is_shifted_than_the_line_holds() -> None:
    more = ShiftBudget(from_line="1.1", to_line="2.1", amount="600.01")
    planned().when(more, reason="x").refused(ShiftExceedsLine, collides=HERE)


@pytest.mark.parametrize(
    ("from_line", "to_line", "amount", "bad"),
    [
        ("9.9", "2.1", "1.00", ["from_line"]),
        ("1.1", "9.9", "1.00", ["to_line"]),
        ("1.1", "1.1", "1.00", ["to_line"]),
        ("1.1", "2.1", "0.00", ["amount"]),
        ("9.8", "9.9", "0.00", ["from_line", "to_line", "amount"]),
    ],
)
def test_every_bad_field_of_a_shift_is_named(
    from_line: str, to_line: str, amount: str, bad: list[str]
) -> None:
    command = ShiftBudget(from_line=from_line, to_line=to_line, amount=amount)
    planned().when(command, reason="x").invalid(*bad)


def test_nothing_is_shifted_without_a_budget() -> None:
    project().when(SHIFT, reason="x").invalid("from_line", "to_line")


def test_tranches_are_numbered_and_add_up() -> None:
    state = (
        project()
        .given(FundsReceived(sequence=1, amount="100.10", tranche="1"))
        .when(ReceiveFunds(amount="0.90"), on=BEFORE)
        .then(FundsReceived(sequence=2, amount="0.90"))
    )
    assert isinstance(state, Project)
    assert (state.received, state.tranches) == ("101.00", 2)


def test_a_tranche_of_nothing_is_none() -> None:
    project().when(ReceiveFunds(amount="0.00")).invalid("amount")


@pytest.mark.parametrize("command", [SetBudget(lines=(STAFF,)), SHIFT, ReceiveFunds(amount="1.00")])
def test_the_budget_of_a_closed_project_stays(command: Command) -> None:
    scenario = planned().given(ProjectWasClosed())
    scenario.when(command, reason="x").refused(ProjectClosed)


def test_a_line_that_comes_as_a_number_is_its_text() -> None:
    lines = [{"line": 1, "task": " 2 ", "category": "personel", "amount": 1}]
    message, _ = read(SetBudget, {"lines": lines})
    assert message.lines[0] == PlannedLine(line="1", task="2", category="personel", amount="1.00")


def test_a_budget_with_a_negative_line_is_invalid() -> None:
    lines = [{"line": 1, "task": 1, "category": "personel", "amount": "-1.00"}]
    with pytest.raises(Invalid) as refused:
        read(SetBudget, {"lines": lines})
    assert [one.field for one in refused.value.errors] == ["lines[0].amount"]


def test_a_task_is_called_in_full_as_the_application_has_it() -> None:
    line = {"line": 1, "category": "personel", "amount": 1}
    name = "Opracowanie Modelu Kooperacji między instytucjami pomocy i integracji społecznej " * 3
    assert read(SetBudget, {"lines": [{**line, "task": name[:200]}]})[0].lines[0].task == name[:200]
    with pytest.raises(Invalid) as refused:
        read(SetBudget, {"lines": [{**line, "task": name[:201] + "ż"}]})
    assert [one.field for one in refused.value.errors] == ["lines[0].task"]
