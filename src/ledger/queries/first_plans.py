"""What was planned at first? The dates of milestones as they were known the first time."""

from datetime import date
from typing import NamedTuple

from ledger.queries.asking import Question


class Plan(NamedTuple):
    """When a milestone was to begin and to end."""

    starts_on: date
    ends_on: date


_FIRST = """
SELECT DISTINCT ON (m.number) m.number, m.starts_on, m.ends_on
FROM read.milestones AS m
WHERE m.project = %(project)s AND m.alive AND m.known_from <= %(known_at)s
ORDER BY m.number, m.known_from, m.valid_from"""


async def first_plans(question: Question, project: str) -> dict[int, Plan]:
    """The first known plan of each milestone of a project, by its number."""
    rows = await question.rows(_FIRST, project=project)
    return {row[0]: Plan(row[1], row[2]) for row in rows}
