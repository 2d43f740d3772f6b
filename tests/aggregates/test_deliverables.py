"""Deliverables: a version is issued, submitted, and then approved or rejected once."""

from datetime import date

import pytest

from ledger.aggregates.deliverables import (
    DELIVERABLES,
    ApproveVersion,
    CreateDeliverable,
    Deliverable,
    DeliverableCreated,
    FourEyes,
    IssueVersion,
    RejectVersion,
    SubmitVersion,
    VersionApproved,
    VersionDecided,
    VersionExists,
    VersionIssued,
    VersionNotSubmitted,
    VersionRejected,
    VersionSubmitted,
    VersionSubmittedAlready,
    VersionUnknown,
)
from ledger.kernel.errors import Collision
from ledger.kernel.messages import Command, Event
from ledger.kernel.standing import DeliverableStanding
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, Scenario

CREATED = DeliverableCreated(project=PROJECT, kind="model", title="Model", milestone=1)
ISSUED = VersionIssued(version="1.0", issued_by="ewa")
SUBMITTED = VersionSubmitted(version="1.0", submitted_by="jan")
APPROVED = VersionApproved(version="1.0", approved_by="MRPiPS")
REJECTED = VersionRejected(version="1.0", approved_by="MRPiPS")
APPROVE = ApproveVersion(version="1.0", approved_by="MRPiPS")
REJECT = RejectVersion(version="1.0", approved_by="MRPiPS")
HERE = Collision("deliverables", ITSELF)


def deliverable(*events: Event) -> Scenario:
    return Scenario(DELIVERABLES).given(CREATED, *events)


def create(milestone: int | None) -> CreateDeliverable:
    return CreateDeliverable(project=PROJECT, kind="model", title="Model", milestone=milestone)


def test_a_deliverable_belongs_to_a_milestone_of_the_project() -> None:
    Scenario(DELIVERABLES).when(create(1)).then(CREATED)


def test_a_deliverable_may_do_without_a_milestone() -> None:
    Scenario(DELIVERABLES).when(create(None)).then(
        DeliverableCreated(project=PROJECT, kind="model", title="Model")
    )


def test_a_milestone_that_the_project_does_not_plan_is_invalid() -> None:
    Scenario(DELIVERABLES).when(create(9)).invalid("milestone")


def test_a_version_is_issued_with_its_document() -> None:
    deliverable().when(IssueVersion(version="1.0", document="ab" * 32)).then(
        VersionIssued(version="1.0", document="ab" * 32, issued_by="anna")
    )


def test_a_version_is_issued_once() -> None:
    deliverable(ISSUED).when(IssueVersion(version="1.0")).refused(VersionExists, collides=HERE)


def test_an_issued_version_is_submitted() -> None:
    deliverable(ISSUED).when(SubmitVersion(version="1.0"), by="jan").then(SUBMITTED)


def test_a_version_is_submitted_once() -> None:
    deliverable(ISSUED, SUBMITTED).when(SubmitVersion(version="1.0")).refused(
        VersionSubmittedAlready, collides=HERE
    )


def test_a_submitted_version_is_approved() -> None:
    state = deliverable(ISSUED, SUBMITTED).when(APPROVE).then(APPROVED)
    assert state.standing() == DeliverableStanding(project=PROJECT, kind="model", approved_on=DAY)


def test_a_submitted_version_is_rejected() -> None:
    state = deliverable(ISSUED, SUBMITTED).when(REJECT).then(REJECTED)
    assert isinstance(state, Deliverable)
    assert state.versions["1.0"].status == "rejected"
    assert state.approved_on is None


@pytest.mark.parametrize("decided", [APPROVED, REJECTED])
@pytest.mark.parametrize("command", [SubmitVersion(version="1.0"), APPROVE, REJECT])
def test_a_decided_version_stays_decided(decided: Event, command: Command) -> None:
    deliverable(ISSUED, SUBMITTED, decided).when(command).refused(VersionDecided, collides=HERE)


@pytest.mark.parametrize("command", [SubmitVersion(version="1.0"), APPROVE, REJECT])
def test_a_version_that_was_never_issued_is_unknown(command: Command) -> None:
    deliverable().when(command).refused(VersionUnknown, collides=HERE)


@pytest.mark.parametrize("command", [APPROVE, REJECT])
def test_only_a_submitted_version_is_decided(command: Command) -> None:
    deliverable(ISSUED).when(command).refused(VersionNotSubmitted, collides=HERE)


@pytest.mark.parametrize("command", [APPROVE, REJECT])
def test_no_version_is_decided_before_it_was_submitted(command: Command) -> None:
    deliverable(ISSUED, SUBMITTED).when(command, on=date(2019, 5, 12)).refused(VersionNotSubmitted)


def test_the_first_approval_of_several_versions_counts() -> None:
    state = (
        deliverable(ISSUED, SUBMITTED, APPROVED)
        .given(VersionIssued(version="2.0"), VersionSubmitted(version="2.0"))
        .when(ApproveVersion(version="2.0", approved_by="MRPiPS"), on=date(2020, 1, 1))
        .then(VersionApproved(version="2.0", approved_by="MRPiPS"))
    )
    assert isinstance(state, Deliverable)
    assert state.approved_on == DAY


@pytest.mark.parametrize("by", ["ewa", "jan"])
def test_nobody_approves_what_he_issued_or_submitted_himself(by: str) -> None:
    deliverable(ISSUED, SUBMITTED).when(APPROVE, by=by).refused(FourEyes, collides=HERE)
    deliverable(ISSUED, SUBMITTED).when(REJECT, by=by).then(REJECTED)


def test_who_tells_what_papers_say_of_the_past_may_tell_of_both() -> None:
    deliverable(ISSUED, SUBMITTED).when(APPROVE, by="jan", operator=True).then(APPROVED)


def test_a_version_from_before_names_were_noted_is_approved_by_anybody() -> None:
    before = VersionIssued(version="1.0"), VersionSubmitted(version="1.0")
    deliverable(*before).when(APPROVE).then(APPROVED)


def test_only_managers_decide() -> None:
    assert ApproveVersion.terms.roles == RejectVersion.terms.roles == {"manager", "admin"}
