"""Was no claim submitted for longer than agreed while the project runs?

Counted from the last submission, the end of the period that was claimed, or the project's first
day, whichever is latest; up to the day asked about, or to the project's end. A project that has
neither a budget nor an expenditure has nothing to claim yet.
"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import GRANT_AGREEMENT
from ledger.findings.model import Found, Rule
from ledger.findings.months import months_after
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Number, Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """At most one finding."""
    project = facts.project
    money = [line.position for line in facts.lines]
    money += [one.first for one in facts.charged]
    if not money:
        return
    submitted = [one for one in facts.claims.values() if one.submitted]
    days = [day for one in submitted for day in (one.period_to, one.submitted_on) if day]
    since = max([project.starts_on, *days])
    until = min(facts.valid_at, project.ends_on, project.closed_on or project.ends_on)
    months = limits.limit("claim_months", since)
    if months is None or until <= months_after(since, int(months)):
        return
    yield Found(
        subject=project.id,
        collection="projects",
        name=project.title,
        position=max(project.position, min(money), *(one.position for one in submitted)),
        says={"since": since, "until": until, "months": Number(months)},
    )


RULE = Rule(
    id="claim_late",
    severity="warning",
    basis=GRANT_AGREEMENT,
    message=Text(
        "Od {since} do {until} nie złożono wniosku o płatność, a umowa wymaga go nie rzadziej niż"
        " co {months} mies. Należy złożyć wniosek.",
        "From {since} to {until} no claim was submitted, but the agreement asks for one at least"
        " every {months} months. Submit a claim.",
    ),
    needs=("claims", "lines", "charged"),
    find=find,
)
