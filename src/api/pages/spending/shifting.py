"""An amount on its way from one budget line to another: what is left on each, before and after."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from api.pages.frame.forms.form import CommandForm
from api.pages.frame.page import Page
from api.pages.spending.told import lang_of
from ledger.application import Receipt
from ledger.findings import Finding
from ledger.findings.foreseeing import DraftShift
from ledger.queries.budget import BudgetRow, budget
from ledger.queries.findings import shift_findings_foreseen

REASON_TO_COME = "…"
SEEN = "seen"  # the findings that the person has been shown


class Touched(NamedTuple):
    """A line that gives or takes: what is planned and left on it, before and after."""

    row: BudgetRow
    planned: Decimal
    left: Decimal

    @property
    def left_before(self) -> Decimal:
        """What is left on it now."""
        return Decimal(self.row.remaining)


class ShiftForm(CommandForm):
    """The form of a shift, and what would come of it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "projects", "shift-budget", page.id())
        self.lines: list[BudgetRow] = []
        self.touched: list[Touched] = []
        self.found: list[Finding] = []

    async def begin(self) -> None:
        """A blank form, or one that an address fills in."""
        await self.open()
        self.lines = await self._lines()

    async def take(self) -> str:
        """Reads what the browser sent; answers what it wants: check, or record."""
        await self._read_object()
        self.lines = await self._lines()
        await self.receive()
        return self.sent.text("do") or "record"

    async def check(self) -> None:
        """Works out what would be left, and what stands against the shift."""
        body = self._body()
        # The reason is written last; what stands against the shift itself is told before.
        await self.judge({"reason": REASON_TO_COME, **body})
        amount = _decimal(body.get("amount"))
        known = {one.line: one for one in self.lines}
        giving, taking = known.get(body.get("from_line")), known.get(body.get("to_line"))
        if amount is None or giving is None or taking is None or giving is taking:
            return
        self.touched = [_after(giving, -amount), _after(taking, amount)]
        if not self.problem:
            await self._foresee(body, amount)

    async def record(self) -> Receipt | None:
        """Records the shift; None where it was refused or there are findings to look at."""
        await self.check()
        if {one.id for one in self.found} - set(self.sent.texts(SEEN)):
            return None
        self.problem.fields.clear()
        self.problem.whole.clear()
        return await self._record()

    async def _lines(self) -> list[BudgetRow]:
        rows = await budget(self.page.question, self.page.id())
        return [one for one in rows if one.task is not None]

    async def _foresee(self, body: dict[str, Any], amount: Decimal) -> None:
        try:
            on = date.fromisoformat(body["effective_on"])
        except (KeyError, ValueError):
            on = self.page.parts.ledger.today()
        draft = DraftShift(
            from_line=body["from_line"], to_line=body["to_line"], amount=amount, on=on
        )
        self.found = await shift_findings_foreseen(
            self.page.question, self.page.id(), draft, lang_of(self.page)
        )


def _after(row: BudgetRow, change: Decimal) -> Touched:
    return Touched(row, Decimal(row.planned) + change, Decimal(row.remaining) + change)


def _decimal(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None
