"""Is the achieved share of an indicator far behind the share of the project's time that is over?

Asked from the project's first day on. After its last day all of its time is over: a target that
was missed stays missed.
"""

from collections.abc import Iterator
from decimal import Decimal

from ledger.findings.facts import Facts
from ledger.findings.law import of_2021, of_audit_trail, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Number, Percent, Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each indicator."""
    project = facts.project
    points = limits.limit("indicator_points", min(facts.valid_at, project.ends_on))
    if points is None:
        return
    days = (project.ends_on - project.starts_on).days + 1
    gone = (facts.valid_at - project.starts_on).days + 1
    elapsed = Decimal(100 * min(max(gone, 0), days)) / days
    for one in facts.indicators:
        share = 100 * one.achieved / one.target
        if share < elapsed - points:
            yield Found(
                subject=project.id,
                collection="projects",
                name=one.name,
                position=max(one.position, project.position),
                says={
                    "name": one.name,
                    "code": one.code,
                    "achieved": Number(one.achieved),
                    "target": Number(one.target),
                    "share": Percent(share),
                    "elapsed": Percent(elapsed),
                    "points": Number(points),
                },
                key=one.code,
            )


RULE = Rule(
    id="indicator_behind",
    severity="warning",
    basis=regulations(
        of_audit_trail("art. 25 ust. 1 lit. i", "Article 25(1)(i)"),
        of_2021("załącznik XIII", "Annex XIII"),
    ),
    message=Text(
        "Wskaźnik „{name}” ({code}) osiągnął {achieved} z {target}, czyli {share}, choć upłynęło"
        " {elapsed} czasu realizacji projektu. Różnica przekracza {points} punktów procentowych.",
        "The indicator “{name}” ({code}) reached {achieved} of {target}, {share}, while {elapsed}"
        " of the project's time is over. The difference exceeds {points} percentage points.",
    ),
    needs=("indicators",),
    find=find,
)
