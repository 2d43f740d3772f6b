"""Portions: what a claim freezes fits into events, whatever stands in its lines."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.aggregates.claims.course import LinesFrozen
from ledger.aggregates.claims.gathering import ChargesWereIncluded, ClaimedCharge
from ledger.aggregates.claims.state import Line, portions, totals_of
from ledger.event_store.codec import Provenance, fragments
from ledger.kernel.fields import added
from ledger.kernel.messages import Event
from tests.aggregates.scenario import DAY, an_id

LONGEST = 65_535
REASON = "ż" * 4_000
AMOUNTS = ("0.00", "0.01", "123.45", "9999999999999.99")
TEXTS = ("1", "ż" * 60, "\x01" * 60, "🧾" * 60)


def leaf(event: Event) -> int:
    """The length of the event's line in the log, position and time included."""
    said = Provenance(
        effective_on=DAY, recorded_by="Anna", reason=REASON, evidence=(), request_id=an_id(1)
    )
    return len(fragments(an_id(1), 7, event, said)) + 80


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Lines of any size, as many as a claim may have."""
    kinds = draw(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(AMOUNTS)), min_size=1,
                          max_size=5))  # fmt: skip
    found = []
    for number in range(draw(st.integers(0, 700))):
        text, amount = kinds[number % len(kinds)]
        found.append(
            Line(expenditure=an_id(1), charge=an_id(number), budget_line=text, task=text * 3,
                 category=text * 3, method="flat_rate", eligible=amount, eu_amount=amount)
        )  # fmt: skip
    return found


@settings(database=None, deadline=None, max_examples=60)
@given(lines())
def test_the_lines_of_a_claim_fit_into_events_whole_and_in_order(rows: list[Line]) -> None:
    parts = portions(rows)
    assert [one for part in parts for one in part] == rows
    assert all(parts)
    events = [LinesFrozen(submission=1, lines=part) for part in parts]
    assert all(leaf(event) <= LONGEST for event in events)
    size = len(msgspec.json.encode(rows))
    assert len(parts) <= size // 40_000 + 1


@settings(database=None, deadline=None, max_examples=60)
@given(lines())
def test_sums_of_a_claim_are_sums_of_its_lines(rows: list[Line]) -> None:
    totals = totals_of(rows)
    assert totals.eligible == added(*(one.eligible for one in rows))
    assert totals.eligible == added(*totals.by_category.values())
    assert list(totals.by_category) == sorted(totals.by_category)


def test_a_thousand_charges_come_into_a_claim_in_a_few_events() -> None:
    charges = [ClaimedCharge(expenditure=an_id(n), charge=an_id(n)) for n in range(1_000)]
    parts = portions(charges)
    assert [len(part) for part in parts] == [470, 471, 59]
    assert all(leaf(ChargesWereIncluded(charges=part)) <= LONGEST for part in parts)


def test_nothing_needs_no_event() -> None:
    assert portions([]) == []
