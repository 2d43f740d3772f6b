"""Was a document paid before it was issued?"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import always
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document."""
    for document in facts.documents:
        if document.paid_on is not None and document.paid_on < document.issued_on:
            yield Found(
                subject=document.expenditure,
                collection="expenditures",
                name=document.number,
                position=document.position,
                says={
                    "document": document.number,
                    "issuer": document.issuer,
                    "paid_on": document.paid_on,
                    "issued_on": document.issued_on,
                },
            )


RULE = Rule(
    id="paid_before_issued",
    severity="warning",
    basis=always("zasady rachunkowości", "accounting practice"),
    message=Text(
        "Dokument {document} ({issuer}) zapłacono {paid_on}, a wystawiono go dopiero {issued_on}."
        " Należy sprawdzić obie daty.",
        "Document {document} ({issuer}) was paid on {paid_on}, but issued only on {issued_on}."
        " Check both dates.",
    ),
    needs=("documents",),
    find=find,
    only={"documents": "d.paid_on < d.issued_on"},
    by_document=True,
)
