"""What may the project spend, line by line, and what money did it receive?

Lines are set as a whole: a later set replaces them. Between two sets, amounts are shifted from
line to line. Each set begins a new edition of the budget.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ledger.aggregates.projects.state import PROJECTS, BudgetLine, Project
from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import Label, Money, Quantity, ShortText, TaskName, added, decimal, money
from ledger.kernel.messages import Command, Event, Given


class PlannedLine(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A line of the budget: the task and the category of cost to which it belongs."""

    line: Label
    task: TaskName
    category: ShortText
    amount: Money
    cross_financing: bool | None = None
    fixed_assets: bool | None = None


@PROJECTS.event("project.budget-set")
class BudgetSet(Event, frozen=True, kw_only=True):
    """The budget was agreed, line by line; it replaces the one before."""

    edition: Quantity
    lines: tuple[PlannedLine, ...]

    def apply(self, state: Project, on: date) -> Project:
        lines = {
            one.line: BudgetLine(task=one.task, category=one.category, amount=one.amount)
            for one in self.lines
        }
        return replace(
            state,
            budget=lines,
            former_lines={**state.former_lines, **state.budget},
            budget_edition=self.edition,
            budget_shifts=0,
            budget_since=on,
        )


@PROJECTS.event("project.budget-shifted")
class BudgetShifted(Event, frozen=True, kw_only=True):
    """An amount was moved from one line to another; shifts of an edition are numbered from 1."""

    edition: Quantity
    sequence: Quantity
    from_line: Label
    to_line: Label
    amount: Money

    def apply(self, state: Project, on: date) -> Project:
        giving, taking = state.budget[self.from_line], state.budget[self.to_line]
        less = money(decimal(giving.amount) - decimal(self.amount))
        lines = {
            **state.budget,
            self.from_line: replace(giving, amount=less),
            self.to_line: replace(taking, amount=added(taking.amount, self.amount)),
        }
        return replace(state, budget=lines, budget_shifts=self.sequence, budget_since=on)


@PROJECTS.event("project.funds-received")
class FundsReceived(Event, frozen=True, kw_only=True):
    """A tranche of the grant arrived; they are numbered in the order of their recording."""

    sequence: Quantity
    amount: Money
    tranche: Label | None = None

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, tranches=self.sequence, received=added(state.received, self.amount))


class ShiftExceedsLine(Refusal):
    """The line {line} holds {planned}: {amount} cannot be shifted out of it."""


@PROJECTS.command("set-budget", roles=["officer"])
class SetBudget(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Set the budget's lines; they replace those before, and then a reason is required."""

    lines: tuple[PlannedLine, ...]

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if state.budget_edition and not given.reason:
            raise Invalid.field("reason", "is required for a change of the budget")
        if not self.lines:
            raise Invalid.field("lines", "at least one line is required")
        seen: set[str] = set()
        errors = []
        for index, one in enumerate(self.lines):
            if one.line in seen:
                errors.append(FieldError(f"lines[{index}].line", "stands in the budget twice"))
            seen.add(one.line)
        if errors:
            raise Invalid(errors)
        _check_after_last(state, given)
        return [BudgetSet(edition=state.budget_edition + 1, lines=self.lines)]


@PROJECTS.command("shift-budget", roles=["officer"], reason=True)
class ShiftBudget(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move an amount from one line of the budget to another."""

    from_line: Label
    to_line: Label
    amount: Money

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        errors = [
            FieldError(field, "is not a line of the budget")
            for field in ("from_line", "to_line")
            if getattr(self, field) not in state.budget
        ]
        if not errors and self.from_line == self.to_line:
            errors.append(FieldError("to_line", "must be another line than from_line"))
        if decimal(self.amount) == Decimal(0):
            errors.append(FieldError("amount", "must be more than zero"))
        if errors:
            raise Invalid(errors)
        planned = state.budget[self.from_line].amount
        if decimal(self.amount) > decimal(planned):
            raise ShiftExceedsLine(
                line=self.from_line,
                planned=planned,
                amount=self.amount,
                collides=Collision("projects", given.id),
            )
        _check_after_last(state, given)
        return [
            BudgetShifted(
                edition=state.budget_edition,
                sequence=state.budget_shifts + 1,
                from_line=self.from_line,
                to_line=self.to_line,
                amount=self.amount,
            )
        ]


def _check_after_last(state: Project, given: Given) -> None:
    """The budget changes in the order of its days, so that each set replaces all before it."""
    since = state.budget_since or state.since
    NotTrueYet.check(since, given.effective_on, Collision("projects", given.id))


@PROJECTS.command("receive-funds", roles=["officer", "coordinator"])
class ReceiveFunds(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that a tranche of the grant arrived."""

    amount: Money
    tranche: Label | None = None

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if decimal(self.amount) == Decimal(0):
            raise Invalid.field("amount", "must be more than zero")
        return [
            FundsReceived(sequence=state.tranches + 1, amount=self.amount, tranche=self.tranche)
        ]
