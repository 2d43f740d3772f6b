"""What was agreed with the Union, and how did annexes change it? Partners too."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import UNSET, UnsetType, structs
from msgspec.structs import replace

from ledger.aggregates.projects.state import PROJECTS, Project, check_period
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import (
    Code,
    CommuneType,
    Date,
    InstitutionId,
    Money,
    ShortText,
    Text,
    Title,
    decimal,
)
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.standing import ProjectTerms


@PROJECTS.event("project.started", begins=True)
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
        partners_since = dict.fromkeys(self.partners, on)
        return Project(**structs.asdict(self), partners_since=partners_since, since=on)


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
        return replace(
            state,
            partners=(*state.partners, self.institution),
            partners_since={**state.partners_since, self.institution: on},
        )


@PROJECTS.event("project.partner-removed")
class PartnerRemoved(Event, frozen=True, kw_only=True):
    """An institution ceased to be a partner."""

    institution: InstitutionId

    def apply(self, state: Project, on: date) -> Project:
        left = tuple(p for p in state.partners if p != self.institution)
        until = {**state.partners_until, self.institution: on}
        return replace(state, partners=left, partners_until=until)


@PROJECTS.event("project.closed")
class ProjectWasClosed(Event, frozen=True, kw_only=True):
    """The project ended; only corrections and disallowances follow."""

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, closed_on=on)


class CodeTaken(Refusal):
    """Another project has the code {code}."""


class PartnerAlready(Refusal):
    """This institution is the leader or a partner of the project already."""


class PartnerUnknown(Refusal):
    """This institution is not a partner of the project."""


class NothingChanges(Refusal):
    """The annex changes nothing of the grant agreement."""


class ContributionExceedsValue(Refusal):
    """The Union's contribution {eu_contribution} would exceed the project's value {value}."""


def _check_money(value: str, eu_contribution: str | None) -> None:
    if eu_contribution is not None and decimal(eu_contribution) > decimal(value):
        raise Invalid.field("eu_contribution", f"must not exceed the value ({value})")


@PROJECTS.command("create", looks_up="projects", all_projects=True)
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
        check_period(self.starts_on, self.ends_on)
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
        NotTrueYet.check(state.since, given.effective_on, here)
        changes = {k: v for k, v in structs.asdict(self).items() if v is not None and k != "annex"}
        if all(getattr(state, name) == value for name, value in changes.items()):
            raise NothingChanges(collides=here)
        check_period(self.starts_on or state.starts_on, self.ends_on or state.ends_on)
        value = self.value or state.value
        if decimal(value) == Decimal(0):
            raise Invalid.field("value", "must be more than zero")
        contribution = self.eu_contribution or state.eu_contribution
        if contribution is not None and decimal(contribution) > decimal(value):
            raise ContributionExceedsValue(eu_contribution=contribution, value=value, collides=here)
        return [ProjectAmended(annex=self.annex, **changes)]


@PROJECTS.command("add-partner")
class AddPartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution became a partner."""

    institution: InstitutionId

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        until = state.partners_until.get(self.institution, given.effective_on)
        here = (state.leader, *state.partners)
        if self.institution in here or given.effective_on < until:
            raise PartnerAlready(collides=Collision("projects", given.id))
        return [PartnerAdded(institution=self.institution)]


@PROJECTS.command("remove-partner", reason=True)
class RemovePartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution ceased to be a partner."""

    institution: InstitutionId

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if self.institution not in state.partners:
            raise PartnerUnknown(collides=Collision("projects", given.id))
        since = state.partners_since[self.institution]
        NotTrueYet.check(since, given.effective_on, Collision("projects", given.id))
        return [PartnerRemoved(institution=self.institution)]


@PROJECTS.command("close", reason=True)
class CloseProject(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close the project: afterwards only corrections and disallowances are recorded on it."""

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        NotTrueYet.check(state.since, given.effective_on, Collision("projects", given.id))
        return [ProjectWasClosed()]
