"""Does the audit trail hold what the law asks for? Annex XIII, element by element."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from ledger.findings import Judged
from ledger.findings.model import Lang
from ledger.findings.wording import Text
from ledger.kernel.errors import NotFound
from ledger.kernel.fields import Digest
from ledger.projections.custody_register import held
from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question, pinned
from ledger.queries.audit_elements import (
    ALIKE,
    COUNTS,
    ELEMENTS,
    LAW,
    NO_PAPERS,
    NOTHING,
    Element,
    Link,
    derived,
)
from ledger.queries.event_tally import Tallies, event_tallies
from ledger.queries.findings import project_findings
from ledger.queries.remembering import remembered
from ledger.queries.side_by_side import side_by_side

DIGESTS_NAMED = 100
TrailStatus = Literal["complete", "partly", "missing", "not_applicable"]


class TrailLink(Struct, frozen=True, kw_only=True):
    """Something that answers an element or that it lacks: how much of it, and where it is."""

    what: str
    text: str
    count: int
    address: str | None


class TrailEvents(Struct, frozen=True, kw_only=True):
    """The events of one type that answer an element."""

    type: str
    count: int
    first: int
    last: int
    address: str


class TrailDocuments(Struct, frozen=True, kw_only=True):
    """The documents that stand as evidence: how many, in our store, in custody; the first ones."""

    count: int
    stored: int
    held: int
    digests: list[Digest]


class AuditElement(Struct, frozen=True, kw_only=True):
    """An element of the audit trail: what answers it, and what is missing."""

    number: int
    title: str
    basis: str
    status: TrailStatus
    answers: list[TrailLink]
    events_count: int
    first_position: int | None
    last_position: int | None
    events: list[TrailEvents]
    documents: TrailDocuments
    missing: list[TrailLink]


class _Paper(NamedTuple):
    type: str
    digest: str
    stored: bool
    held: bool


class _Known(NamedTuple):
    """What is known of a project, whatever the element."""

    counts: Mapping[str, int]
    events: Sequence[TrailEvents]
    papers: Sequence[_Paper]
    findings: Judged


def _count() -> str:
    """Everything that is counted, what begins alike in one go; `what` says of what it is."""
    alike: dict[str, dict[str, str]] = {}
    for what, text in COUNTS.items():
        base = next((one for one in ALIKE if text.startswith(one)), text)
        alike.setdefault(base, {})[what] = text.removeprefix(base)
    parts = [
        "SELECT unnest(ARRAY[{}]), unnest(ARRAY[{}]) FROM {}".format(
            ", ".join(f"'{what}'" for what in some),
            ", ".join(f"count(*) FILTER (WHERE true{also})" for also in some.values()),
            base,
        )
        for base, some in alike.items()
    ]
    return " UNION ALL ".join(parts)


COUNT = _count()
_MINE = of_project("s", "%(project)s::uuid")
# A document that a stream names several times counts with the event that named it last.
_PAPERS = f"""
SELECT e.type, v.digest,
    EXISTS (SELECT FROM {{documents:log}} AS d WHERE d.sha256 = decode(v.digest, 'hex')),
    {held("v.stream", "v.digest", "%(project)s::uuid")}
FROM {{evidence:ever}} AS v JOIN {{streams:ever}} AS s USING (stream)
JOIN {{events:log}} AS e ON e.position = v.position
WHERE {_MINE} AND e.effective_on <= %(valid_at)s ORDER BY v.position, v.digest"""


async def audit_trail(question: Question, project: str, lang: Lang) -> list[AuditElement]:
    """The thirteen elements, as they are answered on the day."""
    await question.require("projects", project)
    known = await _known(question, project)
    if not known.counts["projects"]:
        raise NotFound
    when = pinned(question.moment)
    return [_told(element, known, project, when, lang) for element in ELEMENTS]


async def _known(question: Question, project: str) -> _Known:
    types: Tallies
    counted, types, papers, found = await side_by_side(
        remembered(question)(COUNT, plan_once=False, project=project),
        event_tallies(question, project),
        question.rows(_PAPERS, plan_once=False, project=project),
        project_findings(question, project, first=1),
    )
    link = f"/api/events{pinned(question.moment)}&project={project}&type="
    events = [
        TrailEvents(type=named, count=count, first=first, last=last, address=link + named)
        for named, (count, first, last) in types.items()
    ]
    counts = dict(counted)
    counts |= derived(counts, {one.type: one.count for one in events})
    return _Known(counts, events, [_Paper(*row) for row in papers], found)


def _told(element: Element, known: _Known, project: str, when: str, lang: Lang) -> AuditElement:
    events = [one for one in known.events if element.concerns(one.type)]
    papers = _documents([one for one in known.papers if element.concerns(one.type)])
    answers = [_link(one, known, project, when, lang) for one in element.answers]
    missing = [
        one
        for one in (_link(one, known, project, when, lang) for one in element.missing)
        if one.count
    ]
    missing += _findings(element, known, project, when, lang)
    if element.papers and events and not papers.count:
        missing.append(_lacking("papers", NO_PAPERS, sum(one.count for one in events), lang))
    answered = bool(events) or any(one.count for one in answers)
    if not answered and not missing:
        missing.append(_lacking("everything", NOTHING, 1, lang))
    applies = element.applies is None or known.counts[element.applies] > 0
    return AuditElement(
        number=element.number,
        title=element.title.of(lang),
        basis=element.basis.of(lang),
        status=_status(applies=applies, answered=answered, complete=not missing),
        answers=answers,
        events_count=sum(one.count for one in events),
        first_position=min((one.first for one in events), default=None),
        last_position=max((one.last for one in events), default=None),
        events=events,
        documents=papers,
        missing=missing if applies else [],
    )


def _status(*, applies: bool, answered: bool, complete: bool) -> TrailStatus:
    if not applies:
        return "not_applicable"
    if not answered:
        return "missing"
    return "complete" if complete else "partly"


def _link(link: Link, known: _Known, project: str, when: str, lang: Lang) -> TrailLink:
    path, _, filters = link.path.format(project=project).partition("?")
    return TrailLink(
        what=link.count,
        text=link.text.of(lang),
        count=known.counts[link.count],
        address=path + when + (f"&{filters}" if filters else ""),
    )


_BREACH = Text("Możliwe naruszenie: {basis}", "A possible breach: {basis}")


def _findings(
    element: Element, known: _Known, project: str, when: str, lang: Lang
) -> list[TrailLink]:
    """What the rules of eligibility find: of this element, or of none where it is the law's."""
    others = {rule for one in ELEMENTS for rule in one.rules}
    return [
        TrailLink(
            what=rule,
            text=_BREACH.of(lang).format(basis=_basis(known.findings, rule, lang)),
            count=count,
            address=f"/api/projects/{project}/findings{when}&rule={rule}&lang={lang}",
        )
        for rule, count in sorted(known.findings.by_rule().items())
        if rule in element.rules or (element.number == LAW and rule not in others)
    ]


def _basis(found: Judged, rule: str, lang: Lang) -> str:
    return found.only(rule).told(lang, 0, 1)[0].basis


def _lacking(what: str, text: Text, count: int, lang: Lang) -> TrailLink:
    return TrailLink(what=what, text=text.of(lang), count=count, address=None)


def _documents(papers: Sequence[_Paper]) -> TrailDocuments:
    known = {one.digest: one for one in papers}
    return TrailDocuments(
        count=len(known),
        stored=Counter(one.stored for one in known.values())[True],
        held=Counter(one.held for one in known.values())[True],
        digests=list(known)[:DIGESTS_NAMED],
    )
