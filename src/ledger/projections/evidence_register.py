"""Which documents stand behind each object? One row for every digest that an event of it names."""

from msgspec import Struct

from ledger.kernel.fields import Digest, Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Evidence(Struct, frozen=True, kw_only=True):
    """A document named by an event of that stream."""

    stream: Id
    digest: Digest


EVIDENCE = Table("evidence", Evidence, key=["stream", "digest"], indexes=[("digest",)])
MODEL = ReadModel("evidence_register", EVIDENCE)


@MODEL.on_evidence
def _named(fact: Fact, rows: Rows) -> None:
    for digest in fact.evidence:
        rows.put(
            EVIDENCE,
            Evidence(stream=fact.stream, digest=digest),
            valid_from=fact.effective_on,
        )
