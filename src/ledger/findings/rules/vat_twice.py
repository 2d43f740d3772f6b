"""Is more VAT of a document called eligible than the document has?

All charges of the document count, whatever project bears them, that the asker may know of.
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document."""
    for one in facts.charged_vat:
        document = one.document
        if one.charged > document.vat:
            yield Found(
                subject=document.expenditure,
                collection="expenditures",
                name=document.number,
                position=max(document.position, one.position),
                says={
                    "document": document.number,
                    "issuer": document.issuer,
                    "charged": one.charged,
                    "vat": document.vat,
                    "excess": one.charged - document.vat,
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
    needs=("charged_vat",),
    find=find,
    only={"charged_vat": "v.charged > d.vat"},
    by_document=True,
)
