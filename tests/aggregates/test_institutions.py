"""Institutions: registered once, described anew as often as needed."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.institutions import (
    INSTITUTIONS,
    Institution,
    InstitutionRegistered,
    InstitutionUpdated,
    NothingChanges,
    RegisterInstitution,
    UpdateInstitution,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.standing import InstitutionStanding
from tests.aggregates.scenario import ITSELF, Scenario

MIRZEC = InstitutionRegistered(
    name="Gmina Mirzec", sector="local_government", level="commune", county="starachowicki"
)


def registering(**fields: Any) -> Scenario:
    command = RegisterInstitution(
        **{"name": "ROPS", "sector": "social_assistance", "level": "voivodeship", **fields}
    )
    return Scenario(INSTITUTIONS).when(command)


def registered() -> Scenario:
    return Scenario(INSTITUTIONS).given(MIRZEC)


def test_an_institution_is_registered_with_all_that_describes_it() -> None:
    state = registering(
        kind="ROPS",
        voivodeship="podkarpackie",
        county="Rzeszów",
        commune="Rzeszów",
        nip="5260250995",
        regon="123456785",
        teryt="1863011",
    ).then(
        InstitutionRegistered(
            name="ROPS",
            kind="ROPS",
            sector="social_assistance",
            level="voivodeship",
            voivodeship="podkarpackie",
            county="Rzeszów",
            commune="Rzeszów",
            nip="5260250995",
            regon="123456785",
            teryt="1863011",
        )
    )
    assert state.standing() == InstitutionStanding(name="ROPS", level="voivodeship")


def test_official_numbers_are_stored_as_digits_only() -> None:
    state = registering(nip="PL 526-025-09-95", regon="123 456 785", teryt="18 63 01-1").then(
        InstitutionRegistered(
            name="ROPS",
            sector="social_assistance",
            level="voivodeship",
            nip="5260250995",
            regon="123456785",
            teryt="1863011",
        )
    )
    assert isinstance(state, Institution)
    assert state.nip == "5260250995"


@pytest.mark.parametrize("nip", ["5260250996", "526025099", "abc", "-"])
def test_a_nip_needs_ten_digits_and_the_right_check_digit(nip: str) -> None:
    registering(nip=nip).invalid("nip")


@pytest.mark.parametrize("regon", ["123456786", "12345678", "12345678512340"])
def test_a_regon_needs_nine_or_fourteen_digits_and_the_right_check_digit(regon: str) -> None:
    registering(regon=regon).invalid("regon")


@pytest.mark.parametrize("teryt", ["1", "181", "18110", "18110321", "18x1", "١٨"])
def test_a_teryt_code_has_two_four_six_or_seven_digits(teryt: str) -> None:
    registering(teryt=teryt).invalid("teryt")


def test_every_bad_number_is_named_at_once() -> None:
    registering(nip="1", regon="1", teryt="1").invalid("nip", "regon", "teryt")


def test_an_update_records_only_what_it_names() -> None:
    state = (
        registered()
        .when(UpdateInstitution(name="Gmina i Miasto Mirzec", nip="526-025-09-95"))
        .then(InstitutionUpdated(name="Gmina i Miasto Mirzec", nip="5260250995"))
    )
    assert isinstance(state, Institution)
    assert (state.name, state.county) == ("Gmina i Miasto Mirzec", "starachowicki")


def test_an_update_with_null_clears_an_optional_field() -> None:
    state = registered().when(UpdateInstitution(county=None)).then(InstitutionUpdated(county=None))
    assert isinstance(state, Institution)
    assert state.county is None


def test_an_update_that_names_no_field_is_invalid() -> None:
    registered().when(UpdateInstitution()).invalid("")


def test_an_update_checks_official_numbers_too() -> None:
    registered().when(UpdateInstitution(nip="5260250996")).invalid("nip")


def test_an_update_to_what_stands_already_is_refused() -> None:
    registered().when(UpdateInstitution(name="Gmina Mirzec")).refused(
        NothingChanges, collides=Collision("institutions", ITSELF)
    )


def test_the_same_description_from_an_earlier_day_on_is_news() -> None:
    renamed = registered().given(InstitutionUpdated(name="Urząd"), on=date(2020, 1, 1))
    renamed.when(UpdateInstitution(name="Urząd"), on=date(2019, 12, 1)).then(
        InstitutionUpdated(name="Urząd")
    )


def test_an_institution_is_not_described_before_it_is_registered() -> None:
    early = UpdateInstitution(name="Urząd")
    registered().when(early, on=date(2018, 1, 1)).refused(NotTrueYet)
