"""People come in by a password, a second factor or a token, and act in one role at a time."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import (
    assert_accessible,
    assert_accessible_in_both_languages,
)
from tests.journeys.pages.conftest import Site

PASSWORD = "konewka zmierzch ołówek 17"
NAME = "anna.nowak"


def _press(user: Page, label: str) -> None:
    user.get_by_role("button", name=label, exact=True).click()


@pytest.fixture(scope="module")
def admins(new_site: Site) -> Iterator[list[httpx.Client]]:
    """Two administrators: one proposes, the other confirms."""
    with ExitStack() as opened:
        tokens = [new_site.token("admin", name=name) for name in ("pierwszy", "drugi")]
        headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
        yield [
            opened.enter_context(httpx.Client(base_url=new_site.url, headers=one))
            for one in headers
        ]


def _post(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def account(new_site: Site, admins: list[httpx.Client]) -> dict[str, Any]:
    """An account with two roles, both confirmed, whose password is not chosen yet."""
    first, second = admins
    made = _post(first, "accounts", name=NAME, role="coordinator", reason="nowa osoba")
    _post(second, f"access/{made['id']}/confirm", grant=made["grant"], reason="zgoda")
    more = _post(first, f"access/{made['id']}/grant", role="officer", reason="zastępstwo")
    _post(second, f"access/{made['id']}/confirm", grant=more["grant"], reason="zgoda")
    return made


def test_an_invitation_leads_to_a_password_and_then_in(
    new_site: Site, account: dict[str, Any]
) -> None:
    user = new_site.user(None)
    user.goto(account["address"])
    assert_accessible_in_both_languages(user)
    user.locator("#password").fill("haslo123456")
    user.locator("#repeated").fill("haslo123456")
    _press(user, "Zachowaj hasło")
    expect(user.locator("#password-error")).to_be_visible()
    for field in ("#password", "#repeated"):
        user.locator(field).fill(PASSWORD)
    _press(user, "Zachowaj hasło")
    expect(user).to_have_url(re.compile("/sign-in$"))
    _sign_in(user, PASSWORD + " ")
    expect(user.locator("#password-error")).to_contain_text("niewłaściwe")
    _sign_in(user, PASSWORD)
    assert _status(user, "/institutions/create") == 200  # as a coordinator
    user.goto("/account")
    user.get_by_role("button", name=re.compile("Działaj w tej roli specjalista")).click()
    expect(user.get_by_role("link", name=re.compile("anna.nowak · specjalista"))).to_be_visible()
    assert _status(user, "/institutions/create") == 403


def _sign_in(user: Page, password: str) -> None:
    user.locator("#name").fill(NAME)
    user.locator("#password").fill(password)
    _press(user, "Zaloguj się")


def _status(user: Page, path: str) -> int:
    answer = user.goto(path)
    assert answer is not None
    return answer.status


def test_a_second_factor_is_set_up_and_asked_for(new_site: Site, account: dict[str, Any]) -> None:
    user = new_site.user(None, java_script_enabled=False)
    user.goto("/sign-in?next=/account")
    _sign_in(user, PASSWORD)
    user.locator("#proof").fill(PASSWORD)
    _press(user, "Ustaw drugi składnik")
    key = user.locator(".mono").first.inner_text()
    user.locator("#code").fill(pyotp.TOTP(key).now())
    _press(user, "Włącz")
    codes = user.locator(".codes li").all_inner_texts()
    assert len(codes) >= 8
    _press(user, "Wyloguj się")
    _sign_in(user, PASSWORD)
    expect(user.get_by_text("z kodem, który teraz pokazuje")).to_be_visible()
    user.locator("#password").fill(PASSWORD)
    user.locator("#code").fill(codes[0])
    _press(user, "Zaloguj się")
    expect(user).to_have_url(re.compile("/(account)?$"))
    user.goto("/account")
    expect(user.get_by_text("Drugi składnik jest ustawiony.")).to_be_visible()


def test_another_session_is_ended_from_here(new_site: Site) -> None:
    token = new_site.token("manager", name="dwie sesje")
    here, there = new_site.user(None), new_site.user(None)
    for user in (here, there):
        user.goto("/sign-in?token=1")
        user.locator("#token").fill(token)
        _press(user, "Zaloguj się")
    here.goto("/account")
    here.get_by_role("button", name=re.compile("^Zakończ")).click()
    there.goto("/institutions")
    expect(there).to_have_url(re.compile("/sign-in"))
    here.goto("/institutions")
    expect(here.get_by_role("heading", level=1)).to_have_text("Instytucje")


def test_after_signing_in_one_comes_back_to_where_one_wanted_to_go(new_site: Site) -> None:
    user = new_site.user(None, lang="en")
    user.goto("/institutions?sector=ngo&valid_at=2019-05-13")
    user.get_by_role("link", name="Sign in with a token").click()
    user.locator("#token").fill(new_site.token("manager"))
    _press(user, "Sign in")
    expect(user).to_have_url(re.compile(r"/institutions\?sector=ngo&valid_at=2019-05-13$"))


def test_a_wrong_token_is_told_at_its_field(new_site: Site) -> None:
    user = new_site.user(None)
    user.goto("/sign-in?token=1")
    user.locator("#token").fill("ledger_nic")
    _press(user, "Zaloguj się")
    assert user.title().startswith("Błąd: ")
    expect(user.locator("#token-error")).to_contain_text("Ten token nie jest ważny")
    assert_accessible(user)


def test_an_admin_makes_an_account_on_its_page(new_site: Site) -> None:
    user = new_site.user("admin")
    user.goto("/accounts/new")
    user.locator("#name").fill("jan.kowalski")
    user.locator("#role").select_option("manager")
    _press(user, "Utwórz konto")
    expect(user.get_by_text("/sign-in/invitation/")).to_be_visible()
    user.get_by_role("link", name="Przejdź do konta").click()
    expect(user.get_by_text("czeka na potwierdzenie")).to_be_visible()
    assert_accessible_in_both_languages(user)
    _press(user, "Wyłącz konto")
    expect(user.get_by_role("button", name="Włącz konto")).to_be_visible()


def test_only_admins_see_accounts(new_site: Site) -> None:
    assert _status(new_site.user("manager"), "/accounts") == 403


def test_tokens_are_listed_from_the_newest(new_site: Site) -> None:
    for name in ("starszy", "nowszy"):
        new_site.token("manager", name=name)
    user = new_site.user("admin")
    user.goto("/tokens")
    names = [name.strip() for name in user.locator("tbody th").all_inner_texts()]
    assert names.index("nowszy") < names.index("starszy")
