"""What keeps a project's documents longer than the law asks? Proceedings, as holds on the project.

Regulation (EU) 2021/1060 article 82(2), Regulation (EU) No 1303/2013 article 140(1): the period for
which documents are kept is interrupted by legal proceedings or at the Commission's request.
"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from ledger.aggregates.projects.state import PROJECTS, Hold, Project
from ledger.kernel.errors import Collision, NotTrueYet, Refusal
from ledger.kernel.fields import Label
from ledger.kernel.messages import Command, Event, Given

KEEPERS = ("coordinator", "manager", "auditor")


@PROJECTS.event("project.hold-placed")
class HoldPlaced(Event, frozen=True, kw_only=True):
    """A proceeding was opened: documents are kept until it is over."""

    hold: Label

    def apply(self, state: Project, on: date) -> Project:
        return replace(state, holds={**state.holds, self.hold: Hold(since=on)})


@PROJECTS.event("project.hold-lifted")
class HoldLifted(Event, frozen=True, kw_only=True):
    """A proceeding is over: the period for which documents are kept goes on."""

    hold: Label

    def apply(self, state: Project, on: date) -> Project:
        ended = replace(state.holds[self.hold], until=on)
        return replace(state, holds={**state.holds, self.hold: ended})


class HoldStands(Refusal):
    """The hold {hold} was placed on {since} and stands already."""


class HoldUnknown(Refusal):
    """No hold {hold} stands on this project."""


class HoldOverlaps(Refusal):
    """The hold {hold} stood until {until}: it cannot stand again from {on} on."""


@PROJECTS.command("place-hold", reason=True, correction=True, roles=KEEPERS)
class PlaceHold(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep the project's documents until a proceeding is over; `hold` is what it is called."""

    hold: Label

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        here, known = Collision("projects", given.id), state.holds.get(self.hold)
        NotTrueYet.check(state.since, given.effective_on, here)
        if known is not None:
            if known.until is None:
                raise HoldStands(hold=self.hold, since=known.since, collides=here)
            if given.effective_on < known.until:
                raise HoldOverlaps(
                    hold=self.hold, until=known.until, on=given.effective_on, collides=here
                )
        return [HoldPlaced(hold=self.hold)]


@PROJECTS.command("lift-hold", reason=True, correction=True, roles=KEEPERS)
class LiftHold(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say that a proceeding is over."""

    hold: Label

    def decide(self, state: Project, given: Given) -> Sequence[Event]:
        here, known = Collision("projects", given.id), state.holds.get(self.hold)
        if known is None or known.until is not None:
            raise HoldUnknown(hold=self.hold, collides=here)
        NotTrueYet.check(known.since, given.effective_on, here)
        return [HoldLifted(hold=self.hold)]
