"""Which documents were recorded, where are they charged, what of them was refused?"""

from msgspec import Struct

from ledger.aggregates.expenditures.adjusting import ChargeAdjusted, ExpenditureAdjusted
from ledger.aggregates.expenditures.claiming import ChargesClaimed, ChargesReleased
from ledger.aggregates.expenditures.disallowing import (
    ChargeReduced,
    ChargeReinstated,
    FinanciallyCorrected,
)
from ledger.aggregates.expenditures.mending import (
    AMOUNTS,
    ChargeCorrected,
    ChargeWithdrawn,
    ExpenditureCorrected,
)
from ledger.aggregates.expenditures.mending import (
    OF_DOCUMENT as DOCUMENT_FIELDS,
)
from ledger.aggregates.expenditures.recording import (
    ExpenditureCharged,
    ExpenditurePaid,
    ExpenditureRecorded,
    PlacedCharge,
)
from ledger.kernel.fields import (
    ChargeMethod,
    ChargeStatus,
    Date,
    Id,
    Money,
    ProjectId,
    Text,
    Title,
)  # fmt: skip
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name


class AccountingDocument(Struct, frozen=True, kw_only=True):
    """A document, with its amounts as last stated."""

    expenditure: Id
    document_number: str
    issuer_nip: str | None
    issuer_name: str | None
    accounting_number: str | None
    ksef_number: str | None
    issued_on: Date
    paid_on: Date | None
    description: str
    net: Money
    vat: Money
    gross: Money


class Charge(Struct, frozen=True, kw_only=True):
    """A part of a document on a budget line, and the claim in which it stands."""

    expenditure: Id
    charge: Id
    project: Id
    budget_line: str
    eligible: Money
    eligible_vat: Money | None
    eu_amount: Money | None
    method: str
    procurement: str | None
    claim: Id | None
    withdrawn: bool
    charged_on: Date
    stated: int  # position of the event that last stated the amounts


class Disallowance(Struct, frozen=True, kw_only=True):
    """An amount that was refused of a charge; reinstated, it is negative."""

    expenditure: Id
    charge: Id
    sequence: int
    project: Id
    kind: str
    amount: Money
    eu_amount: Money
    basis: str | None


class CorrectingDocument(Struct, frozen=True, kw_only=True):
    """The issuer's document that changed the amounts, and to what."""

    expenditure: Id
    sequence: int
    document_number: str
    issued_on: Date
    ksef_number: str | None
    net: Money
    vat: Money
    gross: Money


# The day by which a document is judged: that of its payment, or else of its issue.
DAY = "(coalesce(paid_on, issued_on))"
DOCUMENTS = Table(
    "accounting_documents",
    AccountingDocument,
    key=["expenditure"],
    indexes=[("issuer_nip", "gross"), ("issued_on",), (DAY,)],
)
CHARGES = Table(
    "charges",
    Charge,
    key=["expenditure", "charge"],
    indexes=[("project", "budget_line", "method"), ("claim",)],
)
DISALLOWANCES = Table(
    "disallowances",
    Disallowance,
    key=["expenditure", "charge", "sequence"],
    indexes=[("project",)],
)
CORRECTING = Table("correcting_documents", CorrectingDocument, key=["expenditure", "sequence"])
_TOLD = AccountingDocument.__struct_fields__[1:]
MODEL = ReadModel("expenditure_register", DOCUMENTS, CHARGES, DISALLOWANCES, CORRECTING)


@MODEL.on(ExpenditureRecorded)
def _recorded(event: ExpenditureRecorded, fact: Fact, rows: Rows) -> None:
    rows.put(
        DOCUMENTS,
        AccountingDocument(expenditure=fact.stream, **{n: getattr(event, n) for n in _TOLD}),
        valid_from=fact.effective_on,
    )
    for one in event.charges:
        _charge(one, fact, rows)


@MODEL.on(ExpenditureCharged)
def _charge(one: PlacedCharge | ExpenditureCharged, fact: Fact, rows: Rows) -> None:
    rows.put(
        CHARGES,
        Charge(
            expenditure=fact.stream,
            charge=one.charge,
            project=one.project,
            budget_line=one.budget_line,
            eligible=one.eligible,
            eligible_vat=one.eligible_vat,
            eu_amount=one.eu_amount,
            method=one.method,
            procurement=one.procurement,
            claim=None,
            withdrawn=False,
            charged_on=fact.effective_on,
            stated=fact.position,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(ExpenditurePaid)
def _paid(event: ExpenditurePaid, fact: Fact, rows: Rows) -> None:
    rows.change(DOCUMENTS, fact.stream, valid_from=fact.effective_on, paid_on=event.paid_on)


@MODEL.on(ExpenditureCorrected)
def _corrected(event: ExpenditureCorrected, fact: Fact, rows: Rows) -> None:
    for since, names in (
        (event.since, set(DOCUMENT_FIELDS) - {"paid_on"}),
        (event.amounts_since, AMOUNTS),
        (event.paid_since, ("paid_on",)),
    ):
        if changes := event.changes(names):
            rows.change(DOCUMENTS, fact.stream, valid_from=since, **changes)


@MODEL.on(ChargeAdjusted)
@MODEL.on(ChargeCorrected)
def _charge_restated(event: ChargeAdjusted | ChargeCorrected, fact: Fact, rows: Rows) -> None:
    changes = event.changes() | {"stated": fact.position}
    rows.change(CHARGES, fact.stream, event.charge, valid_from=event.since, **changes)


@MODEL.on(ExpenditureAdjusted)
def _adjusted(event: ExpenditureAdjusted, fact: Fact, rows: Rows) -> None:
    other = event.correcting_document
    stated = {"net": event.net, "vat": event.vat, "gross": event.gross}
    rows.change(DOCUMENTS, fact.stream, valid_from=fact.effective_on, **stated)
    rows.put(
        CORRECTING,
        CorrectingDocument(
            expenditure=fact.stream,
            sequence=fact.version,
            document_number=other.document_number,
            issued_on=other.issued_on,
            ksef_number=other.ksef_number,
            net=event.net,
            vat=event.vat,
            gross=event.gross,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(ChargeWithdrawn)
def _withdrawn(event: ChargeWithdrawn, fact: Fact, rows: Rows) -> None:
    rows.change(CHARGES, fact.stream, event.charge, valid_from=fact.effective_on, withdrawn=True)


@MODEL.on(ChargesClaimed)
def _claimed(event: ChargesClaimed, fact: Fact, rows: Rows) -> None:
    for charge in event.charges:
        rows.change(CHARGES, fact.stream, charge, valid_from=fact.effective_on, claim=event.claim)


@MODEL.on(ChargesReleased)
def _released(event: ChargesReleased, fact: Fact, rows: Rows) -> None:
    for charge in event.charges:
        rows.change(CHARGES, fact.stream, charge, valid_from=fact.effective_on, claim=None)


def _refused(
    event: ChargeReduced | FinanciallyCorrected | ChargeReinstated,
    kind: str,
    basis: str | None,
    fact: Fact,
    rows: Rows,
) -> None:
    sign = "-" if isinstance(event, ChargeReinstated) else ""
    rows.put(
        DISALLOWANCES,
        Disallowance(
            expenditure=fact.stream,
            charge=event.charge,
            sequence=event.sequence,
            project=event.project,
            kind=kind,
            amount=sign + event.amount,
            eu_amount=sign + event.eu_amount,
            basis=basis,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(ChargeReduced)
def _reduced(event: ChargeReduced, fact: Fact, rows: Rows) -> None:
    _refused(event, "reduction", event.basis, fact, rows)


@MODEL.on(FinanciallyCorrected)
def _financially_corrected(event: FinanciallyCorrected, fact: Fact, rows: Rows) -> None:
    _refused(event, "correction", event.basis, fact, rows)


@MODEL.on(ChargeReinstated)
def _reinstated(event: ChargeReinstated, fact: Fact, rows: Rows) -> None:
    _refused(event, event.of, None, fact, rows)


class ChargeRow(Struct, frozen=True, kw_only=True):
    """A charge on the day; `claim` is the one in which it stands."""

    charge: Id
    project: ProjectId
    project_name: Title | None
    budget_line: Title
    eligible: Money
    eligible_vat: Money | None
    eu_amount: Money | None
    method: ChargeMethod
    procurement: Title | None
    claim: Id | None
    claim_name: str | None
    status: ChargeStatus
    disallowed: Money
    position: int


class CorrectingRow(Struct, frozen=True, kw_only=True):
    """The issuer's document that changed the amounts, and to what."""

    document_number: Title
    issued_on: Date
    ksef_number: Title | None
    net: Money
    vat: Money
    gross: Money
    position: int


class ExpenditureRow(Struct, frozen=True, kw_only=True):
    """A document on the day: `eligible` is what is charged of it, `free` what is left."""

    id: Id
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
    eligible: Money
    free: Money
    disallowed: Money
    charges: list[ChargeRow]
    correcting_documents: list[CorrectingRow]
    evidence: list[str]
    explain: str
    feeds: str
    position: int


_REFUSED = (
    "(SELECT coalesce(sum(x.amount), 0)::numeric(24,2) FROM {disallowances} AS x"
    " WHERE x.expenditure = c.expenditure AND x.charge = c.charge)"
)
MINE = "(%(scope)s::uuid IS NULL OR c.project = %(scope)s::uuid)"
LIVE = f"NOT c.withdrawn AND {MINE}"
# What is asked of a charge is asked of one and the same charge; a line is of a task and a category
# as the last budget that had it says.
_PLACED = """(c.project, c.budget_line) IN (SELECT b.project, b.line FROM (
    SELECT DISTINCT ON (n.project, n.line) n.project, n.line, n.task, n.category
    FROM {budget_lines} AS n ORDER BY n.project, n.line, n.edition DESC) AS b
    WHERE b.task = coalesce(%(task)s::text, b.task)
        AND b.category = coalesce(%(category)s::text, b.category))"""
_SETTLED = "c.claim IN (SELECT m.claim FROM {claims} AS m WHERE m.status IN ('approved', 'paid'))"
CHARGE_ASKED = f"""{MINE}
    AND (%(project)s::uuid IS NULL OR c.project = %(project)s::uuid)
    AND (%(claim)s::uuid IS NULL OR c.claim = %(claim)s::uuid)
    AND (%(line)s::text IS NULL OR c.budget_line = %(line)s::text AND NOT c.withdrawn)
    AND (%(task)s::text IS NULL AND %(category)s::text IS NULL
        OR NOT c.withdrawn AND {_PLACED})
    AND CASE %(status)s::text WHEN 'withdrawn' THEN c.withdrawn
        WHEN 'recorded' THEN NOT c.withdrawn AND c.claim IS NULL
        WHEN 'claimed' THEN NOT c.withdrawn AND c.claim IS NOT NULL AND NOT {_SETTLED}
        WHEN 'approved' THEN NOT c.withdrawn AND {_SETTLED} ELSE %(status)s::text IS NULL END"""
_CHARGED = f"d.expenditure IN (SELECT c.expenditure FROM {{charges}} AS c WHERE {CHARGE_ASKED})"
OF_CHARGE = ("project", "claim", "line", "task", "category", "status")
OF_DOCUMENT = {
    "issuer_nip": "d.issuer_nip = %(issuer_nip)s::text",
    "from": "d.issued_on >= %(from)s::date",
    "to": "d.issued_on <= %(to)s::date",
    "q": "strpos(lower(concat_ws(' ', d.document_number, d.issuer_name, d.issuer_nip,"
    " d.accounting_number, d.ksef_number, d.description)), lower(%(q)s::text)) > 0",
}

LISTING = Listing(
    path="/api/expenditures",
    row=ExpenditureRow,
    order="issued_on",
    scope="EXISTS (SELECT FROM {charges} AS c WHERE c.expenditure = d.expenditure"
    " AND c.project = %(scope)s::uuid)",
    single="d.expenditure",
    early="d",
    filters={**dict.fromkeys(OF_CHARGE, _CHARGED), **OF_DOCUMENT},
    select=f"""
SELECT d.expenditure AS id, d.document_number, d.issuer_nip, d.issuer_name, d.accounting_number,
    d.ksef_number, d.issued_on, d.paid_on, d.description, d.net::text, d.vat::text, d.gross::text,
    s.eligible::text, (d.gross - s.charged)::text AS free, s.disallowed::text, s.charges,
    (SELECT coalesce(json_agg(json_build_object(
            'document_number', k.document_number, 'issued_on', k.issued_on,
            'ksef_number', k.ksef_number, 'net', k.net::text, 'vat', k.vat::text,
            'gross', k.gross::text, 'position', k.position) ORDER BY k.sequence), '[]')
        FROM {{correcting_documents}} AS k WHERE k.expenditure = d.expenditure)
        AS correcting_documents,
    (SELECT coalesce(json_agg(v.digest ORDER BY v.first, v.digest), '[]')
        FROM (SELECT w.digest, min(w.position) AS first FROM {{evidence:ever}} AS w
            WHERE w.stream = d.expenditure GROUP BY w.digest) AS v) AS evidence,
    '/api/expenditures/' || d.expenditure || '/explain' || %(moment)s::text AS explain,
    '/api/expenditures/' || d.expenditure || '/feeds' || %(moment)s::text AS feeds,
    greatest(d.position, s.position) AS position
FROM {{accounting_documents}} AS d
LEFT JOIN LATERAL (
    SELECT coalesce(sum(c.eligible) FILTER (WHERE {LIVE}), 0)::numeric(24,2) AS eligible,
        CASE WHEN %(scope)s::uuid IS NOT NULL -- what is free goes by others' charges, too
            THEN scope.charged(d.expenditure, %(valid_at)s, %(known_at)s)
            ELSE coalesce(sum(c.eligible) FILTER (WHERE NOT c.withdrawn), 0) END AS charged,
        coalesce(sum(r.refused) FILTER (WHERE {LIVE}), 0)::numeric(24,2) AS disallowed,
        coalesce(json_agg(json_build_object(
            'charge', c.charge, 'project', c.project,
            'project_name', {project_name("c.project")}, 'budget_line', c.budget_line,
            'eligible', c.eligible::text, 'eligible_vat', c.eligible_vat::text,
            'eu_amount', c.eu_amount::text, 'method', c.method, 'procurement', c.procurement,
            'claim', c.claim, 'claim_name', m.number::jsonb #>> '{{}}',
            'status', CASE WHEN c.withdrawn THEN 'withdrawn'
                WHEN m.status IN ('approved', 'paid') THEN 'approved'
                WHEN c.claim IS NOT NULL THEN 'claimed' ELSE 'recorded' END,
            'disallowed', r.refused::text, 'position', c.position)
            ORDER BY c.charged_on, c.charge) FILTER (WHERE {MINE}), '[]') AS charges,
        max(c.position) FILTER (WHERE {MINE}) AS position
    FROM {{charges}} AS c
    LEFT JOIN {{claims}} AS m ON m.claim = c.claim
    CROSS JOIN LATERAL (SELECT {_REFUSED} AS refused) AS r
    WHERE c.expenditure = d.expenditure) AS s ON true""",
)
