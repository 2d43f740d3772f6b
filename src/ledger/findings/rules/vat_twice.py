"""Is more VAT of a document called eligible than the document has?

All charges of the document count, whatever project bears them; only their sum is named.
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document."""
    for one in facts.documents:
        if one.vat_charged > one.vat:
            yield Found(
                subject=one.expenditure,
                collection="expenditures",
                name=one.number,
                position=max(one.position, one.charged_position),
                says={
                    "document": one.number,
                    "issuer": one.issuer,
                    "charged": one.vat_charged,
                    "vat": one.vat,
                    "excess": one.vat_charged - one.vat,
                },
            )


RULE = Rule(
    id="vat_twice",
    severity="error",
    basis=regulations(
        of_2014("art. 69 ust. 3 lit. c", "Article 69(3)(c)"),
        of_2021("art. 64 ust. 1 lit. c", "Article 64(1)(c)"),
    ),
    message=Text(
        "Z dokumentu {document} ({issuer}) rozliczono jako kwalifikowalny VAT w kwocie {charged},"
        " choć VAT na dokumencie wynosi {vat}, czyli o {excess} mniej. Należy poprawić VAT"
        " w wydatkach.",
        "The charges of document {document} ({issuer}) call {charged} of VAT eligible, but the"
        " document's VAT is {vat}, {excess} less. Correct the VAT of the charges.",
    ),
    needs=("documents",),
    find=find,
    by_document=True,
)
