"""Do the charges on cross-financing lines exceed their share of the Union's contribution?

The charges count in full, whoever bears them, net of what was disallowed. They are added up in the
order of their days, and each sum is held against the share in force on the day of its last charge.
Without a contribution of the Union there is nothing to exceed.
"""

from collections.abc import Iterator
from decimal import Decimal

from ledger.findings.budget import newest
from ledger.findings.facts import Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule, percent_of
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Percent, Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """At most one finding."""
    project = facts.project
    contribution = project.eu_contribution
    lines = {name for name, one in newest(facts.lines).items() if one.cross_financing}
    if contribution is None or not lines:
        return
    some = [one for one in facts.daily if one.line in lines]
    position = max([project.position, *(one.last for one in some)])
    share_on = limits.limit_by_day("cross_financing_percent")
    total, found = Decimal(0), None
    for one in sorted(some, key=lambda one: one.day):
        total += one.amount
        share = share_on(one.day)
        if share is None or total <= percent_of(share, contribution):
            continue
        found = Found(
            subject=project.id,
            collection="projects",
            name=project.title,
            position=position,
            says={
                "charged": total,
                "on": one.day,
                "share": Percent(share),
                "contribution": contribution,
                "limit": percent_of(share, contribution),
            },
        )
    if found is not None:
        yield found


RULE = Rule(
    id="cross_financing",
    severity="error",
    basis=regulations(
        of_2014("art. 98 ust. 2", "Article 98(2)"), of_2021("art. 25 ust. 2", "Article 25(2)")
    ),
    message=Text(
        "Wydatki w liniach objętych cross-financingiem wynoszą {charged} (wydatki"
        " do {on}), a mogą wynosić najwyżej {limit}, czyli {share} wkładu Unii w projekt"
        " ({contribution}).",
        "Charges on cross-financing lines amount to {charged} (expenditure up"
        " to {on}), but may be at most {limit}, {share} of the Union's contribution to the project"
        " ({contribution}).",
    ),
    needs=("daily", "lines"),
    find=find,
    only={
        "daily": "c.budget_line IN (SELECT b.line FROM {budget_lines} AS b"
        " WHERE b.project = %(project)s::uuid AND b.cross_financing)"
    },
)
