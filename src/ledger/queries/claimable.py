"""Which charges wait to be put into a claim, and how much do they come to?"""

from datetime import date
from typing import Any

from msgspec import Struct

from ledger.kernel.fields import Money
from ledger.queries.asking import Question


class Claimable(Struct, frozen=True, kw_only=True):
    """A charge that stands in no claim, with its document; `eligible` net of what was refused."""

    expenditure: str
    charge: str
    document_number: str
    issuer: str
    issued_on: date
    paid_on: date | None
    description: str
    budget_line: str
    category: str | None
    eligible: Money
    eu_amount: Money | None


class Waiting(Struct, frozen=True, kw_only=True):
    """The charges that wait: those shown, how many there are in all, and what they come to."""

    rows: list[Claimable]
    count: int
    eligible: Money
    others: int


# In the period of the claim, or else all that wait.
_IN_PERIOD = "d.paid_on BETWEEN %(since)s::date AND %(until)s::date"
_WAITING = """
SELECT c.expenditure, c.charge, d.document_number, coalesce(d.issuer_name, 'NIP ' || d.issuer_nip)
        AS issuer, d.issued_on, d.paid_on, d.description, c.budget_line, c.project,
    c.eligible - coalesce(x.amount, 0) AS eligible, c.eu_amount - coalesce(x.eu_amount, 0) AS eu
FROM {charges} AS c JOIN {accounting_documents} AS d ON d.expenditure = c.expenditure
LEFT JOIN (SELECT r.expenditure, r.charge, sum(r.amount) AS amount, sum(r.eu_amount) AS eu_amount
    FROM {disallowances} AS r WHERE r.project = %(project)s::uuid GROUP BY 1, 2) AS x
    ON x.expenditure = c.expenditure AND x.charge = c.charge
WHERE c.project = %(project)s::uuid AND NOT c.withdrawn AND c.claim IS NULL"""
_ROWS = f"""
SELECT w.expenditure::text, w.charge::text, w.document_number, w.issuer, w.issued_on, w.paid_on,
    w.description, w.budget_line, (SELECT n.category FROM {{budget_lines}} AS n
        WHERE n.project = w.project AND n.line = w.budget_line ORDER BY n.edition DESC LIMIT 1),
    w.eligible::numeric(24,2)::text, w.eu::numeric(24,2)::text
FROM ({_WAITING}) AS w WHERE {{here}}
ORDER BY w.paid_on NULLS LAST, w.document_number, w.charge LIMIT %(limit)s"""
_SUMS = f"""
SELECT count(*) FILTER (WHERE {{here}}),
    coalesce(sum(w.eligible) FILTER (WHERE {{here}}), 0)::numeric(24,2)::text,
    count(*) FILTER (WHERE NOT coalesce({{here}}, false))
FROM ({_WAITING}) AS w"""


async def waiting(
    question: Question,
    project: str,
    period: tuple[date | str, date | str] | None,
    limit: int,
) -> Waiting:
    """The charges of the project that stand in no claim: paid in the period, or all for None."""
    here = "true" if period is None else _IN_PERIOD.replace("d.", "w.")
    asked: dict[str, Any] = {"project": project}
    if period is not None:
        asked |= {"since": period[0], "until": period[1]}
    rows = await question.rows(_ROWS.replace("{here}", here), plan_once=False, limit=limit, **asked)
    sums = await question.rows(_SUMS.replace("{here}", here), plan_once=False, **asked)
    count, eligible, others = sums[0]
    return Waiting(
        rows=[
            Claimable(**dict(zip(Claimable.__struct_fields__, row, strict=True))) for row in rows
        ],
        count=count,
        eligible=eligible,
        others=others,
    )
