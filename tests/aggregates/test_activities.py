"""Activities: arranged within the project, attended by somebody once, moved or cancelled."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.activities import (
    ACTIVITIES,
    ENTRIES_PER_EVENT,
    Activity,
    ActivityArranged,
    ActivityCancelled,
    ActivityNotStarted,
    ActivityRescheduled,
    ActivityWasCancelled,
    ArrangeActivity,
    AttendanceRecorded,
    AttendanceRevoked,
    AttendanceStands,
    AttendanceUnknown,
    Attendee,
    AttendsAlready,
    CancelActivity,
    Entry,
    NothingChanges,
    OutsideProject,
    PersonErased,
    RecordAttendance,
    RescheduleActivity,
    RevokeAttendance,
    TeamIsDissolved,
    Who,
)
from ledger.kernel.errors import Collision
from ledger.kernel.messages import Command
from ledger.kernel.standing import ActivityStanding, PersonStanding, TeamStanding
from tests.aggregates.scenario import (
    ANNA,
    DAY,
    ITSELF,
    JAN,
    PROJECT,
    TEAM,
    A,
    B,
    Scenario,
    an_id,
)

START, END = date(2019, 3, 1), date(2019, 3, 2)
HERE = Collision("activities", ITSELF)
TRAINING = ActivityArranged(
    project=PROJECT, kind="training", title="SzK", starts_on=START, ends_on=END, hours=16.0
)
WORLD = {ANNA: PersonStanding(erased=False), JAN: PersonStanding(erased=False)}
A_CAME = AttendanceRecorded(attendees=(Entry(entry=f"{A}/-", institution=A, hours=16.0),))
ANNA_CAME = AttendanceRecorded(
    attendees=(Entry(entry=f"{A}/{ANNA}", institution=A, person=ANNA, hours=16.0),)
)


def arranging(dissolved_on: date | None = None, **fields: Any) -> Scenario:
    team = TeamStanding(project=PROJECT, kind="commune_county", dissolved_on=dissolved_on)
    command = ArrangeActivity(
        **{
            "project": PROJECT,
            "kind": "training",
            "title": "SzK",
            "starts_on": START,
            "ends_on": END,
            "hours": 16.0,
            **fields,
        }
    )
    return Scenario(ACTIVITIES).when(command, world={TEAM: team})


def arranged() -> Scenario:
    return Scenario(ACTIVITIES).given(TRAINING)


def record(*attendees: Attendee) -> RecordAttendance:
    return RecordAttendance(attendees=attendees)


# Arranging


def test_an_activity_is_arranged() -> None:
    state = arranging().then(TRAINING)
    assert state.standing() == ActivityStanding(project=PROJECT, starts_on=START, cancelled_on=None)


def test_an_activity_of_a_team_has_a_place_and_a_series() -> None:
    arranging(team=TEAM, place="Rzeszów", series="Szkoła Kooperacji").then(
        ActivityArranged(
            project=PROJECT,
            kind="training",
            title="SzK",
            series="Szkoła Kooperacji",
            starts_on=START,
            ends_on=END,
            hours=16.0,
            place="Rzeszów",
            team=TEAM,
        )
    )


def test_an_activity_does_not_end_before_it_starts() -> None:
    arranging(ends_on=date(2019, 2, 28)).invalid("ends_on")


def test_hours_have_at_most_two_decimals() -> None:
    arranging(hours=1.125).invalid("hours")


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(date(2018, 3, 31), date(2018, 4, 1)), (date(2021, 3, 31), date(2021, 4, 1))],
)
def test_an_activity_lies_within_the_project(starts_on: date, ends_on: date) -> None:
    arranging(starts_on=starts_on, ends_on=ends_on).refused(
        OutsideProject, collides=Collision("projects", PROJECT)
    )


def test_a_dissolved_team_holds_no_activity() -> None:
    arranging(team=TEAM, dissolved_on=START).refused(
        TeamIsDissolved, collides=Collision("teams", TEAM)
    )


def test_a_team_held_activities_until_it_was_dissolved() -> None:
    state = arranging(team=TEAM, dissolved_on=END).state
    assert state.team == TEAM


# Attendance


def test_institutions_and_persons_attend_for_the_hours_of_the_activity_or_fewer() -> None:
    state = (
        arranged()
        .when(
            record(
                Attendee(institution=A),
                Attendee(institution=A, person=ANNA, hours=8.5),
                Attendee(person=JAN),
            ),
            world=WORLD,
        )
        .then(
            AttendanceRecorded(
                attendees=(
                    Entry(entry=f"{A}/-", institution=A, hours=16.0),
                    Entry(entry=f"{A}/{ANNA}", institution=A, person=ANNA, hours=8.5),
                    Entry(entry=f"-/{JAN}", person=JAN, hours=16.0),
                )
            )
        )
    )
    assert isinstance(state, Activity)
    assert len(state.attendance) == 3


def test_a_long_list_of_attendees_becomes_several_events() -> None:
    many = [Attendee(institution=an_id(1000 + n)) for n in range(ENTRIES_PER_EVENT + 1)]
    state = arranged().when(record(*many)).state
    assert len(state.attendance) == ENTRIES_PER_EVENT + 1
    whom = tuple(Who(institution=one.institution) for one in many)
    again = arranged().when(record(*many)).when(RevokeAttendance(attendees=whom))
    assert again.state.attendance == {}


def test_an_attendance_of_nobody_is_invalid() -> None:
    arranged().when(record()).invalid("attendees")
    arranged().when(record(Attendee(institution=A), Attendee(hours=1.0))).invalid("attendees[1]")
    arranged().when(RevokeAttendance(attendees=())).invalid("attendees")
    arranged().when(RevokeAttendance(attendees=(Who(),))).invalid("attendees[0]")


def test_nobody_is_named_twice_whoever_they_come_for() -> None:
    arranged().when(
        record(Attendee(institution=A, person=ANNA), Attendee(person=ANNA)), world=WORLD
    ).invalid("attendees[1]")
    arranged().when(RevokeAttendance(attendees=(Who(person=ANNA), Who(person=ANNA)))).invalid(
        "attendees[1]"
    )


@pytest.mark.parametrize("hours", [16.01, 0.125])
def test_nobody_attends_longer_than_the_activity_takes_or_by_odd_fractions(
    hours: float,
) -> None:
    arranged().when(record(Attendee(institution=A, hours=hours))).invalid("attendees[0].hours")


def test_an_institution_attends_once() -> None:
    arranged().given(A_CAME).when(record(Attendee(institution=A))).refused(
        AttendsAlready, collides=HERE
    )


@pytest.mark.parametrize("institution", [None, A, B])
def test_a_person_attends_once_whoever_they_come_for(institution: str | None) -> None:
    arranged().given(ANNA_CAME).when(
        record(Attendee(institution=institution, person=ANNA)), world=WORLD
    ).refused(AttendsAlready)


def test_nobody_attends_before_the_activity_starts() -> None:
    arranged().when(record(Attendee(institution=A)), on=date(2019, 2, 28)).refused(
        ActivityNotStarted, collides=HERE
    )


def test_an_erased_person_does_not_attend() -> None:
    arranged().when(
        record(Attendee(person=ANNA)), world={ANNA: PersonStanding(erased=True)}
    ).refused(PersonErased, collides=Collision("persons", ANNA))


def test_attendance_recorded_in_error_is_revoked_by_its_entry() -> None:
    state = (
        arranged()
        .given(A_CAME, ANNA_CAME)
        .when(RevokeAttendance(attendees=(Who(institution=A, person=ANNA),)))
        .then(AttendanceRevoked(entries=(f"{A}/{ANNA}",)))
    )
    assert isinstance(state, Activity)
    assert list(state.attendance) == [f"{A}/-"]


def test_who_was_revoked_can_be_recorded_again() -> None:
    arranged().given(A_CAME, AttendanceRevoked(entries=(f"{A}/-",))).when(
        record(Attendee(institution=A))
    ).then(A_CAME)


@pytest.mark.parametrize("who", [Who(institution=B), Who(person=ANNA)])
def test_who_did_not_attend_like_that_cannot_be_revoked(who: Who) -> None:
    arranged().given(ANNA_CAME).when(RevokeAttendance(attendees=(who,))).refused(
        AttendanceUnknown, collides=HERE
    )


def test_a_revocation_is_a_correction() -> None:
    assert RevokeAttendance.terms.is_correction


# Moving and cancelling


def test_an_activity_is_rescheduled() -> None:
    state = (
        arranged()
        .when(RescheduleActivity(starts_on=END, ends_on=END))
        .then(ActivityRescheduled(starts_on=END, ends_on=END))
    )
    assert isinstance(state, Activity)
    assert (state.starts_on, state.ends_on) == (END, END)


def test_new_days_are_as_possible_as_the_old_ones() -> None:
    arranged().when(RescheduleActivity(starts_on=END, ends_on=START)).invalid("ends_on")
    arranged().when(RescheduleActivity(starts_on=START, ends_on=date(2022, 1, 1))).refused(
        OutsideProject
    )


def test_the_same_days_again_are_no_change() -> None:
    arranged().when(RescheduleActivity(starts_on=START, ends_on=END)).refused(NothingChanges)


def test_an_activity_is_not_moved_behind_its_first_attendance() -> None:
    attended = arranged().given(A_CAME, on=END)
    attended.when(RescheduleActivity(starts_on=DAY, ends_on=DAY)).refused(
        AttendanceStands, collides=HERE
    )
    attended.when(RescheduleActivity(starts_on=END, ends_on=DAY)).then(
        ActivityRescheduled(starts_on=END, ends_on=DAY)
    )


def test_an_activity_is_cancelled() -> None:
    state = arranged().when(CancelActivity()).then(ActivityWasCancelled())
    assert state.standing() == ActivityStanding(project=PROJECT, starts_on=START, cancelled_on=DAY)


def test_an_attended_activity_is_cancelled_only_after_the_attendance_is_revoked() -> None:
    arranged().given(A_CAME).when(CancelActivity()).refused(AttendanceStands, collides=HERE)
    arranged().given(A_CAME, AttendanceRevoked(entries=(f"{A}/-",))).when(CancelActivity()).then(
        ActivityWasCancelled()
    )


@pytest.mark.parametrize(
    "command",
    [
        record(Attendee(institution=A)),
        RescheduleActivity(starts_on=END, ends_on=END),
        CancelActivity(),
    ],
)
def test_a_cancelled_activity_stays_cancelled(command: Command) -> None:
    arranged().given(ActivityWasCancelled()).when(command).refused(ActivityCancelled, collides=HERE)
