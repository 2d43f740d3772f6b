"""Agreements: who is bound by them and since when, and what came of the obligations."""

from datetime import date
from typing import Any

import pytest

from ledger.aggregates.agreements.fulfilment import (
    ActivityCancelled,
    ActivityNotStarted,
    FulfilObligation,
    NothingFulfilled,
    ObligationFulfilled,
    ObligationReopened,
    ReopenObligation,
)
from ledger.aggregates.agreements.signing import (
    AccedeToAgreement,
    AgreementAmended,
    AgreementSigned,
    AgreementWasTerminated,
    AmendAgreement,
    FulfilledLater,
    JoinedLater,
    NothingChanges,
    NotParty,
    ObligationExists,
    PartyAcceded,
    PartyAlready,
    PartyWithdrew,
    SignAgreement,
    TerminateAgreement,
    WithdrawFromAgreement,
)
from ledger.aggregates.agreements.state import (
    AGREEMENTS,
    Agreement,
    AgreementTerminated,
    NotSignedYet,
    ObligationEnded,
    ObligationUnknown,
    Signature,
    Undertaking,
)
from ledger.kernel.errors import Collision
from ledger.kernel.messages import Command
from ledger.kernel.standing import ActivityStanding, AgreementStanding
from tests.aggregates.scenario import ITSELF, PROJECT, TRAINING, VISIT, A, B, C, Scenario

SIGNED_ON = date(2018, 8, 20)
BEFORE = date(2018, 8, 19)
SPRING, SUMMER, AUTUMN = date(2019, 3, 1), date(2019, 6, 1), date(2019, 9, 1)
HERE = Collision("agreements", ITSELF)
ROOMS = Undertaking(number=1, party=A, text="Udostępnianie sal")
EVENTS = Undertaking(number=3, party=B, text="Udział w wydarzeniach", target=4)
SIGNED = AgreementSigned(
    project=PROJECT,
    kind="cooperation",
    title="Porozumienie",
    signed_on=SIGNED_ON,
    parties=(Signature(institution=A, signed_by="Marszałek"), Signature(institution=B)),
    obligations=(ROOMS, EVENTS),
)
FULFILLED = ObligationFulfilled(number=3, fulfilment=1, quantity=1)


def signing(**fields: Any) -> Scenario:
    return Scenario(AGREEMENTS).when(
        SignAgreement(
            **{
                "project": PROJECT,
                "kind": "cooperation",
                "title": "Porozumienie",
                "signed_on": SIGNED_ON,
                "parties": SIGNED.parties,
                "obligations": SIGNED.obligations,
                **fields,
            }
        )
    )


def signed() -> Scenario:
    return Scenario(AGREEMENTS).given(SIGNED, on=SIGNED_ON)


def activity(starts_on: date, cancelled_on: date | None = None) -> ActivityStanding:
    return ActivityStanding(project=PROJECT, starts_on=starts_on, cancelled_on=cancelled_on)


def test_institutions_sign_an_agreement_with_obligations() -> None:
    state = signing().then(SIGNED)
    assert state.standing() == AgreementStanding(
        project=PROJECT, signed_on=SIGNED_ON, terminated_on=None, parties=frozenset({A, B})
    )


def test_one_party_without_obligations_is_enough() -> None:
    parties = (Signature(institution=A),)
    signing(parties=parties, obligations=None).then(
        AgreementSigned(
            project=PROJECT,
            kind="cooperation",
            title="Porozumienie",
            signed_on=SIGNED_ON,
            parties=parties,
        )
    )


def test_an_agreement_of_nobody_is_invalid() -> None:
    signing(parties=(), obligations=None).invalid("parties")


def test_a_party_signs_once() -> None:
    signing(parties=(*SIGNED.parties, Signature(institution=A))).invalid("parties[2].institution")


def test_the_number_of_an_obligation_is_used_once() -> None:
    signing(obligations=(ROOMS, ROOMS)).invalid("obligations[1].number")


def test_only_parties_undertake_something() -> None:
    signing(obligations=(Undertaking(number=1, party=C, text="x"),)).invalid("obligations[0].party")


# Amending


def test_an_annex_adds_and_ends_obligations_and_changes_the_title() -> None:
    added = Undertaking(number=4, party=A, text="Sprawozdania")
    command = AmendAgreement(
        annex="Aneks 1", title="Nowe", add_obligations=(added,), end_obligations=(1,)
    )
    state = (
        signed()
        .when(command, on=SPRING)
        .then(AgreementAmended(annex="Aneks 1", title="Nowe", added=(added,), ended=(1,)))
    )
    assert isinstance(state, Agreement)
    assert (state.title, state.annexes, sorted(state.obligations)) == (
        "Nowe",
        ("Aneks 1",),
        [1, 3, 4],
    )
    assert state.obligations[1].ended_on == SPRING


@pytest.mark.parametrize("title", [None, "Porozumienie"])
def test_an_annex_that_changes_nothing_is_refused(title: str | None) -> None:
    signed().when(AmendAgreement(annex="Aneks 1", title=title)).refused(
        NothingChanges, collides=HERE
    )


def test_an_added_obligation_needs_a_party_and_a_number_of_its_own() -> None:
    stranger = Undertaking(number=4, party=C, text="x")
    signed().when(AmendAgreement(annex="1", add_obligations=(stranger, stranger))).invalid(
        "add_obligations[0].party", "add_obligations[1].number", "add_obligations[1].party"
    )


def test_an_added_obligation_cannot_take_the_number_of_an_older_one() -> None:
    signed().when(AmendAgreement(annex="1", add_obligations=(ROOMS,))).refused(
        ObligationExists, collides=HERE
    )


def test_an_unknown_obligation_cannot_be_ended() -> None:
    signed().when(AmendAgreement(annex="1", end_obligations=(2,))).refused(ObligationUnknown)


def test_an_annex_ends_an_obligation_once() -> None:
    signed().when(AmendAgreement(annex="1", end_obligations=(1, 1))).invalid("end_obligations")


def test_an_obligation_is_ended_once() -> None:
    signed().given(AgreementAmended(annex="1", ended=(1,))).when(
        AmendAgreement(annex="2", end_obligations=(1,))
    ).refused(ObligationEnded)


# Joining and leaving


def test_an_institution_accedes() -> None:
    state = signed().when(AccedeToAgreement(institution=C)).then(PartyAcceded(institution=C))
    assert isinstance(state, Agreement)
    assert state.standing().parties == {A, B, C}


def test_a_party_does_not_accede_again() -> None:
    signed().when(AccedeToAgreement(institution=A)).refused(PartyAlready, collides=HERE)


def test_a_party_that_withdrew_accedes_again_but_not_before() -> None:
    left = signed().given(PartyWithdrew(institution=B), on=SUMMER)
    left.when(AccedeToAgreement(institution=B), on=SPRING).refused(PartyAlready)
    left.when(AccedeToAgreement(institution=B), on=SUMMER).then(PartyAcceded(institution=B))


def test_a_party_withdraws() -> None:
    state = signed().when(WithdrawFromAgreement(institution=B)).then(PartyWithdrew(institution=B))
    assert isinstance(state, Agreement)
    assert state.standing().parties == {A}


def test_who_is_no_party_does_not_withdraw() -> None:
    signed().when(WithdrawFromAgreement(institution=C)).refused(NotParty, collides=HERE)
    signed().given(PartyWithdrew(institution=B)).when(WithdrawFromAgreement(institution=B)).refused(
        NotParty
    )


def test_a_party_does_not_withdraw_before_it_acceded() -> None:
    signed().given(PartyAcceded(institution=C), on=SUMMER).when(
        WithdrawFromAgreement(institution=C), on=SPRING
    ).refused(JoinedLater)


# Fulfilling


def test_an_obligation_is_fulfilled_once_where_nothing_else_is_said() -> None:
    signed().when(FulfilObligation(number=3)).then(FULFILLED)


def test_an_obligation_is_fulfilled_several_times_and_beyond_its_target() -> None:
    held = {TRAINING: activity(SPRING), VISIT: activity(SUMMER)}
    command = FulfilObligation(number=3, quantity=9, activities=(TRAINING, VISIT))
    state = (
        signed()
        .given(FULFILLED)
        .when(command, on=SUMMER, world=held)
        .then(ObligationFulfilled(number=3, fulfilment=2, quantity=9, activities=(TRAINING, VISIT)))
    )
    assert isinstance(state, Agreement)
    assert sorted(state.obligations[3].fulfilments) == [1, 2]


@pytest.mark.parametrize("command", [FulfilObligation(number=2), ReopenObligation(number=2)])
def test_an_unknown_obligation_is_neither_fulfilled_nor_reopened(command: Command) -> None:
    signed().when(command).refused(ObligationUnknown, collides=HERE)


def test_an_ended_obligation_is_fulfilled_up_to_its_last_day() -> None:
    ended = signed().given(AgreementAmended(annex="1", ended=(3,)), on=SUMMER)
    ended.when(FulfilObligation(number=3), on=AUTUMN).refused(ObligationEnded)
    ended.when(FulfilObligation(number=3), on=SUMMER).then(FULFILLED)


def test_a_party_that_withdrew_fulfils_nothing_after_its_last_day() -> None:
    left = signed().given(PartyWithdrew(institution=B), on=SUMMER)
    left.when(FulfilObligation(number=3), on=AUTUMN).refused(
        NotParty, collides=Collision("institutions", B)
    )
    left.when(FulfilObligation(number=3), on=SUMMER).then(FULFILLED)


def test_a_party_fulfils_nothing_before_it_acceded() -> None:
    added = Undertaking(number=4, party=C, text="x")
    joined = (
        signed()
        .given(PartyAcceded(institution=C), on=SUMMER)
        .given(AgreementAmended(annex="1", added=(added,)), on=SUMMER)
    )
    joined.when(FulfilObligation(number=4), on=SPRING).refused(NotParty)


def test_a_party_that_came_back_may_have_fulfilled_in_its_first_time() -> None:
    (
        signed()
        .given(PartyWithdrew(institution=B), on=SPRING)
        .given(PartyAcceded(institution=B), on=AUTUMN)
        .when(FulfilObligation(number=3), on=date(2019, 1, 1))
        .then(FULFILLED)
    )


def test_an_activity_is_named_once() -> None:
    held = {TRAINING: activity(SPRING)}
    signed().when(
        FulfilObligation(number=3, activities=(TRAINING, TRAINING)), on=SUMMER, world=held
    ).invalid("activities")


def test_a_cancelled_activity_fulfils_nothing() -> None:
    signed().when(
        FulfilObligation(number=3, activities=(TRAINING,)),
        on=SUMMER,
        world={TRAINING: activity(SPRING, cancelled_on=SPRING)},
    ).refused(ActivityCancelled, collides=Collision("activities", TRAINING))


def test_an_activity_fulfils_nothing_before_it_starts() -> None:
    signed().when(
        FulfilObligation(number=3, activities=(TRAINING,)),
        on=SPRING,
        world={TRAINING: activity(SUMMER)},
    ).refused(ActivityNotStarted, collides=Collision("activities", TRAINING))


# Reopening


def test_reopening_takes_back_every_fulfilment_up_to_the_day() -> None:
    state = (
        signed()
        .given(FULFILLED, ObligationFulfilled(number=3, fulfilment=2, quantity=1), on=SPRING)
        .given(ObligationFulfilled(number=3, fulfilment=3, quantity=1), on=AUTUMN)
        .when(ReopenObligation(number=3), on=SUMMER)
        .then(ObligationReopened(number=3, fulfilments=(1, 2)))
    )
    assert isinstance(state, Agreement)
    assert list(state.obligations[3].fulfilments) == [3]


def test_the_ordinal_of_a_fulfilment_is_never_used_again() -> None:
    (
        signed()
        .given(FULFILLED, ObligationReopened(number=3, fulfilments=(1,)))
        .when(FulfilObligation(number=3))
        .then(ObligationFulfilled(number=3, fulfilment=2, quantity=1))
    )


def test_where_nothing_was_fulfilled_nothing_is_reopened() -> None:
    signed().when(ReopenObligation(number=3)).refused(NothingFulfilled, collides=HERE)
    signed().given(FULFILLED, on=SUMMER).when(ReopenObligation(number=3), on=SPRING).refused(
        NothingFulfilled
    )


def test_reopening_is_a_correction() -> None:
    assert ReopenObligation.terms.is_correction


# Terminating


def test_termination_names_the_parties_still_bound() -> None:
    state = (
        signed()
        .given(PartyWithdrew(institution=B))
        .when(TerminateAgreement(), on=SUMMER)
        .then(AgreementWasTerminated(parties=(A,)))
    )
    assert isinstance(state, Agreement)
    assert state.standing() == AgreementStanding(
        project=PROJECT, signed_on=SIGNED_ON, terminated_on=SUMMER, parties=frozenset()
    )


COMMANDS: list[Command] = [
    AmendAgreement(annex="1", title="x"),
    AccedeToAgreement(institution=C),
    WithdrawFromAgreement(institution=B),
    FulfilObligation(number=3),
    TerminateAgreement(),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_happens_to_an_agreement_before_it_is_signed(command: Command) -> None:
    signed().when(command, on=BEFORE).refused(NotSignedYet, collides=HERE)


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_happens_to_an_agreement_after_its_termination(command: Command) -> None:
    signed().given(AgreementWasTerminated(parties=(A, B)), on=SPRING).when(
        command, on=SUMMER
    ).refused(AgreementTerminated, collides=HERE)


def test_what_was_fulfilled_by_the_last_day_is_recorded_after_a_termination() -> None:
    signed().given(AgreementWasTerminated(parties=(A, B)), on=SUMMER).when(
        FulfilObligation(number=3), on=SUMMER
    ).then(FULFILLED)


def test_an_agreement_is_terminated_once_whatever_the_day() -> None:
    signed().given(AgreementWasTerminated(parties=(A, B)), on=SUMMER).when(
        TerminateAgreement(), on=SPRING
    ).refused(AgreementTerminated)


def test_an_agreement_is_not_terminated_before_a_party_acceded() -> None:
    signed().given(PartyAcceded(institution=C), on=SUMMER).when(
        TerminateAgreement(), on=SPRING
    ).refused(JoinedLater)


@pytest.mark.parametrize(
    "command",
    [AmendAgreement(annex="1", end_obligations=(3,)), WithdrawFromAgreement(institution=B),
     TerminateAgreement()],
)  # fmt: skip
def test_what_was_fulfilled_later_cannot_have_ended(command: Command) -> None:
    signed().given(FULFILLED, on=SUMMER).when(command, on=SPRING).refused(FulfilledLater)
