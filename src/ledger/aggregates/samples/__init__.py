"""Which units does an auditor examine, and what is wrong in them? Samples drawn by chance.

What a sample says of its population is reckoned when asked (`ledger.sampling`).
"""

from ledger.aggregates.samples import drawing, examining, state
from ledger.aggregates.samples.state import SAMPLES

__all__ = ["SAMPLES", "drawing", "examining", "state"]
