"""Which documents stand behind each object? One row for every digest that an event of it names.

An event that concerns a part of an object only has a row of its own: not all who see the object see
that part.
"""

from msgspec import Struct

from ledger.aggregates.expenditures.state import charge_events
from ledger.kernel.fields import Digest, Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Evidence(Struct, frozen=True, kw_only=True):
    """A document named by an event of that stream.

    `about`: the event's version where it concerns a part, or else 0.
    """

    stream: Id
    digest: Digest
    about: int


EVIDENCE = Table(
    "evidence",
    Evidence,
    key=["stream", "digest", "about"],
    indexes=[("digest",)],
    # Whoever sees the event that names it; of a document that several projects charge, not all do.
    visible="EXISTS (SELECT FROM scope.events() AS e (at) WHERE e.at = position)",
)
MODEL = ReadModel("evidence_register", EVIDENCE)
_OF_PARTS = frozenset(kind.event_name for kind in charge_events())


@MODEL.on_evidence
def _named(fact: Fact, rows: Rows) -> None:
    about = fact.version if fact.type in _OF_PARTS else 0
    for digest in fact.evidence:
        rows.put(
            EVIDENCE,
            Evidence(stream=fact.stream, digest=digest, about=about),
            valid_from=fact.effective_on,
        )
