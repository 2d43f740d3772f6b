"""What took place when, and who took part?"""

from msgspec import Struct

from ledger.aggregates.activities import (
    ActivityArranged,
    ActivityRescheduled,
    ActivityWasCancelled,
    AttendanceRecorded,
    AttendanceRevoked,
)
from ledger.kernel.fields import (
    ActivityKind,
    Date,
    Hours,
    Id,
    InstitutionId,
    PersonalText,
    PersonId,
    ProjectId,
    ShortText,
    TeamId,
    Title,
)
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import (
    Listing,
    institution_name,
    person_name,
    project_name,
    team_name,
)


class Activity(Struct, frozen=True, kw_only=True):
    """An activity on the calendar."""

    activity: Id
    project: Id
    kind: str
    title: str
    series: str | None
    starts_on: Date
    ends_on: Date
    hours: float | None
    place: str | None
    team: Id | None
    cancelled_on: Date | None


class Attendance(Struct, frozen=True, kw_only=True):
    """Somebody who took part."""

    activity: Id
    entry: str
    institution: Id | None
    person: Id | None
    hours: float | None


ACTIVITIES = Table("activities", Activity, key=["activity"], indexes=[("project",), ("team",)])
ATTENDANCES = Table(
    "attendances",
    Attendance,
    key=["activity", "entry"],
    indexes=[("institution",), ("person",)],
)
MODEL = ReadModel("activity_calendar", ACTIVITIES, ATTENDANCES)


@MODEL.on(ActivityArranged)
def _arranged(event: ActivityArranged, fact: Fact, rows: Rows) -> None:
    rows.put(
        ACTIVITIES,
        Activity(
            activity=fact.stream,
            project=event.project,
            kind=event.kind,
            title=event.title,
            series=event.series,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            hours=event.hours,
            place=event.place,
            team=event.team,
            cancelled_on=None,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(AttendanceRecorded)
def _attended(event: AttendanceRecorded, fact: Fact, rows: Rows) -> None:
    for one in event.attendees:
        rows.put(
            ATTENDANCES,
            Attendance(
                activity=fact.stream,
                entry=one.entry,
                institution=one.institution,
                person=one.person,
                hours=one.hours,
            ),
            valid_from=fact.effective_on,
        )


@MODEL.on(AttendanceRevoked)
def _revoked(event: AttendanceRevoked, fact: Fact, rows: Rows) -> None:
    for entry in event.entries:
        rows.void(ATTENDANCES, fact.stream, entry)


@MODEL.on(ActivityRescheduled)
def _rescheduled(event: ActivityRescheduled, fact: Fact, rows: Rows) -> None:
    rows.change(
        ACTIVITIES,
        fact.stream,
        valid_from=fact.effective_on,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )


@MODEL.on(ActivityWasCancelled)
def _cancelled(event: ActivityWasCancelled, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(ACTIVITIES, fact.stream, valid_from=on, cancelled_on=on)


class AttendeeRow(Struct, frozen=True, kw_only=True):
    """Somebody who took part; `hours` are the activity's where none of their own are known."""

    institution: InstitutionId | None
    institution_name: Title | None
    person: PersonId | None
    person_name: PersonalText | None
    hours: Hours | None
    since: Date
    position: int


class ActivityRow(Struct, frozen=True, kw_only=True):
    """An activity with those who took part, as known for the day."""

    id: Id
    project: ProjectId
    project_name: Title | None
    kind: ActivityKind
    title: Title
    series: Title | None
    starts_on: Date
    ends_on: Date
    hours: Hours | None
    place: ShortText | None
    team: TeamId | None
    team_name: Title | None
    status: str
    attendees: list[AttendeeRow]
    attendance: int
    position: int


LISTING = Listing(
    path="/api/activities",
    row=ActivityRow,
    order="starts_on::text || title",
    scope="c.project",
    single="c.activity",
    filters={
        "project": "c.project = %(project)s::uuid",
        "kind": "c.kind = %(kind)s::text",
        "team": "c.team = %(team)s::uuid",
        "institution": "EXISTS (SELECT FROM {attendances} AS a WHERE a.activity = c.activity"
        " AND a.institution = %(institution)s::uuid)",
        "person": "EXISTS (SELECT FROM {attendances} AS a WHERE a.activity = c.activity"
        " AND a.person = %(person)s::uuid)",
    },
    select=f"""
SELECT c.activity AS id, c.project, {project_name("c.project")} AS project_name, c.kind, c.title,
    c.series, c.starts_on, c.ends_on, c.hours, c.place, c.team,
    {team_name("c.team")} AS team_name,
    CASE WHEN c.cancelled_on IS NOT NULL THEN 'cancelled'
        WHEN %(valid_at)s < c.starts_on THEN 'planned'
        WHEN %(valid_at)s <= c.ends_on THEN 'in_progress' ELSE 'held' END AS status,
    who.attendees, who.attendance, greatest(c.position, who.position) AS position
FROM {{activities}} AS c
LEFT JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object(
            'institution', a.institution,
            'institution_name', {institution_name("a.institution")},
            'person', a.person, 'person_name', {person_name("a.person")},
            'hours', coalesce(a.hours, c.hours), 'since', a.valid_from,
            'position', a.position) ORDER BY a.position, a.entry), '[]') AS attendees,
        count(*) AS attendance, coalesce(max(a.position), 0) AS position
    FROM {{attendances}} AS a WHERE a.activity = c.activity) AS who ON true""",
)
