"""Are those who ask too often told to wait, and nobody else?"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.edges.rates import MINUTE, Allowance, Asked, Turnstile
from api.edges.streams import Streams
from api.problems import TooManyRequests, TooManyStreams
from ledger.settings import Rates, settings

HERE, THERE = "192.0.2.1", "192.0.2.2"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_minutes_allowance_may_be_used_at_once_and_comes_back_bit_by_bit(clock: Clock) -> None:
    allowance = Allowance(60, clock)
    for _ in range(60):
        allowance.take("a")
    with pytest.raises(TooManyRequests) as refused:
        allowance.take("a")
    assert refused.value.seconds == 1
    allowance.take("b")
    clock.now += 2
    for _ in range(2):
        allowance.take("a")
    with pytest.raises(TooManyRequests):
        allowance.take("a")


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 10))
def test_never_more_than_the_limit_and_its_refill_pass(waits: list[float], limit: int) -> None:
    clock = Clock()
    allowance, begun, passed = Allowance(limit, clock), clock.now, 0
    for wait in waits:
        clock.now += wait
        try:
            allowance.take("a")
        except TooManyRequests as error:
            clock.now += error.seconds
            allowance.take("a")  # after the time that is told, it works
        passed += 1
    assert passed <= limit + (clock.now - begun) * limit / MINUTE + 1


def test_no_limit_is_no_limit(clock: Clock) -> None:
    allowance = Allowance(0, clock)
    for _ in range(1_000):
        allowance.take("a")


def _turnstile(clock: Clock) -> Turnstile:
    return Turnstile(Rates(caller=5, address=3, sign_in=2), clock)


def _passes(turnstile: Turnstile, asked: Asked, *, known: bool) -> Iterator[int]:
    """Counts the requests that pass."""
    for number in range(1, 100):
        try:
            turnstile.enter(asked)
        except TooManyRequests:
            return
        turnstile.leave(asked, known=known)
        yield number


def test_who_is_known_has_an_allowance_of_his_own(clock: Clock) -> None:
    turnstile = _turnstile(clock)
    assert max(_passes(turnstile, Asked(1, HERE), known=True)) == 6  # the first proved it
    assert max(_passes(turnstile, Asked(2, HERE), known=True)) == 6
    assert max(_passes(turnstile, Asked(None, HERE), known=False)) == 3


def test_a_made_up_credential_is_no_new_allowance(clock: Clock) -> None:
    turnstile = _turnstile(clock)
    passed = 0
    for made_up in range(100, 200):
        passed += len(list(_passes(turnstile, Asked(made_up, HERE), known=False)))
    assert passed == 3
    assert list(_passes(turnstile, Asked(None, THERE), known=False))


def test_who_is_known_passes_where_strangers_at_the_same_address_do_not(clock: Clock) -> None:
    turnstile = _turnstile(clock)
    turnstile.enter(Asked(1, HERE))
    turnstile.leave(Asked(1, HERE), known=True)
    assert max(_passes(turnstile, Asked(None, HERE), known=False)) == 3
    turnstile.enter(Asked(1, HERE))
    turnstile.leave(Asked(1, HERE), known=False)  # revoked meanwhile
    with pytest.raises(TooManyRequests):
        turnstile.enter(Asked(1, HERE))


def test_signing_in_is_tried_less_often(clock: Clock) -> None:
    turnstile = _turnstile(clock)
    assert max(_passes(turnstile, Asked(None, HERE, signs_in=True), known=False)) == 2
    assert list(_passes(turnstile, Asked(None, HERE), known=False)) == [1]


def test_streams_are_counted_in_and_out() -> None:
    streams = Streams(per_caller=2, in_all=3)
    first, _ = streams.take("a"), streams.take("a")
    with pytest.raises(TooManyStreams):
        streams.take("a")
    streams.take("b")
    with pytest.raises(TooManyStreams):
        streams.take("c")
    first()
    first()  # once is enough, whoever says so again
    streams.take("a")
    with pytest.raises(TooManyStreams):
        streams.take("a")


def test_rates_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_RATES", "100, 0 5")
    assert settings().rates == Rates(caller=100, address=0, sign_in=5)
    monkeypatch.setenv("LEDGER_RATES", "100 x 5")
    with pytest.raises(ValueError, match="LEDGER_RATES"):
        settings()
    monkeypatch.setenv("LEDGER_RATES", "")
    assert settings().rates == Rates()
