"""Does a submitted claim hold a document that was not paid by the end of the claim's period?

Asked of actual costs only: what is settled by a flat rate, unit costs or lump sums is not
refunded on the ground of payments (Article 67(1) of Regulation (EU) No 1303/2013).
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text, phrase


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document and claim."""
    found: dict[tuple[str, str], Found] = {}
    for charge in facts.charges:
        claim = facts.claims.get(charge.claim) if charge.claim else None
        if claim is None or not claim.submitted or charge.method != "actual":
            continue
        document = charge.document
        if document.paid_on is not None and document.paid_on <= claim.period_to:
            continue
        key = (document.expenditure, claim.claim)
        before = found[key].position if key in found else 0
        found[key] = Found(
            subject=document.expenditure,
            collection="expenditures",
            name=document.number,
            position=max(before, charge.position, document.position, claim.position),
            says={
                "document": document.number,
                "issuer": document.issuer,
                "claim": claim.number,
                "period_to": claim.period_to,
                "payment": phrase("nie ma daty zapłaty", "no payment is recorded")
                if document.paid_on is None
                else phrase("zapłacono go {on}", "it was paid on {on}", on=document.paid_on),
            },
            key=claim.claim,
        )
    yield from found.values()


RULE = Rule(
    id="unpaid",
    severity="warning",
    basis=regulations(of_2014("art. 131", "Article 131"), of_2021("art. 63", "Article 63")),
    message=Text(
        "Dokument {document} ({issuer}) we wniosku o płatność nr {claim} nie był zapłacony do końca"
        " okresu wniosku, czyli do {period_to}: {payment}. Należy uzupełnić datę zapłaty albo"
        " przenieść wydatek do późniejszego wniosku.",
        "Document {document} ({issuer}) in claim {claim} was not paid by the end of the claim's"
        " period, {period_to}: {payment}. Enter the payment or move the charge to a later claim.",
    ),
    needs=("charges", "claims"),
    find=find,
    only={
        "charges": "m.submitted_on IS NOT NULL AND c.method = 'actual'"
        " AND (d.paid_on IS NULL OR d.paid_on > m.period_to)"
    },
    by_document=True,
)
