"""How fast is the ledger? Everything measured in one run, on one server, beside its baselines."""

from ledger.benchmark.measuring import Part, run

__all__ = ["Part", "run"]
