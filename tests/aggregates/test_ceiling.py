"""The ceiling: on no day are a document's charges more than its gross amount, whatever happens."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.aggregates.expenditures.adjusting import CorrectingDocument
from ledger.aggregates.expenditures.mending import CorrectExpenditure, WithdrawCharge
from ledger.aggregates.expenditures.recording import ChargeExpenditure, PlacedCharge
from ledger.aggregates.expenditures.state import (
    Charge,
    ExceedsDocument,
    Expenditure,
    Stated,
    Until,
    check_ceiling,
)
from ledger.kernel.errors import LedgerError
from ledger.kernel.messages import Command, Given
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, TODAY, an_id
from tests.aggregates.spending import WORLD, expenditure, recorded

DAYS = 6
AMOUNTS = st.integers(0, 5)
OFFSETS = st.integers(0, DAYS - 1)


def day(offset: int) -> date:
    return DAY + timedelta(days=offset)


def eligible(one: Charge, on: date) -> Decimal:
    """What the charge came to on that day."""
    return Decimal(next((e.eligible for e in one.earlier if on < e.day), one.eligible))


def excess(state: Expenditure) -> Iterator[date]:
    """The days on which more is charged than the document says, one by one."""
    for offset in range(-1, DAYS + 1):
        on = day(offset)
        charged = sum(
            eligible(one, on)
            for one in state.charges.values()
            if one.since <= on and (one.withdrawn_on is None or on < one.withdrawn_on)
        )
        said = [one for one in state.amounts if one.since <= on]
        if charged > Decimal(said[-1].gross if said else state.amounts[0].gross):
            yield on


@st.composite
def documents(draw: st.DrawFn) -> Expenditure:
    """A document with any charges and any correcting documents, each with its days."""
    since = sorted(draw(st.lists(OFFSETS, max_size=3)))
    amounts = [Stated(day(n), "0.00", "0.00", f"{draw(AMOUNTS)}.00") for n in (0, *since)]
    charges = {}
    for number in range(draw(st.integers(0, 4))):
        first = draw(OFFSETS)
        changes = sorted(draw(st.lists(st.integers(first, DAYS), max_size=2)))
        last = draw(st.none() | st.integers(max([first, *changes]), DAYS))
        charges[an_id(number)] = Charge(
            project=PROJECT,
            budget_line="1.1",
            eligible=f"{draw(AMOUNTS)}.00",
            since=day(first),
            earlier=tuple(Until(day(n), f"{draw(AMOUNTS)}.00") for n in changes),
            withdrawn_on=None if last is None else day(last),
        )
    return Expenditure(
        document_number="1", issued_on=DAY, description="x", amounts=tuple(amounts),
        charges=charges, since=DAY,
    )  # fmt: skip


@settings(database=None, deadline=None, max_examples=300)
@given(documents())
def test_the_check_finds_the_first_day_that_a_look_at_every_day_finds(state: Expenditure) -> None:
    said = Given(id=ITSELF, effective_on=DAY, today=TODAY, by="anna", new_id=lambda: an_id(1))
    found = None
    try:
        check_ceiling(state, state, said)
    except ExceedsDocument as refused:
        found = refused.facts["on"]
    assert found == next(excess(state), None)


CHARGES = [an_id(number) for number in range(1, 6)]


@st.composite
def commands(draw: st.DrawFn) -> tuple[Command, date]:
    """Something that moves amounts, on any day."""
    charge, amount = draw(st.sampled_from(CHARGES)), f"{draw(st.integers(0, 1_300))}.00"
    number = f"KOR/{draw(st.integers(1, 50))}"
    corrected = CorrectingDocument(document_number=number, issued_on=DAY)
    command: Command = draw(
        st.sampled_from(
            [
                ChargeExpenditure(
                    project=PROJECT, budget_line="1.1", eligible=amount, charge=charge
                ),
                WithdrawCharge(charge=charge),
                CorrectExpenditure(charge=charge, eligible=amount),
                CorrectExpenditure(net=amount, vat="0.00", gross=amount),
                CorrectExpenditure(
                    correcting_document=corrected, net=amount, vat="0.00", gross=amount
                ),
                CorrectExpenditure(
                    correcting_document=corrected,
                    net=amount,
                    vat="0.00",
                    gross=amount,
                    charge=charge,
                    eligible=f"{draw(st.integers(0, 1_300))}.00",
                ),
            ]
        )
    )
    return command, day(draw(OFFSETS))


@settings(database=None, deadline=None, max_examples=120)
@given(st.lists(commands(), max_size=14))
def test_whatever_is_commanded_no_day_is_charged_beyond_the_document(
    said: list[tuple[Command, date]],
) -> None:
    first = PlacedCharge(charge=CHARGES[0], project=PROJECT, budget_line="1.1", eligible="500.00")
    scenario = recorded(charges=(first,))
    for command, on in said:
        scenario.when(command, on=on, world=WORLD, reason="x")
        assert scenario.error is None or isinstance(scenario.error, LedgerError)
        assert list(excess(expenditure(scenario.state))) == []
        assert Decimal(expenditure(scenario.state).free) >= 0
