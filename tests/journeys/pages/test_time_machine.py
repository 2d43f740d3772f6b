"""A page shows the world on a day, as it was known at a moment; both stand in its address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import LIDERZY
from tests.journeys.pages.ways import WAYS, Way, fill, press

BEFORE, AFTER = "12 893 583,46 zł", "27 773 272,46 zł"


def _card(user: Page) -> str:
    """What the list of projects says of Liderzy kooperacji, with ordinary spaces."""
    return _plain(user.locator(".card", has_text="Liderzy kooperacji").inner_text())


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _change_the_moment(user: Page) -> None:
    user.get_by_text("Zmień moment").click()


@WAYS
def test_before_the_annex_the_first_value_and_end_were_known(site: Site, way: Way) -> None:
    user = way.user(site, "manager")
    before, after = way.say(BEFORE, "12,893,583.46 PLN"), way.say(AFTER, "27,773,272.46 PLN")
    known = user.get_by_label(way.say("Stan wiedzy z", "As it was known on"), exact=True)
    user.goto("/")
    assert after in _card(user)
    assert way.say("30.06.2021", "30 Jun 2021") in _card(user)
    press(user.get_by_text(way.say("Zmień moment", "Change the moment")))
    fill(known, "80")
    user.keyboard.press("Enter")
    expect(user).to_have_url(re.compile("known_at=80"))
    assert before in _card(user)
    assert way.say("31.03.2021", "31 Mar 2021") in _card(user)
    band = user.get_by_role("region", name="Moment")
    expect(band).to_contain_text(way.say("Stan wiedzy z", "As it was known on"))
    press(band.get_by_role("link", name=way.say("Wróć do teraz", "Back to now")))
    assert after in _card(user)


@WAYS
def test_on_another_day_nobody_was_in_the_team_yet(site: Site, way: Way) -> None:
    user = way.user(site, "manager")
    user.goto("/teams/1e967b0b-4ddd-5f54-b60e-7f6b73479c35?valid_at=2019-05-13")
    members = user.get_by_role("link", name="Komenda Wojewódzka Policji w Rzeszowie")
    expect(members.first).to_be_visible()
    press(user.get_by_text(way.say("Zmień moment", "Change the moment")))
    day = user.get_by_label(way.say("Stan na dzień", "The world on the day"), exact=True)
    fill(day, "2019-05-12")
    user.keyboard.press("Enter")
    expect(user).to_have_url(re.compile("valid_at=2019-05-12"))
    expect(members).to_have_count(0)
    press(user.get_by_role("link", name=way.say("Projekty", "Projects"), exact=True))
    expect(user).to_have_url(re.compile("valid_at=2019-05-12"))  # links keep the moment


def test_the_slider_moves_by_the_arrow_keys_and_says_where_it_is(site: Site) -> None:
    user = site.user("manager")
    user.goto("/?known_at=80")
    _change_the_moment(user)
    assert_accessible(user)
    slider = user.get_by_label("Wzdłuż dziennika")
    for _ in range(5):  # quickly, one after the other
        slider.press("ArrowRight")
    expect(user.locator("#time-here")).to_contain_text("Zdarzenie 85")
    slider.press("Enter")
    expect(user).to_have_url(re.compile("known_at=85"))
    assert AFTER in _card(user)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("nigdy", "numeru zdarzenia albo czasu"),
        ("99999999999", "nie ma jeszcze takiego zdarzenia"),
    ],
)
def test_a_moment_that_never_was_is_told_with_a_way_back(site: Site, typed: str, told: str) -> None:
    user = site.user("manager")
    answer = user.goto(f"/?known_at={typed}")
    assert answer is not None
    assert answer.status == 422
    expect(user.locator("main")).to_contain_text(re.compile(told))
    user.get_by_role("link", name="Otwórz tę stronę w stanie obecnym").click()
    assert AFTER in _card(user)


def test_a_day_alone_means_all_that_was_known_by_its_end(site: Site) -> None:
    user = site.user("manager")
    user.goto("/?known_at=2001-01-01")
    expect(user.get_by_text("W tym momencie nie było żadnego projektu.")).to_be_visible()
    user.goto("/?known_at=31.12.2099")
    assert AFTER in _card(user)


def test_a_number_leads_to_what_it_is_made_of_at_the_same_moment(site: Site) -> None:
    user = site.user("auditor", java_script_enabled=False)
    user.goto(f"/explain?of=/api/projects/{LIDERZY}/explain/value&known_at=80")
    expect(user.locator("tfoot")).to_contain_text(
        "12 893 583,46".replace(" ", "\N{NO-BREAK SPACE}")
    )
    expect(user.locator("tbody tr")).to_have_count(1)
    user.goto(f"/explain?of=/api/projects/{LIDERZY}/explain/value")
    expect(user.locator("tbody tr")).to_have_count(2)


def test_an_explanation_of_nothing_is_not_there(site: Site) -> None:
    user = site.user("auditor")
    for of in ("", "/api/projects", "//evil.example/api/claims/1/explain", "/api/claims/x/explain"):
        answer = user.goto(f"/explain?of={of}")
        assert answer is not None
        assert answer.status == 404, of
