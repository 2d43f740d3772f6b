"""A correction holds on every day since the charge: also on days of which more was said since."""

from datetime import date

import pytest

from ledger.aggregates.expenditures.claiming import ChargesClaimed, ChargesReleased
from ledger.aggregates.expenditures.disallowing import Disallow, Reinstate
from ledger.aggregates.expenditures.mending import CorrectExpenditure
from tests.aggregates.scenario import DAY
from tests.aggregates.spending import CLAIM, FIRST, LATER, NEXT, OTHER_PROJECT, WORLD, recorded


@pytest.mark.parametrize("on", [DAY, NEXT, LATER])
@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("eligible", CorrectExpenditure(charge=FIRST, eligible="399.99")),
        ("eu_amount", CorrectExpenditure(charge=FIRST, eu_amount="337.11")),
    ],
)
def test_a_charge_is_not_corrected_below_what_was_disallowed_of_it_on_an_earlier_day(
    on: date, field: str, wrong: CorrectExpenditure
) -> None:
    story = recorded().when(Disallow(charge=FIRST, amount="400.00", basis="Art. 1"), world=WORLD)
    story.when(Reinstate(charge=FIRST, amount="400.00"), on=NEXT, world=WORLD)
    story.when(wrong, on=on, world=WORLD).invalid(field)


def test_a_charge_that_once_stood_in_a_claim_stays_with_its_project() -> None:
    story = recorded().given(
        ChargesClaimed(charges=(FIRST,), claim=CLAIM),
        ChargesReleased(charges=(FIRST,), claim=CLAIM),
    )
    moved = CorrectExpenditure(charge=FIRST, project=OTHER_PROJECT, budget_line="1")
    story.when(moved, world=WORLD).invalid("project")
