"""Teams: established, joined by somebody in a role, left, dissolved."""

from datetime import date
from typing import Any

from ledger.aggregates.teams import (
    TEAMS,
    AlreadyAppointed,
    AppointMember,
    AppointmentEnded,
    AppointmentUnknown,
    AppointmentVoided,
    DismissMember,
    DissolveTeam,
    EndsBeforeStart,
    EstablishTeam,
    MemberAppointed,
    MemberDismissed,
    PersonErased,
    Team,
    TeamDissolved,
    TeamEstablished,
    TeamIsDissolved,
    VoidAppointment,
)
from ledger.kernel.errors import AlreadyExists, Collision, NotFound, ProjectClosed
from ledger.kernel.standing import AgreementStanding, PersonStanding, ProjectTerms, TeamStanding
from tests.aggregates.scenario import (
    ANNA,
    DAY,
    ITSELF,
    PROJECT,
    TERMS,
    A,
    B,
    Scenario,
    an_id,
)

HERE = Collision("teams", ITSELF)
FIRST, SECOND, NEW = an_id(51), an_id(52), an_id(9001)
BEFORE, AFTER = date(2019, 5, 12), date(2019, 6, 1)
WZK = TeamEstablished(project=PROJECT, kind="voivodeship", name="WZK podkarpackie")
A_JOINED = MemberAppointed(appointment=FIRST, institution=A, role="member")
B_JOINED = MemberAppointed(appointment=SECOND, institution=B, role="member")
A_LEFT = MemberDismissed(appointment=FIRST)


def established() -> Scenario:
    return Scenario(TEAMS).given(WZK)


def establish(**fields: Any) -> EstablishTeam:
    return EstablishTeam(
        **{"project": PROJECT, "kind": "voivodeship", "name": "WZK podkarpackie", **fields}
    )


def closed(on: date) -> dict[str, ProjectTerms]:
    return {
        PROJECT: ProjectTerms(
            code="LIDERZY",
            value=TERMS.value,
            eu_contribution=None,
            starts_on=TERMS.starts_on,
            ends_on=TERMS.ends_on,
            closed_on=on,
            milestones=frozenset(),
        )
    }


def test_a_team_is_established() -> None:
    state = Scenario(TEAMS).when(establish()).then(WZK)
    assert state.standing() == TeamStanding(project=PROJECT, kind="voivodeship", dissolved_on=None)


def test_a_team_is_established_by_an_agreement_of_its_project() -> None:
    agreement = an_id(61)

    def of(project: str) -> dict[str, AgreementStanding]:
        signed = AgreementStanding(
            project=project, signed_on=DAY, terminated_on=None, parties=frozenset()
        )
        return {agreement: signed}

    command = establish(agreement=agreement)
    Scenario(TEAMS).when(command, world=of(an_id(99))).invalid("agreement")
    assert Scenario(TEAMS).when(command, world=of(PROJECT)).state.agreement == agreement


def test_an_institution_is_appointed_under_an_id_of_its_own() -> None:
    made = MemberAppointed(appointment=NEW, institution=A, role="member")
    established().when(AppointMember(institution=A, role="member")).then(made)
    assert made.answer() == {"appointment": NEW}


def test_a_person_is_appointed_on_behalf_of_an_institution_under_a_given_id() -> None:
    established().when(
        AppointMember(institution=A, person=ANNA, role="chair", appointment=FIRST),
        world={ANNA: PersonStanding(erased=False)},
    ).then(MemberAppointed(appointment=FIRST, institution=A, person=ANNA, role="chair"))


def test_an_appointment_of_nobody_is_invalid() -> None:
    established().when(AppointMember(role="member")).invalid("institution", "person")


def test_an_erased_person_is_not_appointed() -> None:
    established().when(
        AppointMember(person=ANNA, role="member"), world={ANNA: PersonStanding(erased=True)}
    ).refused(PersonErased, collides=Collision("persons", ANNA))


def test_nobody_holds_the_same_role_twice_at_a_time() -> None:
    established().given(A_JOINED).when(AppointMember(institution=A, role="member")).refused(
        AlreadyAppointed, collides=HERE
    )


def test_a_member_who_left_is_appointed_anew() -> None:
    established().given(A_JOINED, A_LEFT).when(AppointMember(institution=A, role="member")).then(
        MemberAppointed(appointment=NEW, institution=A, role="member")
    )


def test_the_id_of_an_appointment_is_used_once() -> None:
    command = AppointMember(institution=B, role="member", appointment=FIRST)
    established().given(A_JOINED).when(command).invalid("appointment")
    established().given(A_JOINED, AppointmentVoided(appointment=FIRST)).when(command).invalid(
        "appointment"
    )


def test_a_dissolved_team_takes_no_members() -> None:
    dissolved = established().given(TeamDissolved())
    dissolved.when(AppointMember(institution=A, role="member")).refused(
        TeamIsDissolved, collides=HERE
    )
    dissolved.when(AppointMember(institution=A, role="member"), on=BEFORE).then(
        MemberAppointed(appointment=NEW, institution=A, role="member")
    )


def test_a_member_is_dismissed() -> None:
    state = (
        established().given(A_JOINED).when(DismissMember(appointment=FIRST), on=AFTER).then(A_LEFT)
    )
    assert isinstance(state, Team)
    assert state.appointments[FIRST].until == AFTER


def test_an_appointment_that_was_never_made_does_not_end() -> None:
    established().when(DismissMember(appointment=FIRST)).refused(AppointmentUnknown, collides=HERE)
    established().when(VoidAppointment(appointment=FIRST)).refused(AppointmentUnknown)


def test_an_appointment_ends_once() -> None:
    established().given(A_JOINED, A_LEFT).when(DismissMember(appointment=FIRST)).refused(
        AppointmentEnded, collides=HERE
    )


def test_an_appointment_does_not_end_before_it_began() -> None:
    established().given(A_JOINED).when(DismissMember(appointment=FIRST), on=BEFORE).refused(
        EndsBeforeStart, collides=HERE
    )


def test_an_appointment_recorded_in_error_was_never_true() -> None:
    state = (
        established()
        .given(A_JOINED)
        .when(VoidAppointment(appointment=FIRST))
        .then(AppointmentVoided(appointment=FIRST))
    )
    assert isinstance(state, Team)
    assert state.appointments == {}


def test_dissolving_names_the_appointments_that_it_ends() -> None:
    state = (
        established()
        .given(A_JOINED, B_JOINED, A_LEFT)
        .when(DissolveTeam(), on=AFTER)
        .then(TeamDissolved(appointments=(SECOND,)))
    )
    assert isinstance(state, Team)
    assert state.appointments[SECOND].until == AFTER
    assert state.dissolved_on == AFTER


def test_a_team_is_dissolved_once() -> None:
    established().given(TeamDissolved()).when(DissolveTeam()).refused(
        TeamIsDissolved, collides=HERE
    )


def test_a_team_is_not_dissolved_before_a_member_joined() -> None:
    established().given(A_JOINED, on=AFTER).when(DissolveTeam()).refused(
        EndsBeforeStart, collides=HERE
    )


def test_a_closed_project_takes_corrections_only() -> None:
    held = established().given(A_JOINED)
    held.when(DismissMember(appointment=FIRST), world=closed(DAY)).refused(
        ProjectClosed, collides=Collision("projects", PROJECT)
    )
    held.when(VoidAppointment(appointment=FIRST), world=closed(DAY)).then(
        AppointmentVoided(appointment=FIRST)
    )


def test_a_team_is_created_once_and_before_anything_else() -> None:
    established().when(establish()).refused(AlreadyExists, collides=HERE)
    nowhere = Scenario(TEAMS).when(DissolveTeam())
    assert isinstance(nowhere.error, NotFound)
