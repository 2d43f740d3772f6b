"""Persons: what identifies them is plausible, and gone once they are erased."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.persons import (
    PERSONS,
    ErasePerson,
    NothingChanges,
    Person,
    PersonErased,
    PersonRegistered,
    PersonUpdated,
    PersonWasErased,
    RegisterPerson,
    TakesPartElsewhere,
    UpdatePerson,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Command
from ledger.kernel.standing import PersonStanding
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, A, Scenario

ANNA = PersonRegistered(
    given_name="Anna",
    family_name="Nowak",
    sex="f",
    born_on=date(1984, 2, 29),
    birth_year=1984,
    email="anna@example.org",
    phone="+48 600 000 000",
    institution=A,
)


def registering(**fields: Any) -> Scenario:
    return Scenario(PERSONS).when(
        RegisterPerson(**{"given_name": "Anna", "family_name": "Nowak", **fields})
    )


def registered() -> Scenario:
    return Scenario(PERSONS).given(ANNA)


def test_a_person_is_registered_with_the_year_of_birth_beside_the_sealed_date() -> None:
    state = registering(
        sex="f",
        born_on=date(1984, 2, 29),
        email="anna@example.org",
        phone="+48 600 000 000",
        institution=A,
    ).then(ANNA)
    assert state.standing() == PersonStanding(erased=False)


def test_a_name_is_all_that_a_person_needs() -> None:
    registering().then(PersonRegistered(given_name="Anna", family_name="Nowak"))


def test_who_is_confined_to_a_project_enters_persons_for_it() -> None:
    command = RegisterPerson(given_name="Anna", family_name="Nowak")
    entered = Scenario(PERSONS).when(command, scope=PROJECT)
    state = entered.then(
        PersonRegistered(given_name="Anna", family_name="Nowak", entered_for=PROJECT)
    )
    assert state.standing() == PersonStanding(erased=False, entered_for=PROJECT)
    assert entered.when(ErasePerson()).then(PersonWasErased()).standing() == PersonStanding(
        erased=True, entered_for=PROJECT
    )


@pytest.mark.parametrize("command", [UpdatePerson(given_name="Ewa"), ErasePerson()])
def test_what_another_project_knows_of_a_person_stays_as_it_is(command: Command) -> None:
    of_both = registered().when(command, scope=PROJECT, elsewhere=frozenset({ITSELF}))
    of_both.refused(TakesPartElsewhere, collides=Collision("persons", ITSELF))
    assert registered().when(command, scope=PROJECT).events


@pytest.mark.parametrize("born_on", [date(2019, 5, 14), date(1899, 12, 31)])
def test_nobody_is_born_in_the_future_or_before_1900(born_on: date) -> None:
    registering(born_on=born_on).invalid("born_on")


@pytest.mark.parametrize("born_on", [DAY, date(1900, 1, 1)])
def test_the_first_and_the_last_possible_birthday_are_taken(born_on: date) -> None:
    registering(born_on=born_on).then(
        PersonRegistered(
            given_name="Anna", family_name="Nowak", born_on=born_on, birth_year=born_on.year
        )
    )


@pytest.mark.parametrize("email", ["anna", "anna@", "a@b", "a b@c.pl", "a@b..pl", "a@b.pl\n"])
def test_what_is_no_email_address_is_invalid(email: str) -> None:
    registering(email=email).invalid("email")


def test_an_update_records_only_what_it_names() -> None:
    state = (
        registered()
        .when(UpdatePerson(family_name="Kowalska", phone=None))
        .then(PersonUpdated(family_name="Kowalska", phone=None))
    )
    assert isinstance(state, Person)
    assert (state.given_name, state.family_name, state.phone) == ("Anna", "Kowalska", None)


def test_an_update_of_the_birthday_takes_the_year_with_it() -> None:
    registered().when(UpdatePerson(born_on=date(1985, 3, 1))).then(
        PersonUpdated(born_on=date(1985, 3, 1), birth_year=1985)
    )
    registered().when(UpdatePerson(born_on=None)).then(PersonUpdated(born_on=None, birth_year=None))


def test_an_update_that_names_no_field_is_invalid() -> None:
    registered().when(UpdatePerson()).invalid("")


def test_an_update_is_as_plausible_as_a_registration() -> None:
    registered().when(UpdatePerson(born_on=date(1899, 1, 1), email="x")).invalid("born_on", "email")


def test_an_update_to_what_stands_already_is_refused() -> None:
    registered().when(UpdatePerson(given_name="Anna")).refused(
        NothingChanges, collides=Collision("persons", ITSELF)
    )


def test_the_same_description_from_an_earlier_day_on_is_news() -> None:
    renamed = registered().given(PersonUpdated(given_name="Hanna"), on=date(2020, 1, 1))
    renamed.when(UpdatePerson(given_name="Hanna"), on=date(2019, 12, 1)).then(
        PersonUpdated(given_name="Hanna")
    )


def test_a_person_is_not_described_before_being_registered() -> None:
    registered().when(UpdatePerson(given_name="Hanna"), on=date(2018, 1, 1)).refused(NotTrueYet)


def test_nothing_of_a_person_is_left_after_an_erasure() -> None:
    state = registered().when(ErasePerson()).then(PersonWasErased())
    assert state == Person(registered_on=DAY, described_on=DAY, erased_on=DAY)
    assert state.standing() == PersonStanding(erased=True)


def test_a_person_is_erased_once() -> None:
    registered().given(PersonWasErased()).when(ErasePerson()).refused(
        PersonErased, collides=Collision("persons", ITSELF)
    )


def test_an_erased_person_is_not_updated() -> None:
    registered().given(PersonWasErased()).when(UpdatePerson(given_name="Ewa")).refused(PersonErased)


def test_events_whose_sealed_fields_cannot_be_opened_still_apply() -> None:
    state = Scenario(PERSONS).given(PersonRegistered(sex="f", birth_year=1984)).state
    assert state.given_name is None


def test_an_erasure_is_a_correction_and_needs_a_reason() -> None:
    assert ErasePerson.terms.is_correction
    assert ErasePerson.terms.needs_reason
