"""Is a milestone not completed after its end?"""

from collections.abc import Iterator

from ledger.findings.facts import Facts
from ledger.findings.law import GRANT_AGREEMENT
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each milestone."""
    for one in facts.milestones:
        if one.completed_on is None and one.ends_on < facts.valid_at:
            yield Found(
                subject=facts.project.id,
                collection="projects",
                name=one.name,
                position=one.position,
                says={"number": str(one.number), "name": one.name, "ends_on": one.ends_on},
                key=str(one.number),
            )


RULE = Rule(
    id="milestone_overdue",
    severity="warning",
    basis=GRANT_AGREEMENT,
    message=Text(
        "Kamień milowy nr {number} „{name}” miał się zakończyć {ends_on}, a nie jest zapisany jako"
        " ukończony. Należy zapisać jego ukończenie albo zmienić termin.",
        "Milestone {number} “{name}” was to end on {ends_on}, but is not recorded as completed."
        " Record its completion or change its dates.",
    ),
    needs=("milestones",),
    find=find,
)
