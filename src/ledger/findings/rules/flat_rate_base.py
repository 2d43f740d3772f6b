"""Do the flat-rate charges of a claim equal the rate times the claim's direct costs?

Direct costs are the claim's other charges without lines of category `indirect` and without
cross-financing: as approved, less later financial corrections, or else net of what was disallowed.
When the base shrinks, so must what was computed of it. In 2014-2020 the rate follows from the
project's planned direct costs (cross-financing included); in 2021-2027 any of the rates will do.
Every flat-rate charge was rounded once, so half a grosz for each of them is no difference.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from ledger.findings.budget import direct_costs, newest
from ledger.findings.facts import CENT, INDIRECT, Charge, Claim, Facts
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule, percent_of
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Percent, Text, either, phrase


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each claim."""
    lines = newest(facts.lines)
    outside = {
        name for name, one in lines.items() if one.cross_financing or one.category == INDIRECT
    }
    of_project = direct_costs(facts.lines, facts.shifts)
    for claim, charges in _with_flat_rate(facts):
        flat = [one for one in charges if one.method == "flat_rate"]
        direct = [one for one in charges if one.method != "flat_rate" and one.line not in outside]
        rates = limits.flat_rates(max(one.document.day for one in flat), of_project)
        total, base = _sum(flat), _sum(direct)
        tolerance = CENT / 2 * len(flat)
        if not rates or any(abs(total - percent_of(r, base)) <= tolerance for r in rates):
            continue
        yield Found(
            subject=claim.claim,
            collection="claims",
            name=claim.number,
            position=max(claim.position, *(one.position for one in (*flat, *direct))),
            says={
                "claim": claim.number,
                "flat": total,
                "base": base,
                "expected": either([_expected(rate, base) for rate in rates]),
            },
        )


def _with_flat_rate(facts: Facts) -> Iterator[tuple[Claim, Sequence[Charge]]]:
    flat = {one.claim for one in facts.charges if one.method == "flat_rate" and one.claim}
    by_claim: dict[str, list[Charge]] = defaultdict(list)
    for charge in facts.charges if flat else ():
        if charge.claim is not None and charge.claim in flat:
            by_claim[charge.claim].append(charge)
    for claim, charges in by_claim.items():
        if claim in facts.claims:
            yield facts.claims[claim], charges


def _sum(charges: Sequence[Charge]) -> Decimal:
    amounts = (one.net if one.approved is None else one.approved for one in charges)
    return sum(amounts, Decimal(0))


def _expected(rate: Decimal, base: Decimal) -> Text:
    amount = percent_of(rate, base).quantize(CENT, ROUND_HALF_UP)
    return phrase("{amount} ({rate})", "{amount} ({rate})", amount=amount, rate=Percent(rate))


RULE = Rule(
    id="flat_rate_base",
    severity="error",
    basis=regulations(of_2014("art. 68", "Article 68"), of_2021("art. 54", "Article 54")),
    message=Text(
        "We wniosku o płatność nr {claim} stawką ryczałtową rozliczono {flat}, a przy kosztach"
        " bezpośrednich {base} (bez cross-financingu) powinno być {expected}. Należy poprawić"
        " kwotę ryczałtu.",
        "Claim {claim} settles {flat} by a flat rate, but with direct costs of {base} (without"
        " cross-financing) it should be {expected}. Correct the flat-rate amount.",
    ),
    needs=("charges", "claims", "lines", "shifts"),
    find=find,
    only={
        "charges": "c.claim IN (SELECT f.claim FROM {charges} AS f"
        " WHERE f.project = %(project)s::uuid AND f.method = 'flat_rate' AND NOT f.withdrawn)"
    },
)
