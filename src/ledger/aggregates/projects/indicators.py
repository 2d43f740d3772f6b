"""What does the Union count, and how much of it was promised?"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.aggregates.projects.state import PROJECTS, Counts, Indicator, Project
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import (
    Code,
    IndicatorKind,
    Target,
    Title,
)
from ledger.kernel.messages import Command, Event, Given


@PROJECTS.event("project.indicator-set")
class IndicatorSet(Event, frozen=True, kw_only=True):
    """What is counted, and its target; a later one of the same code replaces it."""

    code: Code
    name: Title
    kind: IndicatorKind
    target: Target
    counts: Counts

    def apply(self, state: Project, on: date) -> Project:
        one = Indicator(
            name=self.name, kind=self.kind, target=self.target, counts=self.counts, since=on
        )
        return replace(state, indicators={**state.indicators, self.code: one})


@PROJECTS.event("project.indicator-dropped")
class IndicatorDropped(Event, frozen=True, kw_only=True):
    """An indicator is counted no longer."""

    code: Code

    def apply(self, state: Project, on: date) -> Project:
        left = {k: v for k, v in state.indicators.items() if k != self.code}
        return replace(state, indicators=left)


class IndicatorUnknown(Refusal):
    """The project has no indicator {code}."""


@PROJECTS.command("set-indicator")
class SetIndicator(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what is counted and how much of it was promised."""

    code: Code
    name: Title
    kind: IndicatorKind
    target: Target
    counts: Counts

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        if not self.counts.through:
            raise Invalid.field("counts.through", "at least one fact is required")
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
        here = Collision("projects", given.id)
        if self.code not in state.indicators:
            raise IndicatorUnknown(code=self.code, collides=here)
        NotTrueYet.check(state.indicators[self.code].since, given.effective_on, here)
        return [IndicatorDropped(code=self.code)]
