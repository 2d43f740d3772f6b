"""From a last payment follows the day until which documents are kept; proceedings move it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.queries.retention import accounts_due, held

BEGINS, ENDS = date(2026, 12, 31), date(2031, 12, 31)
DAYS = st.dates(date(2025, 1, 1), date(2033, 1, 1))


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2021, 6, 30), date(2022, 2, 15)),
        (date(2021, 7, 1), date(2023, 2, 15)),
        (date(2021, 12, 31), date(2023, 2, 15)),
        (date(2022, 1, 1), date(2023, 2, 15)),
    ],
)
def test_the_accounts_of_a_year_to_june_are_due_in_the_february_after_it(
    on: date, due: date
) -> None:
    assert accounts_due(on) == due


def test_a_proceeding_moves_the_end_by_the_days_it_took() -> None:
    assert held([(date(2027, 1, 1), date(2027, 1, 31))], BEGINS, ENDS) == [30]


def test_days_before_the_period_do_not_count() -> None:
    assert held([(date(2026, 1, 1), date(2027, 1, 10))], BEGINS, ENDS) == [10]
    assert held([(date(2026, 1, 1), date(2026, 2, 1))], BEGINS, ENDS) == [0]


def test_days_that_two_proceedings_share_count_once() -> None:
    both = [(date(2027, 1, 1), date(2027, 1, 31)), (date(2027, 1, 11), date(2027, 2, 10))]
    assert held(both, BEGINS, ENDS) == [30, 10]
    inside = [(date(2027, 1, 1), date(2027, 1, 31)), (date(2027, 1, 11), date(2027, 1, 20))]
    assert held(inside, BEGINS, ENDS) == [30, 0]


def test_what_is_opened_after_the_end_does_not_move_it() -> None:
    assert held([(date(2032, 1, 2), date(2032, 3, 1))], BEGINS, ENDS) == [0]
    moved = [(date(2031, 12, 1), date(2031, 12, 31)), (date(2032, 1, 29), date(2032, 2, 8))]
    assert held(moved, BEGINS, ENDS) == [30, 10]


def test_what_is_not_over_moves_nothing_yet() -> None:
    assert held([(date(2027, 1, 1), None)], BEGINS, ENDS) == [0]


@given(st.lists(st.tuples(DAYS, st.integers(0, 400)), max_size=6))
def test_the_end_moves_by_the_days_on_which_any_proceeding_was_open(
    some: list[tuple[date, int]],
) -> None:
    periods = sorted((since, since + timedelta(days=days)) for since, days in some)
    moved = sum(held(list(periods), BEGINS, ENDS))
    open_on = {
        since + timedelta(days=n)
        for since, until in periods
        for n in range((until - since).days)
    }  # fmt: skip
    assert moved <= len({day for day in open_on if day >= BEGINS})
    if all(until <= ENDS for _, until in periods):
        assert moved == len({day for day in open_on if day >= BEGINS})
