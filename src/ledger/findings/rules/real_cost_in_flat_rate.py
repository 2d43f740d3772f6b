"""Is an indirect cost charged as an actual one, although a flat rate covers these costs?

A project has a flat rate as soon as one of its charges uses it. Forms of support may only be
combined where each covers different costs.
"""

from collections.abc import Iterator

from ledger.findings.budget import newest
from ledger.findings.facts import INDIRECT, Charge, Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each charge."""
    since = min((one.since for one in facts.charged if one.method == "flat_rate"), default=None)
    if since is None:
        return
    lines = newest(facts.lines)
    indirect = {name for name, one in lines.items() if one.category == INDIRECT}
    for charge in facts.charges:
        if charge.method == "actual" and charge.line in indirect:
            line_position = lines[charge.line].position
            yield _found(charge, max(charge.position, since, line_position))


def _found(charge: Charge, position: int) -> Found:
    document = charge.document
    return Found(
        subject=document.expenditure,
        collection="expenditures",
        name=document.number,
        position=position,
        says={
            "net": charge.net,
            "document": document.number,
            "issuer": document.issuer,
            "line": charge.line,
        },
        key=charge.charge,
    )


RULE = Rule(
    id="real_cost_in_flat_rate",
    severity="error",
    basis=regulations(
        of_2014("art. 67 ust. 3", "Article 67(3)"),
        of_2021("art. 53 ust. 1 lit. e", "Article 53(1)(e)"),
    ),
    message=Text(
        "Wydatek {net} z dokumentu {document} ({issuer}) rozliczono jako rzeczywisty w linii"
        " kosztów pośrednich „{line}”, choć koszty pośrednie projektu są rozliczane stawką"
        " ryczałtową. Należy wycofać wydatek albo przenieść go do właściwej linii.",
        "The charge of {net} from document {document} ({issuer}) is settled as an actual cost"
        " on the line of indirect costs “{line}”, although the project's indirect costs are covered"
        " by a flat rate. Withdraw it or move it to the right line.",
    ),
    needs=("charges", "charged", "lines"),
    find=find,
    only={
        "charges": "c.method = 'actual' AND c.budget_line IN (SELECT b.line FROM {budget_lines}"
        " AS b WHERE b.project = %(project)s::uuid AND b.category = 'indirect')",
        "charged": "c.method = 'flat_rate'",
    },
    by_document=True,
)
