"""What does a project know of itself? Its terms, milestones and indicators as last agreed."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ledger.kernel.errors import Invalid
from ledger.kernel.fields import (
    NOTHING,
    ActivityKind,
    AgreementKind,
    CountedFact,
    DeliverableKind,
    Hours,
    IndicatorKind,
    Level,
    Place,
    Quantity,
    Role,
    Sector,
    Subject,
    TeamKind,
)
from ledger.kernel.messages import Aggregate, State
from ledger.kernel.standing import LineStanding, ProjectTerms


class Milestone(Struct, frozen=True, kw_only=True):
    """An event that closes a stage of the project."""

    name: str
    starts_on: date
    ends_on: date
    requires: tuple[str, ...] = ()
    planned_on: date
    completed_on: date | None = None
    approved_on: date | None = None
    approved_by: str | None = None


class CountedWhere(Struct, frozen=True, kw_only=True, omit_defaults=True,
                   forbid_unknown_fields=True):  # fmt: skip
    """Which facts count; a list holds alternatives, an absent one excludes nothing."""

    sectors: tuple[Sector, ...] | None = None
    levels: tuple[Level, ...] | None = None
    voivodeships: tuple[Place, ...] | None = None
    activity_kinds: tuple[ActivityKind, ...] | None = None
    team_kinds: tuple[TeamKind, ...] | None = None
    roles: tuple[Role, ...] | None = None
    deliverable_kinds: tuple[DeliverableKind, ...] | None = None
    agreement_kinds: tuple[AgreementKind, ...] | None = None
    min_hours: Hours | None = None
    min_times: Quantity | None = None


class Counts(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an indicator counts, once per subject."""

    subject: Subject
    through: tuple[CountedFact, ...]
    where: CountedWhere = CountedWhere()


class Indicator(Struct, frozen=True, kw_only=True):
    """What the Union counts, target against achieved."""

    name: str
    kind: IndicatorKind
    target: float
    counts: Counts
    since: date


class BudgetLine(Struct, frozen=True, kw_only=True):
    """A line of the budget in force: where its costs belong, and how much it holds."""

    task: str
    category: str
    amount: str


class Hold(Struct, frozen=True, kw_only=True):
    """A proceeding that keeps the project's documents, from a day until another; None: still."""

    since: date
    until: date | None = None


class Project(State, frozen=True, kw_only=True):
    """A co-financed operation under its grant agreement, as last amended."""

    code: str
    title: str
    programme: str
    priority_axis: str | None = None
    measure: str | None = None
    fund: str | None = None
    macroregion: str | None = None
    commune_type: str | None = None
    leader: str
    partners: tuple[str, ...] = ()
    partners_since: Mapping[str, date] = {}
    partners_until: Mapping[str, date] = {}
    value: str
    eu_contribution: str | None = None
    starts_on: date
    ends_on: date
    goal: str | None = None
    annexes: tuple[str, ...] = ()
    milestones: Mapping[int, Milestone] = {}
    indicators: Mapping[str, Indicator] = {}
    budget: Mapping[str, BudgetLine] = {}
    former_lines: Mapping[str, BudgetLine] = {}  # as the last edition that had them
    budget_edition: int = 0
    budget_shifts: int = 0
    budget_since: date | None = None
    received: str = NOTHING
    tranches: int = 0
    holds: Mapping[str, Hold] = {}
    closed_on: date | None = None
    since: date

    def standing(self) -> ProjectTerms:
        return ProjectTerms(
            code=self.code,
            value=self.value,
            eu_contribution=self.eu_contribution,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            closed_on=self.closed_on,
            milestones=frozenset(self.milestones),
            lines=_standings(self.budget),
            former_lines=_standings(self.former_lines),
        )


def _standings(lines: Mapping[str, BudgetLine]) -> dict[str, LineStanding]:
    return {
        name: LineStanding(task=line.task, category=line.category) for name, line in lines.items()
    }


PROJECTS = Aggregate.define("projects", kind="project", state=Project, writers=["coordinator"])


def check_period(starts_on: date, ends_on: date) -> None:
    """Raises `Invalid` where a period ends before it begins."""
    if ends_on < starts_on:
        raise Invalid.field("ends_on", f"must not be before starts_on ({starts_on})")
