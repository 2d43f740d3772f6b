"""Is a document dated outside the days on which the project's expenditure is eligible?

These are the project's own days as far as they lie within those of the period of funds. The day
is that of payment, or of issue while nothing is paid.
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text

_PAID, _ISSUED = Text("zapłacono", "paid"), Text("wystawiono", "issued")


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document."""
    project = facts.project
    first = max(project.starts_on, limits.eligible.since)
    last = min(project.ends_on, limits.eligible.until or project.ends_on)
    for document in facts.documents:
        if not first <= document.day <= last:
            yield Found(
                subject=document.expenditure,
                collection="expenditures",
                name=document.number,
                position=max(document.position, project.position),
                says={
                    "document": document.number,
                    "issuer": document.issuer,
                    "happened": _ISSUED if document.paid_on is None else _PAID,
                    "day": document.day,
                    "first": first,
                    "last": last,
                },
            )


RULE = Rule(
    id="period",
    severity="error",
    basis=regulations(
        of_2014("art. 65 ust. 2", "Article 65(2)"), of_2021("art. 63 ust. 2", "Article 63(2)")
    ),
    message=Text(
        "Dokument {document} ({issuer}) {happened} {day}, a wydatki projektu są kwalifikowalne"
        " od {first} do {last}. Należy sprawdzić datę albo wycofać wydatek.",
        "Document {document} ({issuer}) was {happened} on {day}, but the project's expenditure is"
        " eligible from {first} to {last}. Check the date or withdraw the charge.",
    ),
    needs=("documents",),
    find=find,
    only={
        "documents": "coalesce(d.paid_on, d.issued_on) NOT BETWEEN"
        " greatest(%(starts_on)s::date, %(eligible_since)s::date)"
        " AND least(%(ends_on)s::date, %(eligible_until)s::date)"
    },
    by_document=True,
)
