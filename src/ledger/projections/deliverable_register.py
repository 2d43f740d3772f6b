"""Which products were made, in which versions, and what became of them?"""

from msgspec import Struct

from ledger.aggregates.deliverables import (
    DeliverableCreated,
    VersionApproved,
    VersionIssued,
    VersionRejected,
    VersionSubmitted,
)
from ledger.kernel.fields import Date, DeliverableKind, Digest, Id, ProjectId, ShortText, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name


class Deliverable(Struct, frozen=True, kw_only=True):
    """A product of a project."""

    deliverable: Id
    project: Id
    kind: str
    title: str
    milestone: int | None


class Version(Struct, frozen=True, kw_only=True):
    """A version of a product and where it stands."""

    deliverable: Id
    version: str
    document: str | None
    issued_on: Date
    status: str
    status_since: Date
    decided_by: str | None


DELIVERABLES = Table("deliverables", Deliverable, key=["deliverable"], indexes=[("project",)])
VERSIONS = Table("versions", Version, key=["deliverable", "version"])
MODEL = ReadModel("deliverable_register", DELIVERABLES, VERSIONS)


@MODEL.on(DeliverableCreated)
def _created(event: DeliverableCreated, fact: Fact, rows: Rows) -> None:
    rows.put(
        DELIVERABLES,
        Deliverable(
            deliverable=fact.stream,
            project=event.project,
            kind=event.kind,
            title=event.title,
            milestone=event.milestone,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(VersionIssued)
def _issued(event: VersionIssued, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.put(
        VERSIONS,
        Version(
            deliverable=fact.stream,
            version=event.version,
            document=event.document,
            issued_on=on,
            status="issued",
            status_since=on,
            decided_by=None,
        ),
        valid_from=on,
    )


def _moved(fact: Fact, version: str, status: str, by: str | None, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(
        VERSIONS,
        fact.stream,
        version,
        valid_from=on,
        status=status,
        status_since=on,
        decided_by=by,
    )


@MODEL.on(VersionSubmitted)
def _submitted(event: VersionSubmitted, fact: Fact, rows: Rows) -> None:
    _moved(fact, event.version, "submitted", None, rows)


@MODEL.on(VersionApproved)
def _approved(event: VersionApproved, fact: Fact, rows: Rows) -> None:
    _moved(fact, event.version, "approved", event.approved_by, rows)


@MODEL.on(VersionRejected)
def _rejected(event: VersionRejected, fact: Fact, rows: Rows) -> None:
    _moved(fact, event.version, "rejected", event.approved_by, rows)


class VersionRow(Struct, frozen=True, kw_only=True):
    """A version on the day."""

    version: ShortText
    document: Digest | None
    issued_on: Date
    status: str
    status_since: Date
    decided_by: Title | None
    position: int


class DeliverableRow(Struct, frozen=True, kw_only=True):
    """A product with its versions; its status is that of the one that came furthest."""

    id: Id
    project: ProjectId
    project_name: Title | None
    kind: DeliverableKind
    title: Title
    milestone: int | None
    status: str
    approved_on: Date | None
    approved_by: Title | None
    versions: list[VersionRow]
    position: int


LISTING = Listing(
    path="/api/deliverables",
    row=DeliverableRow,
    order="title",
    scope="d.project",
    single="d.deliverable",
    filters={
        "project": "d.project = %(project)s::uuid",
        "kind": "d.kind = %(kind)s::text",
        "milestone": "d.milestone = %(milestone)s::bigint",
    },
    select=f"""
SELECT d.deliverable AS id, d.project, {project_name("d.project")} AS project_name, d.kind,
    d.title, d.milestone,
    coalesce(best.status, 'planned') AS status,
    CASE WHEN best.status = 'approved' THEN best.status_since END AS approved_on,
    CASE WHEN best.status = 'approved' THEN best.decided_by END AS approved_by,
    (SELECT coalesce(json_agg(json_build_object('version', v.version, 'document', v.document,
            'issued_on', v.issued_on, 'status', v.status, 'status_since', v.status_since,
            'decided_by', v.decided_by, 'position', v.position)
            ORDER BY v.issued_on, v.position), '[]')
        FROM {{versions}} AS v WHERE v.deliverable = d.deliverable) AS versions,
    greatest(d.position, best.position) AS position
FROM {{deliverables}} AS d
LEFT JOIN LATERAL (
    SELECT v.* FROM {{versions}} AS v WHERE v.deliverable = d.deliverable
    ORDER BY array_position(ARRAY['approved', 'submitted', 'issued', 'rejected'], v.status),
        v.position DESC LIMIT 1) AS best ON true""",
)
