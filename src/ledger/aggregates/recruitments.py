"""How were communes and counties chosen? Recruitments: criteria, scores, quotas, the choice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct, convert
from msgspec.structs import replace

from ledger.kernel.errors import Collision, FieldError, Invalid, Refusal
from ledger.kernel.fields import (
    Code,
    Count,
    InstitutionId,
    Level,
    Number,
    Place,
    ProjectId,
    Score,
    Title,
    Weight,
)
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import InstitutionStanding


class Criterion(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What candidates are compared by; the main criterion makes the ranking."""

    code: Code
    name: Title
    weight: Weight | None = None
    main: bool | None = None


class Quota(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many communes may be chosen in a subregion."""

    subregion: Place
    communes: Count


class Choice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A chosen institution; its rank in its subregion, 1 being the highest value."""

    institution: InstitutionId
    level: Level
    scored: bool
    subregion: Place | None = None
    rank: Number | None = None


class Candidate(Struct, frozen=True, kw_only=True):
    """A scored institution: its subregion and its value for each criterion."""

    subregion: str
    values: Mapping[str, float]


class Recruitment(State, frozen=True, kw_only=True):
    """A recruitment: by what it chooses, who was scored, who was chosen."""

    project: str
    title: str
    criteria: tuple[Criterion, ...] = ()
    quotas: Mapping[str, int] = {}
    candidates: Mapping[str, Candidate] = {}
    selected: Mapping[str, Choice] = {}

    def main(self) -> str | None:
        """The code of the main criterion."""
        return next((c.code for c in self.criteria if c.main), None)

    def rank(self, institution: str) -> int | None:
        """The place by the main criterion among the candidates of the same subregion."""
        main, own = self.main(), self.candidates.get(institution)
        if main is None or own is None:
            return None
        others = (c for c in self.candidates.values() if c.subregion == own.subregion)
        return 1 + sum(other.values[main] > own.values[main] for other in others)


RECRUITMENTS = Aggregate.define(
    "recruitments", kind="recruitment", state=Recruitment, writers=["coordinator"]
)


# Events


@RECRUITMENTS.event("recruitment.opened", begins=True)
class RecruitmentOpened(Event, frozen=True, kw_only=True):
    """The criteria and the quotas were published."""

    project: ProjectId
    title: Title
    criteria: tuple[Criterion, ...]
    quotas: tuple[Quota, ...]

    def apply(self, state: None, on: date) -> Recruitment:
        return Recruitment(
            project=self.project,
            title=self.title,
            criteria=self.criteria,
            quotas={q.subregion: q.communes for q in self.quotas},
        )


@RECRUITMENTS.event("recruitment.scored")
class InstitutionScored(Event, frozen=True, kw_only=True):
    """An institution was assessed; a later assessment replaces an earlier one."""

    institution: InstitutionId
    subregion: Place
    values: dict[Code, Score]

    def apply(self, state: Recruitment, on: date) -> Recruitment:
        scored = Candidate(subregion=self.subregion, values=self.values)
        return replace(state, candidates={**state.candidates, self.institution: scored})


@RECRUITMENTS.event("recruitment.selected")
class InstitutionsSelected(Event, frozen=True, kw_only=True):
    """These were chosen; their ranks are shown beside the choice."""

    institutions: tuple[Choice, ...]

    def apply(self, state: Recruitment, on: date) -> Recruitment:
        chosen = {c.institution: c for c in self.institutions}
        return replace(state, selected={**state.selected, **chosen})


# Refusals


class SelectedAlready(Refusal):
    """This institution was selected already."""


class QuotaExceeded(Refusal):
    """In the subregion {subregion}, {communes} communes would be selected; its quota is {quota}."""


# Commands


@RECRUITMENTS.command("create")
class OpenRecruitment(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publish by which criteria institutions are chosen, and how many communes."""

    project: ProjectId
    title: Title
    criteria: tuple[Criterion, ...]
    quotas: tuple[Quota, ...]

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        errors = []
        codes = [c.code for c in self.criteria]
        mains = [bool(c.main) for c in self.criteria]
        subregions = [q.subregion for q in self.quotas]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                errors.append(FieldError(f"criteria[{index}].code", "is used twice"))
            if mains[index] and any(mains[:index]):
                reason = "only one criterion can be the main one"
                errors.append(FieldError(f"criteria[{index}].main", reason))
        for index, subregion in enumerate(subregions):
            if subregion in subregions[:index]:
                errors.append(FieldError(f"quotas[{index}].subregion", "is used twice"))
        if errors:
            raise Invalid(errors)
        criteria = tuple(replace(c, main=c.main or None) for c in self.criteria)
        return [
            RecruitmentOpened(
                project=self.project, title=self.title, criteria=criteria, quotas=self.quotas
            )
        ]


@RECRUITMENTS.command("score")
class ScoreInstitution(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record the values of an institution; until it is selected, they can be replaced."""

    institution: InstitutionId
    subregion: Place
    values: dict[Code, Score]

    def decide(self, state: Recruitment, given: Given) -> Sequence[Event]:
        errors = []
        if self.subregion not in state.quotas:
            errors.append(FieldError("subregion", "is not a subregion of this recruitment"))
        codes = [c.code for c in state.criteria]
        for code in self.values:
            if code not in codes:
                reason = "is not a criterion of this recruitment"
                errors.append(FieldError(f"values.{code}", reason))
        main = state.main()
        if main is not None and main not in self.values:
            errors.append(FieldError(f"values.{main}", "the main criterion is required"))
        if errors:
            raise Invalid(errors)
        if self.institution in state.selected:
            raise SelectedAlready(collides=Collision("institutions", self.institution))
        values = {code: float(self.values[code]) for code in codes if code in self.values}
        return [
            InstitutionScored(institution=self.institution, subregion=self.subregion, values=values)
        ]


@RECRUITMENTS.command("select", reason=True)
class SelectInstitutions(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record the choice; it may depart from the ranking, and its reason says why."""

    institutions: tuple[InstitutionId, ...]

    def decide(self, state: Recruitment, given: Given) -> Sequence[Event]:
        if not self.institutions:
            raise Invalid.field("institutions", "at least one institution is required")
        for index, institution in enumerate(self.institutions):
            if institution in self.institutions[:index]:
                raise Invalid.field(f"institutions[{index}]", "is named twice")
            if institution in state.selected:
                raise SelectedAlready(collides=Collision("institutions", institution))
        choices = tuple(self._choice(state, i, given) for i in self.institutions)
        _check_quotas(state, [*state.selected.values(), *choices], given)
        return [InstitutionsSelected(institutions=choices)]

    def _choice(self, state: Recruitment, institution: str, given: Given) -> Choice:
        candidate = state.candidates.get(institution)
        return Choice(
            institution=institution,
            level=convert(given.of(InstitutionStanding, institution).level, Level),
            scored=candidate is not None,
            subregion=candidate.subregion if candidate else None,
            rank=state.rank(institution),
        )


def _check_quotas(state: Recruitment, chosen: Sequence[Choice], given: Given) -> None:
    """Only scored communes have a known subregion, so only they count against its quota."""
    communes = Counter(c.subregion for c in chosen if c.level == "commune")
    for subregion, quota in state.quotas.items():
        if communes[subregion] > quota:
            raise QuotaExceeded(
                subregion=subregion,
                communes=communes[subregion],
                quota=quota,
                collides=Collision("recruitments", given.id),
            )
