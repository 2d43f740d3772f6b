"""Which payment claims are there, how far have they come, and what do they come to?"""

import msgspec
from msgspec import Struct

from ledger.aggregates.claims.course import (
    ClaimApproved,
    ClaimPaid,
    ClaimReturned,
    ClaimSubmitted,
    LinesFrozen,
    LinesReduced,
)
from ledger.aggregates.claims.gathering import ClaimOpened
from ledger.kernel.fields import (
    ChargeMethod,
    ClaimNumber,
    ClaimStatus,
    Date,
    Id,
    Money,
    ProjectId,
    Text,
    Title,
)
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name


class Claim(Struct, frozen=True, kw_only=True):
    """A payment claim; `number` is a JSON text or number, as it was given."""

    claim: Id
    project: Id
    number: str
    period_from: Date
    period_to: Date
    status: str
    submission: int = 0
    submitted_on: Date | None = None
    submitted_by: str | None = None
    approved_on: Date | None = None
    approved_by: str | None = None


class ClaimLine(Struct, frozen=True, kw_only=True):
    """A charge in a claim's n-th submission, as it was asked for and as it was approved."""

    claim: Id
    submission: int
    charge: Id
    expenditure: Id
    budget_line: str
    task: str | None
    category: str | None
    method: str
    eligible: Money
    eu_amount: Money | None
    approved: Money
    approved_eu: Money | None
    stated: int  # position of the event that asked for it


class ClaimPayment(Struct, frozen=True, kw_only=True):
    """Money that was paid for a claim."""

    claim: Id
    sequence: int
    amount: Money
    paid_on: Date


CLAIMS = Table("claims", Claim, key=["claim"], indexes=[("project",)])
LINES = Table(
    "claim_lines", ClaimLine, key=["claim", "submission", "charge"], indexes=[("charge",)]
)
PAYMENTS = Table("claim_payments", ClaimPayment, key=["claim", "sequence"])
MODEL = ReadModel("claim_register", CLAIMS, LINES, PAYMENTS)


@MODEL.on(ClaimOpened)
def _opened(event: ClaimOpened, fact: Fact, rows: Rows) -> None:
    rows.put(
        CLAIMS,
        Claim(
            claim=fact.stream,
            project=event.project,
            number=msgspec.json.encode(event.number).decode(),
            period_from=event.period_from,
            period_to=event.period_to,
            status="draft",
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(LinesFrozen)
def _frozen(event: LinesFrozen, fact: Fact, rows: Rows) -> None:
    for one in event.lines:
        rows.put(
            LINES,
            ClaimLine(
                claim=fact.stream,
                submission=event.submission,
                charge=one.charge,
                expenditure=one.expenditure,
                budget_line=one.budget_line,
                task=one.task,
                category=one.category,
                method=one.method,
                eligible=one.eligible,
                eu_amount=one.eu_amount,
                approved=one.eligible,
                approved_eu=one.eu_amount,
                stated=fact.position,
            ),
            valid_from=fact.effective_on,
        )


@MODEL.on(ClaimSubmitted)
def _submitted(event: ClaimSubmitted, fact: Fact, rows: Rows) -> None:
    rows.change(
        CLAIMS,
        fact.stream,
        valid_from=fact.effective_on,
        status="submitted",
        submission=event.submission,
        submitted_on=fact.effective_on,
        submitted_by=event.submitted_by,
    )


@MODEL.on(ClaimReturned)
def _returned(event: ClaimReturned, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(
        CLAIMS, fact.stream, valid_from=on, status="returned", submitted_on=None, submitted_by=None
    )


@MODEL.on(LinesReduced)
def _reduced(event: LinesReduced, fact: Fact, rows: Rows) -> None:
    for one in event.lines:
        rows.change(
            LINES,
            fact.stream,
            event.submission,
            one.charge,
            valid_from=fact.effective_on,
            approved=one.eligible,
            approved_eu=one.eu_amount,
        )


@MODEL.on(ClaimApproved)
def _approved(event: ClaimApproved, fact: Fact, rows: Rows) -> None:
    rows.change(
        CLAIMS,
        fact.stream,
        valid_from=fact.effective_on,
        status="approved",
        approved_on=fact.effective_on,
        approved_by=event.approved_by,
    )


@MODEL.on(ClaimPaid)
def _paid(event: ClaimPaid, fact: Fact, rows: Rows) -> None:
    rows.change(CLAIMS, fact.stream, valid_from=fact.effective_on, status="paid")
    rows.put(
        PAYMENTS,
        ClaimPayment(
            claim=fact.stream,
            sequence=event.sequence,
            amount=event.amount,
            paid_on=event.paid_on,
        ),
        valid_from=fact.effective_on,
    )


class ClaimTotals(Struct, frozen=True, kw_only=True):
    """Sums of the claim's lines as asked for; frozen from its submission on."""

    eligible: Money
    eu_amount: Money
    by_category: dict[str, Money]


class ClaimedChargeRow(Struct, frozen=True, kw_only=True):
    """A charge of the claim with its document; `approved` once the claim is."""

    expenditure: Id
    charge: Id
    document_number: Title
    issuer_nip: Title | None
    issuer_name: Title | None
    accounting_number: Title | None
    ksef_number: Title | None
    issued_on: Date
    paid_on: Date | None
    description: Text
    net: Money
    vat: Money
    gross: Money
    budget_line: Title
    task: Title | None
    category: Title | None
    method: ChargeMethod
    eligible: Money
    eligible_vat: Money | None
    eu_amount: Money | None
    disallowed: Money
    approved: Money | None
    position: int


class PaymentRow(Struct, frozen=True, kw_only=True):
    """Money that was paid for the claim."""

    amount: Money
    paid_on: Date
    position: int


class ClaimRow(Struct, frozen=True, kw_only=True):
    """A claim on the day, with its charges and sums."""

    id: Id
    project: ProjectId
    project_name: Title | None
    number: ClaimNumber
    period_from: Date
    period_to: Date
    status: ClaimStatus
    submitted_on: Date | None
    submitted_by: Title | None
    approved_on: Date | None
    approved_by: Title | None
    approved: Money | None
    paid: Money
    payments: list[PaymentRow]
    totals: ClaimTotals
    charges: list[ClaimedChargeRow]
    explain: str
    position: int


FROZEN = "m.status IN ('submitted', 'approved', 'paid')"
APPROVED = "m.status IN ('approved', 'paid')"

# The charges of the claim `m`: as frozen, or as they stand while it is open. The Union's part of
# what was refused keeps the charge's share, as when it was refused.
CLAIM_LINES = f"""
    SELECT l.expenditure, l.charge, l.budget_line, l.task, l.category, l.method, l.eligible,
        l.eu_amount, CASE WHEN {APPROVED} THEN l.approved END AS approved,
        CASE WHEN {APPROVED} THEN l.approved_eu END AS approved_eu, l.position, l.stated
    FROM {{claim_lines}} AS l
    WHERE {FROZEN} AND l.claim = m.claim AND l.submission = m.submission
    UNION ALL
    SELECT c.expenditure, c.charge, c.budget_line, b.task, b.category, c.method,
        (c.eligible - coalesce(x.amount, 0))::numeric(24,2),
        (c.eu_amount - coalesce(x.eu_amount, 0))::numeric(24,2), NULL, NULL, c.position,
        c.position
    FROM {{charges}} AS c
    LEFT JOIN LATERAL (SELECT n.task, n.category FROM {{budget_lines}} AS n
        WHERE n.project = c.project AND n.line = c.budget_line
        ORDER BY n.edition DESC LIMIT 1) AS b ON true
    LEFT JOIN LATERAL (SELECT sum(d.amount) AS amount, sum(d.eu_amount) AS eu_amount
        FROM {{disallowances}} AS d
        WHERE d.expenditure = c.expenditure AND d.charge = c.charge) AS x ON true
    WHERE NOT {FROZEN} AND c.claim = m.claim AND NOT c.withdrawn"""

LISTING = Listing(
    path="/api/claims",
    row=ClaimRow,
    order="period_from",
    scope="m.project",
    single="m.claim",
    filters={
        "project": "m.project = %(project)s::uuid",
        "status": "m.status = %(status)s::text",
    },
    select=f"""
SELECT m.claim AS id, m.project, {project_name("m.project")} AS project_name,
    m.number::json AS number, m.period_from, m.period_to, m.status, m.submitted_on,
    m.submitted_by, m.approved_on, m.approved_by, s.approved::text, p.paid::text, p.payments,
    json_build_object('eligible', s.eligible::text, 'eu_amount', s.eu_amount::text,
        'by_category', g.by_category) AS totals, n.charges,
    '/api/claims/' || m.claim || '/explain' || %(moment)s::text AS explain,
    greatest(m.position, s.position, p.position) AS position
FROM {{claims}} AS m
LEFT JOIN LATERAL (
    SELECT coalesce(sum(t.eligible), 0)::numeric(24,2) AS eligible,
        coalesce(sum(t.eu_amount), 0)::numeric(24,2) AS eu_amount,
        CASE WHEN {APPROVED} THEN coalesce(sum(t.approved), 0)::numeric(24,2) END AS approved,
        max(t.position) AS position
    FROM ({CLAIM_LINES}) AS t) AS s ON true
LEFT JOIN LATERAL ( -- not made where nobody asks for it
    SELECT coalesce(json_agg(json_build_object(
            'expenditure', t.expenditure, 'charge', t.charge,
            'document_number', d.document_number, 'issuer_nip', d.issuer_nip,
            'issuer_name', d.issuer_name, 'accounting_number', d.accounting_number,
            'ksef_number', d.ksef_number, 'issued_on', d.issued_on, 'paid_on', d.paid_on,
            'description', d.description, 'net', d.net::text, 'vat', d.vat::text,
            'gross', d.gross::text, 'budget_line', t.budget_line, 'task', t.task,
            'category', t.category, 'method', t.method, 'eligible', t.eligible::text,
            'eligible_vat', c.eligible_vat::text, 'eu_amount', t.eu_amount::text,
            'disallowed', coalesce(x.amount, 0)::numeric(24,2)::text,
            'approved', t.approved::text, 'position', t.position)
            ORDER BY d.issued_on, d.document_number, t.charge), '[]') AS charges
    FROM ({CLAIM_LINES}) AS t
    JOIN {{accounting_documents}} AS d ON d.expenditure = t.expenditure
    JOIN {{charges}} AS c ON c.expenditure = t.expenditure AND c.charge = t.charge
    LEFT JOIN LATERAL (SELECT sum(r.amount) AS amount FROM {{disallowances}} AS r
        WHERE r.expenditure = t.expenditure AND r.charge = t.charge) AS x ON true) AS n ON true
LEFT JOIN LATERAL (
    SELECT coalesce(json_object_agg(k.category, k.eligible ORDER BY k.category), '{{}}')
        AS by_category
    FROM (SELECT coalesce(t.category, 'unknown') AS category, sum(t.eligible)::text AS eligible
        FROM ({CLAIM_LINES}) AS t GROUP BY 1) AS k) AS g ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(y.amount), 0)::numeric(24,2) AS paid, max(y.position) AS position,
        coalesce(json_agg(json_build_object('amount', y.amount::text, 'paid_on', y.paid_on,
            'position', y.position) ORDER BY y.sequence), '[]') AS payments
    FROM {{claim_payments}} AS y WHERE y.claim = m.claim) AS p ON true""",
)

# What a claim's eligible total is made of: its charges.
TOTAL_EXPLAINED = f"""
SELECT t.stated AS position, e.type, e.stream, t.charge AS subject, e.effective_on,
    t.eligible::text AS amount, t.expenditure
FROM {{claims}} AS m
CROSS JOIN LATERAL ({CLAIM_LINES}) AS t
JOIN {{events:log}} AS e ON e.position = t.stated
WHERE m.claim = %(id)s
ORDER BY t.stated, t.charge"""
