"""What may one aggregate know of another? These values, and nothing else."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ledger.kernel.fields import ChargeMethod


class Standing(Struct, frozen=True, kw_only=True):
    """The part of an aggregate's state that others' decisions may use."""


class InProject(Standing, frozen=True, kw_only=True):
    """Something that belongs to one project."""

    project: str


class LineStanding(Standing, frozen=True, kw_only=True):
    """A line of a project's budget: where its costs belong."""

    task: str
    category: str


class ProjectTerms(Standing, frozen=True, kw_only=True):
    """A project: its value, when it runs, whether it is closed, its milestones and budget.

    `former_lines` stood in earlier editions: what was charged to them stays there.
    """

    code: str
    value: str
    eu_contribution: str | None
    starts_on: date
    ends_on: date
    closed_on: date | None
    milestones: frozenset[int]
    lines: Mapping[str, LineStanding] = {}
    former_lines: Mapping[str, LineStanding] = {}


class InstitutionStanding(Standing, frozen=True, kw_only=True):
    """An institution: its name and level."""

    name: str
    level: str


class PersonStanding(Standing, frozen=True, kw_only=True):
    """A person: whether the personal data still exist, and for which project it was entered."""

    erased: bool
    entered_for: str | None = None


class AgreementStanding(InProject, frozen=True, kw_only=True):
    """An agreement: when signed, when terminated, who its parties are."""

    signed_on: date
    terminated_on: date | None
    parties: frozenset[str]


class TeamStanding(InProject, frozen=True, kw_only=True):
    """A team: its kind and when it was dissolved."""

    kind: str
    dissolved_on: date | None


class ActivityStanding(InProject, frozen=True, kw_only=True):
    """An activity: when it starts and whether it was cancelled."""

    starts_on: date
    cancelled_on: date | None


class DeliverableStanding(InProject, frozen=True, kw_only=True):
    """A deliverable: its kind and when a version of it was first approved."""

    kind: str
    approved_on: date | None


class ChargeStanding(Standing, frozen=True, kw_only=True):
    """A part of a document that is charged to a budget line, as it stands now.

    `eligible` and `eu_amount` are net of what was disallowed.
    """

    project: str
    budget_line: str
    eligible: str
    eu_amount: str | None
    disallowed: str
    claim: str | None
    method: ChargeMethod


class ExpenditureStanding(Standing, frozen=True, kw_only=True):
    """An accounting document: its charges that are not withdrawn."""

    charges: Mapping[str, ChargeStanding]


class ClaimStanding(InProject, frozen=True, kw_only=True):
    """A payment claim: its number, and whether it was approved."""

    number: str
    approved_on: date | None
