"""How much of the advances is settled? Tranches received against what was approved of claims.

An advance is settled by the Union's part of approved charges; what is refused after the approval
unsettles it again.
"""

from typing import Any

from msgspec import Struct

from ledger.kernel.fields import Balance, Date, Id, Money, Title, added, decimal, money
from ledger.projections.claim_register import APPROVED
from ledger.queries.asking import Question, pinned
from ledger.queries.explain import items_of, sum_of_amounts


class TrancheRow(Struct, frozen=True, kw_only=True):
    """Money of the grant that arrived."""

    tranche: Title | None
    amount: Money
    received_on: Date
    position: int


class AdvanceAccount(Struct, frozen=True, kw_only=True):
    """Advances: received, settled by approved claims, and what is left to settle."""

    id: Id
    received: Money
    settled: Money
    outstanding: Balance
    tranches: list[TrancheRow]
    explain: str
    explain_settled: str
    position: int


_RECEIVED = """
SELECT f.position, e.type, f.project AS stream, f.project AS subject, f.valid_from AS effective_on,
    f.amount::text AS amount, f.tranche
FROM {funds_received} AS f JOIN {events:log} AS e ON e.position = f.position
WHERE f.project = %(project)s
ORDER BY f.valid_from, f.sequence"""

_ITEMS = f"""(
    SELECT l.position, l.expenditure, l.charge AS subject,
        coalesce(l.approved_eu, l.approved) AS amount
    FROM {{claims}} AS m JOIN {{claim_lines}} AS l
        ON l.claim = m.claim AND l.submission = m.submission
    WHERE m.project = %(project)s AND {APPROVED}
    UNION ALL
    SELECT d.position, d.expenditure, d.charge,
        -CASE WHEN c.eu_amount IS NULL THEN d.amount ELSE d.eu_amount END
    FROM {{disallowances}} AS d
    JOIN {{charges}} AS c ON c.expenditure = d.expenditure AND c.charge = d.charge
    JOIN {{claims}} AS m ON m.claim = c.claim
    WHERE d.project = %(project)s AND d.kind = 'correction' AND {APPROVED}) AS i"""
_SETTLED = f"""
SELECT i.position, e.type, e.stream, i.subject, e.effective_on, i.amount::text, i.expenditure
FROM {_ITEMS} JOIN {{events:log}} AS e ON e.position = i.position
ORDER BY i.position, i.subject"""
_SUM = f"""
SELECT coalesce(sum(i.amount), 0)::numeric(24,2)::text, coalesce(max(i.position), 0)
FROM {_ITEMS}"""


async def received(question: Question, project: str) -> dict[str, Any]:
    """What the received advances are made of."""
    await question.require("projects", project)
    items = items_of([row[:6] for row in await question.rows(_RECEIVED, project=project)])
    return {"items": items, "total": sum_of_amounts(items)}


async def settled(question: Question, project: str) -> dict[str, Any]:
    """What the settled part of the advances is made of."""
    await question.require("projects", project)
    items = items_of(await question.rows(_SETTLED, plan_once=False, project=project))
    return {"items": items, "total": sum_of_amounts(items)}


async def advances(question: Question, project: str) -> AdvanceAccount:
    """The project's advance settlement account. Raises `NotFound`."""
    await question.require("projects", project)
    came = await question.rows(_RECEIVED, project=project)
    [(done, last)] = await question.rows(_SUM, plan_once=False, project=project)
    advanced = added(*(row[5] for row in came))
    path, when = f"/api/projects/{project}/advances/explain", pinned(question.moment)
    return AdvanceAccount(
        id=project,
        received=advanced,
        settled=done,
        outstanding=money(decimal(advanced) - decimal(done)),
        tranches=[
            TrancheRow(tranche=row[6], amount=row[5], received_on=row[4], position=row[0])
            for row in came
        ],
        explain=f"{path}/received{when}",
        explain_settled=f"{path}/settled{when}",
        position=max([last, *(row[0] for row in came)]),
    )
