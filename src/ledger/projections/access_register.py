"""Who could do what on which day, as known when? Roles granted to accounts and tokens."""

from datetime import timedelta

from msgspec import Struct

from ledger.aggregates.access import (
    GrantProposed,
    HolderOpened,
    ProposalWithdrawn,
    RoleGranted,
    RoleRevoked,
    Through,
)
from ledger.kernel.fields import AccessRole, Date, GrantId, HolderKind, Id, ProjectId, ShortText
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name


class Holder(Struct, frozen=True, kw_only=True):
    """An account or a token."""

    holder: Id
    kind: str
    name: str


class AccessGrant(Struct, frozen=True, kw_only=True):
    """A role in force, or one that waits for a second admin (`proposed`)."""

    holder: Id
    grant_id: Id
    role: str
    project: Id | None
    proposed: bool
    until: Date | None
    proposed_by: str
    granted_by: str | None
    through: str | None


HOLDERS = Table(
    "access_holders",
    Holder,
    key=["holder"],
    shared=True,
    visible="EXISTS (SELECT FROM scope.holders() AS h (own) WHERE h.own = holder)",
)
GRANTS = Table(
    "access_grants",
    AccessGrant,
    key=["holder", "grant_id"],
    indexes=[("project",)],
    shared=True,
    # Those for the project and those for all: both reach it.
    visible="coalesce(project, (SELECT scope.project())) = (SELECT scope.project())",
)
MODEL = ReadModel("access_register", HOLDERS, GRANTS)


@MODEL.on(HolderOpened)
def _opened(event: HolderOpened, fact: Fact, rows: Rows) -> None:
    rows.put(
        HOLDERS,
        Holder(holder=fact.stream, kind=event.kind, name=event.name),
        valid_from=fact.effective_on,
    )


@MODEL.on(GrantProposed)
def _proposed(event: GrantProposed, fact: Fact, rows: Rows) -> None:
    rows.put(
        GRANTS,
        AccessGrant(
            holder=fact.stream,
            grant_id=event.grant,
            role=event.role,
            project=event.project,
            proposed=True,
            until=event.until,
            proposed_by=event.proposed_by,
            granted_by=None,
            through=None,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(RoleGranted)
def _granted(event: RoleGranted, fact: Fact, rows: Rows) -> None:
    rows.put(
        GRANTS,
        AccessGrant(
            holder=fact.stream,
            grant_id=event.grant,
            role=event.role,
            project=event.project,
            proposed=False,
            until=event.until,
            proposed_by=event.proposed_by,
            granted_by=fact.recorded_by,
            through=event.through,
        ),
        valid_from=fact.effective_on,
    )
    if event.until is not None:
        rows.end(GRANTS, fact.stream, event.grant, on=event.until + timedelta(days=1))


@MODEL.on(ProposalWithdrawn)
def _withdrawn(event: ProposalWithdrawn, fact: Fact, rows: Rows) -> None:
    rows.void(GRANTS, fact.stream, event.grant)


@MODEL.on(RoleRevoked)
def _revoked(event: RoleRevoked, fact: Fact, rows: Rows) -> None:
    rows.end(GRANTS, fact.stream, event.grant, on=fact.effective_on)


class RoleRow(Struct, frozen=True, kw_only=True):
    """A role that the holder has on the day, or (`proposed`) that waits for a second admin."""

    grant: GrantId
    role: AccessRole
    project: ProjectId | None
    project_name: str | None
    proposed: bool
    since: Date
    until: Date | None
    proposed_by: str
    granted_by: str | None
    through: Through | None
    position: int


class AccessRow(Struct, frozen=True, kw_only=True):
    """An account or a token, and its roles on the day: could it do this then?"""

    id: Id
    kind: HolderKind
    name: ShortText
    roles: list[RoleRow]
    position: int


# Who sees one project sees the roles that reach it: those for it and those for all.
_SEEN = "(%(scope)s::uuid IS NULL OR g.project IS NULL OR g.project = %(scope)s::uuid)"


def _has(condition: str, when: str = "") -> str:
    return (
        f"EXISTS (SELECT FROM {{access_grants{when}}} AS g"
        f" WHERE g.holder = h.holder AND {_SEEN} AND {condition})"
    )


LISTING = Listing(
    path="/api/access",
    row=AccessRow,
    order="name",
    single="h.holder",
    early="h",
    readers=frozenset({"auditor", "admin"}),
    scope=_has("%(scope)s::uuid IS NOT NULL", ":ever"),
    filters={
        "kind": "h.kind = %(kind)s::text",
        "name": "h.name = %(name)s::text",
        "role": _has("NOT g.proposed AND g.role = %(role)s::text"),
        "project": _has("NOT g.proposed AND (g.project IS NULL OR g.project = %(project)s::uuid)"),
    },
    select=f"""
SELECT h.holder AS id, h.kind, h.name, coalesce(r.roles, '[]'::json) AS roles,
    greatest(h.position, r.position) AS position
FROM {{access_holders}} AS h
LEFT JOIN LATERAL (
    SELECT max(g.position) AS position,
        json_agg(json_build_object(
            'grant', g.grant_id, 'role', g.role, 'project', g.project,
            'project_name', {project_name("g.project")}, 'proposed', g.proposed,
            'since', g.valid_from, 'until', g.until, 'proposed_by', g.proposed_by,
            'granted_by', g.granted_by, 'through', g.through, 'position', g.position
        ) ORDER BY g.position) AS roles
    FROM {{access_grants}} AS g WHERE g.holder = h.holder AND {_SEEN}) AS r ON true""",
)
