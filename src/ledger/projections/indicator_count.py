"""How much of each indicator is achieved? Every subject counts once, from the day it qualified.

The definition says which facts count (contract of the indicator); the counting is SQL over facts
that are kept one by one, so every number expands to the events behind it. A fact that was
revoked or voided never counts; one that merely ended was true and goes on counting. A subject
keeps the characteristics of the day on which it first counted (sex, age, sector), as the Union
asks for participants.
"""

from msgspec import Struct

from ledger.aggregates.activities import (
    ActivityArranged,
    ActivityRescheduled,
    ActivityWasCancelled,
    AttendanceRecorded,
    AttendanceRevoked,
)
from ledger.aggregates.agreements.signing import AgreementSigned, PartyAcceded
from ledger.aggregates.deliverables import DeliverableCreated, VersionApproved
from ledger.aggregates.grants import GrantAwarded
from ledger.aggregates.projects.indicators import IndicatorDropped, IndicatorSet
from ledger.aggregates.projects.state import Counts
from ledger.aggregates.recruitments import InstitutionsSelected, RecruitmentOpened
from ledger.aggregates.support_cases import SupportCaseOpened
from ledger.aggregates.teams import AppointmentVoided, MemberAppointed, TeamEstablished
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Indicator(Struct, frozen=True, kw_only=True):
    """What is counted, and the target."""

    project: Id
    code: str
    name: str
    kind: str
    target: float
    counts: Counts


class CountedObject(Struct, frozen=True, kw_only=True):
    """An object whose facts may count, with what conditions ask about it."""

    object: Id
    project: Id
    collection: str
    kind: str | None
    hours: float | None
    voivodeship: str | None


class CountedFact(Struct, frozen=True, kw_only=True):
    """A fact that may count, and for whom."""

    object: Id
    fact: str
    entry: str
    institution: Id | None = None
    person: Id | None = None
    role: str | None = None
    hours: float | None = None


INDICATORS = Table("indicators", Indicator, key=["project", "code"])
OBJECTS = Table("counted_objects", CountedObject, key=["object"], indexes=[("project",)])
FACTS = Table("counted_facts", CountedFact, key=["object", "fact", "entry"], indexes=[("person",)])
MODEL = ReadModel("indicator_count", INDICATORS, OBJECTS, FACTS)


@MODEL.on(IndicatorSet)
def _set(event: IndicatorSet, fact: Fact, rows: Rows) -> None:
    rows.put(
        INDICATORS,
        Indicator(
            project=fact.stream,
            code=event.code,
            name=event.name,
            kind=event.kind,
            target=event.target,
            counts=event.counts,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(IndicatorDropped)
def _dropped(event: IndicatorDropped, fact: Fact, rows: Rows) -> None:
    rows.end(INDICATORS, fact.stream, event.code, on=fact.effective_on)


def _object(
    rows: Rows,
    fact: Fact,
    project: str,
    collection: str,
    kind: str | None = None,
    hours: float | None = None,
    voivodeship: str | None = None,
) -> None:
    rows.put(
        OBJECTS,
        CountedObject(
            object=fact.stream,
            project=project,
            collection=collection,
            kind=kind,
            hours=hours,
            voivodeship=voivodeship,
        ),
        valid_from=fact.effective_on,
    )


def _counts(rows: Rows, fact: Fact, what: str, entry: str = "-", **who: object) -> None:
    row = CountedFact(object=fact.stream, fact=what, entry=entry, **who)  # type: ignore[arg-type]
    rows.put(FACTS, row, valid_from=fact.effective_on)


@MODEL.on(AgreementSigned)
def _signed(event: AgreementSigned, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "agreements", event.kind)
    for party in event.parties:
        _counts(rows, fact, "agreement_signed", party.institution, institution=party.institution)


@MODEL.on(PartyAcceded)
def _acceded(event: PartyAcceded, fact: Fact, rows: Rows) -> None:
    _counts(rows, fact, "agreement_signed", event.institution, institution=event.institution)


@MODEL.on(TeamEstablished)
def _established(event: TeamEstablished, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "teams", event.kind, voivodeship=event.voivodeship)
    _counts(rows, fact, "team_established")


@MODEL.on(MemberAppointed)
def _appointed(event: MemberAppointed, fact: Fact, rows: Rows) -> None:
    _counts(
        rows,
        fact,
        "team_appointed",
        event.appointment,
        institution=event.institution,
        person=event.person,
        role=event.role,
    )


@MODEL.on(AppointmentVoided)
def _voided(event: AppointmentVoided, fact: Fact, rows: Rows) -> None:
    rows.void(FACTS, fact.stream, "team_appointed", event.appointment)


@MODEL.on(ActivityArranged)
def _arranged(event: ActivityArranged, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "activities", event.kind, event.hours)
    _held(rows, fact, event)


def _held(rows: Rows, fact: Fact, event: ActivityArranged | ActivityRescheduled) -> None:
    """An activity is held when its last day has come."""
    row = CountedFact(object=fact.stream, fact="activity_held", entry="-")
    rows.put(FACTS, row, valid_from=event.ends_on)


@MODEL.on(ActivityRescheduled)
def _rescheduled(event: ActivityRescheduled, fact: Fact, rows: Rows) -> None:
    rows.void(FACTS, fact.stream, "activity_held", "-")
    _held(rows, fact, event)


@MODEL.on(ActivityWasCancelled)
def _cancelled(event: ActivityWasCancelled, fact: Fact, rows: Rows) -> None:
    rows.void(FACTS, fact.stream, "activity_held", "-")


@MODEL.on(AttendanceRecorded)
def _attended(event: AttendanceRecorded, fact: Fact, rows: Rows) -> None:
    for one in event.attendees:
        _counts(
            rows,
            fact,
            "activity_attended",
            one.entry,
            institution=one.institution,
            person=one.person,
            hours=one.hours,
        )


@MODEL.on(AttendanceRevoked)
def _revoked(event: AttendanceRevoked, fact: Fact, rows: Rows) -> None:
    for entry in event.entries:
        rows.void(FACTS, fact.stream, "activity_attended", entry)


@MODEL.on(GrantAwarded)
def _awarded(event: GrantAwarded, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "grants")
    _counts(rows, fact, "grant_awarded", institution=event.institution)


@MODEL.on(RecruitmentOpened)
def _opened(event: RecruitmentOpened, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "recruitments")


@MODEL.on(InstitutionsSelected)
def _selected(event: InstitutionsSelected, fact: Fact, rows: Rows) -> None:
    for choice in event.institutions:
        _counts(rows, fact, "recruited", choice.institution, institution=choice.institution)


@MODEL.on(DeliverableCreated)
def _created(event: DeliverableCreated, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "deliverables", event.kind)


@MODEL.on(VersionApproved)
def _approved(event: VersionApproved, fact: Fact, rows: Rows) -> None:
    _counts(rows, fact, "deliverable_approved", event.version)


@MODEL.on(SupportCaseOpened)
def _case_opened(event: SupportCaseOpened, fact: Fact, rows: Rows) -> None:
    _object(rows, fact, event.project, "support-cases", event.subject)
    _counts(rows, fact, "case_opened")
