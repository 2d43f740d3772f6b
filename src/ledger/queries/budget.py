"""How is the budget carried out? Planned, recorded, claimed, approved, disallowed, remaining.

Each number is the sum of the items that explain it: one query finds the items, and sums or lists
them. Sums are sums of rounded lines. `remaining` is what is planned less what is recorded.
"""

from typing import Any, Literal, get_args
from urllib.parse import quote

from msgspec import Struct

from ledger.kernel.errors import NotFound
from ledger.kernel.fields import Balance, Money
from ledger.projections.claim_register import APPROVED, FROZEN
from ledger.queries.asking import Question, pinned
from ledger.queries.remembering import remembered

Measure = Literal["planned", "recorded", "claimed", "approved", "disallowed"]
Grouping = Literal["line", "task", "category", "source"]
MEASURES: tuple[str, ...] = get_args(Measure)
EXPLAINED = (*MEASURES, "remaining")
GROUPINGS: tuple[str, ...] = get_args(Grouping)


class BudgetRow(Struct, frozen=True, kw_only=True):
    """A line of the budget, or the lines of a task, a category or a source of funds together.

    Every number has a link to what it is made of; `explain` is that of `recorded`.
    """

    id: str
    line: str | None
    task: str | None
    category: str | None
    source: str | None
    cross_financing: bool | None
    fixed_assets: bool | None
    planned: Money
    recorded: Money
    claimed: Money
    approved: Money
    disallowed: Money
    remaining: Balance
    explain: str
    explain_planned: str
    explain_claimed: str
    explain_approved: str
    explain_disallowed: str
    explain_remaining: str
    position: int


# The lines of the edition in force on the day.
_LINES = """
    SELECT b.* FROM {budget_lines} AS b
    WHERE b.project = %(project)s AND b.edition = (
        SELECT max(x.edition) FROM {budget_lines} AS x WHERE x.project = %(project)s)"""

# All items: on which line, for which number, how much, of it from the Union, by which event.
_ITEMS = f"""
WITH lines AS MATERIALIZED ({_LINES}
), mine AS NOT MATERIALIZED (
    SELECT c.expenditure, c.charge, c.budget_line, c.eligible, c.eu_amount, c.claim, c.stated,
        c.position
    FROM {{charges}} AS c WHERE c.project = %(project)s AND NOT c.withdrawn
), refused AS MATERIALIZED (
    SELECT * FROM {{disallowances}} AS d WHERE d.project = %(project)s
), claimed AS MATERIALIZED (
    SELECT m.claim, m.status, m.submission FROM {{claims}} AS m WHERE m.project = %(project)s
), items AS NOT MATERIALIZED (
    SELECT b.line, 'planned' AS measure, NULL::uuid AS expenditure, b.project AS subject,
        b.amount, NULL::numeric AS eu_amount, b.position
    FROM lines AS b
    UNION ALL
    SELECT s.from_line, 'planned', NULL, s.project, -s.amount, NULL, s.position
    FROM {{budget_shifts}} AS s
    WHERE s.project = %(project)s AND s.edition = (SELECT max(edition) FROM lines)
    UNION ALL
    SELECT s.to_line, 'planned', NULL, s.project, s.amount, NULL, s.position
    FROM {{budget_shifts}} AS s
    WHERE s.project = %(project)s AND s.edition = (SELECT max(edition) FROM lines)
    UNION ALL
    SELECT c.budget_line, 'recorded', c.expenditure, c.charge, c.eligible, c.eu_amount, c.stated
    FROM mine AS c
    UNION ALL
    SELECT c.budget_line, 'disallowed', d.expenditure, d.charge, d.amount, d.eu_amount, d.position
    FROM refused AS d JOIN mine AS c ON c.expenditure = d.expenditure AND c.charge = d.charge
    UNION ALL
    SELECT l.budget_line, 'claimed', l.expenditure, l.charge, l.eligible, l.eu_amount, l.stated
    FROM claimed AS m JOIN {{claim_lines}} AS l
        ON l.claim = m.claim AND l.submission = m.submission AND {FROZEN}
    UNION ALL
    SELECT c.budget_line, 'claimed', c.expenditure, c.charge, c.eligible - coalesce(x.amount, 0),
        c.eu_amount - coalesce(x.eu_amount, 0), c.position
    FROM mine AS c JOIN claimed AS m ON m.claim = c.claim AND NOT {FROZEN}
    LEFT JOIN (SELECT d.expenditure, d.charge, sum(d.amount) AS amount,
            sum(d.eu_amount) AS eu_amount FROM refused AS d GROUP BY 1, 2) AS x
        ON x.expenditure = c.expenditure AND x.charge = c.charge
    UNION ALL
    SELECT l.budget_line, 'approved', l.expenditure, l.charge, l.approved, l.approved_eu, l.position
    FROM claimed AS m JOIN {{claim_lines}} AS l
        ON l.claim = m.claim AND l.submission = m.submission AND {APPROVED}
), summed_items AS (
    -- There may be a hundred thousand items on forty lines: what lines say comes to their sums.
    SELECT i.line, i.measure, sum(i.amount) AS amount, max(i.position) AS position
    FROM items AS i GROUP BY 1, 2
), in_sum AS NOT MATERIALIZED (
    SELECT i.*, b.task, b.category, b.cross_financing, b.fixed_assets, b.place
    FROM summed_items AS i LEFT JOIN lines AS b USING (line)
), placed AS NOT MATERIALIZED (
    SELECT i.*, b.task, b.category, b.cross_financing, b.fixed_assets, b.place, NULL AS source
    FROM items AS i LEFT JOIN lines AS b USING (line)
), sourced AS NOT MATERIALIZED (
    -- What comes from the Union is known of each charge; of the plan, by the project's share.
    SELECT p.line, p.measure, p.expenditure, p.subject,
        CASE o.source WHEN 'eu' THEN u.eu ELSE p.amount - u.eu END AS amount, p.position, p.task,
        p.category, p.cross_financing, p.fixed_assets, p.place, o.source
    FROM placed AS p
    CROSS JOIN LATERAL (SELECT coalesce(p.eu_amount, round(p.amount * coalesce((
        SELECT j.eu_contribution / j.value FROM {{projects}} AS j
        WHERE j.project = %(project)s), 0), 2)) AS eu) AS u
    CROSS JOIN (VALUES ('eu'), ('own')) AS o (source)
)"""


# By what rows are put together: the columns that name a row.
_BY = {
    "line": ("line", "task", "category", "cross_financing", "fixed_assets"),
    "task": ("task",),
    "category": ("category",),
    "source": ("source",),
}
_SUMS = ", ".join(
    f"coalesce(sum(p.amount) FILTER (WHERE p.measure = '{name}'), 0)::numeric(24,2) AS {name}"
    for name in MEASURES
)


def _rows(by: str) -> str:
    table, names = "sourced" if by == "source" else "in_sum", _BY[by]
    return f"""{_ITEMS}, summed AS (
    SELECT {", ".join(f"p.{name}" for name in names)}, {_SUMS},
        max(p.position) AS position, min(p.place) AS place
    FROM {table} AS p GROUP BY {", ".join(f"p.{name}" for name in names)}
)
SELECT {", ".join(f"p.{name}" for name in names)}, {", ".join(f"p.{n}::text" for n in MEASURES)},
    (p.planned - p.recorded)::text AS remaining, p.position
FROM summed AS p ORDER BY p.place NULLS LAST, p.{by}"""


async def budget(question: Question, project: str, by: str = "line") -> list[BudgetRow]:
    """The rows of the budget, in the order in which its lines were set.

    A charge may stand on a line that the budget in force does not have: nothing is planned there.
    """
    names = (*_BY[by], *MEASURES, "remaining", "position")
    rows = await remembered(question)(_rows(by), plan_once=False, project=project)
    return [_row(question, project, by, dict(zip(names, row, strict=True))) for row in rows]


def _row(question: Question, project: str, by: str, found: dict[str, Any]) -> BudgetRow:
    key = found[by] or ""
    links = {
        name: f"/api/projects/{project}/budget/explain/{name}{pinned(question.moment)}"
        f"&{by}={quote(key, safe='')}"
        for name in EXPLAINED
    }
    columns: dict[str, Any] = dict.fromkeys((*_BY["line"], "source")) | found
    columns |= {f"explain_{name}": link for name, link in links.items() if name != "recorded"}
    return BudgetRow(id=f"{project}/{by}/{key}", explain=links["recorded"], **columns)


def _explained(by: str | None) -> str:
    table = "sourced" if by == "source" else "placed"
    here = "true" if by is None else f"p.{by} IS NOT DISTINCT FROM %(key)s::text"
    return f"""{_ITEMS}
SELECT p.position, e.type, e.stream, p.subject, e.effective_on,
    (CASE WHEN p.measure = %(measure)s THEN p.amount ELSE -p.amount END)::numeric(24,2)::text
        AS amount, p.expenditure
FROM {table} AS p JOIN {{events:log}} AS e ON e.position = p.position
WHERE p.measure IN (%(measure)s, %(less)s) AND {here}
ORDER BY p.position, p.subject, p.amount"""


async def budget_items(
    question: Question, project: str, measure: str, by: str | None, key: str | None
) -> list[tuple[Any, ...]]:
    """The items of a number: of one row, or of the whole budget. Raises `NotFound`.

    What is recorded takes away from what remains.
    """
    if measure not in EXPLAINED:
        raise NotFound
    measure, less = ("planned", "recorded") if measure == "remaining" else (measure, None)
    asked = {"project": project, "measure": measure, "less": less, "key": key or None}
    return await question.rows(_explained(by), plan_once=False, **asked)


class BudgetTotals(Struct, frozen=True, kw_only=True):
    """The whole budget's numbers."""

    planned: Money
    recorded: Money
    claimed: Money
    approved: Money
    disallowed: Money
    remaining: Balance


_TOTALS = f"""{_ITEMS}, summed AS (SELECT {_SUMS} FROM in_sum AS p)
SELECT {", ".join(f"p.{n}::text" for n in MEASURES)}, (p.planned - p.recorded)::text
FROM summed AS p"""


async def budget_totals(question: Question, project: str) -> BudgetTotals:
    """The sums of the whole budget."""
    found = await remembered(question)(_TOTALS, plan_once=False, project=project)
    return BudgetTotals(**dict(zip(BudgetTotals.__struct_fields__, found[0], strict=True)))
