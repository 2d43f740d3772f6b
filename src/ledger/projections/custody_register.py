"""Which institution holds which papers, and where, on which day?"""

from msgspec import Struct

from ledger.aggregates.custodies import CustodyBegun, CustodyClosed, CustodyMoved
from ledger.kernel.fields import Date, Digest, Id, InstitutionId, ProjectId, Text, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name, project_name


class Custody(Struct, frozen=True, kw_only=True):
    """Papers in one place."""

    custody: Id
    project: Id
    holder: Id
    place: str
    describes: str


class HeldDocument(Struct, frozen=True, kw_only=True):
    """A document among those papers, by its digest; held as long as the custody lasts."""

    custody: Id
    digest: Digest


class HeldExpenditure(Struct, frozen=True, kw_only=True):
    """An accounting document whose papers are among them; held as long as the custody lasts."""

    custody: Id
    expenditure: Id


CUSTODIES = Table("custodies", Custody, key=["custody"], indexes=[("project",), ("holder",)])
DOCUMENTS = Table("held_documents", HeldDocument, key=["custody", "digest"], indexes=[("digest",)])
EXPENDITURES = Table(
    "held_expenditures",
    HeldExpenditure,
    key=["custody", "expenditure"],
    indexes=[("expenditure",)],
)
MODEL = ReadModel("custody_register", CUSTODIES, DOCUMENTS, EXPENDITURES)


@MODEL.on(CustodyBegun)
def _begun(event: CustodyBegun, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.put(
        CUSTODIES,
        Custody(
            custody=fact.stream,
            project=event.project,
            holder=event.holder,
            place=event.place,
            describes=event.describes,
        ),
        valid_from=on,
    )
    for digest in event.digests:
        rows.put(DOCUMENTS, HeldDocument(custody=fact.stream, digest=digest), valid_from=on)
    for one in event.expenditures:
        held = HeldExpenditure(custody=fact.stream, expenditure=one)
        rows.put(EXPENDITURES, held, valid_from=on)


@MODEL.on(CustodyMoved)
def _moved(event: CustodyMoved, fact: Fact, rows: Rows) -> None:
    rows.change(
        CUSTODIES,
        fact.stream,
        valid_from=fact.effective_on,
        holder=event.holder,
        place=event.place,
    )


@MODEL.on(CustodyClosed)
def _closed(event: CustodyClosed, fact: Fact, rows: Rows) -> None:
    rows.end(CUSTODIES, fact.stream, on=fact.effective_on)


class CustodyRow(Struct, frozen=True, kw_only=True):
    """Who holds which papers on the day, and where; `since`: from when they are there."""

    id: Id
    project: ProjectId
    project_name: Title | None
    holder: InstitutionId
    holder_name: Title | None
    place: Title
    describes: Text
    digests: list[Digest]
    expenditures: list[Id]
    since: Date
    position: int


_NAMED = (("held_documents", "digest"), ("held_expenditures", "expenditure"))


def held(stream: str, digest: str, project: str) -> str:
    """SQL: on the day the document is in a custody of the project, by digest or as a paper."""
    found = (
        f"EXISTS (SELECT FROM {{{table}:ever}} AS h JOIN {{custodies}} AS k USING (custody)"
        f" WHERE h.{name} = {value} AND k.project = {project})"
        for (table, name), value in zip(_NAMED, (digest, stream), strict=True)
    )
    return f"({' OR '.join(found)})"


def given_up(stream: str, digest: str, project: str) -> str:
    """SQL: the position of the event that ended the last custody of the document, if there is."""
    found = (
        f"(SELECT max(k.position) FROM {{{table}:ever}} AS h"
        " JOIN read.custodies AS k USING (custody)"
        f" WHERE h.{name} = {value} AND k.project = {project} AND NOT k.alive"
        " AND k.known_from <= %(known_at)s AND %(known_at)s < k.known_to"
        " AND k.valid_from <= %(valid_at)s AND %(valid_at)s < k.valid_to)"
        for (table, name), value in zip(_NAMED, (digest, stream), strict=True)
    )
    return f"greatest({', '.join(found)})"


LISTING = Listing(
    path="/api/custodies",
    row=CustodyRow,
    order="holder_name",
    scope="k.project",
    single="k.custody",
    filters={
        "project": "k.project = %(project)s::uuid",
        "holder": "k.holder = %(holder)s::uuid",
        "digest": "EXISTS (SELECT FROM {held_documents:ever} AS d"
        " WHERE d.custody = k.custody AND d.digest = %(digest)s::text)",
        "expenditure": "EXISTS (SELECT FROM {held_expenditures:ever} AS x"
        " WHERE x.custody = k.custody AND x.expenditure = %(expenditure)s::uuid)",
    },
    select=f"""
SELECT k.custody AS id, k.project, {project_name("k.project")} AS project_name, k.holder,
    {institution_name("k.holder")} AS holder_name, k.place, k.describes,
    (SELECT coalesce(json_agg(d.digest ORDER BY d.digest), '[]')
        FROM {{held_documents:ever}} AS d WHERE d.custody = k.custody) AS digests,
    (SELECT coalesce(json_agg(x.expenditure ORDER BY x.expenditure), '[]')
        FROM {{held_expenditures:ever}} AS x WHERE x.custody = k.custody) AS expenditures,
    k.valid_from AS since, k.position
FROM {{custodies}} AS k""",
)
