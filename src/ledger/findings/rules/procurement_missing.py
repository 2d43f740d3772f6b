"""Is an actual cost above the limit charged without naming how the contractor was chosen?

The document's net value is what the limit is held against, on the day of the document.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from ledger.findings.facts import Charge, Facts
from ledger.findings.law import always
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document."""
    limit_on = limits.limit_by_day("procurement_net")
    some: dict[str, list[Charge]] = defaultdict(list)
    for charge in facts.charges:
        if charge.procurement is None and charge.method == "actual":
            limit = limit_on(charge.document.day)
            if limit is not None and charge.document.net > limit:
                some[charge.document.expenditure].append(charge)
    for charges in some.values():
        document = charges[0].document
        yield Found(
            subject=document.expenditure,
            collection="expenditures",
            name=document.number,
            position=max(document.position, *(one.position for one in charges)),
            says={
                "document": document.number,
                "issuer": document.issuer,
                "net": document.net,
                "limit": limit_on(document.day) or Decimal(0),
                "lines": ", ".join(sorted({one.line for one in charges})),
            },
        )


RULE = Rule(
    id="procurement_missing",
    severity="warning",
    basis=always("zasada konkurencyjności", "the principle of competitiveness"),
    message=Text(
        "Wartość netto dokumentu {document} ({issuer}) to {net}, czyli ponad {limit}, a przy"
        " wydatku nie wskazano postępowania, w którym wybrano wykonawcę (linie budżetu: {lines})."
        " Należy je uzupełnić.",
        "The net value of document {document} ({issuer}) is {net}, above {limit}, but no"
        " procurement is named at the charge (budget lines: {lines}). Name it.",
    ),
    needs=("charges",),
    find=find,
    only={
        "charges": "c.procurement IS NULL AND c.method = 'actual'"
        " AND d.net > %(procurement_net_least)s::numeric"
    },
    by_document=True,
)
