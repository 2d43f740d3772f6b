"""Was a tranche received while too little of the earlier ones was settled?

Settled is the Union's part of the claims approved by that day, net of financial corrections. Money
that is received under one tranche number is one tranche, dated by its first receipt; money without
a number is a tranche of its own. What was settled later does not undo the finding.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ledger.findings.facts import Facts, Receipt, Settlement
from ledger.findings.law import always
from ledger.findings.model import Found, Rule, percent_of
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Percent, Text


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each tranche."""
    earlier, position = Decimal(0), 0
    for number, receipts in enumerate(_tranches(facts.receipts), 1):
        first = receipts[0]
        amount = sum((one.amount for one in receipts), Decimal(0))
        share = limits.limit("settled_percent", first.on)
        done = [one for one in facts.settlements if one.on <= first.on]
        settled = sum((one.amount for one in done), Decimal(0))
        if share is not None and settled < percent_of(share, earlier):
            name = first.tranche or str(number)
            yield Found(
                subject=facts.project.id,
                collection="projects",
                name=name,
                position=max([first.position, position, *_corrected(done)]),
                says={
                    "tranche": name,
                    "amount": amount,
                    "on": first.on,
                    "settled": settled,
                    "earlier": earlier,
                    "percent": Percent(100 * settled / earlier),
                    "share": Percent(share),
                },
                key=name,
            )
        earlier += amount
        position = max(position, *(one.position for one in receipts))


def _corrected(settlements: Sequence[Settlement]) -> list[int]:
    """The positions of what made the settled amount less; approvals make no finding true."""
    return [one.position for one in settlements if one.amount < 0]


def _tranches(receipts: Sequence[Receipt]) -> list[list[Receipt]]:
    """The receipts of each tranche, in the order of their first days."""
    found: dict[str, list[Receipt]] = {}
    for place, one in enumerate(sorted(receipts, key=lambda one: (one.on, one.position))):
        name = f"#{place}" if one.tranche is None else f"={one.tranche}"
        found.setdefault(name, []).append(one)
    return list(found.values())


RULE = Rule(
    id="tranche_unsettled",
    severity="warning",
    basis=always(
        "umowa o dofinansowanie projektu (warunki wypłaty transz)",
        "the grant agreement (conditions for the payment of tranches)",
    ),
    message=Text(
        "Transzę nr {tranche} ({amount}) otrzymano {on}, gdy rozliczone było {settled} z {earlier}"
        " wcześniejszych transz, czyli {percent}, a wymagane jest co najmniej {share}.",
        "Tranche {tranche} ({amount}) was received on {on}, when {settled} of the {earlier} of"
        " earlier tranches was settled, {percent}; at least {share} is required.",
    ),
    needs=("receipts", "settlements"),
    find=find,
)
