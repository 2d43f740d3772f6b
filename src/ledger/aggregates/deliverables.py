"""What was worked out? Deliverables, their versions, and which of them were approved."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import DeliverableKind, Digest, Number, ProjectId, ShortText, Title
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import DeliverableStanding, ProjectTerms

Status = Literal["issued", "submitted", "approved", "rejected"]


class Version(Struct, frozen=True, kw_only=True):
    """One version: its document, and how far it is since the day `since`.

    Who issued and who submitted it is unknown of what was recorded before this was noted.
    """

    document: str | None = None
    status: Status = "issued"
    since: date
    issued_by: str | None = None
    submitted_by: str | None = None
    decided_by: str | None = None


class Deliverable(State, frozen=True, kw_only=True):
    """A product of the project in its versions."""

    project: str
    kind: DeliverableKind
    title: str
    milestone: int | None = None
    versions: Mapping[str, Version] = {}
    approved_on: date | None = None

    def standing(self) -> DeliverableStanding:
        return DeliverableStanding(
            project=self.project, kind=self.kind, approved_on=self.approved_on
        )


DELIVERABLES = Aggregate.define(
    "deliverables", kind="deliverable", state=Deliverable, writers=["coordinator"]
)


# Events


@DELIVERABLES.event("deliverable.created", begins=True)
class DeliverableCreated(Event, frozen=True, kw_only=True):
    """A product was begun."""

    project: ProjectId
    kind: DeliverableKind
    title: Title
    milestone: Number | None = None

    def apply(self, state: None, on: date) -> Deliverable:
        return Deliverable(
            project=self.project, kind=self.kind, title=self.title, milestone=self.milestone
        )


def _with_version(state: Deliverable, version: str, **changes: object) -> Deliverable:
    changed = replace(state.versions[version], **changes)
    return replace(state, versions={**state.versions, version: changed})


@DELIVERABLES.event("deliverable.version-issued")
class VersionIssued(Event, frozen=True, kw_only=True):
    """A version was finished."""

    version: ShortText
    document: Digest | None = None
    issued_by: str | None = None

    def apply(self, state: Deliverable, on: date) -> Deliverable:
        issued = Version(document=self.document, since=on, issued_by=self.issued_by)
        return replace(state, versions={**state.versions, self.version: issued})


@DELIVERABLES.event("deliverable.submitted")
class VersionSubmitted(Event, frozen=True, kw_only=True):
    """A version was handed in for approval."""

    version: ShortText
    submitted_by: str | None = None

    def apply(self, state: Deliverable, on: date) -> Deliverable:
        return _with_version(
            state, self.version, status="submitted", since=on, submitted_by=self.submitted_by
        )


@DELIVERABLES.event("deliverable.approved")
class VersionApproved(Event, frozen=True, kw_only=True):
    """An authority accepted a version."""

    version: ShortText
    approved_by: Title

    def apply(self, state: Deliverable, on: date) -> Deliverable:
        approved = _with_version(
            state, self.version, status="approved", since=on, decided_by=self.approved_by
        )
        return replace(approved, approved_on=min(on, state.approved_on or on))


@DELIVERABLES.event("deliverable.rejected")
class VersionRejected(Event, frozen=True, kw_only=True):
    """An authority did not accept a version; what follows is another version."""

    version: ShortText
    approved_by: Title

    def apply(self, state: Deliverable, on: date) -> Deliverable:
        return _with_version(
            state, self.version, status="rejected", since=on, decided_by=self.approved_by
        )


# Refusals


class VersionExists(Refusal):
    """The version {version} was issued already."""


class VersionUnknown(Refusal):
    """The deliverable has no version {version}."""


class VersionSubmittedAlready(Refusal):
    """The version {version} was submitted on {since} already."""


class VersionDecided(Refusal):
    """The version {version} was {status} on {since}."""


class VersionNotSubmitted(Refusal):
    """The version {version} is not submitted on {on}, so nothing can be decided about it."""


class FourEyes(Refusal):
    """{name} issued or submitted the version {version}: another person has to approve it."""


# Commands


def _undecided(state: Deliverable, version: str, given: Given) -> Version:
    """The version, which must not be approved or rejected yet."""
    here = Collision("deliverables", given.id)
    found = state.versions.get(version)
    if found is None:
        raise VersionUnknown(version=version, collides=here)
    if found.status in ("approved", "rejected"):
        raise VersionDecided(version=version, status=found.status, since=found.since, collides=here)
    return found


def _check_submitted(state: Deliverable, version: str, given: Given) -> Version:
    found = _undecided(state, version, given)
    if found.status != "submitted" or given.effective_on < found.since:
        raise VersionNotSubmitted(
            version=version, on=given.effective_on, collides=Collision("deliverables", given.id)
        )
    return found


@DELIVERABLES.command("create")
class CreateDeliverable(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin a product of the project."""

    project: ProjectId
    kind: DeliverableKind
    title: Title
    milestone: Number | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        if self.milestone is not None:
            terms = given.of(ProjectTerms, self.project)
            if self.milestone not in terms.milestones:
                raise Invalid.field("milestone", f"the project {terms.code} has none such")
        return [
            DeliverableCreated(
                project=self.project,
                kind=self.kind,
                title=self.title,
                milestone=self.milestone,
            )
        ]


@DELIVERABLES.command("issue-version")
class IssueVersion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that a version is finished."""

    version: ShortText
    document: Digest | None = None

    def decide(self, state: Deliverable, given: Given) -> Sequence[Event]:
        if self.version in state.versions:
            raise VersionExists(version=self.version, collides=Collision("deliverables", given.id))
        return [VersionIssued(version=self.version, document=self.document, issued_by=given.by)]


@DELIVERABLES.command("submit")
class SubmitVersion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hand in a version for approval."""

    version: ShortText

    def decide(self, state: Deliverable, given: Given) -> Sequence[Event]:
        found = _undecided(state, self.version, given)
        if found.status == "submitted":
            raise VersionSubmittedAlready(
                version=self.version,
                since=found.since,
                collides=Collision("deliverables", given.id),
            )
        NotTrueYet.check(found.since, given.effective_on, Collision("deliverables", given.id))
        return [VersionSubmitted(version=self.version, submitted_by=given.by)]


@DELIVERABLES.command("approve", roles=["manager"], four_eyes=True)
class ApproveVersion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an authority accepted a version that somebody else issued and submitted."""

    version: ShortText
    approved_by: Title

    def decide(self, state: Deliverable, given: Given) -> Sequence[Event]:
        found = _check_submitted(state, self.version, given)
        # The operator tells what papers say of the past: he is not who submitted it then.
        if not given.operator and given.by in (found.issued_by, found.submitted_by):
            here = Collision("deliverables", given.id)
            raise FourEyes(name=given.by, version=self.version, collides=here)
        return [VersionApproved(version=self.version, approved_by=self.approved_by)]


@DELIVERABLES.command("reject", reason=True, roles=["manager"])
class RejectVersion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an authority did not accept a submitted version."""

    version: ShortText
    approved_by: Title

    def decide(self, state: Deliverable, given: Given) -> Sequence[Event]:
        _check_submitted(state, self.version, given)
        return [VersionRejected(version=self.version, approved_by=self.approved_by)]
