"""Roles are granted by two admins, by the operator, or as an identity provider says."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from ledger.aggregates.access import (
    ACCESS,
    AccessNoted,
    AlreadyGranted,
    AlreadyProposed,
    ConfirmGrant,
    FourEyes,
    GrantProposed,
    GrantRole,
    Holder,
    HolderOpened,
    NoSuchGrant,
    NoteDeed,
    NothingNew,
    NothingProposed,
    NothingToRevoke,
    OpenHolder,
    ProposalWithdrawn,
    ProvidedRole,
    RevokeAll,
    RevokeGrant,
    RoleGranted,
    RoleRevoked,
    TakeOver,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Event
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, Scenario, an_id

GRANT = an_id(9001)  # the first id that a decision makes
OPENED = HolderOpened(kind="account", name="ewa")
PROPOSED = GrantProposed(grant=GRANT, role="manager", project=PROJECT, proposed_by="anna")
GRANTED = RoleGranted(
    grant=GRANT, role="manager", project=PROJECT, proposed_by="anna", through="two_admins"
)
BY_OPERATOR = replace(GRANTED, through="operator")
PROVIDED = RoleGranted(grant=GRANT, role="officer", proposed_by="idp", through="identity_provider")
WISH = GrantRole(role="manager", project=PROJECT)
HERE = Collision("access", ITSELF)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def ewa(*events: Event) -> Scenario:
    return Scenario(ACCESS).given(OPENED, *events)


def roles(state: object, on: date = DAY) -> list[str]:
    assert isinstance(state, Holder)
    return [one.role for one in state.in_force(on).values()]


def test_who_is_new_may_do_nothing() -> None:
    state = Scenario(ACCESS).when(OpenHolder(kind="account", name="ewa")).then(OPENED)
    assert roles(state) == []


def test_a_role_that_one_admin_wants_is_not_in_force() -> None:
    assert roles(ewa().when(WISH).then(PROPOSED)) == []


def test_another_admin_puts_it_in_force() -> None:
    state = ewa(PROPOSED).when(ConfirmGrant(grant=GRANT), by="jan").then(GRANTED)
    assert roles(state) == ["manager"]
    assert roles(state, BEFORE) == []


@pytest.mark.parametrize("by", ["anna", "ewa"])
def test_neither_who_proposed_it_nor_who_receives_it_confirms(by: str) -> None:
    ewa(PROPOSED).when(ConfirmGrant(grant=GRANT), by=by).refused(FourEyes, collides=HERE)


def test_who_proposes_for_himself_needs_another_too() -> None:
    own = replace(PROPOSED, proposed_by="ewa")
    ewa(own).when(ConfirmGrant(grant=GRANT), by="ewa").refused(FourEyes)
    ewa(own).when(ConfirmGrant(grant=GRANT), by="anna").then(replace(GRANTED, proposed_by="ewa"))


def test_a_confirmation_is_not_true_before_the_proposal() -> None:
    ewa(PROPOSED).when(ConfirmGrant(grant=GRANT), by="jan", on=BEFORE).refused(NotTrueYet)


def test_what_is_not_proposed_cannot_be_confirmed() -> None:
    ewa().when(ConfirmGrant(grant=GRANT), by="jan").refused(NothingProposed, collides=HERE)
    ewa(PROPOSED, GRANTED).when(ConfirmGrant(grant=GRANT), by="jan").refused(NothingProposed)


def test_the_operator_grants_at_once() -> None:
    assert roles(ewa().when(WISH, operator=True).then(BY_OPERATOR)) == ["manager"]


def test_the_operator_confirms_what_is_his() -> None:
    ewa(PROPOSED).when(ConfirmGrant(grant=GRANT), operator=True).then(BY_OPERATOR)


def test_the_same_role_is_granted_and_proposed_once() -> None:
    ewa(GRANTED).when(WISH).refused(AlreadyGranted, collides=HERE)
    ewa(PROPOSED).when(WISH).refused(AlreadyProposed, collides=HERE)
    for_all = GrantRole(role="manager")
    ewa(GRANTED).when(for_all).then(replace(PROPOSED, project=None))


def test_a_role_until_a_day_holds_to_the_end_of_it() -> None:
    wish = GrantRole(role="auditor", until=AFTER)
    state = (
        ewa()
        .when(wish, operator=True)
        .then(
            RoleGranted(
                grant=GRANT, role="auditor", until=AFTER, proposed_by="anna", through="operator"
            )
        )
    )
    assert roles(state, AFTER) == ["auditor"]
    assert roles(state, AFTER + timedelta(days=1)) == []


def test_what_is_over_can_be_granted_again() -> None:
    past = replace(GRANTED, until=DAY)
    ewa(past).when(WISH).refused(AlreadyGranted)
    ewa(past).when(WISH, on=AFTER).then(PROPOSED)


def test_a_role_does_not_end_before_it_begins() -> None:
    ewa().when(GrantRole(role="auditor", until=BEFORE)).invalid("until")


def test_a_revoked_role_is_gone() -> None:
    state = ewa(GRANTED).when(RevokeGrant(grant=GRANT)).then(RoleRevoked(grant=GRANT))
    assert roles(state) == []
    ewa(GRANTED).when(RevokeGrant(grant=GRANT), on=BEFORE).refused(NotTrueYet)


def test_a_proposal_can_be_withdrawn() -> None:
    state = ewa(PROPOSED).when(RevokeGrant(grant=GRANT)).then(ProposalWithdrawn(grant=GRANT))
    assert isinstance(state, Holder)
    assert state.proposals == {}


def test_what_is_not_there_cannot_be_revoked() -> None:
    ewa().when(RevokeGrant(grant=GRANT)).refused(NoSuchGrant, collides=HERE)
    ewa().when(RevokeAll()).refused(NothingToRevoke, collides=HERE)


def test_everything_is_revoked_at_once() -> None:
    other = replace(PROPOSED, grant=an_id(77), role="officer")
    state = (
        ewa(GRANTED, other)
        .when(RevokeAll())
        .then(ProposalWithdrawn(grant=an_id(77)), RoleRevoked(grant=GRANT))
    )
    assert roles(state) == []


def test_the_identity_provider_gives_and_takes_its_own_roles_only() -> None:
    wish = TakeOver(roles=(ProvidedRole(role="officer"),))
    assert roles(ewa().when(wish, by="idp", operator=True).then(PROVIDED)) == ["officer"]
    state = ewa(PROVIDED).when(TakeOver(roles=()), by="idp").then(RoleRevoked(grant=GRANT))
    assert roles(state) == []
    ewa(GRANTED).when(TakeOver(roles=()), by="idp").refused(NothingNew, collides=HERE)


def test_what_was_granted_otherwise_is_not_granted_by_the_provider_again() -> None:
    wish = TakeOver(roles=(ProvidedRole(role="manager", project=PROJECT),))
    ewa(GRANTED).when(wish, by="idp").refused(NothingNew)


def test_what_lets_others_act_in_somebodys_name_is_noted() -> None:
    ewa(GRANTED).when(NoteDeed(what="invited"), operator=True).then(AccessNoted(what="invited"))


def test_only_admins_of_all_projects_grant() -> None:
    for command in ACCESS.commands.values():
        assert command.terms.roles == {"admin"}
        assert command.terms.all_projects
    assert [one for one in ACCESS.commands.values() if one.terms.operator_only] == [
        NoteDeed,
        TakeOver,
    ]
