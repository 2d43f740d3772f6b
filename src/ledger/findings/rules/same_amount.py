"""Are two documents of one issuer, with one gross amount and days near each other, one expense?

Documents of all projects are compared, for those who see all projects. Subject of a finding is the
later of the two that the project bears a part of.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from ledger.findings.facts import Facts, Twin
from ledger.findings.law import of_2014, of_2021, regulations
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text, phrase

NEAREST = 3  # a hundred equal documents are a hundred findings or a few more, not five thousand


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each pair of documents, of each document with the nearest before it."""
    found: dict[tuple[str, str], Found] = {}
    for later, earlier in _pairs(facts, limits):
        subject, other = (later, earlier) if later.own else (earlier, later)
        key = subject.expenditure, other.expenditure
        if key not in found and facts.asks(subject.expenditure):
            found[key] = _found(subject, other)
    yield from found.values()


def _pairs(facts: Facts, limits: RuleSet) -> Iterator[tuple[Twin, Twin]]:
    """Documents that are alike and near each other: the later one and the earlier."""
    days_on = limits.limit_by_day("same_amount_days")
    alike: dict[tuple[str, str], list[Twin]] = defaultdict(list)
    for one in facts.twins:
        alike[one.issuer_key, str(one.gross)].append(one)
    for some in alike.values():
        some.sort(key=lambda one: (one.issued_on, one.position, one.expenditure))
        for place, later in enumerate(some):
            if later.own and not facts.asks(later.expenditure):
                continue
            near = _before(some, place, days_on(later.issued_on))
            yield from islice(near, NEAREST)


def _before(some: Sequence[Twin], place: int, days: Decimal | None) -> Iterator[tuple[Twin, Twin]]:
    """The document at that place with each one before it that is near, the nearest first."""
    later = some[place]
    for one in map(some.__getitem__, range(place - 1, -1, -1)):
        if days is None or (later.issued_on - one.issued_on).days > days:
            return
        if one.number != later.number and (one.own or later.own):
            yield later, one


def _found(subject: Twin, other: Twin) -> Found:
    return Found(
        subject=subject.expenditure,
        collection="expenditures",
        name=subject.number,
        position=max(subject.position, other.position),
        says={
            "document": subject.number,
            "issuer": subject.issuer,
            "gross": subject.gross,
            "issued_on": subject.issued_on,
            "other": phrase(
                "dokument {number} z {on}",
                "document {number} of {on}",
                number=other.number,
                on=other.issued_on,
            ),
        },
        key=other.expenditure,
    )


RULE = Rule(
    id="same_amount",
    severity="warning",
    basis=regulations(
        of_2014("art. 65 ust. 11", "Article 65(11)"), of_2021("art. 63 ust. 9", "Article 63(9)")
    ),
    message=Text(
        "Dokument {document} ({issuer}) z {issued_on} opiewa na tę samą kwotę brutto {gross} co"
        " {other}. Należy sprawdzić, czy to nie ten sam wydatek.",
        "Document {document} ({issuer}) of {issued_on} has the same gross amount of {gross} as"
        " {other}. Check that it is not the same expense.",
    ),
    needs=("twins",),
    find=find,
    only={
        "twins": "least(d.issued_on - d.before, d.after - d.issued_on)"
        " <= %(same_amount_days_most)s::numeric"
    },
    by_document=True,
)
