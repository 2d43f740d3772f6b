"""What was agreed with the Union? Projects: terms, milestones, indicators and the budget."""

from ledger.aggregates.projects import budget, holds, indicators, milestones, state, terms
from ledger.aggregates.projects.state import PROJECTS

__all__ = ["PROJECTS", "budget", "holds", "indicators", "milestones", "state", "terms"]
