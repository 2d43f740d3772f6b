"""Custodies: papers are with one institution in one place, until they move or the custody ends."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.custodies import (
    CUSTODIES,
    AlreadyThere,
    BeginCustody,
    CloseCustody,
    Custody,
    CustodyBegun,
    CustodyClosed,
    CustodyIsClosed,
    CustodyMoved,
    DocumentOfOthers,
    MoveCustody,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Command
from ledger.kernel.standing import ChargeStanding, ExpenditureStanding, ProjectTerms
from tests.aggregates.scenario import ITSELF, PROJECT, TERMS, A, B, Scenario, an_id

INVOICE, DIGEST = an_id(71), "ab" * 32
BEFORE, LATER = date(2019, 5, 12), date(2019, 6, 1)
FIELDS: dict[str, Any] = {
    "project": PROJECT,
    "holder": A,
    "place": "Rzeszów, archiwum",
    "describes": "Umowy",
}
BEGUN = CustodyBegun(**FIELDS, digests=(DIGEST,))
HERE = Collision("custodies", ITSELF)


def charged_to(project: str) -> ExpenditureStanding:
    charge = ChargeStanding(
        project=project, budget_line="1.1", eligible="1.00", eu_amount=None, disallowed="0.00",
        claim=None, method="actual",
    )  # fmt: skip
    return ExpenditureStanding(charges={an_id(81): charge})


def begun() -> Scenario:
    return Scenario(CUSTODIES).given(BEGUN)


def test_an_institution_takes_papers_into_its_keeping() -> None:
    state = Scenario(CUSTODIES).when(BeginCustody(**FIELDS, digests=(DIGEST,))).then(BEGUN)
    assert isinstance(state, Custody)
    assert (state.holder, state.place, state.digests) == (A, "Rzeszów, archiwum", (DIGEST,))


def test_papers_are_kept_on_after_the_project_is_closed() -> None:
    closed = ProjectTerms(
        **{name: getattr(TERMS, name) for name in TERMS.__struct_fields__}
        | {"closed_on": date(2019, 1, 1)}
    )
    world = {PROJECT: closed}
    scenario = Scenario(CUSTODIES).when(BeginCustody(**FIELDS), world=world)
    scenario.when(MoveCustody(place="Łańcut"), world=world, on=LATER)
    scenario.when(CloseCustody(), world=world, on=LATER).then(CustodyClosed())


def test_the_papers_of_a_document_of_the_project_can_be_named() -> None:
    command = BeginCustody(**FIELDS, expenditures=(INVOICE,))
    scenario = Scenario(CUSTODIES).when(command, world={INVOICE: charged_to(PROJECT)})
    assert scenario.error is None
    assert scenario.state.expenditures == (INVOICE,)


def test_the_papers_of_a_document_of_another_project_are_refused() -> None:
    command = BeginCustody(**FIELDS, expenditures=(INVOICE,))
    Scenario(CUSTODIES).when(command, world={INVOICE: charged_to(an_id(3))}).refused(
        DocumentOfOthers, collides=Collision("expenditures", INVOICE)
    )


@pytest.mark.parametrize(
    ("field", "ids"), [("digests", (DIGEST, DIGEST)), ("expenditures", (INVOICE, INVOICE))]
)
def test_each_document_is_named_once(field: str, ids: tuple[str, ...]) -> None:
    command = BeginCustody(**(FIELDS | {field: ids}))
    Scenario(CUSTODIES).when(command).invalid(field)


@pytest.mark.parametrize("holder", [None, B])
def test_the_holder_stays_where_a_move_names_none(holder: str | None) -> None:
    command = MoveCustody(holder=holder, place="Łańcut")
    begun().when(command, on=LATER).then(CustodyMoved(holder=holder or A, place="Łańcut"))


def test_a_move_to_where_they_are_is_none() -> None:
    begun().when(MoveCustody(place="Rzeszów, archiwum"), on=LATER).refused(
        AlreadyThere, collides=HERE
    )


def test_that_they_were_there_earlier_is_news() -> None:
    moved = CustodyMoved(holder=A, place="Łańcut")
    scenario = begun().given(moved, on=LATER)
    scenario.when(MoveCustody(place="Łańcut"), on=date(2019, 5, 20)).then(moved)


@pytest.mark.parametrize("command", [MoveCustody(place="Łańcut"), CloseCustody()])
def test_nothing_happens_to_papers_before_they_are_held_or_after_the_end(command: Command) -> None:
    begun().when(command, on=BEFORE).refused(NotTrueYet, collides=HERE)
    scenario = begun().given(CustodyClosed(), on=LATER)
    scenario.when(command, on=LATER).refused(CustodyIsClosed, collides=HERE)


def test_a_custody_cannot_end_before_the_last_move() -> None:
    scenario = begun().given(CustodyMoved(holder=B, place="Łańcut"), on=LATER)
    scenario.when(CloseCustody(), on=date(2019, 5, 20)).refused(NotTrueYet, collides=HERE)
