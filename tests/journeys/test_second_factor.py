"""A second factor: a code of the moment that is taken once, and codes for when it is lost."""

import time
from typing import Any

import psycopg
import pyotp
import pytest

from tests.journeys.browsers import Browser
from tests.journeys.conftest import Service
from tests.journeys.test_accounts import GOOD, OTHER, Staff


@pytest.fixture(scope="module")
def staff(shared: Service) -> Staff:
    return Staff(shared)


class Enrolled:
    """Somebody with a device."""

    def __init__(self, staff: Staff, role: str = "coordinator") -> None:
        self._url = staff.service.http.app.state.parts.url
        self.made = staff.person(role=role)
        self.name = self.made["name"]
        self.browser = staff.browser()
        self.begun = self.browser.sign_in_as(self.name, GOOD)
        offer = self.browser.post("/api/session/second-factor", {"password": GOOD})
        self.totp = pyotp.TOTP(offer["key"])
        self.offer = offer
        self.codes = self._confirm()["recovery_codes"]

    def _confirm(self) -> dict[str, Any]:
        said = {"code": self.totp.now()}
        found: dict[str, Any] = self.browser.post("/api/session/second-factor/confirm", said)
        return found

    def later(self) -> str:
        """A code of a step of which none was taken yet, as if time had passed."""
        with psycopg.connect(self._url) as connection:
            connection.execute(
                "UPDATE access.second_factors SET step = 0 WHERE account = %s", (self.made["id"],)
            )
        return self.totp.now()


@pytest.fixture(scope="module")
def ola(staff: Staff) -> Enrolled:
    return Enrolled(staff)


def refused(staff: Staff, name: str, code: str | None, password: str = GOOD) -> str:
    said = {"name": name, "password": password} | ({"code": code} if code else {})
    answer = staff.browser().ask("POST", "/api/session", status=401, json=said)
    return str(answer["type"]).removeprefix("/problems/")


def test_the_password_alone_opens_no_door(staff: Staff, ola: Enrolled) -> None:
    assert refused(staff, ola.name, None) == "second_factor_needed"
    assert refused(staff, ola.name, None, OTHER) == "sign_in_refused"
    code = ola.later()
    assert refused(staff, ola.name, code, OTHER) == "sign_in_refused"
    assert staff.browser().sign_in_as(ola.name, GOOD, code)["name"] == ola.name


def test_a_code_is_taken_once(staff: Staff, ola: Enrolled) -> None:
    code = ola.later()
    staff.browser().sign_in_as(ola.name, GOOD, code)
    assert refused(staff, ola.name, code) == "sign_in_refused"
    # Nor is one of the step before, once this one was taken.
    before = ola.totp.at(int(time.time()) - 30)
    assert refused(staff, ola.name, before) == "sign_in_refused"


def test_a_recovery_code_works_once(staff: Staff, ola: Enrolled) -> None:
    code = ola.codes[0].upper()
    staff.browser().sign_in_as(ola.name, GOOD, code)
    assert refused(staff, ola.name, code) == "sign_in_refused"
    renewed = ola.browser.post("/api/session/recovery-codes", {"password": GOOD})
    assert refused(staff, ola.name, ola.codes[1]) == "sign_in_refused"
    staff.browser().sign_in_as(ola.name, GOOD, renewed["recovery_codes"][1])


def test_the_secret_is_in_the_database_only_sealed(ola: Enrolled) -> None:
    with psycopg.connect(ola._url) as connection:
        rows = connection.execute("SELECT sealed FROM access.second_factors").fetchall()
        codes = connection.execute("SELECT hash FROM access.recovery_codes").fetchall()
    assert not any(ola.offer["key"].encode() in bytes(row[0]) for row in rows)
    assert not any(code.encode() in bytes(row[0]) for row in codes for code in ola.codes)
    assert ola.offer["picture"].startswith("<svg")


def test_setting_it_up_takes_the_password_and_a_code(staff: Staff) -> None:
    browser = staff.browser()
    browser.sign_in_as(staff.person()["name"], GOOD)
    browser.post("/api/session/second-factor", {"password": OTHER}, status=422)
    first = browser.post("/api/session/second-factor", {"password": GOOD})
    second = browser.post("/api/session/second-factor", {"password": GOOD})
    confirm = "/api/session/second-factor/confirm"
    browser.post(confirm, {"code": pyotp.TOTP(first["key"]).now()}, status=422)
    browser.post(confirm, {"code": pyotp.TOTP(second["key"]).now()})
    browser.post(confirm, {"code": pyotp.TOTP(second["key"]).now()}, status=422)
    answer = browser.post("/api/session/second-factor", {"password": GOOD}, status=409)
    assert answer["rule"] == "second_factor_there"


def test_taking_it_away_takes_both(staff: Staff) -> None:
    one = Enrolled(staff)
    path = "/api/session/second-factor/remove"
    one.browser.post(path, {"password": GOOD, "code": "000000"}, status=422)
    one.browser.post(path, {"password": OTHER, "code": one.later()}, status=422)
    one.browser.post(path, {"password": GOOD, "code": one.later()}, status=204)
    staff.browser().sign_in_as(one.name, GOOD)


def test_nobody_acts_as_admin_by_a_password_alone(staff: Staff) -> None:
    made = staff.person(role="admin")
    browser: Browser = staff.browser()
    begun = browser.sign_in_as(made["name"], GOOD)
    assert (begun["acting"], begun["locked"]) == (None, ["admin"])
    answer = browser.get("/api/projects", status=403)
    assert answer["type"] == "/problems/second_factor_missing"
    offer = browser.post("/api/session/second-factor", {"password": GOOD})
    said = {"code": pyotp.TOTP(offer["key"]).now()}
    browser.post("/api/session/second-factor/confirm", said)
    assert browser.get("/api/session")["acting"]["role"] == "admin"
    browser.get("/api/accounts")
