"""A proceeding keeps a project's documents, also after the project was closed."""

from datetime import date

from ledger.aggregates.projects.holds import (
    HoldLifted,
    HoldOverlaps,
    HoldPlaced,
    HoldStands,
    HoldUnknown,
    LiftHold,
    PlaceHold,
)
from ledger.aggregates.projects.state import PROJECTS
from ledger.aggregates.projects.terms import ProjectWasClosed
from ledger.kernel.errors import NotTrueYet
from tests.aggregates.scenario import DAY, Scenario
from tests.aggregates.test_projects import STARTED

CASE = "II SA/Rz 12/27"
LATER = date(2020, 1, 1)


def running() -> Scenario:
    return Scenario(PROJECTS).given(STARTED, on=date(2018, 4, 1))


def held() -> Scenario:
    return running().given(HoldPlaced(hold=CASE))


def test_nothing_is_held_before_the_project_began() -> None:
    running().when(PlaceHold(hold=CASE), on=date(2018, 3, 31)).refused(NotTrueYet)


def test_a_hold_is_placed_and_lifted() -> None:
    running().when(PlaceHold(hold=CASE)).then(HoldPlaced(hold=CASE))
    held().when(LiftHold(hold=CASE), on=LATER).then(HoldLifted(hold=CASE))


def test_a_closed_project_can_be_held_still() -> None:
    running().given(ProjectWasClosed()).when(PlaceHold(hold=CASE)).then(HoldPlaced(hold=CASE))


def test_a_hold_stands_once() -> None:
    held().when(PlaceHold(hold=CASE)).refused(HoldStands)


def test_other_holds_may_stand_beside_it() -> None:
    held().when(PlaceHold(hold="OLAF")).then(HoldPlaced(hold="OLAF"))


def test_only_what_stands_is_lifted_and_not_before_it_stood() -> None:
    running().when(LiftHold(hold=CASE)).refused(HoldUnknown)
    held().when(LiftHold(hold=CASE), on=date(2018, 4, 2)).refused(NotTrueYet)


def test_it_may_stand_again_from_the_day_on_which_it_was_lifted() -> None:
    lifted = held().given(HoldLifted(hold=CASE), on=LATER)
    lifted.when(LiftHold(hold=CASE), on=LATER).refused(HoldUnknown)
    lifted.when(PlaceHold(hold=CASE), on=DAY).refused(HoldOverlaps)
    lifted.when(PlaceHold(hold=CASE), on=LATER).then(HoldPlaced(hold=CASE))
