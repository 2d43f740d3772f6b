"""Who was to be erased, who asked for it, and what came of it?"""

from msgspec import Struct

from ledger.aggregates.erasures import (
    Decision,
    ErasureApproved,
    ErasureRejected,
    ErasureRequested,
)
from ledger.kernel.fields import Date, Id, PersonalText, PersonId, ShortText
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, person_name


class Erasure(Struct, frozen=True, kw_only=True):
    """A request and what came of it."""

    erasure: Id
    requested_by: str
    requested_on: Date
    decision: str | None
    decided_by: str | None
    decided_on: Date | None


class Named(Struct, frozen=True, kw_only=True):
    """A person of a request."""

    erasure: Id
    person: Id


# Persons belong to no project: who sees one only, sees none of this.
NOBODYS = "false"
ERASURES = Table("erasures", Erasure, key=["erasure"], shared=True, visible=NOBODYS)
NAMED = Table(
    "erasure_persons",
    Named,
    key=["erasure", "person"],
    indexes=[("person",)],
    shared=True,
    visible=NOBODYS,
)
MODEL = ReadModel("erasure_register", ERASURES, NAMED)


@MODEL.on(ErasureRequested)
def _requested(event: ErasureRequested, fact: Fact, rows: Rows) -> None:
    rows.put(
        ERASURES,
        Erasure(
            erasure=fact.stream,
            requested_by=event.requested_by,
            requested_on=fact.effective_on,
            decision=None,
            decided_by=None,
            decided_on=None,
        ),
        valid_from=fact.effective_on,
    )
    for person in event.persons:
        named = Named(erasure=fact.stream, person=person)
        rows.put(NAMED, named, valid_from=fact.effective_on)


def _decided(decision: Decision, fact: Fact, rows: Rows) -> None:
    rows.change(
        ERASURES,
        fact.stream,
        valid_from=fact.effective_on,
        decision=decision,
        decided_by=fact.recorded_by,
        decided_on=fact.effective_on,
    )


@MODEL.on(ErasureApproved)
def _approved(event: ErasureApproved, fact: Fact, rows: Rows) -> None:
    _decided("approved", fact, rows)


@MODEL.on(ErasureRejected)
def _rejected(event: ErasureRejected, fact: Fact, rows: Rows) -> None:
    _decided("rejected", fact, rows)


class PersonToErase(Struct, frozen=True, kw_only=True):
    """A person of a request, by name until erased."""

    person: PersonId
    person_name: PersonalText | None


class ErasureRow(Struct, frozen=True, kw_only=True):
    """A request to erase persons whose data need not be kept any more."""

    id: Id
    status: str
    requested_by: ShortText
    requested_on: Date
    decided_by: ShortText | None
    decided_on: Date | None
    persons: list[PersonToErase]
    position: int


LISTING = Listing(
    path="/api/erasures",
    row=ErasureRow,
    order="requested_on",
    single="r.erasure",
    reads_persons=True,
    all_projects=True,
    scope="%(scope)s::uuid IS NULL",
    filters={
        "status": "coalesce(r.decision, 'requested') = %(status)s::text",
        "person": "EXISTS (SELECT FROM {erasure_persons} AS n WHERE n.erasure = r.erasure"
        " AND n.person = %(person)s::uuid)",
    },
    select=f"""
SELECT r.erasure AS id, coalesce(r.decision, 'requested') AS status, r.requested_by,
    r.requested_on, r.decided_by, r.decided_on,
    (SELECT coalesce(json_agg(json_build_object('person', n.person,
            'person_name', {person_name("n.person")}) ORDER BY n.person), '[]')
        FROM {{erasure_persons}} AS n WHERE n.erasure = r.erasure) AS persons, r.position
FROM {{erasures}} AS r""",
)
