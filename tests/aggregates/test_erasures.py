"""Persons whose data need not be kept any more are erased when two people agree."""

import pytest

from ledger.aggregates.erasures import (
    ERASURES,
    ApproveErasure,
    ErasureApproved,
    ErasureDecided,
    ErasureRejected,
    ErasureRequested,
    FourEyes,
    RejectErasure,
    RequestErasure,
    RetentionNotOver,
)
from ledger.aggregates.persons import PERSONS, PersonRegistered, PersonWasErased
from ledger.kernel.errors import NotTrueYet
from ledger.kernel.messages import Command
from ledger.kernel.notices import RetentionOver
from ledger.kernel.standing import PersonStanding
from tests.aggregates.scenario import ANNA, DAY, JAN, Scenario

BOTH = frozenset({ANNA, JAN})
WORLD = {one: PersonStanding(erased=False) for one in BOTH}
REQUESTED = ErasureRequested(persons=(ANNA, JAN), requested_by="anna")


def asking(*persons: str, due: frozenset[str] = BOTH) -> Scenario:
    command = RequestErasure(persons=persons)
    return Scenario(ERASURES).when(command, world=WORLD, due=due, reason="po okresie")


def requested() -> Scenario:
    return Scenario(ERASURES).given(REQUESTED)


def test_one_asks_for_those_who_are_due() -> None:
    asking(ANNA, JAN).then(REQUESTED)


def test_nobody_is_named_who_must_be_kept_still() -> None:
    asking(ANNA, JAN, due=frozenset({ANNA})).refused(RetentionNotOver)


def test_nobody_is_named_twice() -> None:
    asking(ANNA, ANNA).invalid("persons")


def test_somebody_else_approves_and_every_person_is_told() -> None:
    scenario = requested().when(ApproveErasure(), world=WORLD, due=BOTH, by="ewa")
    scenario.then(ErasureApproved(persons=(ANNA, JAN)))
    assert scenario.notices == (RetentionOver(to=ANNA), RetentionOver(to=JAN))


def test_who_asked_does_not_approve() -> None:
    requested().when(ApproveErasure(), world=WORLD, due=BOTH, by="anna").refused(FourEyes)


def test_a_proceeding_that_was_opened_meanwhile_stands_against_it() -> None:
    only = frozenset({JAN})
    requested().when(ApproveErasure(), world=WORLD, due=only, by="ewa").refused(RetentionNotOver)


def test_who_was_erased_meanwhile_is_left_out() -> None:
    world = WORLD | {ANNA: PersonStanding(erased=True)}
    scenario = requested().when(
        ApproveErasure(), world=world, due=frozenset({JAN}), by="ewa"
    )  # fmt: skip
    scenario.then(ErasureApproved(persons=(JAN,)))
    assert scenario.notices == (RetentionOver(to=JAN),)


def test_a_request_is_rejected() -> None:
    requested().when(RejectErasure(), by="ewa").then(ErasureRejected())


@pytest.mark.parametrize("command", [ApproveErasure(), RejectErasure()])
@pytest.mark.parametrize("decided", [ErasureRejected(), ErasureApproved(persons=(ANNA, JAN))])
def test_a_request_is_decided_once_and_not_before_it_was_made(
    command: Command, decided: ErasureRejected | ErasureApproved
) -> None:
    again = requested().given(decided)
    again.when(command, world=WORLD, due=BOTH, by="ewa").refused(ErasureDecided)
    early = Scenario(ERASURES).given(REQUESTED, on=DAY.replace(year=2020))
    early.when(command, world=WORLD, due=BOTH, by="ewa").refused(NotTrueYet)


def test_a_person_whose_retention_is_over_is_erased_once() -> None:
    person = Scenario(PERSONS).given(PersonRegistered(given_name="Anna", family_name="Nowak"))
    person.told(RetentionOver(to=ANNA)).then(PersonWasErased())
    person.told(RetentionOver(to=ANNA)).then()
