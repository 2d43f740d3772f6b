"""Is a small project settled by actual costs alone, where the law asks for simplified methods?

The limit is given in euro and turned into złoty by the rate of the rule set; both are those in
force on the day of the first expenditure, when the way of settling was chosen.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP

from ledger.findings.facts import CENT, Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Euro, Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """At most one finding."""
    project = facts.project
    on = facts.first_day
    if on is None or any(one.method != "actual" for one in facts.charged):
        return
    euro, rate = limits.limit("simplified_eur", on), limits.limit("eur_in_pln", on)
    if euro is None or rate is None:
        return
    limit = (euro * rate).quantize(CENT, ROUND_HALF_UP)
    if project.value <= limit:
        yield Found(
            subject=project.id,
            collection="projects",
            name=project.title,
            position=max(project.position, *(one.last for one in facts.charged)),
            says={"value": project.value, "limit": limit, "euro": Euro(euro)},
        )


RULE = Rule(
    id="simplified_required",
    severity="warning",
    basis=regulations(
        of_2014("art. 67 ust. 2a", "Article 67(2a)"), of_2021("art. 53 ust. 2", "Article 53(2)")
    ),
    message=Text(
        "Wartość projektu {value} nie przekracza {limit} ({euro}), a wszystkie wydatki rozliczono"
        " jako rzeczywiste. Taki projekt należy rozliczać metodami uproszczonymi.",
        "The project's value of {value} does not exceed {limit} ({euro}), but all charges are"
        " actual costs. Such a project is to be settled by simplified cost options.",
    ),
    needs=("charged", "first_day"),
    find=find,
    only={
        "first_day": "%(value)s <= round("
        "%(simplified_eur_most)s::numeric * %(eur_in_pln_most)s::numeric, 2)"
    },
)
