"""Does a charge in a submitted claim lack a stored document behind it?

Flat-rate charges are left out: nobody has to keep documents of the costs that a flat rate covers
(Article 25(1)(e) of Delegated Regulation (EU) No 480/2014 asks for its base alone).
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import of_2021, of_audit_trail, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each document and claim."""
    found: dict[tuple[str, str], Found] = {}
    for charge in facts.charges:
        document, claim = charge.document, facts.claims.get(charge.claim or "")
        if charge.stored or charge.method == "flat_rate":
            continue
        if claim is None or not claim.submitted:
            continue
        key = (document.expenditure, claim.claim)
        before = found[key].position if key in found else 0
        found[key] = Found(
            subject=document.expenditure,
            collection="expenditures",
            name=document.number,
            position=max(before, charge.position, claim.position),
            says={
                "document": document.number,
                "issuer": document.issuer,
                "claim": claim.number,
            },
            key=claim.claim,
        )
    yield from found.values()


RULE = Rule(
    id="evidence_missing",
    severity="warning",
    basis=regulations(
        of_audit_trail("art. 25 ust. 1 lit. b", "Article 25(1)(b)"),
        of_2021("załącznik XIII pkt 12", "Annex XIII, point 12"),
    ),
    message=Text(
        "Za dokumentem {document} ({issuer}), ujętym we wniosku o płatność nr {claim}, nie stoi"
        " w systemie żaden zapisany plik. Należy dołączyć jego kopię.",
        "No stored file stands behind document {document} ({issuer}) in claim {claim}."
        " Attach a copy of it.",
    ),
    needs=("charges", "claims"),
    find=find,
    only={"charges": "m.submitted_on IS NOT NULL AND c.method <> 'flat_rate' AND e.stream IS NULL"},
    by_document=True,
)
