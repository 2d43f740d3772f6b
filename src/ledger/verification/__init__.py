"""Is the ledger still what was recorded? Everything that can be computed anew is, and compared."""

from ledger.verification.report import Check, Difference, Kind, Report
from ledger.verification.signatures import Trust
from ledger.verification.verifying import verify

__all__ = ["Check", "Difference", "Kind", "Report", "Trust", "verify"]
