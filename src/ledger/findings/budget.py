"""What do the editions of a budget say: the lines in force, their plan, the tasks' first value?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from ledger.findings.facts import INDIRECT, BudgetLine, Shift


def edition_in_force(lines: Iterable[BudgetLine]) -> int:
    """The number of the edition in force; 0 where there is no budget."""
    return max((one.edition for one in lines), default=0)


def newest(lines: Iterable[BudgetLine]) -> Mapping[str, BudgetLine]:
    """Every line by its text, as the last edition that has it describes it.

    Charges stay where they were placed, also when a later edition drops their line.
    """
    return {one.line: one for one in sorted(lines, key=lambda one: one.edition)}


def planned(lines: Sequence[BudgetLine], shifts: Sequence[Shift]) -> Mapping[str, Decimal]:
    """The planned amount of every line of the edition in force, after its shifts."""
    edition = edition_in_force(lines)
    amounts = {one.line: one.amount for one in lines if one.edition == edition}
    for shift in shifts:
        if shift.edition == edition:
            amounts[shift.from_line] = amounts.get(shift.from_line, Decimal(0)) - shift.amount
            amounts[shift.to_line] = amounts.get(shift.to_line, Decimal(0)) + shift.amount
    return amounts


def first_values(lines: Sequence[BudgetLine]) -> Mapping[str, Decimal]:
    """The value of each task in the first edition in which it appears."""
    sums: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in lines:
        sums[one.task][one.edition] += one.amount
    return {task: by_edition[min(by_edition)] for task, by_edition in sums.items()}


def direct_costs(lines: Sequence[BudgetLine], shifts: Sequence[Shift]) -> Decimal:
    """The planned costs that no flat rate covers, cross-financing among them."""
    known = newest(lines)
    return sum(
        (
            amount
            for line, amount in planned(lines, shifts).items()
            if line in known and known[line].category != INDIRECT
        ),
        Decimal(0),
    )
