"""What is a number made of? The events behind it, which add up to it."""

from decimal import Decimal
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from ledger.kernel.errors import NotFound
from ledger.kernel.fields import Date, Id, Money
from ledger.projections.agreement_book import DONE_EXPLAINED
from ledger.projections.claim_register import TOTAL_EXPLAINED
from ledger.projections.expenditure_register import LIVE
from ledger.projections.grant_book import MOVEMENTS_EXPLAINED
from ledger.projections.project_register import VALUE_EXPLAINED
from ledger.queries.asking import Question

# What of a document is charged: one item for each charge that is not withdrawn, from the day of
# the event that last said it.
_CHARGED = f"""
SELECT c.stated AS position, e.type, e.stream, c.charge AS subject, e.effective_on,
    c.eligible::text AS amount, c.expenditure
FROM {{charges}} AS c
JOIN {{events:log}} AS e ON e.position = c.stated
WHERE c.expenditure = %(id)s AND {LIVE}
ORDER BY c.stated, c.charge"""


class AmountItem(Struct, frozen=True, kw_only=True):
    """An event and the part of an amount that it brought.

    `subject` is what it is about, for money spent a charge, and `expenditure` then its document:
    many charges stand in one event of a claim.
    """

    position: int
    type: str
    stream: Id
    subject: Id
    effective_on: Date
    amount: Money
    expenditure: Id | UnsetType = UNSET


class CountItem(Struct, frozen=True, kw_only=True):
    """An event and the part of a count that it brought."""

    position: int
    type: str
    stream: Id
    subject: Id
    effective_on: Date
    count: int


_NAMES = ("position", "type", "stream", "subject", "effective_on")
_IDS = frozenset({"stream", "subject", "expenditure"})


def items_of(rows: list[tuple[Any, ...]], last: str = "amount") -> list[dict[str, Any]]:
    """Rows of (position, type, stream, subject, effective_on, amount or count) as items.

    Rows about money spent end with the document.
    """
    names = (*_NAMES, last, "expenditure")
    return [
        {
            name: str(value) if name in _IDS else value
            for name, value in zip(names, row, strict=False)
            if value is not None
        }
        for row in rows
    ]


def sum_of_amounts(items: list[dict[str, Any]]) -> str:
    """The sum of the items, with two places."""
    return f"{sum((Decimal(one['amount']) for one in items), Decimal(0)):.2f}"


async def project_value(question: Question, project: str) -> dict[str, Any]:
    """The project's value: the agreement, and what each annex changed."""
    await question.require("projects", project)
    items = items_of(await question.rows(VALUE_EXPLAINED, id=project), "amount")
    return {"items": items, "total": sum_of_amounts(items)}


async def obligation_done(question: Question, agreement: str, number: int) -> dict[str, Any]:
    """How much of an obligation is done."""
    await question.require("agreements", agreement)
    known = await question.rows(
        "SELECT 1 FROM {obligations} AS o WHERE o.agreement = %(id)s AND o.number = %(number)s",
        id=agreement,
        number=number,
    )
    if not known:
        raise NotFound
    rows = await question.rows(DONE_EXPLAINED, id=agreement, number=number)
    items = items_of(rows, "count")
    return {"items": items, "total": sum(one["count"] for one in items)}


async def grant_movements(question: Question, grant: str, movement: str) -> dict[str, Any]:
    """What was paid of a grant, or settled."""
    await question.require("grants", grant)
    rows = await question.rows(MOVEMENTS_EXPLAINED, id=grant, movement=movement)
    items = items_of(rows, "amount")
    return {"items": items, "total": sum_of_amounts(items)}


async def expenditure_charged(question: Question, expenditure: str) -> dict[str, Any]:
    """What of a document is charged."""
    await question.require("expenditures", expenditure)
    items = items_of(await question.rows(_CHARGED, id=expenditure))
    return {"items": items, "total": sum_of_amounts(items)}


async def claim_total(question: Question, claim: str) -> dict[str, Any]:
    """What a claim comes to."""
    await question.require("claims", claim)
    items = items_of(await question.rows(TOTAL_EXPLAINED, plan_once=False, id=claim))
    return {"items": items, "total": sum_of_amounts(items)}
