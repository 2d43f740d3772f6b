"""What is found of a project, or of a few documents, at a moment?

A rule is applied only at positions from which it was introduced on: what was known before that
does not change because a rule was thought of later. From there on it judges old facts, too.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from ledger.findings import catalogue
from ledger.findings.facts import Facts, IndicatorFact
from ledger.findings.loading import Ask, load
from ledger.findings.model import Found, Lang, Rule, Severity
from ledger.findings.rule_sets import RuleSet, rule_set_of
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


class Part(NamedTuple):
    """A part of a list: so many findings from behind a place."""

    after: Place | None = None
    limit: int | None = None


WHOLE = Part()


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


async def findings(
    ask: Ask,
    moment: Moment,
    project: str,
    *,
    scope: str | None,
    lang: Lang,
    indicators: Sequence[IndicatorFact] = (),
    rules: Collection[str] | None = None,
    part: Part = WHOLE,
) -> list[Finding]:
    """What is found of a project by these rules, or by all, for one who sees `scope` or all."""
    applied = [one for one in await introduced(ask) if rules is None or one.id in rules]
    facts = await load(ask, moment.valid_at, project, applied, scope=scope, indicators=indicators)
    if facts is None:
        return []
    # Big projects take a while to judge; others are served meanwhile.
    return await asyncio.to_thread(judge, applied, facts, lang, part)


async def findings_of(
    ask: Ask, moment: Moment, expenditures: Collection[str], *, scope: str | None, lang: Lang
) -> list[Finding]:
    """What is found of these documents and their charges, in the projects that the asker sees."""
    applied = [one for one in await introduced(ask) if one.by_document]
    found: dict[str, Finding] = {}
    asked = list(expenditures)
    for (project,) in await ask(_BEARERS, expenditures=asked, scope=scope):
        facts = await load(ask, moment.valid_at, project, applied, scope=scope, expenditures=asked)
        for one in judge(applied, facts, lang) if facts else ():
            if one.subject in expenditures:
                found[one.id] = one
    return sorted(found.values(), key=lambda one: one.place)


async def introduced(ask: Ask) -> list[Rule]:
    """The rules that were introduced by the moment."""
    known = {rule for (rule,) in await ask(_INTRODUCED)}
    return [one for one in catalogue.rules() if one.id in known]


def judge(rules: Iterable[Rule], facts: Facts, lang: Lang, part: Part = WHOLE) -> list[Finding]:
    """The findings in their order; only those that are asked for are put into words."""
    limits = rule_set_of(facts.project.programme, facts.project.starts_on)
    found = [
        ((rule.severity != "error", _id(rule, one)), rule, one)
        for rule in rules
        for one in rule.find(facts, limits)
    ]
    if part.after is not None:
        found = [one for one in found if one[0] > part.after]
    found.sort(key=itemgetter(0))
    return [_finding(rule, one, limits, lang) for _, rule, one in found[: part.limit]]


def _id(rule: Rule, found: Found) -> str:
    return "/".join(filter(None, (rule.id, found.subject, found.key)))


def _finding(rule: Rule, found: Found, limits: RuleSet, lang: Lang) -> Finding:
    return Finding(
        id=_id(rule, found),
        rule=rule.id,
        severity=rule.severity,
        subject=found.subject,
        subject_collection=found.collection,
        subject_name=found.name,
        message=sentence(rule.message, found.says, lang),
        basis=rule.basis[limits.regulation].of(lang),
        position=found.position,
    )
