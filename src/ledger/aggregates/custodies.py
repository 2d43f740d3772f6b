"""Who holds which papers where? Custody: Article 25(2) of Delegated Regulation (EU) No 480/2014."""

from collections.abc import Collection, Sequence
from datetime import date

from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import Digest, ExpenditureId, InstitutionId, ProjectId, Text, Title
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import ExpenditureStanding


class Custody(State, frozen=True, kw_only=True):
    """Papers of a project in one place; `placed_on` is the day of the last move."""

    project: str
    holder: str
    place: str
    describes: str
    digests: tuple[str, ...]
    expenditures: tuple[str, ...]
    begun_on: date
    placed_on: date
    closed_on: date | None = None


CUSTODIES = Aggregate.define(
    "custodies", kind="custody", state=Custody, writers=["officer", "coordinator"]
)


# Events


@CUSTODIES.event("custody.begun", begins=True)
class CustodyBegun(Event, frozen=True, kw_only=True):
    """An institution took papers into its keeping."""

    project: ProjectId
    holder: InstitutionId
    place: Title
    describes: Text
    digests: tuple[Digest, ...] = ()
    expenditures: tuple[ExpenditureId, ...] = ()

    def apply(self, state: None, on: date) -> Custody:
        return Custody(
            project=self.project,
            holder=self.holder,
            place=self.place,
            describes=self.describes,
            digests=self.digests,
            expenditures=self.expenditures,
            begun_on=on,
            placed_on=on,
        )


@CUSTODIES.event("custody.moved")
class CustodyMoved(Event, frozen=True, kw_only=True):
    """The papers came to another place, perhaps to another institution."""

    holder: InstitutionId
    place: Title

    def apply(self, state: Custody, on: date) -> Custody:
        return replace(state, holder=self.holder, place=self.place, placed_on=on)


@CUSTODIES.event("custody.closed")
class CustodyClosed(Event, frozen=True, kw_only=True):
    """The papers are kept there no longer: their time is over, or they went elsewhere."""

    def apply(self, state: Custody, on: date) -> Custody:
        return replace(state, closed_on=on)


# Refusals


class AlreadyThere(Refusal):
    """The papers are with that institution in that place already."""


class CustodyIsClosed(Refusal):
    """The custody was closed on {closed_on}."""


class DocumentOfOthers(Refusal):
    """Nothing of the document {expenditure} is charged to this project."""


# Commands
#
# Papers are kept for years after a project is closed, so all of this goes on then.


@CUSTODIES.command("create", correction=True)
class BeginCustody(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say which papers an institution holds, and where; it holds them from `effective_on` on."""

    project: ProjectId
    holder: InstitutionId
    place: Title
    describes: Text
    digests: tuple[Digest, ...] = ()
    expenditures: tuple[ExpenditureId, ...] = ()

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        _check_each_once("digests", self.digests)
        _check_each_once("expenditures", self.expenditures)
        for expenditure in self.expenditures:
            charges = given.of(ExpenditureStanding, expenditure).charges.values()
            if not any(charge.project == self.project for charge in charges):
                raise DocumentOfOthers(
                    expenditure=expenditure, collides=Collision("expenditures", expenditure)
                )
        return [
            CustodyBegun(
                project=self.project,
                holder=self.holder,
                place=self.place,
                describes=self.describes,
                digests=self.digests,
                expenditures=self.expenditures,
            )
        ]


def _check_each_once(field: str, ids: Collection[str]) -> None:
    if len(set(ids)) < len(ids):
        raise Invalid.field(field, "must name each once")


def _check_held(state: Custody, given: Given) -> None:
    here = Collision("custodies", given.id)
    if state.closed_on is not None:
        raise CustodyIsClosed(closed_on=state.closed_on, collides=here)
    NotTrueYet.check(state.begun_on, given.effective_on, here)


@CUSTODIES.command("move", reason=True, correction=True)
class MoveCustody(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bring the papers to another place; the holder stays where none is named."""

    holder: InstitutionId | None = None
    place: Title

    def decide(self, state: Custody, given: Given) -> Sequence[Event]:
        _check_held(state, given)
        holder = self.holder or state.holder
        same = (holder, self.place) == (state.holder, state.place)
        # From an earlier day on it is news; from a later day on it is none.
        if same and given.effective_on >= state.placed_on:
            raise AlreadyThere(collides=Collision("custodies", given.id))
        return [CustodyMoved(holder=holder, place=self.place)]


@CUSTODIES.command("close", reason=True, correction=True)
class CloseCustody(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the custody: the papers are not kept there any more."""

    def decide(self, state: Custody, given: Given) -> Sequence[Event]:
        _check_held(state, given)
        NotTrueYet.check(state.placed_on, given.effective_on, Collision("custodies", given.id))
        return [CustodyClosed()]
