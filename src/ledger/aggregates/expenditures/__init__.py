"""What was spent, on which document? Expenditures: recording, mending, refusing, claiming."""

from ledger.aggregates.expenditures import (
    adjusting,
    claiming,
    disallowing,
    mending,
    recording,
    state,
)
from ledger.aggregates.expenditures.state import EXPENDITURES

__all__ = ["EXPENDITURES", "adjusting", "claiming", "disallowing", "mending", "recording", "state"]
