"""Which stages does a project have, and when is each completed and approved?"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.aggregates.projects.state import PROJECTS, Milestone, Project, check_period
from ledger.kernel.errors import Collision, NotTrueYet, Refusal
from ledger.kernel.fields import (
    Date,
    DeliverableKind,
    Number,
    Title,
)
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.standing import DeliverableStanding


@PROJECTS.event("project.milestone-planned")
class MilestonePlanned(Event, frozen=True, kw_only=True):
    """A stage of the project was planned."""

    number: Number
    name: Title
    starts_on: Date
    ends_on: Date
    requires: tuple[DeliverableKind, ...] = ()

    def apply(self, state: Project, on: date) -> Project:
        planned = Milestone(
            name=self.name,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            requires=self.requires,
            planned_on=on,
        )
        return replace(state, milestones={**state.milestones, self.number: planned})


def _with_milestone(state: Project, number: int, **changes: object) -> Project:
    changed = replace(state.milestones[number], **changes)
    return replace(state, milestones={**state.milestones, number: changed})


@PROJECTS.event("project.milestone-rescheduled")
class MilestoneRescheduled(Event, frozen=True, kw_only=True):
    """The dates of a stage were changed."""

    number: Number
    starts_on: Date
    ends_on: Date

    def apply(self, state: Project, on: date) -> Project:
        return _with_milestone(state, self.number, starts_on=self.starts_on, ends_on=self.ends_on)


@PROJECTS.event("project.milestone-completed")
class MilestoneCompleted(Event, frozen=True, kw_only=True):
    """A stage was reported as done."""

    number: Number

    def apply(self, state: Project, on: date) -> Project:
        return _with_milestone(state, self.number, completed_on=on)


@PROJECTS.event("project.milestone-approved")
class MilestoneApproved(Event, frozen=True, kw_only=True):
    """An authority accepted the stage."""

    number: Number
    approved_by: Title

    def apply(self, state: Project, on: date) -> Project:
        return _with_milestone(state, self.number, approved_on=on, approved_by=self.approved_by)


class MilestonePlannedAlready(Refusal):
    """Milestone {number} is planned already; its dates are changed by rescheduling."""


class MilestoneUnknown(Refusal):
    """The project has no milestone {number}."""


class MilestoneCompletedAlready(Refusal):
    """Milestone {number} was completed on {completed_on}."""


class MilestoneApprovedAlready(Refusal):
    """Milestone {number} was approved on {approved_on} by {approved_by}."""


class MilestoneNotStarted(Refusal):
    """Milestone {number} starts on {starts_on}: it cannot be completed on {on}."""


class MilestoneNotCompleted(Refusal):
    """Milestone {number} is not completed on {on}, so it cannot be approved."""


class DeliverableMissing(Refusal):
    """Milestone {number} requires an approved deliverable of the kind {kind} by {on}."""


class OutsideProject(Refusal):
    """{what} lies outside the project, which runs from {starts_on} to {ends_on}."""


def _check_inside(state: Project, what: str, starts_on: date, ends_on: date, id: str) -> None:
    if starts_on < state.starts_on or ends_on > state.ends_on:
        raise OutsideProject(
            what=what,
            starts_on=state.starts_on,
            ends_on=state.ends_on,
            collides=Collision("projects", id),
        )


@PROJECTS.command("plan-milestone")
class PlanMilestone(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Plan a stage of the project."""

    number: Number
    name: Title
    starts_on: Date
    ends_on: Date
    requires: tuple[DeliverableKind, ...] | None = None

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        check_period(self.starts_on, self.ends_on)
        if self.number in state.milestones:
            raise MilestonePlannedAlready(
                number=self.number, collides=Collision("projects", given.id)
            )
        _check_inside(state, f"Milestone {self.number}", self.starts_on, self.ends_on, given.id)
        return [
            MilestonePlanned(
                number=self.number,
                name=self.name,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                requires=self.requires or (),
            )
        ]


def _open_milestone(state: Project, number: int, given: Given) -> Milestone:
    """The milestone, which must not be completed yet."""
    here = Collision("projects", given.id)
    milestone = state.milestones.get(number)
    if milestone is None:
        raise MilestoneUnknown(number=number, collides=here)
    if milestone.completed_on is not None:
        raise MilestoneCompletedAlready(
            number=number, completed_on=milestone.completed_on, collides=here
        )
    return milestone


@PROJECTS.command("reschedule-milestone", reason=True)
class RescheduleMilestone(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the dates of a stage that is not completed yet."""

    number: Number
    starts_on: Date
    ends_on: Date

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        check_period(self.starts_on, self.ends_on)
        planned_on = _open_milestone(state, self.number, given).planned_on
        _check_inside(state, f"Milestone {self.number}", self.starts_on, self.ends_on, given.id)
        NotTrueYet.check(planned_on, given.effective_on, Collision("projects", given.id))
        return [
            MilestoneRescheduled(number=self.number, starts_on=self.starts_on, ends_on=self.ends_on)
        ]


@PROJECTS.command("complete-milestone", looks_up="deliverables")
class CompleteMilestone(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Report a stage as done, once the deliverables that it requires are approved."""

    number: Number

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        milestone = _open_milestone(state, self.number, given)
        here = Collision("projects", given.id)
        if given.effective_on < milestone.starts_on:
            raise MilestoneNotStarted(
                number=self.number,
                starts_on=milestone.starts_on,
                on=given.effective_on,
                collides=here,
            )
        approved = {
            d.kind
            for d in given.all(DeliverableStanding)
            if d.approved_on is not None and d.approved_on <= given.effective_on
        }
        for kind in milestone.requires:
            if kind not in approved:
                raise DeliverableMissing(
                    number=self.number, kind=kind, on=given.effective_on, collides=here
                )
        NotTrueYet.check(milestone.planned_on, given.effective_on, here)
        return [MilestoneCompleted(number=self.number)]


@PROJECTS.command("approve-milestone", roles=["manager"])
class ApproveMilestone(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an authority accepted a completed stage."""

    number: Number
    approved_by: Title

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        here = Collision("projects", given.id)
        milestone = state.milestones.get(self.number)
        if milestone is None:
            raise MilestoneUnknown(number=self.number, collides=here)
        if milestone.approved_on is not None:
            raise MilestoneApprovedAlready(
                number=self.number,
                approved_on=milestone.approved_on,
                approved_by=milestone.approved_by,
                collides=here,
            )
        if milestone.completed_on is None or given.effective_on < milestone.completed_on:
            raise MilestoneNotCompleted(number=self.number, on=given.effective_on, collides=here)
        return [MilestoneApproved(number=self.number, approved_by=self.approved_by)]
