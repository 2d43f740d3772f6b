"""Who is in which team, in which role, on which day?"""

from msgspec import Struct

from ledger.aggregates.teams import (
    AppointmentVoided,
    MemberAppointed,
    MemberDismissed,
    TeamDissolved,
    TeamEstablished,
)
from ledger.kernel.fields import (
    AgreementId,
    Date,
    Id,
    InstitutionId,
    PersonalText,
    PersonId,
    Place,
    ProjectId,
    Role,
    TeamKind,
    Title,
)
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import (
    Listing,
    agreement_name,
    institution_name,
    person_name,
    project_name,
)


class Team(Struct, frozen=True, kw_only=True):
    """A team and where it works."""

    team: Id
    project: Id
    kind: str
    name: str
    voivodeship: str | None
    county: str | None
    commune: str | None
    agreement: Id | None
    established_on: Date
    dissolved_on: Date | None


class Appointment(Struct, frozen=True, kw_only=True):
    """A member in a role."""

    team: Id
    appointment: Id
    institution: Id | None
    person: Id | None
    role: str
    since: Date


TEAMS = Table("teams", Team, key=["team"], indexes=[("project",)])
APPOINTMENTS = Table(
    "appointments",
    Appointment,
    key=["team", "appointment"],  # a client may choose the id, and another team's client the same
    indexes=[("institution",), ("person",)],
)
MODEL = ReadModel("team_roster", TEAMS, APPOINTMENTS)


@MODEL.on(TeamEstablished)
def _established(event: TeamEstablished, fact: Fact, rows: Rows) -> None:
    rows.put(
        TEAMS,
        Team(
            team=fact.stream,
            project=event.project,
            kind=event.kind,
            name=event.name,
            voivodeship=event.voivodeship,
            county=event.county,
            commune=event.commune,
            agreement=event.agreement,
            established_on=fact.effective_on,
            dissolved_on=None,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(MemberAppointed)
def _appointed(event: MemberAppointed, fact: Fact, rows: Rows) -> None:
    rows.put(
        APPOINTMENTS,
        Appointment(
            appointment=event.appointment,
            team=fact.stream,
            institution=event.institution,
            person=event.person,
            role=event.role,
            since=fact.effective_on,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(MemberDismissed)
def _dismissed(event: MemberDismissed, fact: Fact, rows: Rows) -> None:
    rows.end(APPOINTMENTS, fact.stream, event.appointment, on=fact.effective_on)


@MODEL.on(AppointmentVoided)
def _voided(event: AppointmentVoided, fact: Fact, rows: Rows) -> None:
    rows.void(APPOINTMENTS, fact.stream, event.appointment)


@MODEL.on(TeamDissolved)
def _dissolved(event: TeamDissolved, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(TEAMS, fact.stream, valid_from=on, dissolved_on=on)
    for appointment in event.appointments:
        rows.end(APPOINTMENTS, fact.stream, appointment, on=on)


class MemberRow(Struct, frozen=True, kw_only=True):
    """A member on the day; `until` where the end of the appointment is known."""

    appointment: Id
    institution: InstitutionId | None
    institution_name: Title | None
    person: PersonId | None
    person_name: PersonalText | None
    role: Role
    since: Date
    until: Date | None
    position: int


class TeamRow(Struct, frozen=True, kw_only=True):
    """A team with its members on the day."""

    id: Id
    project: ProjectId
    project_name: Title | None
    kind: TeamKind
    name: Title
    voivodeship: Place | None
    county: Place | None
    commune: Place | None
    agreement: AgreementId | None
    agreement_name: Title | None
    established_on: Date
    dissolved_on: Date | None
    members: list[MemberRow]
    position: int


LISTING = Listing(
    path="/api/teams",
    row=TeamRow,
    order="name",
    scope="t.project",
    single="t.team",
    early="t",  # a team that is known can be asked about days before it began: nobody
    filters={
        "project": "t.project = %(project)s::uuid",
        "kind": "t.kind = %(kind)s::text",
        "institution": "EXISTS (SELECT FROM {appointments} AS a WHERE a.team = t.team"
        " AND a.institution = %(institution)s::uuid)",
        "person": "EXISTS (SELECT FROM {appointments} AS a WHERE a.team = t.team"
        " AND a.person = %(person)s::uuid)",
    },
    select=f"""
SELECT t.team AS id, t.project, {project_name("t.project")} AS project_name, t.kind, t.name,
    t.voivodeship, t.county, t.commune, t.agreement,
    {agreement_name("t.agreement")} AS agreement_name, t.established_on, t.dissolved_on,
    (SELECT coalesce(json_agg(json_build_object(
            'appointment', a.appointment,
            'institution', a.institution,
            'institution_name', {institution_name("a.institution")},
            'person', a.person, 'person_name', {person_name("a.person")},
            'role', a.role, 'since', a.since,
            'until', nullif(a.valid_to, '9999-12-31'), 'position', a.position)
            ORDER BY a.role <> 'chair', a.since, a.position), '[]')
        FROM {{appointments}} AS a WHERE a.team = t.team) AS members,
    t.position
FROM {{teams}} AS t""",
)
