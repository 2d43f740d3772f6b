"""What may one aggregate know of another? These values, and nothing else."""

from datetime import date

from msgspec import Struct


class Standing(Struct, frozen=True, kw_only=True):
    """The part of an aggregate's state that others' decisions may use."""


class InProject(Standing, frozen=True, kw_only=True):
    """Something that belongs to one project."""

    project: str


class ProjectTerms(Standing, frozen=True, kw_only=True):
    """A project: when it runs, whether it is closed, which milestones it plans."""

    code: str
    starts_on: date
    ends_on: date
    closed_on: date | None
    milestones: frozenset[int]


class InstitutionStanding(Standing, frozen=True, kw_only=True):
    """An institution: its name and level."""

    name: str
    level: str


class PersonStanding(Standing, frozen=True, kw_only=True):
    """A person: whether the personal data still exist."""

    erased: bool


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
