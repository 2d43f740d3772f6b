"""Do the charges on a line, net of what was disallowed, exceed what is planned there?

Planned is the line's amount in the edition in force after its shifts; a line that the edition in
force does not have any more has nothing planned.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from ledger.findings.budget import edition_in_force, planned
from ledger.findings.facts import Facts
from ledger.findings.law import GRANT_AGREEMENT
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each line."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    positions: dict[str, int] = defaultdict(int)
    for one in facts.charged:
        sums[one.line] += one.net
        positions[one.line] = max(positions[one.line], one.last)
    edition = edition_in_force(facts.lines)
    for line in facts.lines:
        if line.edition == edition:
            positions[line.line] = max(positions[line.line], line.position)
    for shift in facts.shifts:
        if shift.edition == edition:
            for name in (shift.from_line, shift.to_line):
                positions[name] = max(positions[name], shift.position)
    plan = planned(facts.lines, facts.shifts)
    for name, charged in sums.items():
        amount = plan.get(name, Decimal(0))
        if charged > amount:
            yield Found(
                subject=facts.project.id,
                collection="projects",
                name=name,
                position=positions[name],
                says={
                    "line": name,
                    "charged": charged,
                    "planned": amount,
                    "excess": charged - amount,
                },
                key=name,
            )


RULE = Rule(
    id="budget_exceeded",
    severity="error",
    basis=GRANT_AGREEMENT,
    message=Text(
        "Wydatki w linii budżetu „{line}” wynoszą {charged} (bez kwot uznanych za"
        " niekwalifikowalne) i przekraczają planowane {planned} o {excess}. Należy zmienić budżet"
        " albo wycofać nadwyżkę.",
        "Charges on the budget line “{line}” amount to {charged} (without what was disallowed) and"
        " exceed the planned {planned} by {excess}. Change the budget or withdraw the excess.",
    ),
    needs=("charged", "lines", "shifts"),
    find=find,
)
