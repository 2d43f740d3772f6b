"""What does the Union count in each project, and how much of it was promised?

What is achieved is not kept: it is counted when asked, over the books in which the facts stand
(`ledger.queries.indicators`).
"""

from msgspec import Struct

from ledger.aggregates.projects.indicators import IndicatorDropped, IndicatorSet
from ledger.aggregates.projects.state import Counts
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Indicator(Struct, frozen=True, kw_only=True):
    """What is counted, and the target."""

    project: Id
    code: str
    name: str
    kind: str
    target: float
    counts: Counts


INDICATORS = Table("indicators", Indicator, key=["project", "code"])
MODEL = ReadModel("indicator_targets", INDICATORS)


@MODEL.on(IndicatorSet)
def _set(event: IndicatorSet, fact: Fact, rows: Rows) -> None:
    rows.put(
        INDICATORS,
        Indicator(
            project=fact.stream,
            code=event.code,
            name=event.name,
            kind=event.kind,
            target=event.target,
            counts=event.counts,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(IndicatorDropped)
def _dropped(event: IndicatorDropped, fact: Fact, rows: Rows) -> None:
    rows.end(INDICATORS, fact.stream, event.code, on=fact.effective_on)
