"""What was agreed with the Union? Projects: terms, milestones and indicators."""

from ledger.aggregates.projects import indicators, milestones, state, terms
from ledger.aggregates.projects.state import PROJECTS

__all__ = ["PROJECTS", "indicators", "milestones", "state", "terms"]
