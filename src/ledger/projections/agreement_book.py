"""What was signed by whom, what did the parties undertake, and how much of it is done?"""

from msgspec import Struct

from ledger.aggregates.agreements.fulfilment import ObligationFulfilled, ObligationReopened
from ledger.aggregates.agreements.signing import (
    AgreementAmended,
    AgreementSigned,
    AgreementWasTerminated,
    PartyAcceded,
    PartyWithdrew,
)
from ledger.aggregates.agreements.state import Undertaking
from ledger.kernel.fields import (
    AgreementKind,
    Date,
    Id,
    InstitutionId,
    ProjectId,
    ShortText,
    Text,
    Title,
)
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name, project_name


class Agreement(Struct, frozen=True, kw_only=True):
    """A signed agreement."""

    agreement: Id
    project: Id
    kind: str
    title: str
    signed_on: Date
    terminated_on: Date | None


class Party(Struct, frozen=True, kw_only=True):
    """An institution that is bound by an agreement."""

    agreement: Id
    institution: Id
    signed_by: str | None
    since: Date


class Obligation(Struct, frozen=True, kw_only=True):
    """What a party undertook."""

    agreement: Id
    number: int
    party: Id
    text: str
    due_on: Date | None
    target: int | None


class Fulfilment(Struct, frozen=True, kw_only=True):
    """One time that a party did what it undertook."""

    agreement: Id
    number: int
    fulfilment: int
    quantity: int
    activities: tuple[str, ...]


AGREEMENTS = Table("agreements", Agreement, key=["agreement"], indexes=[("project",)])
PARTIES = Table("parties", Party, key=["agreement", "institution"], indexes=[("institution",)])
OBLIGATIONS = Table("obligations", Obligation, key=["agreement", "number"])
FULFILMENTS = Table("fulfilments", Fulfilment, key=["agreement", "number", "fulfilment"])
MODEL = ReadModel("agreement_book", AGREEMENTS, PARTIES, OBLIGATIONS, FULFILMENTS)


@MODEL.on(AgreementSigned)
def _signed(event: AgreementSigned, fact: Fact, rows: Rows) -> None:
    rows.put(
        AGREEMENTS,
        Agreement(
            agreement=fact.stream,
            project=event.project,
            kind=event.kind,
            title=event.title,
            signed_on=event.signed_on,
            terminated_on=None,
        ),
        valid_from=fact.effective_on,
    )
    for party in event.parties:
        _bind(fact, party.institution, party.signed_by, rows)
    for undertaking in event.obligations:
        _oblige(fact, undertaking, rows)


def _bind(fact: Fact, institution: str, signed_by: str | None, rows: Rows) -> None:
    on = fact.effective_on
    rows.put(
        PARTIES,
        Party(agreement=fact.stream, institution=institution, signed_by=signed_by, since=on),
        valid_from=on,
    )


def _oblige(fact: Fact, undertaking: Undertaking, rows: Rows) -> None:
    rows.put(
        OBLIGATIONS,
        Obligation(
            agreement=fact.stream,
            number=undertaking.number,
            party=undertaking.party,
            text=undertaking.text,
            due_on=undertaking.due_on,
            target=undertaking.target,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(AgreementAmended)
def _amended(event: AgreementAmended, fact: Fact, rows: Rows) -> None:
    if isinstance(event.title, str):
        rows.change(AGREEMENTS, fact.stream, valid_from=fact.effective_on, title=event.title)
    for undertaking in event.added:
        _oblige(fact, undertaking, rows)
    for number in event.ended:
        rows.end(OBLIGATIONS, fact.stream, number, on=fact.effective_on)


@MODEL.on(PartyAcceded)
def _acceded(event: PartyAcceded, fact: Fact, rows: Rows) -> None:
    _bind(fact, event.institution, None, rows)


@MODEL.on(PartyWithdrew)
def _withdrew(event: PartyWithdrew, fact: Fact, rows: Rows) -> None:
    rows.end(PARTIES, fact.stream, event.institution, on=fact.effective_on)


@MODEL.on(ObligationFulfilled)
def _fulfilled(event: ObligationFulfilled, fact: Fact, rows: Rows) -> None:
    rows.put(
        FULFILMENTS,
        Fulfilment(
            agreement=fact.stream,
            number=event.number,
            fulfilment=event.fulfilment,
            quantity=event.quantity,
            activities=event.activities,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(ObligationReopened)
def _reopened(event: ObligationReopened, fact: Fact, rows: Rows) -> None:
    for fulfilment in event.fulfilments:
        rows.end(FULFILMENTS, fact.stream, event.number, fulfilment, on=fact.effective_on)


@MODEL.on(AgreementWasTerminated)
def _terminated(event: AgreementWasTerminated, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(AGREEMENTS, fact.stream, valid_from=on, terminated_on=on)
    for institution in event.parties:
        rows.end(PARTIES, fact.stream, institution, on=on)


class PartyRow(Struct, frozen=True, kw_only=True):
    """A party bound on the day."""

    institution: InstitutionId
    institution_name: Title | None
    signed_by: ShortText | None
    since: Date
    position: int


class FulfilmentRow(Struct, frozen=True, kw_only=True):
    """An event that counts towards an obligation, with the activities that prove it."""

    position: int
    effective_on: Date
    quantity: int
    activities: list[Id]


class ObligationRow(Struct, frozen=True, kw_only=True):
    """An obligation: `open`, `partly` done, `done`, or `overdue` past its due date."""

    number: int
    party: InstitutionId
    party_name: Title | None
    text: Text
    due_on: Date | None
    target: int | None
    done: int
    status: str
    events: list[FulfilmentRow]
    explain: str
    position: int


class AgreementRow(Struct, frozen=True, kw_only=True):
    """An agreement with its parties and obligations on the day."""

    id: Id
    project: ProjectId
    project_name: Title | None
    kind: AgreementKind
    title: Title
    signed_on: Date
    status: str
    terminated_on: Date | None
    parties: list[PartyRow]
    obligations: list[ObligationRow]
    position: int


_OBLIGATIONS = f"""
SELECT json_agg(json_build_object(
        'number', o.number, 'party', o.party, 'party_name', {institution_name("o.party")},
        'text', o.text, 'due_on', o.due_on, 'target', o.target, 'done', done.quantity,
        'status', CASE WHEN done.quantity >= coalesce(o.target, 1) THEN 'done'
            WHEN o.due_on < %(valid_at)s THEN 'overdue'
            WHEN done.quantity > 0 THEN 'partly' ELSE 'open' END,
        'events', done.events,
        'explain', '/api/agreements/' || o.agreement || '/obligations/' || o.number || '/explain'
            || %(moment)s::text,
        'position', greatest(o.position, done.position)) ORDER BY o.number)
FROM {{obligations}} AS o
CROSS JOIN LATERAL (
    SELECT coalesce(sum(f.quantity), 0)::int AS quantity, coalesce(max(f.position), 0) AS position,
        coalesce(json_agg(json_build_object('position', f.position, 'effective_on', f.valid_from,
            'quantity', f.quantity, 'activities', f.activities) ORDER BY f.position), '[]')
            AS events
    FROM {{fulfilments}} AS f WHERE f.agreement = o.agreement AND f.number = o.number) AS done
WHERE o.agreement = a.agreement"""

LISTING = Listing(
    path="/api/agreements",
    row=AgreementRow,
    order="signed_on::text || title",
    scope="a.project",
    single="a.agreement",
    filters={
        "project": "a.project = %(project)s::uuid",
        "kind": "a.kind = %(kind)s::text",
        "institution": "EXISTS (SELECT FROM {parties} AS s WHERE s.agreement = a.agreement"
        " AND s.institution = %(institution)s::uuid)",
    },
    select=f"""
SELECT a.agreement AS id, a.project, {project_name("a.project")} AS project_name, a.kind, a.title,
    a.signed_on, CASE WHEN a.terminated_on IS NULL THEN 'in_force' ELSE 'terminated' END AS status,
    a.terminated_on,
    (SELECT coalesce(json_agg(json_build_object(
            'institution', s.institution,
            'institution_name', {institution_name("s.institution")},
            'signed_by', s.signed_by, 'since', s.since, 'position', s.position)
            ORDER BY s.position, s.institution), '[]')
        FROM {{parties}} AS s WHERE s.agreement = a.agreement) AS parties,
    coalesce(({_OBLIGATIONS}), '[]') AS obligations,
    a.position
FROM {{agreements}} AS a""",
)

# What an obligation's `done` is made of.
DONE_EXPLAINED = """
SELECT f.position, e.type, f.agreement AS stream, o.party AS subject, f.valid_from AS effective_on,
    f.quantity AS count
FROM {fulfilments} AS f
JOIN {obligations} AS o USING (agreement, number)
JOIN {events:log} AS e ON e.position = f.position
WHERE f.agreement = %(id)s AND f.number = %(number)s
ORDER BY f.position"""
