"""With whom was the Model tested? Support cases of persons and families, without their data."""

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import CaseSubject, ProjectId, ShortText, TeamId, Text
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import TeamStanding

_PESEL = re.compile(r"(?<!\d)\d{11}(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class SupportCase(State, frozen=True, kw_only=True):
    """A case: the team that helps, and what came of it."""

    project: str
    team: str
    subject: CaseSubject
    reference: str
    opened_on: date
    closed_on: date | None = None
    outcome: str | None = None


SUPPORT_CASES = Aggregate.define(
    "support-cases", kind="support-case", state=SupportCase, writers=["coordinator"]
)


# Events


@SUPPORT_CASES.event("support-case.opened", begins=True)
class SupportCaseOpened(Event, frozen=True, kw_only=True):
    """A team began to help a person or a family."""

    project: ProjectId
    team: TeamId
    subject: CaseSubject
    reference: ShortText

    def apply(self, state: None, on: date) -> SupportCase:
        return SupportCase(
            project=self.project,
            team=self.team,
            subject=self.subject,
            reference=self.reference,
            opened_on=on,
        )


@SUPPORT_CASES.event("support-case.closed")
class SupportCaseClosed(Event, frozen=True, kw_only=True):
    """The help ended, with this outcome."""

    outcome: Text

    def apply(self, state: SupportCase, on: date) -> SupportCase:
        return replace(state, closed_on=on, outcome=self.outcome)


# Refusals


class TeamIsDissolved(Refusal):
    """The team was dissolved on {dissolved_on}: it cannot open a case on {on}."""


class CaseIsClosed(Refusal):
    """The case was closed on {closed_on}."""


# Commands


def _check_no_personal_data(field: str, text: str) -> None:
    """What looks like a PESEL number or an e-mail address identifies a person."""
    if _PESEL.search(text):
        raise Invalid.field(field, "must not hold personal data: this looks like a PESEL number")
    if _EMAIL.search(text):
        raise Invalid.field(field, "must not hold personal data: this looks like an e-mail address")


@SUPPORT_CASES.command("create")
class OpenSupportCase(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open a case; the reference must not tell who it is about."""

    project: ProjectId
    team: TeamId
    subject: CaseSubject
    reference: ShortText

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        _check_no_personal_data("reference", self.reference)
        dissolved_on = given.of(TeamStanding, self.team).dissolved_on
        if dissolved_on is not None and dissolved_on <= given.effective_on:
            raise TeamIsDissolved(
                dissolved_on=dissolved_on,
                on=given.effective_on,
                collides=Collision("teams", self.team),
            )
        return [
            SupportCaseOpened(
                project=self.project,
                team=self.team,
                subject=self.subject,
                reference=self.reference,
            )
        ]


@SUPPORT_CASES.command("close", reason=True)
class CloseSupportCase(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close a case with its outcome, told without personal data."""

    outcome: Text

    def decide(self, state: SupportCase, given: Given) -> Sequence[Event]:
        _check_no_personal_data("outcome", self.outcome)
        if state.closed_on is not None:
            raise CaseIsClosed(
                closed_on=state.closed_on, collides=Collision("support-cases", given.id)
            )
        here = Collision("support-cases", given.id)
        NotTrueYet.check(state.opened_on, given.effective_on, here)
        return [SupportCaseClosed(outcome=self.outcome)]
