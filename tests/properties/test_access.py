"""Whatever admins do in whatever order: a role is in force only where two others agreed on it."""

from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.aggregates.access import (
    ACCESS,
    ConfirmGrant,
    GrantRole,
    Holder,
    HolderOpened,
    RevokeAll,
    RevokeGrant,
    RoleGranted,
)
from ledger.kernel.decision import decide
from ledger.kernel.errors import LedgerError
from ledger.kernel.messages import Command, Given
from tests.aggregates.scenario import DAY, ITSELF, an_id

NAMES = ("anna", "jan", "ewa")  # the last is whose account it is
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("grant", "confirm", "revoke", "revoke-all")),
        st.sampled_from(NAMES),
        st.sampled_from(("officer", "manager")),
        st.integers(0, 5),  # on which day, and which of the proposals
    ),
    max_size=30,
)


def command(what: str, role: Any, state: Holder, number: int) -> Command:
    some = [*state.proposals, *state.grants] or [an_id(1)]
    match what:
        case "grant":
            return GrantRole(role=role)
        case "confirm":
            return ConfirmGrant(grant=some[number % len(some)])
        case "revoke":
            return RevokeGrant(grant=some[number % len(some)])
        case _:
            return RevokeAll()


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_a_role_in_force_was_agreed_on_by_two_who_do_not_receive_it(steps: list[Any]) -> None:
    assert ACCESS.state is Holder
    state = HolderOpened(kind="account", name="ewa").apply(None, DAY)
    agreed: dict[str, tuple[str, str]] = {}
    ids = count(1000)
    for what, by, role, number in steps:
        on = DAY + timedelta(days=number)
        given_now = Given(
            id=ITSELF, effective_on=on, today=on, by=by, new_id=lambda: an_id(next(ids))
        )
        try:
            events = decide(command(what, role, state, number), state, given_now, [])
        except LedgerError:
            continue
        for event in events:
            if isinstance(event, RoleGranted):
                agreed[event.grant] = event.proposed_by, by
            state = event.apply(state, on)  # type: ignore[union-attr]
    for id in state.grants:
        proposed_by, confirmed_by = agreed[id]
        assert confirmed_by not in (proposed_by, "ewa")
    roles = [one.role for one in state.in_force(DAY + timedelta(days=9)).values()]
    assert len(set(roles)) == len(roles)
