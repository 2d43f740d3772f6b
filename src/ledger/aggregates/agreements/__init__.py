"""Who undertook what? Agreements: signing and fulfilment."""

from ledger.aggregates.agreements import fulfilment, signing, state
from ledger.aggregates.agreements.state import AGREEMENTS

__all__ = ["AGREEMENTS", "fulfilment", "signing", "state"]
