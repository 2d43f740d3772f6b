"""Where does a document's money go? From a document up to the lines, claims and totals it feeds."""

from urllib.parse import quote

from msgspec import Struct

from ledger.findings import Finding
from ledger.findings.model import Lang
from ledger.kernel.fields import Id, Money, ProjectId, Title
from ledger.queries.asking import Question, pinned
from ledger.queries.findings import expenditure_findings


class FedCharge(Struct, frozen=True, kw_only=True):
    """A charge, and the numbers that it enters, each as a link to what they are made of."""

    charge: Id
    project: ProjectId
    budget_line: Title
    eligible: Money
    claim: Id | None
    claim_name: Title | None
    claimed: Money | None
    approved: Money | None
    explain: str
    explain_claim: str | None
    position: int


class Feeds(Struct, frozen=True, kw_only=True):
    """What a document feeds."""

    id: Id
    charges: list[FedCharge]
    findings: list[Finding]
    position: int


_CHARGES = """
SELECT c.charge::text, c.project::text, c.budget_line, c.eligible::text, c.claim::text,
    m.number::json #>> '{}', coalesce(l.eligible, CASE WHEN c.claim IS NOT NULL
        THEN c.eligible - coalesce(x.amount, 0) END)::text,
    CASE WHEN m.status IN ('approved', 'paid') THEN l.approved::text END, c.position
FROM {charges} AS c
LEFT JOIN {claims} AS m ON m.claim = c.claim
LEFT JOIN {claim_lines} AS l ON l.claim = c.claim AND l.submission = m.submission
    AND l.charge = c.charge AND m.status IN ('submitted', 'approved', 'paid')
LEFT JOIN LATERAL (SELECT sum(d.amount) AS amount FROM {disallowances} AS d
    WHERE d.expenditure = c.expenditure AND d.charge = c.charge) AS x ON true
WHERE c.expenditure = %(id)s AND NOT c.withdrawn
    AND (%(scope)s::uuid IS NULL OR c.project = %(scope)s::uuid)
ORDER BY c.charged_on, c.charge"""


async def feeds(question: Question, expenditure: str, lang: Lang = "pl") -> Feeds:
    """Every number and finding that the document's charges enter. Raises `NotFound`."""
    await question.require("expenditures", expenditure)
    when = pinned(question.moment)
    charges = [
        FedCharge(
            charge=charge,
            project=project,
            budget_line=line,
            eligible=eligible,
            claim=claim,
            claim_name=number,
            claimed=claimed,
            approved=approved,
            explain=f"/api/projects/{project}/budget/explain/recorded{when}"
            f"&line={quote(line, safe='')}",
            explain_claim=f"/api/claims/{claim}/explain{when}" if claim else None,
            position=position,
        )
        for charge, project, line, eligible, claim, number, claimed, approved, position in (
            await question.rows(_CHARGES, id=expenditure)
        )
    ]
    return Feeds(
        id=expenditure,
        charges=charges,
        findings=await expenditure_findings(question, expenditure, lang),
        position=max((one.position for one in charges), default=0),
    )
