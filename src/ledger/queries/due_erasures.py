"""Whose data need not be kept any more? Of those whose every project's documents need not either.

Who takes part in no project is on no list: nothing says from when the data would not be needed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ledger.kernel.fields import Date, Id, PersonalText, ProjectId, Title
from ledger.projections.engine.query import person_name
from ledger.queries.asking import Question
from ledger.queries.retention import Retention, is_over, retentions


class OverProject(Struct, frozen=True, kw_only=True):
    """A project in which the person took part, and until when its documents were to be kept."""

    project: ProjectId
    project_name: Title
    keep_until: Date


class DueRow(Struct, frozen=True, kw_only=True):
    """A person whose data are due for erasure since a day."""

    id: Id
    person_name: PersonalText | None
    due_since: Date
    projects: list[OverProject]
    position: int


class Due(NamedTuple):
    """Those who were asked for, and how many there are in all."""

    rows: list[DueRow]
    total: int


_NAMES = f"""
SELECT x.person::text, {person_name("x.person")} FROM unnest(%(persons)s::uuid[]) AS x (person)"""
_TAKING_PART = """
    SELECT a.person, t.project, a.position FROM {appointments:ever} AS a
    JOIN {teams:ever} AS t ON t.team = a.team
    WHERE a.person IS NOT NULL AND (%(persons)s::uuid[] IS NULL OR a.person = ANY(%(persons)s))
    UNION ALL SELECT a.person, c.project, a.position FROM {attendances:ever} AS a
    JOIN {activities:ever} AS c ON c.activity = a.activity
    WHERE a.person IS NOT NULL AND (%(persons)s::uuid[] IS NULL OR a.person = ANY(%(persons)s))"""
_DUE = f"""
WITH part AS ({_TAKING_PART}
), due AS (
    SELECT p.person, max(o.until) + 1 AS since, max(p.position) AS position
    FROM part AS p
    LEFT JOIN unnest(%(over)s::uuid[], %(until)s::date[]) AS o (project, until) USING (project)
    GROUP BY p.person HAVING bool_and(o.project IS NOT NULL)
)
SELECT d.person::text, d.since, d.position, count(*) OVER ()
FROM due AS d
WHERE NOT EXISTS (SELECT FROM read.persons AS gone WHERE gone.person = d.person AND gone.erased
        AND gone.known_to = 9223372036854775807)
    AND (%(since)s::text IS NULL OR (d.since::text, d.person::text) > (%(since)s, %(after)s))
ORDER BY d.since, d.person LIMIT %(first)s"""
_PROJECTS = f"SELECT DISTINCT p.person::text, p.project::text FROM ({_TAKING_PART}) AS p"


async def due_erasures(
    question: Question,
    persons: Sequence[str] | None = None,
    *,
    after: tuple[str, str] | None = None,
    first: int | None = None,
) -> Due:
    """Everybody whose data are due (of these persons); who has been so for longest comes first.

    `after`: those behind that day and person; `first`: so many of them. Without names: `shown`
    adds those of the few that are shown.
    """
    found = {one.id: one for one in await retentions(question)}
    over = [one for one in found if is_over(found, [one], question.moment.valid_at)]
    if not over:
        return Due([], 0)
    since, person = after or (None, None)
    rows = await question.rows(
        _DUE,
        plan_once=False,
        persons=None if persons is None else list(persons),
        over=over,
        until=[found[one].keep_until for one in over],
        since=since,
        after=person,
        first=first,
    )
    return Due(await _rows(question, rows, found), rows[0][3] if rows else 0)


async def _rows(
    question: Question, due: Sequence[tuple[Any, ...]], found: Mapping[str, Retention]
) -> list[DueRow]:
    """Those persons with the projects in which they took part, all of which are over."""
    projects: dict[str, list[str]] = defaultdict(list)
    persons = [one[0] for one in due]
    for person, project in await question.rows(_PROJECTS, plan_once=False, persons=persons):
        projects[person].append(project)
    return [
        DueRow(
            id=person,
            person_name=None,
            due_since=since,
            projects=_over([found[one] for one in sorted(projects[person])]),
            position=position,
        )
        for person, since, position, _ in due
    ]


def _over(projects: Sequence[Retention]) -> list[OverProject]:
    return [
        OverProject(project=one.id, project_name=one.name, keep_until=one.keep_until)
        for one in projects
        if one.keep_until is not None
    ]


async def shown(question: Question, rows: Sequence[DueRow]) -> list[DueRow]:
    """The rows with names as the asker may see them."""
    names = dict(await question.rows(_NAMES, plan_once=False, persons=[one.id for one in rows]))
    return [replace(one, person_name=names[one.id]) for one in rows]
