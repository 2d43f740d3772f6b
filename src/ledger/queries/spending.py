"""What do the expenditures that a filter leaves come to, and what can be filtered by?"""

from typing import Any

from msgspec import Struct

from ledger.kernel.fields import Money
from ledger.projections.expenditure_register import CHARGE_ASKED, OF_CHARGE, OF_DOCUMENT
from ledger.queries.asking import Question

FILTERS = (*OF_CHARGE, *OF_DOCUMENT)


class Spent(Struct, frozen=True, kw_only=True):
    """Sums of the charges that a filter leaves, each of them rounded by itself.

    `gross` is that of their documents, each counted once; what was withdrawn counts only where it
    is asked for.
    """

    documents: int
    charges: int
    gross: Money
    eligible: Money
    eu_amount: Money
    disallowed: Money


def _spent(of_document: str) -> str:
    return f"""
WITH chosen AS MATERIALIZED (
    SELECT c.expenditure, c.charge, c.eligible, c.eu_amount
    FROM {{charges}} AS c WHERE {CHARGE_ASKED}
        AND (NOT c.withdrawn OR %(status)s::text = 'withdrawn')
), documents AS MATERIALIZED (
    SELECT d.expenditure, d.gross FROM {{accounting_documents}} AS d
    WHERE d.expenditure IN (SELECT x.expenditure FROM chosen AS x){of_document}
), kept AS (SELECT x.* FROM chosen AS x JOIN documents USING (expenditure))
SELECT (SELECT count(*) FROM documents), count(*),
    (SELECT coalesce(sum(d.gross), 0)::numeric(24,2)::text FROM documents AS d),
    coalesce(sum(k.eligible), 0)::numeric(24,2)::text,
    coalesce(sum(k.eu_amount), 0)::numeric(24,2)::text,
    (SELECT coalesce(sum(r.amount), 0)::numeric(24,2)::text FROM {{disallowances}} AS r
        WHERE r.project = %(project)s::uuid
            AND (r.expenditure, r.charge) IN (SELECT n.expenditure, n.charge FROM kept AS n))
FROM kept AS k"""


async def spent(question: Question, filters: dict[str, Any]) -> Spent:
    """The sums of what the filters of the register leave of a project's expenditures."""
    of_document = "".join(f" AND {OF_DOCUMENT[name]}" for name in filters if name in OF_DOCUMENT)
    asked = dict.fromkeys(FILTERS) | filters
    rows = await question.rows(_spent(of_document), plan_once=False, **asked)
    return Spent(**dict(zip(Spent.__struct_fields__, rows[0], strict=True)))


class Choices(Struct, frozen=True, kw_only=True):
    """What a project's expenditures can be filtered by."""

    lines: list[str]
    tasks: list[str]
    categories: list[str]
    claims: list[tuple[str, str]]


async def choices(question: Question, project: str) -> Choices:
    """The lines, tasks and categories of the project's budgets, and its claims."""
    rows = await question.rows(
        "SELECT DISTINCT ON (b.line) b.line, b.task, b.category FROM {budget_lines} AS b"
        " WHERE b.project = %(project)s::uuid ORDER BY b.line, b.edition DESC",
        project=project,
    )
    claims = await question.rows(
        "SELECT m.claim::text, m.number::json #>> '{}' FROM {claims} AS m"
        " WHERE m.project = %(project)s::uuid ORDER BY m.period_from DESC, m.claim",
        project=project,
    )
    return Choices(
        lines=[line for line, _, _ in rows],
        tasks=sorted({task for _, task, _ in rows}),
        categories=sorted({category for _, _, category in rows}),
        claims=[(id, number) for id, number in claims],
    )
