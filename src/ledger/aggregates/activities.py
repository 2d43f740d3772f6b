"""What took place, and who was there? Trainings, meetings, visits and their attendance."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct, structs
from msgspec.structs import replace

from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import (
    ActivityKind,
    Date,
    Hours,
    InstitutionId,
    PersonId,
    ProjectId,
    ShortText,
    TeamId,
    Title,
)
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import ActivityStanding, PersonStanding, ProjectTerms, TeamStanding

E = TypeVar("E")
ENTRIES_PER_EVENT = 100


class Who(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An institution, a person, or a person on behalf of an institution."""

    institution: InstitutionId | None = None
    person: PersonId | None = None

    def entry(self) -> str:
        """The key of this attendee in the attendance of an activity."""
        return f"{self.institution or '-'}/{self.person or '-'}"

    def subject(self) -> str:
        """Who it is, on whoever's behalf: a person attends an activity once."""
        return self.person or self.entry()


class Attendee(Who, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who attended, and for how long; the activity's own hours where nothing is said."""

    hours: Hours | None = None


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the attendance; a later revocation names its key `entry`."""

    entry: str
    institution: InstitutionId | None = None
    person: PersonId | None = None
    hours: Hours | None = None


class Attendance(Struct, frozen=True, kw_only=True):
    """Who attended, for how long, as recorded from the day `on`."""

    institution: str | None
    person: str | None
    hours: float | None
    on: date


class Activity(State, frozen=True, kw_only=True):
    """An activity and its attendance by entry."""

    project: str
    kind: ActivityKind
    title: str
    series: str | None = None
    starts_on: date
    ends_on: date
    hours: float | None = None
    place: str | None = None
    team: str | None = None
    cancelled_on: date | None = None
    attendance: Mapping[str, Attendance] = {}
    since: date

    def standing(self) -> ActivityStanding:
        return ActivityStanding(
            project=self.project, starts_on=self.starts_on, cancelled_on=self.cancelled_on
        )


ACTIVITIES = Aggregate.define(
    "activities", kind="activity", state=Activity, writers=["coordinator"]
)


# Events


@ACTIVITIES.event("activity.arranged", begins=True)
class ActivityArranged(Event, frozen=True, kw_only=True):
    """An activity was put on the calendar."""

    project: ProjectId
    kind: ActivityKind
    title: Title
    series: Title | None = None
    starts_on: Date
    ends_on: Date
    hours: Hours | None = None
    place: ShortText | None = None
    team: TeamId | None = None

    def apply(self, state: None, on: date) -> Activity:
        return Activity(**structs.asdict(self), since=on)


@ACTIVITIES.event("activity.attendance-recorded")
class AttendanceRecorded(Event, frozen=True, kw_only=True):
    """These took part."""

    attendees: tuple[Entry, ...]

    def apply(self, state: Activity, on: date) -> Activity:
        came = {
            a.entry: Attendance(institution=a.institution, person=a.person, hours=a.hours, on=on)
            for a in self.attendees
        }
        return replace(state, attendance={**state.attendance, **came})


@ACTIVITIES.event("activity.attendance-revoked")
class AttendanceRevoked(Event, frozen=True, kw_only=True):
    """These did not take part: their attendance was recorded in error."""

    entries: tuple[str, ...]

    def apply(self, state: Activity, on: date) -> Activity:
        left = {k: v for k, v in state.attendance.items() if k not in self.entries}
        return replace(state, attendance=left)


@ACTIVITIES.event("activity.rescheduled")
class ActivityRescheduled(Event, frozen=True, kw_only=True):
    """The activity was moved to other days."""

    starts_on: Date
    ends_on: Date

    def apply(self, state: Activity, on: date) -> Activity:
        return replace(state, starts_on=self.starts_on, ends_on=self.ends_on)


@ACTIVITIES.event("activity.cancelled")
class ActivityWasCancelled(Event, frozen=True, kw_only=True):
    """The activity does not take place."""

    def apply(self, state: Activity, on: date) -> Activity:
        return replace(state, cancelled_on=on)


# Refusals


class OutsideProject(Refusal):
    """The activity lies outside the project, which runs from {starts_on} to {ends_on}."""


class TeamIsDissolved(Refusal):
    """The team was dissolved on {dissolved_on}: it holds no activity from {starts_on}."""


class ActivityCancelled(Refusal):
    """The activity was cancelled on {cancelled_on}."""


class ActivityNotStarted(Refusal):
    """The activity starts on {starts_on}: nobody attends it on {on}."""


class AttendsAlready(Refusal):
    """This attendee was recorded for the activity already, on {on}."""


class AttendanceUnknown(Refusal):
    """This attendee was not recorded for the activity."""


class AttendanceStands(Refusal):
    """Attendance is recorded from {on}: it has to be revoked before this."""


class NothingChanges(Refusal):
    """The activity takes place on these days already."""


class PersonErased(Refusal):
    """The personal data of this person were erased: nothing further is recorded about them."""


# Commands


def _check_days(starts_on: date, ends_on: date, project: str, given: Given) -> None:
    if ends_on < starts_on:
        raise Invalid.field("ends_on", f"must not be before starts_on ({starts_on})")
    terms = given.of(ProjectTerms, project)
    if starts_on < terms.starts_on or ends_on > terms.ends_on:
        raise OutsideProject(
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            collides=Collision("projects", project),
        )


def _check_not_cancelled(state: Activity, given: Given) -> None:
    if state.cancelled_on is not None:
        raise ActivityCancelled(
            cancelled_on=state.cancelled_on, collides=Collision("activities", given.id)
        )


def _check_named(attendees: Sequence[Who]) -> None:
    """At least one; each somebody; nobody twice."""
    if not attendees:
        raise Invalid.field("attendees", "at least one attendee is required")
    errors, seen = [], set[str]()
    for index, who in enumerate(attendees):
        if who.institution is None and who.person is None:
            reason = "an institution or a person is required"
            errors.append(FieldError(f"attendees[{index}]", reason))
        elif who.subject() in seen:
            errors.append(FieldError(f"attendees[{index}]", "is named twice"))
        seen.add(who.subject())
    if errors:
        raise Invalid(errors)


def _in_parts(entries: Sequence[E]) -> list[tuple[E, ...]]:
    """An event holds so many entries that it stays far below the limit of a leaf of the log."""
    return [
        tuple(entries[start : start + ENTRIES_PER_EVENT])
        for start in range(0, len(entries), ENTRIES_PER_EVENT)
    ]


@ACTIVITIES.command("create")
class ArrangeActivity(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put an activity on the calendar."""

    project: ProjectId
    kind: ActivityKind
    title: Title
    series: Title | None = None
    starts_on: Date
    ends_on: Date
    hours: Hours | None = None
    place: ShortText | None = None
    team: TeamId | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        _check_days(self.starts_on, self.ends_on, self.project, given)
        if self.team is not None:
            dissolved_on = given.of(TeamStanding, self.team).dissolved_on
            if dissolved_on is not None and dissolved_on <= self.starts_on:
                raise TeamIsDissolved(
                    dissolved_on=dissolved_on,
                    starts_on=self.starts_on,
                    collides=Collision("teams", self.team),
                )
        return [ActivityArranged(**structs.asdict(self))]


@ACTIVITIES.command("record-attendance")
class RecordAttendance(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record who took part."""

    attendees: tuple[Attendee, ...]

    def decide(self, state: Activity, given: Given) -> Sequence[Event]:
        _check_named(self.attendees)
        self._check_hours(state)
        _check_not_cancelled(state, given)
        here = Collision("activities", given.id)
        if given.effective_on < state.starts_on:
            raise ActivityNotStarted(
                starts_on=state.starts_on, on=given.effective_on, collides=here
            )
        known = {v.person or k: v for k, v in state.attendance.items()}
        for who in self.attendees:
            if who.subject() in known:
                raise AttendsAlready(on=known[who.subject()].on, collides=here)
            if who.person is not None and given.of(PersonStanding, who.person).erased:
                raise PersonErased(collides=Collision("persons", who.person))
        entries = [
            Entry(
                entry=who.entry(),
                institution=who.institution,
                person=who.person,
                hours=state.hours if who.hours is None else who.hours,
            )
            for who in self.attendees
        ]
        return [AttendanceRecorded(attendees=some) for some in _in_parts(entries)]

    def _check_hours(self, state: Activity) -> None:
        errors = []
        for index, who in enumerate(self.attendees):
            if who.hours is not None and state.hours is not None and who.hours > state.hours:
                reason = f"must not exceed the activity's {state.hours:g} hours"
                errors.append(FieldError(f"attendees[{index}].hours", reason))
        if errors:
            raise Invalid(errors)


@ACTIVITIES.command("revoke-attendance", reason=True, correction=True)
class RevokeAttendance(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back attendance that was recorded in error."""

    attendees: tuple[Who, ...]

    def decide(self, state: Activity, given: Given) -> Sequence[Event]:
        _check_named(self.attendees)
        entries = tuple(who.entry() for who in self.attendees)
        if not all(entry in state.attendance for entry in entries):
            raise AttendanceUnknown(collides=Collision("activities", given.id))
        return [AttendanceRevoked(entries=some) for some in _in_parts(entries)]


@ACTIVITIES.command("reschedule", reason=True)
class RescheduleActivity(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move the activity to other days, none of them after somebody attended."""

    starts_on: Date
    ends_on: Date

    def decide(self, state: Activity, given: Given) -> Sequence[Event]:
        _check_not_cancelled(state, given)
        NotTrueYet.check(state.since, given.effective_on, Collision("activities", given.id))
        _check_days(self.starts_on, self.ends_on, state.project, given)
        here = Collision("activities", given.id)
        if (self.starts_on, self.ends_on) == (state.starts_on, state.ends_on):
            raise NothingChanges(collides=here)
        first = min((a.on for a in state.attendance.values()), default=None)
        if first is not None and self.starts_on > first:
            raise AttendanceStands(on=first, collides=here)
        return [ActivityRescheduled(starts_on=self.starts_on, ends_on=self.ends_on)]


@ACTIVITIES.command("cancel", reason=True)
class CancelActivity(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cancel an activity that nobody attended."""

    def decide(self, state: Activity, given: Given) -> Sequence[Event]:
        _check_not_cancelled(state, given)
        NotTrueYet.check(state.since, given.effective_on, Collision("activities", given.id))
        first = min((a.on for a in state.attendance.values()), default=None)
        if first is not None:
            raise AttendanceStands(on=first, collides=Collision("activities", given.id))
        return [ActivityWasCancelled()]
