"""Where does each milestone stand? Its dates as planned on the day, and what was reached."""

from msgspec import Struct

from ledger.aggregates.projects.milestones import (
    MilestoneApproved,
    MilestoneCompleted,
    MilestonePlanned,
    MilestoneRescheduled,
)
from ledger.kernel.fields import Date, Id, Number, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing


class Milestone(Struct, frozen=True, kw_only=True):
    """A stage of a project."""

    project: Id
    number: int
    name: str
    starts_on: Date
    ends_on: Date
    requires: tuple[str, ...]
    completed_on: Date | None
    approved_on: Date | None
    approved_by: str | None


MILESTONES = Table("milestones", Milestone, key=["project", "number"])
MODEL = ReadModel("milestone_schedule", MILESTONES)


@MODEL.on(MilestonePlanned)
def _planned(event: MilestonePlanned, fact: Fact, rows: Rows) -> None:
    rows.put(
        MILESTONES,
        Milestone(
            project=fact.stream,
            number=event.number,
            name=event.name,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            requires=event.requires,
            completed_on=None,
            approved_on=None,
            approved_by=None,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(MilestoneRescheduled)
def _rescheduled(event: MilestoneRescheduled, fact: Fact, rows: Rows) -> None:
    rows.change(
        MILESTONES,
        fact.stream,
        event.number,
        valid_from=fact.effective_on,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )


@MODEL.on(MilestoneCompleted)
def _completed(event: MilestoneCompleted, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(MILESTONES, fact.stream, event.number, valid_from=on, completed_on=on)


@MODEL.on(MilestoneApproved)
def _approved(event: MilestoneApproved, fact: Fact, rows: Rows) -> None:
    on, by = fact.effective_on, event.approved_by
    rows.change(
        MILESTONES, fact.stream, event.number, valid_from=on, approved_on=on, approved_by=by
    )


class MilestoneRow(Struct, frozen=True, kw_only=True):
    """A milestone and its status on the day."""

    id: str
    number: Number
    name: Title
    starts_on: Date
    ends_on: Date
    requires: list[str]
    status: str
    completed_on: Date | None
    approved_on: Date | None
    approved_by: Title | None
    position: int


LISTING = Listing(
    path="/api/projects/{id}/milestones",
    row=MilestoneRow,
    parent="projects",
    order="to_char(number, 'FM0000')",
    filters={"id": "m.project = %(id)s"},
    select="""
SELECT m.project || '/' || m.number AS id, m.number, m.name, m.starts_on, m.ends_on, m.requires,
    CASE WHEN m.approved_on IS NOT NULL THEN 'approved'
        WHEN m.completed_on IS NOT NULL THEN 'completed'
        WHEN %(valid_at)s < m.starts_on THEN 'planned'
        WHEN %(valid_at)s <= m.ends_on THEN 'in_progress'
        ELSE 'overdue' END AS status,
    m.completed_on, m.approved_on, m.approved_by, m.position
FROM {milestones} AS m""",
)
