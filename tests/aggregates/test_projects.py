"""Projects: the grant agreement, its annexes, partners, milestones and indicators."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.projects.indicators import (
    DropIndicator,
    IndicatorDropped,
    IndicatorSet,
    IndicatorUnknown,
    SetIndicator,
)
from ledger.aggregates.projects.milestones import (
    ApproveMilestone,
    CompleteMilestone,
    DeliverableMissing,
    MilestoneApproved,
    MilestoneApprovedAlready,
    MilestoneCompleted,
    MilestoneCompletedAlready,
    MilestoneNotCompleted,
    MilestoneNotStarted,
    MilestonePlanned,
    MilestonePlannedAlready,
    MilestoneRescheduled,
    MilestoneUnknown,
    OutsideProject,
    PlanMilestone,
    RescheduleMilestone,
)
from ledger.aggregates.projects.state import PROJECTS, CountedWhere, Counts, Project
from ledger.aggregates.projects.terms import (
    AddPartner,
    AmendProject,
    CloseProject,
    CodeTaken,
    ContributionExceedsValue,
    NothingChanges,
    PartnerAdded,
    PartnerAlready,
    PartnerRemoved,
    PartnerUnknown,
    ProjectAmended,
    ProjectStarted,
    ProjectWasClosed,
    RemovePartner,
    StartProject,
)
from ledger.kernel.errors import Collision, ProjectClosed
from ledger.kernel.messages import Command
from ledger.kernel.standing import DeliverableStanding, ProjectTerms
from tests.aggregates.scenario import DAY, ITSELF, TERMS, A, B, C, Scenario, an_id

HERE = Collision("projects", ITSELF)
START, END = date(2018, 4, 1), date(2021, 3, 31)
STARTED = ProjectStarted(
    code="LIDERZY",
    title="Liderzy kooperacji",
    programme="PO WER",
    leader=A,
    partners=(B,),
    value="12893583.46",
    eu_contribution="10866712.14",
    starts_on=START,
    ends_on=END,
)
PLANNED = MilestonePlanned(
    number=1, name="Model", starts_on=START, ends_on=date(2019, 3, 31), requires=("model",)
)
COUNTS = Counts(
    subject="institution",
    through=("agreement_signed",),
    where=CountedWhere(sectors=("ngo",), min_times=2),
)
SET = IndicatorSet(code="ngos", name="NGO", kind="output", target=30.0, counts=COUNTS)


def starting(**fields: Any) -> Scenario:
    return Scenario(PROJECTS).when(
        StartProject(
            **{
                "code": "LIDERZY",
                "title": "Liderzy kooperacji",
                "programme": "PO WER",
                "leader": A,
                "partners": (B,),
                "value": "12893583.46",
                "eu_contribution": "10866712.14",
                "starts_on": START,
                "ends_on": END,
                **fields,
            }
        )
    )


def started() -> Scenario:
    return Scenario(PROJECTS).given(STARTED)


def planned() -> Scenario:
    return started().given(PLANNED)


def test_a_project_starts_with_its_grant_agreement() -> None:
    state = starting().then(STARTED)
    assert state.standing() == ProjectTerms(
        code="LIDERZY",
        value="12893583.46",
        eu_contribution="10866712.14",
        starts_on=START,
        ends_on=END,
        closed_on=None,
        milestones=frozenset(),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_on", date(2018, 3, 31)),
        ("eu_contribution", "12893583.47"),
        ("partners", (A,)),
        ("partners", (B, B)),
    ],
)
def test_a_grant_agreement_does_not_contradict_itself(field: str, value: object) -> None:
    starting(**{field: value}).invalid(field)


def test_a_project_is_worth_something() -> None:
    starting(value="0.00", eu_contribution=None).invalid("value")


def test_an_annex_records_only_what_it_changes() -> None:
    annex = AmendProject(annex="Aneks 1", value="27773272.46", ends_on=date(2021, 6, 30))
    state = (
        started()
        .when(annex)
        .then(ProjectAmended(annex="Aneks 1", value="27773272.46", ends_on=date(2021, 6, 30)))
    )
    assert isinstance(state, Project)
    assert (state.value, state.title, state.annexes) == (
        "27773272.46",
        "Liderzy kooperacji",
        ("Aneks 1",),
    )


@pytest.mark.parametrize("title", [None, "Liderzy kooperacji"])
def test_an_annex_that_changes_nothing_is_refused(title: str | None) -> None:
    started().when(AmendProject(annex="1", title=title)).refused(NothingChanges, collides=HERE)


def test_an_annex_does_not_make_a_project_worth_nothing() -> None:
    started().when(AmendProject(annex="1", value="0.00", eu_contribution="0.00")).invalid("value")


def test_an_annex_does_not_end_a_project_before_its_start() -> None:
    started().when(AmendProject(annex="1", ends_on=date(2018, 3, 31))).invalid("ends_on")


@pytest.mark.parametrize(
    "annex",
    [AmendProject(annex="1", value="1.00"), AmendProject(annex="1", eu_contribution="99999999.99")],
)
def test_an_annex_does_not_lift_the_contribution_over_the_value(annex: Command) -> None:
    started().when(annex).refused(ContributionExceedsValue, collides=HERE)


def test_an_institution_becomes_a_partner() -> None:
    state = started().when(AddPartner(institution=C)).then(PartnerAdded(institution=C))
    assert isinstance(state, Project)
    assert state.partners == (B, C)


@pytest.mark.parametrize("institution", [A, B])
def test_leader_and_partners_do_not_become_partners_again(institution: str) -> None:
    started().when(AddPartner(institution=institution)).refused(PartnerAlready, collides=HERE)


def test_a_partner_that_left_does_not_come_back_before_that_day() -> None:
    left = started().given(PartnerRemoved(institution=B), on=date(2020, 1, 1))
    left.when(AddPartner(institution=B), on=date(2019, 12, 31)).refused(PartnerAlready)
    left.when(AddPartner(institution=B), on=date(2020, 1, 1)).then(PartnerAdded(institution=B))


def test_a_partner_leaves() -> None:
    state = started().when(RemovePartner(institution=B)).then(PartnerRemoved(institution=B))
    assert isinstance(state, Project)
    assert state.partners == ()


def test_only_a_partner_leaves() -> None:
    started().when(RemovePartner(institution=A)).refused(PartnerUnknown, collides=HERE)


def plan(starts_on: date = START, ends_on: date = date(2019, 3, 31)) -> PlanMilestone:
    return PlanMilestone(
        number=1, name="Model", starts_on=starts_on, ends_on=ends_on, requires=("model",)
    )


def test_a_milestone_is_planned() -> None:
    state = started().when(plan()).then(PLANNED)
    assert isinstance(state, Project)
    assert state.standing().milestones == {1}


def test_a_milestone_is_planned_once() -> None:
    planned().when(plan()).refused(MilestonePlannedAlready, collides=HERE)


def test_a_milestone_does_not_end_before_it_starts() -> None:
    started().when(plan(date(2019, 1, 1), date(2018, 12, 31))).invalid("ends_on")
    planned().when(RescheduleMilestone(number=1, starts_on=END, ends_on=START)).invalid("ends_on")


def test_a_milestone_lies_within_the_project() -> None:
    started().when(plan(ends_on=date(2021, 4, 1))).refused(OutsideProject, collides=HERE)
    planned().when(RescheduleMilestone(number=1, starts_on=date(2018, 3, 31), ends_on=END)).refused(
        OutsideProject, collides=HERE
    )


def test_a_milestone_is_rescheduled() -> None:
    planned().when(RescheduleMilestone(number=1, starts_on=START, ends_on=END)).then(
        MilestoneRescheduled(number=1, starts_on=START, ends_on=END)
    )


MODEL = {an_id(71): DeliverableStanding(project=ITSELF, kind="model", approved_on=DAY)}


def test_a_milestone_is_completed_once_its_deliverables_are_approved() -> None:
    state = (
        planned().when(CompleteMilestone(number=1), world=MODEL).then(MilestoneCompleted(number=1))
    )
    assert isinstance(state, Project)
    assert state.milestones[1].completed_on == DAY


def test_a_milestone_is_not_completed_before_its_deliverables_are_approved() -> None:
    planned().when(CompleteMilestone(number=1)).refused(DeliverableMissing, collides=HERE)
    planned().when(CompleteMilestone(number=1), on=date(2019, 5, 12), world=MODEL).refused(
        DeliverableMissing
    )


def test_a_milestone_is_not_completed_before_it_starts() -> None:
    planned().when(CompleteMilestone(number=1), on=date(2018, 3, 31), world=MODEL).refused(
        MilestoneNotStarted, collides=HERE
    )


@pytest.mark.parametrize(
    "command",
    [
        RescheduleMilestone(number=2, starts_on=START, ends_on=END),
        CompleteMilestone(number=2),
        ApproveMilestone(number=2, approved_by="MRPiPS"),
    ],
)
def test_a_milestone_that_was_never_planned_is_unknown(command: Command) -> None:
    planned().when(command).refused(MilestoneUnknown, collides=HERE)


@pytest.mark.parametrize(
    "command",
    [RescheduleMilestone(number=1, starts_on=START, ends_on=END), CompleteMilestone(number=1)],
)
def test_a_completed_milestone_stays_as_it_is(command: Command) -> None:
    planned().given(MilestoneCompleted(number=1)).when(command, world=MODEL).refused(
        MilestoneCompletedAlready, collides=HERE
    )


APPROVE = ApproveMilestone(number=1, approved_by="MRPiPS")
APPROVED = MilestoneApproved(number=1, approved_by="MRPiPS")


def test_a_completed_milestone_is_approved() -> None:
    planned().given(MilestoneCompleted(number=1)).when(APPROVE).then(APPROVED)


def test_a_milestone_is_approved_once() -> None:
    planned().given(MilestoneCompleted(number=1), APPROVED).when(APPROVE).refused(
        MilestoneApprovedAlready, collides=HERE
    )


def test_a_milestone_is_not_approved_before_it_is_completed() -> None:
    planned().when(APPROVE).refused(MilestoneNotCompleted, collides=HERE)
    planned().given(MilestoneCompleted(number=1)).when(APPROVE, on=date(2019, 5, 12)).refused(
        MilestoneNotCompleted
    )


def test_only_managers_approve_milestones() -> None:
    assert ApproveMilestone.terms.roles == {"manager", "admin"}


def setting(**fields: Any) -> Scenario:
    given: dict[str, Any] = {"code": "ngos", "name": "NGO", "kind": "output", "target": 30.0}
    return started().when(SetIndicator(**{**given, "counts": COUNTS, **fields}))


def test_an_indicator_is_set() -> None:
    setting().then(SET)


def test_a_later_indicator_of_the_same_code_replaces_the_earlier_one() -> None:
    more = IndicatorSet(code="ngos", name="NGO", kind="output", target=40.0, counts=COUNTS)
    state = started().given(SET, more).state
    assert state.indicators["ngos"].target == 40.0


def test_an_indicator_counts_something_towards_a_target() -> None:
    setting(target=0.0).invalid("target")
    setting(target=0.00001).invalid("target")
    setting(counts=Counts(subject="person", through=())).invalid("counts.through")


def test_an_indicator_is_dropped() -> None:
    state = (
        started().given(SET).when(DropIndicator(code="ngos")).then(IndicatorDropped(code="ngos"))
    )
    assert isinstance(state, Project)
    assert state.indicators == {}


def test_an_unknown_indicator_is_not_dropped() -> None:
    started().when(DropIndicator(code="ngos")).refused(IndicatorUnknown, collides=HERE)


def test_a_project_is_closed() -> None:
    state = started().when(CloseProject()).then(ProjectWasClosed())
    assert isinstance(state, Project)
    assert state.closed_on == DAY


@pytest.mark.parametrize("command", [CloseProject(), AddPartner(institution=C), plan()])
def test_nothing_is_recorded_on_a_closed_project(command: Command) -> None:
    started().given(ProjectWasClosed()).when(command).refused(ProjectClosed, collides=HERE)


def test_no_two_projects_have_the_same_code() -> None:
    starting(code=TERMS.code).refused(CodeTaken)
