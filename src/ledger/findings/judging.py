"""What is found of a project, or of a few documents, at a moment?

A rule is applied only at positions from which it was introduced on: what was known before that
does not change because a rule was thought of later. From there on it judges old facts, too.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from ledger.findings import catalogue
from ledger.findings.facts import Facts, IndicatorFact
from ledger.findings.loading import Ask, load
from ledger.findings.model import Found, Lang, Rule, Severity
from ledger.findings.rule_sets import rule_set_of
from ledger.findings.wording import sentence
from ledger.kernel.fields import Id, Title
from ledger.projections.engine.reading import Moment

# Errors come first, then the findings of each rule by their subjects.
Place = tuple[bool, str]

_INTRODUCED = "SELECT r.rule FROM {rules:log} AS r"
_BEARERS = """
SELECT DISTINCT c.project::text FROM {charges} AS c
WHERE c.expenditure = ANY(%(expenditures)s::uuid[]) AND NOT c.withdrawn
    AND (%(scope)s::uuid IS NULL OR c.project = %(scope)s::uuid)
ORDER BY 1"""


class Finding(Struct, frozen=True, kw_only=True):
    """A fact that breaks a rule of eligibility, and the law or agreement that says so."""

    id: str
    rule: str
    severity: Severity
    subject: Id
    subject_collection: str
    subject_name: str | None
    message: str
    basis: Title
    position: int

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return (self.severity != "error", self.id)


class _One(NamedTuple):
    place: Place
    rule: Rule
    found: Found
    regulation: str


class Judged:
    """What rules find, errors first. It is put into words only as far as somebody reads it.

    `more`: what there is beyond the first findings of a rule, where only these were asked for.
    """

    def __init__(self, found: Sequence[_One] = (), more: Sequence[tuple[Rule, int]] = ()) -> None:
        self._found, self._more = found, more

    def __len__(self) -> int:
        return len(self._found) + sum(count for _, count in self._more)

    def by_rule(self) -> Counter[str]:
        """How often each rule is broken, in the order of the findings."""
        more = Counter({rule.id: count for rule, count in self._more})
        return Counter(one.rule.id for one in self._found) + more

    def by_severity(self) -> Counter[Severity]:
        """How many are how grave."""
        counted = Counter(one.rule.severity for one in self._found)
        for rule, count in self._more:
            counted[rule.severity] += count
        return counted

    def only(self, rule: str = "", severity: str = "") -> "Judged":
        """What is found by a rule, and of a severity, where they are named."""

        def asked(one: Rule) -> bool:
            return rule in ("", one.id) and severity in ("", one.severity)

        return Judged(
            [one for one in self._found if asked(one.rule)],
            [(one, count) for one, count in self._more if asked(one)],
        )

    def after(self, place: Place) -> "Judged":
        """What stands behind that place, of findings that were asked for without bounds."""
        assert not self._more
        return Judged([one for one in self._found if one.place > place])

    def told(self, lang: Lang, first: int = 0, last: int | None = None) -> list[Finding]:
        """Those from `first` to before `last`, in words."""
        return [_finding(one, lang) for one in self._found[first:last]]


async def judged(
    ask: Ask,
    moment: Moment,
    project: str,
    *,
    scope: str | None,
    indicators: Sequence[IndicatorFact] = (),
    rules: Collection[str] | None = None,
    first: int | None = None,
) -> Judged:
    """What is found of a project by these rules, or by all, for one who sees `scope` or all.

    `first`: no more than so many are going to be read, but counted all are.
    """
    applied = [one for one in await introduced(ask) if rules is None or one.id in rules]
    facts = await load(
        ask,
        moment.valid_at,
        project,
        applied,
        scope=scope,
        indicators=indicators,
        first=first,
    )
    # Big projects take a while to judge; others are served meanwhile.
    return Judged() if facts is None else await asyncio.to_thread(judge, applied, facts)


async def findings_of(
    ask: Ask, moment: Moment, expenditures: Collection[str], *, scope: str | None, lang: Lang
) -> list[Finding]:
    """What is found of these documents and their charges, in the projects that the asker sees."""
    applied = [one for one in await introduced(ask) if one.by_document]
    found: dict[str, Finding] = {}
    asked = list(expenditures)
    for (project,) in await ask(_BEARERS, expenditures=asked, scope=scope):
        facts = await load(ask, moment.valid_at, project, applied, scope=scope, expenditures=asked)
        for one in judge(applied, facts).told(lang) if facts else ():
            if one.subject in expenditures:
                found[one.id] = one
    return sorted(found.values(), key=lambda one: one.place)


async def introduced(ask: Ask) -> list[Rule]:
    """The rules that were introduced by the moment."""
    known = {rule for (rule,) in await ask(_INTRODUCED)}
    return [one for one in catalogue.rules() if one.id in known]


def judge(rules: Collection[Rule], facts: Facts) -> Judged:
    """What these rules find of the facts."""
    limits = rule_set_of(facts.project.programme, facts.project.starts_on)
    found = [
        _One((rule.severity != "error", _id(rule, one)), rule, one, limits.regulation)
        for rule in rules
        for one in rule.find(facts, limits)
    ]
    found.sort(key=itemgetter(0))
    told = Counter(one.rule.id for one in found)
    counted = [(one, one.in_all(facts) - told[one.id]) for one in rules if one.in_all is not None]
    return Judged(found, [(one, count) for one, count in counted if count])


def _id(rule: Rule, found: Found) -> str:
    return "/".join(filter(None, (rule.id, found.subject, found.key)))


def _finding(one: _One, lang: Lang) -> Finding:
    (_, id), rule, found, regulation = one
    return Finding(
        id=id,
        rule=rule.id,
        severity=rule.severity,
        subject=found.subject,
        subject_collection=found.collection,
        subject_name=found.name,
        message=sentence(rule.message, found.says, lang),
        basis=rule.basis[regulation].of(lang),
        position=found.position,
    )
