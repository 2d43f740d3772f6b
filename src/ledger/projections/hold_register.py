"""Which proceedings keep a project's documents, from which day until which?"""

from msgspec import Struct

from ledger.aggregates.projects.holds import HoldLifted, HoldPlaced
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Hold(Struct, frozen=True, kw_only=True):
    """A proceeding that keeps documents while the row is true."""

    project: Id
    hold: str
    placed_by: str


HOLDS = Table("holds", Hold, key=["project", "hold"])
MODEL = ReadModel("hold_register", HOLDS)


@MODEL.on(HoldPlaced)
def _placed(event: HoldPlaced, fact: Fact, rows: Rows) -> None:
    placed = Hold(project=fact.stream, hold=event.hold, placed_by=fact.recorded_by)
    rows.put(HOLDS, placed, valid_from=fact.effective_on)


@MODEL.on(HoldLifted)
def _lifted(event: HoldLifted, fact: Fact, rows: Rows) -> None:
    rows.end(HOLDS, fact.stream, event.hold, on=fact.effective_on)
