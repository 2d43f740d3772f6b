"""Is there evidence of which nobody knows who holds it and where?

A document in our own store has the store as its holder and place; who holds papers elsewhere, the
project's custodies say. What is found is every digest that an event of the project, or of an
expenditure that it bears, names as evidence, that the store does not hold and that is in no custody
on the day: neither by its digest nor among the papers of its accounting document.
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2021, of_audit_trail, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text

_NAMED = {
    "activities": Text("działanie", "activity"),
    "agreements": Text("porozumienie", "agreement"),
    "custodies": Text("przechowywane dokumenty", "papers in custody"),
    "claims": Text("wniosek o płatność", "claim"),
    "deliverables": Text("produkt", "deliverable"),
    "expenditures": Text("dokument księgowy", "accounting document"),
    "grants": Text("wsparcie finansowe", "grant"),
    "projects": Text("projekt", "project"),
    "recruitments": Text("rekrutacja", "recruitment"),
    "support-cases": Text("wsparcie osoby lub rodziny", "support case"),
    "teams": Text("zespół", "team"),
}


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each digest and object."""
    for one in facts.unheld:
        yield Found(
            subject=one.stream,
            collection=one.collection,
            name=one.name,
            position=one.position,
            says={
                "digest": one.digest,
                "kind": _NAMED.get(one.collection, one.collection),
                "name": f" {one.name}" if one.name else "",
            },
            key=one.digest,
        )


RULE = Rule(
    id="custody_unknown",
    severity="warning",
    basis=regulations(
        of_audit_trail("art. 25 ust. 2", "Article 25(2)"),
        of_2021("załącznik XIII", "Annex XIII"),
    ),
    message=Text(
        "Pliku o skrócie SHA-256 {digest}, wskazanego jako dowód ({kind}{name}), nie ma w systemie"
        " i nie wiadomo, kto i gdzie go przechowuje. Należy go dołączyć albo wskazać, kto i gdzie"
        " go ma.",
        "The file with SHA-256 {digest}, named as evidence ({kind}{name}), is not in the store,"
        " and it is not known who holds it and where. Attach it, or say who holds it and where.",
    ),
    needs=("unheld",),
    find=find,
    by_document=True,
)
