"""Which grants were awarded, and how much of them is paid and settled?"""

from msgspec import Struct

from ledger.aggregates.grants import GrantAwarded, GrantPaid, GrantSettled
from ledger.kernel.fields import Date, Id, InstitutionId, Money, ProjectId, Text, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name, project_name


class Grant(Struct, frozen=True, kw_only=True):
    """Money promised to an institution."""

    grant_id: Id
    project: Id
    institution: Id
    amount: Money
    purpose: str
    awarded_on: Date


class Movement(Struct, frozen=True, kw_only=True):
    """A payment or a settlement of a grant."""

    grant_id: Id
    movement: str
    sequence: int
    amount: Money


GRANTS = Table("grants", Grant, key=["grant_id"], indexes=[("project",)])
MOVEMENTS = Table("grant_movements", Movement, key=["grant_id", "movement", "sequence"])
MODEL = ReadModel("grant_book", GRANTS, MOVEMENTS)


@MODEL.on(GrantAwarded)
def _awarded(event: GrantAwarded, fact: Fact, rows: Rows) -> None:
    rows.put(
        GRANTS,
        Grant(
            grant_id=fact.stream,
            project=event.project,
            institution=event.institution,
            amount=event.amount,
            purpose=event.purpose,
            awarded_on=fact.effective_on,
        ),
        valid_from=fact.effective_on,
    )


def _moved(movement: str, sequence: int, amount: str, fact: Fact, rows: Rows) -> None:
    rows.put(
        MOVEMENTS,
        Movement(grant_id=fact.stream, movement=movement, sequence=sequence, amount=amount),
        valid_from=fact.effective_on,
    )


@MODEL.on(GrantPaid)
def _paid(event: GrantPaid, fact: Fact, rows: Rows) -> None:
    _moved("paid", event.sequence, event.amount, fact, rows)


@MODEL.on(GrantSettled)
def _settled(event: GrantSettled, fact: Fact, rows: Rows) -> None:
    _moved("settled", event.sequence, event.amount, fact, rows)


class GrantRow(Struct, frozen=True, kw_only=True):
    """A grant on the day; `explain` lists its payments, `explain_settled` its settlements."""

    id: Id
    project: ProjectId
    project_name: Title | None
    institution: InstitutionId
    institution_name: Title | None
    amount: Money
    purpose: Text
    awarded_on: Date
    paid: Money
    settled: Money
    outstanding: Money
    status: str
    explain: str
    explain_settled: str
    position: int


LISTING = Listing(
    path="/api/grants",
    row=GrantRow,
    order="institution_name",
    scope="g.project",
    single="g.grant_id",
    filters={
        "project": "g.project = %(project)s::uuid",
        "institution": "g.institution = %(institution)s::uuid",
    },
    select=f"""
SELECT g.grant_id AS id, g.project, {project_name("g.project")} AS project_name, g.institution,
    {institution_name("g.institution")} AS institution_name, g.amount::text, g.purpose,
    g.awarded_on, m.paid::text, m.settled::text, (m.paid - m.settled)::text AS outstanding,
    CASE WHEN m.settled >= g.amount THEN 'settled' WHEN m.paid >= g.amount THEN 'paid'
        WHEN m.paid > 0 THEN 'partly_paid' ELSE 'awarded' END AS status,
    '/api/grants/' || g.grant_id || '/explain/paid' || %(moment)s::text AS explain,
    '/api/grants/' || g.grant_id || '/explain/settled' || %(moment)s::text AS explain_settled,
    greatest(g.position, m.position) AS position
FROM {{grants}} AS g
LEFT JOIN LATERAL (
    SELECT coalesce(sum(x.amount) FILTER (WHERE x.movement = 'paid'), 0)::numeric(15,2) AS paid,
        coalesce(sum(x.amount) FILTER (WHERE x.movement = 'settled'), 0)::numeric(15,2) AS settled,
        max(x.position) AS position
    FROM {{grant_movements}} AS x WHERE x.grant_id = g.grant_id) AS m ON true""",
)

# What a grant's `paid` or `settled` is made of.
MOVEMENTS_EXPLAINED = """
SELECT x.position, e.type, x.grant_id AS stream, g.institution AS subject,
    x.valid_from AS effective_on, x.amount::text AS amount
FROM {grant_movements} AS x
JOIN {grants:ever} AS g USING (grant_id)
JOIN {events:log} AS e ON e.position = x.position
WHERE x.grant_id = %(id)s AND x.movement = %(movement)s
ORDER BY x.position"""
