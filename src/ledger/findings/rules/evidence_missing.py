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
    for one in facts.unproved:
        yield Found(
            subject=one.expenditure,
            collection="expenditures",
            name=one.number,
            position=one.position,
            says={"document": one.number, "issuer": one.issuer, "claim": one.claim_number},
            key=one.claim,
        )


def in_all(facts: Facts) -> int:
    """How many there are: in a large project very many, of which few are ever read."""
    return max((one.in_all for one in facts.unproved), default=0)


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
    needs=("unproved",),
    find=find,
    in_all=in_all,
    by_document=True,
)
