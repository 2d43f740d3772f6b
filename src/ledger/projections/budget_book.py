"""What may each project spend, line by line, and what money did it receive?

What was spent is not kept here: it is summed when asked, over the books in which the charges and
claims stand (`ledger.queries.budget`).
"""

from msgspec import Struct

from ledger.aggregates.projects.budget import BudgetSet, BudgetShifted, FundsReceived
from ledger.kernel.fields import Id, Money
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class BudgetLine(Struct, frozen=True, kw_only=True):
    """A line as it was set in that edition of the budget, before shifts."""

    project: Id
    edition: int
    line: str
    task: str
    category: str
    amount: Money
    cross_financing: bool
    fixed_assets: bool
    place: int


class BudgetShift(Struct, frozen=True, kw_only=True):
    """An amount that moved from one line to another within an edition."""

    project: Id
    edition: int
    sequence: int
    from_line: str
    to_line: str
    amount: Money


class Tranche(Struct, frozen=True, kw_only=True):
    """Money of the grant that arrived."""

    project: Id
    sequence: int
    amount: Money
    tranche: str | None


LINES = Table("budget_lines", BudgetLine, key=["project", "edition", "line"])
SHIFTS = Table("budget_shifts", BudgetShift, key=["project", "edition", "sequence"])
FUNDS = Table("funds_received", Tranche, key=["project", "sequence"])
MODEL = ReadModel("budget_book", LINES, SHIFTS, FUNDS)


@MODEL.on(BudgetSet)
def _set(event: BudgetSet, fact: Fact, rows: Rows) -> None:
    for place, one in enumerate(event.lines):
        rows.put(
            LINES,
            BudgetLine(
                project=fact.stream,
                edition=event.edition,
                line=one.line,
                task=one.task,
                category=one.category,
                amount=one.amount,
                cross_financing=bool(one.cross_financing),
                fixed_assets=bool(one.fixed_assets),
                place=place,
            ),
            valid_from=fact.effective_on,
        )


@MODEL.on(BudgetShifted)
def _shifted(event: BudgetShifted, fact: Fact, rows: Rows) -> None:
    rows.put(
        SHIFTS,
        BudgetShift(
            project=fact.stream,
            edition=event.edition,
            sequence=event.sequence,
            from_line=event.from_line,
            to_line=event.to_line,
            amount=event.amount,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(FundsReceived)
def _received(event: FundsReceived, fact: Fact, rows: Rows) -> None:
    rows.put(
        FUNDS,
        Tranche(
            project=fact.stream,
            sequence=event.sequence,
            amount=event.amount,
            tranche=event.tranche,
        ),
        valid_from=fact.effective_on,
    )
