"""Who fails has to wait, longer each time; the person whose account is attacked still comes in."""

from typing import Any

import psycopg
import pytest

from tests.journeys.browsers import Browser
from tests.journeys.conftest import Service
from tests.journeys.test_accounts import GOOD, OTHER, Staff

FREE = 5


@pytest.fixture(scope="module")
def staff(shared: Service) -> Staff:
    return Staff(shared)


def tries(browser: Browser, name: str, times: int, password: str = OTHER) -> None:
    for _ in range(times):
        said = {"name": name, "password": password}
        browser.ask("POST", "/api/session", status=401, json=said)


def waits(browser: Browser, name: str, password: str = GOOD) -> int:
    """How many seconds somebody has to wait."""
    said = {"name": name, "password": password}
    answer = browser.ask("POST", "/api/session", status=429, json=said)
    assert answer["type"] == "/problems/too_many_tries"
    return int(browser.headers["Retry-After"])


def pass_time(staff: Staff, **more: Any) -> None:
    """Every wait is over."""
    with psycopg.connect(staff.service.http.app.state.parts.url) as connection:
        connection.execute("UPDATE access.failures SET until = now() WHERE until IS NOT NULL")


def test_after_five_failures_one_waits_and_longer_each_time(staff: Staff) -> None:
    name = staff.person()["name"]
    tries(staff.browser(), name, FREE)
    assert 50 <= waits(staff.browser(), name) <= 60
    assert waits(staff.browser(), name) <= 60  # what is refused is not counted
    found = []
    for _ in range(5):
        pass_time(staff)
        tries(staff.browser(), name, 1)
        found.append(waits(staff.browser(), name))
    assert [round(one, -1) for one in found] == [120, 240, 480, 900, 900]
    pass_time(staff)
    staff.browser().sign_in_as(name, GOOD)
    tries(staff.browser(), name, FREE)


def test_an_unknown_name_waits_like_a_known_one(staff: Staff) -> None:
    tries(staff.browser(), "ktokolwiek", FREE)
    assert waits(staff.browser(), "ktokolwiek") <= 60


def test_an_attacker_does_not_lock_out_the_browser_that_the_account_knows(staff: Staff) -> None:
    name = staff.person()["name"]
    own = staff.browser()
    own.sign_in_as(name, GOOD)
    tries(staff.browser(), name, FREE)
    waits(staff.browser(), name)
    own.sign_in_as(name, GOOD)
    tries(own, name, FREE)
    waits(own, name)


def test_a_browser_is_known_to_the_accounts_that_it_signed_in(staff: Staff) -> None:
    own, victim = staff.person()["name"], staff.person()["name"]
    attacker = staff.browser()
    attacker.sign_in_as(own, GOOD)
    tries(attacker, victim, FREE)
    waits(staff.browser(), victim)


def test_waits_are_kept_without_names_or_addresses(staff: Staff) -> None:
    tries(staff.browser(), "zaatakowany", 1)
    with psycopg.connect(staff.service.http.app.state.parts.url) as connection:
        rows = [bytes(row[0]) for row in connection.execute("SELECT what FROM access.failures")]
    assert rows
    for row in rows:
        kind, _, digest = row.partition(b":")
        assert kind in (b"name", b"address", b"device")
        assert len(digest) == 4


def test_a_wrong_second_password_of_a_session_counts_too(staff: Staff) -> None:
    browser = staff.browser()
    browser.sign_in_as(staff.person()["name"], GOOD)
    for _ in range(FREE):
        browser.post("/api/session/second-factor", {"password": OTHER}, status=422)
    browser.post("/api/session/second-factor", {"password": GOOD}, status=429)
