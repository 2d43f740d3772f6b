"""What was asked of the Union, for which period? Payment claims and their course."""

from ledger.aggregates.claims import course, gathering, state
from ledger.aggregates.claims.state import CLAIMS

__all__ = ["CLAIMS", "course", "gathering", "state"]
