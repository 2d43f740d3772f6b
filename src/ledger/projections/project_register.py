"""What are the projects, as agreed on a day? Their value, dates, partners and annexes."""

from typing import Any

from msgspec import Struct

from ledger.aggregates.projects.terms import (
    PartnerAdded,
    PartnerRemoved,
    ProjectAmended,
    ProjectStarted,
    ProjectWasClosed,
)
from ledger.kernel.fields import Date, Id, InstitutionId, Money, Text, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name


class Project(Struct, frozen=True, kw_only=True):
    """The terms of a project."""

    project: Id
    code: str
    title: str
    programme: str
    priority_axis: str | None
    measure: str | None
    fund: str | None
    macroregion: str | None
    commune_type: str | None
    leader: Id
    value: Money
    eu_contribution: Money | None
    starts_on: Date
    ends_on: Date
    goal: str | None
    closed_on: Date | None


class Partner(Struct, frozen=True, kw_only=True):
    """An institution that is a partner of a project."""

    project: Id
    institution: Id
    since: Date


class Annex(Struct, frozen=True, kw_only=True):
    """A change of the grant agreement, with the fields that it changed."""

    project: Id
    number: int
    annex: str
    changes: dict[str, Any]


PROJECTS = Table("projects", Project, key=["project"], indexes=[("code",)])
PARTNERS = Table("partners", Partner, key=["project", "institution"])
ANNEXES = Table("annexes", Annex, key=["project", "number"])
MODEL = ReadModel("project_register", PROJECTS, PARTNERS, ANNEXES)


@MODEL.on(ProjectStarted)
def _started(event: ProjectStarted, fact: Fact, rows: Rows) -> None:
    rows.put(
        PROJECTS,
        Project(
            project=fact.stream,
            code=event.code,
            title=event.title,
            programme=event.programme,
            priority_axis=event.priority_axis,
            measure=event.measure,
            fund=event.fund,
            macroregion=event.macroregion,
            commune_type=event.commune_type,
            leader=event.leader,
            value=event.value,
            eu_contribution=event.eu_contribution,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            goal=event.goal,
            closed_on=None,
        ),
        valid_from=fact.effective_on,
    )
    for institution in event.partners:
        _partner(fact, institution, rows)


def _partner(fact: Fact, institution: str, rows: Rows) -> None:
    rows.put(
        PARTNERS,
        Partner(project=fact.stream, institution=institution, since=fact.effective_on),
        valid_from=fact.effective_on,
    )


@MODEL.on(ProjectAmended)
def _amended(event: ProjectAmended, fact: Fact, rows: Rows) -> None:
    changes = event.changes()
    rows.change(PROJECTS, fact.stream, valid_from=fact.effective_on, **changes)
    rows.put(
        ANNEXES,
        Annex(project=fact.stream, number=fact.version, annex=event.annex, changes=changes),
        valid_from=fact.effective_on,
    )


@MODEL.on(PartnerAdded)
def _partner_added(event: PartnerAdded, fact: Fact, rows: Rows) -> None:
    _partner(fact, event.institution, rows)


@MODEL.on(PartnerRemoved)
def _partner_removed(event: PartnerRemoved, fact: Fact, rows: Rows) -> None:
    rows.end(PARTNERS, fact.stream, event.institution, on=fact.effective_on)


@MODEL.on(ProjectWasClosed)
def _closed(event: ProjectWasClosed, fact: Fact, rows: Rows) -> None:
    rows.change(PROJECTS, fact.stream, valid_from=fact.effective_on, closed_on=fact.effective_on)


class PartnerRow(Struct, frozen=True, kw_only=True):
    """A partner of the project."""

    institution: InstitutionId
    institution_name: Title | None
    since: Date
    position: int


class AnnexRow(Struct, frozen=True, kw_only=True):
    """An annex in force: what it changed, and from when."""

    annex: Title
    effective_on: Date
    changes: dict[str, Any]
    position: int


class ProjectRow(Struct, frozen=True, kw_only=True):
    """A project as agreed on the day."""

    id: Id
    code: Title
    title: Title
    programme: Title
    priority_axis: Title | None
    measure: Title | None
    fund: Title | None
    macroregion: Title | None
    commune_type: Title | None
    leader: InstitutionId
    leader_name: Title | None
    partners: list[PartnerRow]
    value: Money
    eu_contribution: Money | None
    eu_share: str | None
    starts_on: Date
    ends_on: Date
    goal: Text | None
    annexes: list[AnnexRow]
    status: str
    closed_on: Date | None
    position: int
    explain: str


LISTING = Listing(
    path="/api/projects",
    row=ProjectRow,
    order="code",
    scope="p.project",
    single="p.project",
    filters={"code": "p.code = %(code)s::text"},
    select=f"""
SELECT p.project AS id, p.code, p.title, p.programme, p.priority_axis, p.measure, p.fund,
    p.macroregion, p.commune_type, p.leader, {institution_name("p.leader")} AS leader_name,
    (SELECT coalesce(json_agg(json_build_object(
            'institution', r.institution,
            'institution_name', {institution_name("r.institution")},
            'since', r.since, 'position', r.position) ORDER BY r.since, r.institution), '[]')
        FROM {{partners}} AS r WHERE r.project = p.project) AS partners,
    p.value::text, p.eu_contribution::text,
    CASE WHEN p.value > 0 THEN round(100 * p.eu_contribution / p.value, 2)::text END AS eu_share,
    p.starts_on, p.ends_on, p.goal,
    (SELECT coalesce(json_agg(json_build_object(
            'annex', a.annex, 'effective_on', a.valid_from, 'changes', a.changes,
            'position', a.position) ORDER BY a.number), '[]')
        FROM {{annexes}} AS a WHERE a.project = p.project) AS annexes,
    CASE WHEN p.closed_on IS NOT NULL THEN 'closed'
        WHEN %(valid_at)s < p.starts_on THEN 'planned'
        WHEN %(valid_at)s > p.ends_on THEN 'ended' ELSE 'running' END AS status,
    p.closed_on, p.position,
    '/api/projects/' || p.project || '/explain/value' || %(moment)s::text AS explain
FROM {{projects}} AS p""",
)

# What a project's value is made of: the first agreement, and by how much each annex changed it.
# The first row that the first event wrote is kept for ever, whatever changed it afterwards.
VALUE_EXPLAINED = """
WITH stated AS (
    SELECT e.position, e.effective_on, p.value
    FROM {events:log} AS e JOIN read.projects AS p
        ON p.project = e.stream AND p.known_from = e.position AND p.alive
    WHERE e.stream = %(id)s AND e.version = 1
    UNION ALL
    SELECT a.position, a.valid_from, (a.changes ->> 'value')::numeric(15,2)
    FROM {annexes} AS a WHERE a.project = %(id)s AND a.changes ? 'value'
)
SELECT s.position, e.type, e.stream, e.stream AS subject, s.effective_on,
    (s.value - coalesce(lag(s.value) OVER (ORDER BY s.effective_on, s.position), 0))::text AS amount
FROM stated AS s JOIN {events:log} AS e ON e.position = s.position
WHERE s.effective_on <= %(valid_at)s
ORDER BY s.effective_on, s.position"""
