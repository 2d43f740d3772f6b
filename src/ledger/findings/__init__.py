"""Findings: which facts break a rule of eligibility? They are derived, never typed in."""

from ledger.findings.facts import IndicatorFact
from ledger.findings.introducing import introduce
from ledger.findings.judging import Finding, Judged, findings_of, judged

__all__ = ["Finding", "IndicatorFact", "Judged", "findings_of", "introduce", "judged"]
