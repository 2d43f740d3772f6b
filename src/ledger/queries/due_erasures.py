"""Whose data need not be kept any more? Of those whose every project's documents need not either.

Who takes part in no project is on no list: nothing says from when the data would not be needed.
"""

from collections.abc import Sequence
from datetime import date

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


_NAMES = f"""
SELECT x.person::text, {person_name("x.person")} FROM unnest(%(persons)s::uuid[]) AS x (person)"""
_TAKING_PART = """
SELECT x.person::text, x.projects, x.position
FROM (
    SELECT part.person, array_agg(DISTINCT part.project::text) AS projects,
        max(part.position) AS position
    FROM (SELECT a.person, t.project, a.position FROM {appointments:ever} AS a
          JOIN {teams:ever} AS t ON t.team = a.team
          UNION ALL SELECT a.person, c.project, a.position FROM {attendances:ever} AS a
          JOIN {activities:ever} AS c ON c.activity = a.activity) AS part
    WHERE part.person IS NOT NULL
        AND (%(persons)s::uuid[] IS NULL OR part.person = ANY(%(persons)s::uuid[]))
    GROUP BY part.person) AS x
WHERE NOT EXISTS (SELECT FROM read.persons AS gone WHERE gone.person = x.person AND gone.erased
    AND gone.known_to = 9223372036854775807)"""


async def due_erasures(question: Question, persons: Sequence[str] | None = None) -> list[DueRow]:
    """Everybody whose data are due (of these persons); who has been so for longest comes first.

    Without names: `shown` adds those of the few that are shown.
    """
    found = {one.id: one for one in await retentions(question)}
    day = question.moment.valid_at
    rows = await question.rows(
        _TAKING_PART, plan_once=False, persons=None if persons is None else list(persons)
    )
    due = [
        _due(person, [found[one] for one in sorted(projects)], position)
        for person, projects, position in rows
        if is_over(found, projects, day)
    ]
    return sorted(due, key=lambda one: (one.due_since, one.id))


def _due(person: str, over: Sequence[Retention], position: int) -> DueRow:
    projects = [
        OverProject(project=one.id, project_name=one.name, keep_until=one.keep_until)
        for one in over
        if one.keep_until is not None
    ]
    return DueRow(
        id=person,
        person_name=None,
        due_since=_next(max(one.keep_until for one in projects)),
        projects=projects,
        position=position,
    )


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


async def shown(question: Question, rows: Sequence[DueRow]) -> list[DueRow]:
    """The rows with names as the asker may see them."""
    names = dict(await question.rows(_NAMES, plan_once=False, persons=[one.id for one in rows]))
    return [replace(one, person_name=names[one.id]) for one in rows]
