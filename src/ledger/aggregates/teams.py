"""Who works together? Teams of cooperation and the appointments to them."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from ledger.kernel.errors import Collision, FieldError, Invalid, Refusal
from ledger.kernel.fields import (
    AgreementId,
    Id,
    InstitutionId,
    PersonId,
    Place,
    ProjectId,
    Role,
    TeamKind,
    Title,
)
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import PersonStanding, TeamStanding


class Appointment(Struct, frozen=True, kw_only=True):
    """One member in one role, from `since` until the day `until` (exclusive)."""

    institution: str | None
    person: str | None
    role: str
    since: date
    until: date | None = None


class Team(State, frozen=True, kw_only=True):
    """A team: where it works and who was appointed to it."""

    project: str
    kind: TeamKind
    name: str
    voivodeship: str | None = None
    county: str | None = None
    commune: str | None = None
    agreement: str | None = None
    established_on: date
    dissolved_on: date | None = None
    appointments: Mapping[str, Appointment] = {}
    voided: frozenset[str] = frozenset()

    def standing(self) -> TeamStanding:
        return TeamStanding(project=self.project, kind=self.kind, dissolved_on=self.dissolved_on)


TEAMS = Aggregate.define("teams", kind="team", state=Team, writers=["coordinator"])


# Events


@TEAMS.event("team.established", begins=True)
class TeamEstablished(Event, frozen=True, kw_only=True):
    """A team began its work."""

    project: ProjectId
    kind: TeamKind
    name: Title
    voivodeship: Place | None = None
    county: Place | None = None
    commune: Place | None = None
    agreement: AgreementId | None = None

    def apply(self, state: None, on: date) -> Team:
        return Team(
            project=self.project,
            kind=self.kind,
            name=self.name,
            voivodeship=self.voivodeship,
            county=self.county,
            commune=self.commune,
            agreement=self.agreement,
            established_on=on,
        )


@TEAMS.event("team.member-appointed")
class MemberAppointed(Event, frozen=True, kw_only=True):
    """An institution, a person, or a person on behalf of an institution joined the team."""

    appointment: Id
    institution: InstitutionId | None = None
    person: PersonId | None = None
    role: Role

    def apply(self, state: Team, on: date) -> Team:
        made = Appointment(
            institution=self.institution, person=self.person, role=self.role, since=on
        )
        return replace(state, appointments={**state.appointments, self.appointment: made})

    def answer(self) -> dict[str, str]:
        return {"appointment": self.appointment}


@TEAMS.event("team.member-dismissed")
class MemberDismissed(Event, frozen=True, kw_only=True):
    """A member left the team; the appointment was true until that day."""

    appointment: Id

    def apply(self, state: Team, on: date) -> Team:
        ended = replace(state.appointments[self.appointment], until=on)
        return replace(state, appointments={**state.appointments, self.appointment: ended})


@TEAMS.event("team.appointment-voided")
class AppointmentVoided(Event, frozen=True, kw_only=True):
    """An appointment was recorded in error: it was never true."""

    appointment: Id

    def apply(self, state: Team, on: date) -> Team:
        left = {k: v for k, v in state.appointments.items() if k != self.appointment}
        return replace(state, appointments=left, voided=state.voided | {self.appointment})


@TEAMS.event("team.dissolved")
class TeamDissolved(Event, frozen=True, kw_only=True):
    """The team ended; so did every appointment still in force, which it names."""

    appointments: tuple[Id, ...] = ()

    def apply(self, state: Team, on: date) -> Team:
        ended = {
            k: replace(v, until=on) if k in self.appointments else v
            for k, v in state.appointments.items()
        }
        return replace(state, dissolved_on=on, appointments=ended)


# Refusals


class AlreadyAppointed(Refusal):
    """This member already holds the role {role} in this team, since {since}."""


class AppointmentUnknown(Refusal):
    """This team has no appointment {appointment}."""


class AppointmentEnded(Refusal):
    """The appointment ended on {until} already."""


class EndsBeforeStart(Refusal):
    """The appointment began on {since}: it cannot end on {on}."""


class TeamIsDissolved(Refusal):
    """The team was dissolved on {on}."""


class PersonErased(Refusal):
    """The personal data of this person were erased: nothing further is recorded about them."""


# Commands


@TEAMS.command("create")
class EstablishTeam(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Establish a team of cooperation in a project."""

    project: ProjectId
    kind: TeamKind
    name: Title
    voivodeship: Place | None = None
    county: Place | None = None
    commune: Place | None = None
    agreement: AgreementId | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        return [
            TeamEstablished(
                project=self.project,
                kind=self.kind,
                name=self.name,
                voivodeship=self.voivodeship,
                county=self.county,
                commune=self.commune,
                agreement=self.agreement,
            )
        ]


@TEAMS.command("appoint")
class AppointMember(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Appoint an institution, a person, or a person on behalf of an institution."""

    institution: InstitutionId | None = None
    person: PersonId | None = None
    role: Role
    appointment: Id | None = None

    def decide(self, state: Team, given: Given) -> Sequence[Event]:
        self._check_member(given)
        if state.dissolved_on is not None and state.dissolved_on <= given.effective_on:
            raise TeamIsDissolved(on=state.dissolved_on, collides=Collision("teams", given.id))
        for held in state.appointments.values():
            same = (held.institution, held.person, held.role) == (
                self.institution,
                self.person,
                self.role,
            )
            if same and (held.until is None or given.effective_on < held.until):
                raise AlreadyAppointed(
                    role=self.role, since=held.since, collides=Collision("teams", given.id)
                )
        appointment = self.appointment or given.new_id()
        if appointment in state.appointments or appointment in state.voided:
            raise Invalid.field("appointment", "this id was used before")
        return [
            MemberAppointed(
                appointment=appointment,
                institution=self.institution,
                person=self.person,
                role=self.role,
            )
        ]

    def _check_member(self, given: Given) -> None:
        if self.institution is None and self.person is None:
            reason = "an institution or a person is required"
            raise Invalid([FieldError("institution", reason), FieldError("person", reason)])
        if self.person is not None and given.of(PersonStanding, self.person).erased:
            raise PersonErased(collides=Collision("persons", self.person))


def _in_force(state: Team, appointment: str, given: Given) -> Appointment:
    """The appointment, which must not have ended."""
    here = Collision("teams", given.id)
    held = state.appointments.get(appointment)
    if held is None:
        raise AppointmentUnknown(appointment=appointment, collides=here)
    if held.until is not None:
        raise AppointmentEnded(until=held.until, collides=here)
    return held


@TEAMS.command("dismiss", reason=True)
class DismissMember(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End an appointment as of a day."""

    appointment: Id

    def decide(self, state: Team, given: Given) -> Sequence[Event]:
        held = _in_force(state, self.appointment, given)
        if given.effective_on < held.since:
            raise EndsBeforeStart(
                since=held.since, on=given.effective_on, collides=Collision("teams", given.id)
            )
        return [MemberDismissed(appointment=self.appointment)]


@TEAMS.command("void", reason=True, correction=True)
class VoidAppointment(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back an appointment that was recorded in error: it was never true."""

    appointment: Id

    def decide(self, state: Team, given: Given) -> Sequence[Event]:
        if self.appointment not in state.appointments:
            raise AppointmentUnknown(
                appointment=self.appointment, collides=Collision("teams", given.id)
            )
        return [AppointmentVoided(appointment=self.appointment)]


@TEAMS.command("dissolve", reason=True)
class DissolveTeam(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the team and every appointment still in force."""

    def decide(self, state: Team, given: Given) -> Sequence[Event]:
        here = Collision("teams", given.id)
        if state.dissolved_on is not None:
            raise TeamIsDissolved(on=state.dissolved_on, collides=here)
        in_force = {k: v for k, v in state.appointments.items() if v.until is None}
        latest = max((v.since for v in in_force.values()), default=state.established_on)
        if given.effective_on < latest:
            raise EndsBeforeStart(since=latest, on=given.effective_on, collides=here)
        return [TeamDissolved(appointments=tuple(in_force))]
