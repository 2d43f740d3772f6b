"""What was agreed with the Union? Projects, their annexes, partners, milestones, indicators."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, structs
from msgspec.structs import replace

from ledger.kernel.errors import Collision, FieldError, Invalid, Refusal
from ledger.kernel.fields import (
    ActivityKind,
    AgreementKind,
    Code,
    CommuneType,
    CountedFact,
    Date,
    DeliverableKind,
    Hours,
    IndicatorKind,
    InstitutionId,
    Level,
    Money,
    Number,
    Place,
    Quantity,
    Role,
    Sector,
    ShortText,
    Subject,
    TeamKind,
    Text,
    Title,
    decimal,
)
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import DeliverableStanding, ProjectTerms


class Milestone(Struct, frozen=True, kw_only=True):
    """An event that closes a stage of the project."""

    name: str
    starts_on: date
    ends_on: date
    requires: tuple[str, ...] = ()
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
    value: str
    eu_contribution: str | None = None
    starts_on: date
    ends_on: date
    goal: str | None = None
    annexes: tuple[str, ...] = ()
    milestones: dict[int, Milestone] = {}
    indicators: dict[str, Indicator] = {}
    closed_on: date | None = None

    def standing(self) -> ProjectTerms:
        return ProjectTerms(
            code=self.code,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            closed_on=self.closed_on,
            milestones=frozenset(self.milestones),
        )


PROJECTS = Aggregate.define("projects", kind="project", state=Project, writers=["coordinator"])


# Events


@PROJECTS.event("project.started")
class ProjectStarted(Event, frozen=True, kw_only=True):
    """The grant agreement of a project came into force."""

    code: Code
    title: Title
    programme: Title
    priority_axis: Title | None = None
    measure: Title | None = None
    fund: ShortText | None = None
    macroregion: Title | None = None
    commune_type: CommuneType | None = None
    leader: InstitutionId
    partners: tuple[InstitutionId, ...] = ()
    value: Money
    eu_contribution: Money | None = None
    starts_on: Date
    ends_on: Date
    goal: Text | None = None

    def apply(self, state: None, on: date) -> Project:
        return Project(**structs.asdict(self))


@PROJECTS.event("project.amended")
class ProjectAmended(Event, frozen=True, kw_only=True):
    """An annex changed the grant agreement; only what it changed stands here."""

    annex: Title
    title: Title | UnsetType = UNSET
    value: Money | UnsetType = UNSET
    eu_contribution: Money | UnsetType = UNSET
    starts_on: Date | UnsetType = UNSET
    ends_on: Date | UnsetType = UNSET
    goal: Text | UnsetType = UNSET

    def changes(self) -> dict[str, object]:
        """The fields that the annex sets, with their new values."""
        pairs = structs.asdict(self).items()
        return {k: v for k, v in pairs if k != "annex" and v is not UNSET}

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, annexes=(*state.annexes, self.annex), **self.changes())


@PROJECTS.event("project.partner-added")
class PartnerAdded(Event, frozen=True, kw_only=True):
    """An institution became a partner of the project."""

    institution: InstitutionId

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, partners=(*state.partners, self.institution))


@PROJECTS.event("project.partner-removed")
class PartnerRemoved(Event, frozen=True, kw_only=True):
    """An institution ceased to be a partner."""

    institution: InstitutionId

    def apply(self, state: Project, on: date) -> Project:
        left = tuple(p for p in state.partners if p != self.institution)
        return replace(state, partners=left)


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
            name=self.name, starts_on=self.starts_on, ends_on=self.ends_on, requires=self.requires
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
        return _with_milestone(
            state, self.number, starts_on=self.starts_on, ends_on=self.ends_on
        )


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


@PROJECTS.event("project.indicator-set")
class IndicatorSet(Event, frozen=True, kw_only=True):
    """What is counted, and its target; a later one of the same code replaces it."""

    code: Code
    name: Title
    kind: IndicatorKind
    target: float
    counts: Counts

    def apply(self, state: Project, on: date) -> Project:
        one = Indicator(
            name=self.name, kind=self.kind, target=self.target, counts=self.counts
        )
        return replace(state, indicators={**state.indicators, self.code: one})


@PROJECTS.event("project.indicator-dropped")
class IndicatorDropped(Event, frozen=True, kw_only=True):
    """An indicator is counted no longer."""

    code: Code

    def apply(self, state: Project, on: date) -> Project:
        left = {k: v for k, v in state.indicators.items() if k != self.code}
        return replace(state, indicators=left)


@PROJECTS.event("project.closed")
class ProjectWasClosed(Event, frozen=True, kw_only=True):
    """The project ended; only corrections and disallowances follow."""

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, closed_on=on)


# Refusals


class CodeTaken(Refusal):
    """Another project has the code {code}."""


class PartnerAlready(Refusal):
    """This institution is the leader or a partner of the project already."""


class PartnerUnknown(Refusal):
    """This institution is not a partner of the project."""


class NothingChanges(Refusal):
    """The annex changes nothing of the grant agreement."""


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


class IndicatorUnknown(Refusal):
    """The project has no indicator {code}."""


class ContributionExceedsValue(Refusal):
    """The Union's contribution {eu_contribution} would exceed the project's value {value}."""


# Commands


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid.field("ends_on", f"must not be before starts_on ({starts_on})")


def _check_money(value: str, eu_contribution: str | None) -> None:
    if eu_contribution is not None and decimal(eu_contribution) > decimal(value):
        raise Invalid.field("eu_contribution", f"must not exceed the value ({value})")


@PROJECTS.command("create", looks_up="projects")
class StartProject(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record the grant agreement of a project."""

    code: Code
    title: Title
    programme: Title
    priority_axis: Title | None = None
    measure: Title | None = None
    fund: ShortText | None = None
    macroregion: Title | None = None
    commune_type: CommuneType | None = None
    leader: InstitutionId
    partners: tuple[InstitutionId, ...] | None = None
    value: Money
    eu_contribution: Money | None = None
    starts_on: Date
    ends_on: Date
    goal: Text | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        _check_period(self.starts_on, self.ends_on)
        _check_money(self.value, self.eu_contribution)
        if decimal(self.value) == Decimal(0):
            raise Invalid.field("value", "must be more than zero")
        partners = self.partners or ()
        if len({self.leader, *partners}) != 1 + len(partners):
            raise Invalid.field("partners", "an institution is named twice")
        for id, other in given.world.items():
            if isinstance(other, ProjectTerms) and other.code == self.code:
                raise CodeTaken(code=self.code, collides=Collision("projects", id))
        return [ProjectStarted(**{**structs.asdict(self), "partners": partners})]


@PROJECTS.command("amend", reason=True)
class AmendProject(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record an annex to the grant agreement."""

    annex: Title
    title: Title | None = None
    value: Money | None = None
    eu_contribution: Money | None = None
    starts_on: Date | None = None
    ends_on: Date | None = None
    goal: Text | None = None

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        here = Collision("projects", given.id)
        changes = {
            k: v for k, v in structs.asdict(self).items() if v is not None and k != "annex"
        }
        if all(getattr(state, name) == value for name, value in changes.items()):
            raise NothingChanges(collides=here)
        _check_period(self.starts_on or state.starts_on, self.ends_on or state.ends_on)
        value = self.value or state.value
        contribution = self.eu_contribution or state.eu_contribution
        if contribution is not None and decimal(contribution) > decimal(value):
            raise ContributionExceedsValue(
                eu_contribution=contribution, value=value, collides=here
            )
        return [ProjectAmended(annex=self.annex, **changes)]  # type: ignore[arg-type]


@PROJECTS.command("add-partner")
class AddPartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution became a partner."""

    institution: InstitutionId

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if self.institution in (state.leader, *state.partners):
            raise PartnerAlready(collides=Collision("projects", given.id))
        return [PartnerAdded(institution=self.institution)]


@PROJECTS.command("remove-partner", reason=True)
class RemovePartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution ceased to be a partner."""

    institution: InstitutionId

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if self.institution not in state.partners:
            raise PartnerUnknown(collides=Collision("projects", given.id))
        return [PartnerRemoved(institution=self.institution)]


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
        _check_period(self.starts_on, self.ends_on)
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
        _check_period(self.starts_on, self.ends_on)
        _open_milestone(state, self.number, given)
        _check_inside(state, f"Milestone {self.number}", self.starts_on, self.ends_on, given.id)
        return [
            MilestoneRescheduled(
                number=self.number, starts_on=self.starts_on, ends_on=self.ends_on
            )
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
            raise MilestoneNotCompleted(
                number=self.number, on=given.effective_on, collides=here
            )
        return [MilestoneApproved(number=self.number, approved_by=self.approved_by)]


@PROJECTS.command("set-indicator")
class SetIndicator(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what is counted and how much of it was promised."""

    code: Code
    name: Title
    kind: IndicatorKind
    target: float
    counts: Counts

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        errors = []
        if not 0 < self.target < 1e9:
            errors.append(FieldError("target", "must be more than zero"))
        if not self.counts.through:
            errors.append(FieldError("counts.through", "at least one fact is required"))
        if errors:
            raise Invalid(errors)
        return [
            IndicatorSet(
                code=self.code,
                name=self.name,
                kind=self.kind,
                target=self.target,
                counts=self.counts,
            )
        ]


@PROJECTS.command("drop-indicator", reason=True)
class DropIndicator(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop counting an indicator."""

    code: Code

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if self.code not in state.indicators:
            raise IndicatorUnknown(code=self.code, collides=Collision("projects", given.id))
        return [IndicatorDropped(code=self.code)]


@PROJECTS.command("close", reason=True)
class CloseProject(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close the project: afterwards only corrections and disallowances are recorded on it."""

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        return [ProjectWasClosed()]
