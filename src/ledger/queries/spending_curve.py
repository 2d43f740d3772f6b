"""How did spending grow? What was recorded and approved of a project, day by day."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.projections.claim_register import APPROVED
from ledger.queries.asking import Question
from ledger.queries.remembering import remembered

Daily = list[tuple[date, Decimal]]


class Spending(NamedTuple):
    """Amounts by the day on which they were charged, and by the day of their approval."""

    recorded: Daily
    approved: Daily


DAILY_RECORDED = """
SELECT c.charged_on, sum(c.eligible) FROM {charges} AS c
WHERE c.project = %(project)s AND NOT c.withdrawn GROUP BY 1 ORDER BY 1"""

DAILY_APPROVED = f"""
SELECT l.valid_from, sum(l.approved)
FROM {{claims}} AS m JOIN {{claim_lines}} AS l
    ON l.claim = m.claim AND l.submission = m.submission
WHERE m.project = %(project)s AND {APPROVED} GROUP BY 1 ORDER BY 1"""


async def spending(question: Question, project: str) -> Spending:
    """What was charged and what was approved of a project, up to the day that is asked."""
    ask = remembered(question)
    recorded = await ask(DAILY_RECORDED, plan_once=False, project=project)
    approved = await ask(DAILY_APPROVED, plan_once=False, project=project)
    return Spending([(r[0], r[1]) for r in recorded], [(r[0], r[1]) for r in approved])
