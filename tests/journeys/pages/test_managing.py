"""What does a manager see: the project on one page, at any moment, and behind each number."""

from playwright.sync_api import expect

from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import LIDERZY
from tests.journeys.pages.ways import WAYS, Way, press

TEAM = "1e967b0b-4ddd-5f54-b60e-7f6b73479c35"  # the WZK of podkarpackie
MIRZEC = "48b53a51-9502-5470-aed0-56b4cd3c7ddd"  # the agreement with the county's obligations
BEFORE_THE_ANNEX = 80


@WAYS
def test_before_the_annex_the_first_value_end_and_milestone_ii_are_seen(
    site: Site, way: Way
) -> None:
    user = way.user(site, "manager")
    now, then = "27\xa0773\xa0272,46\xa0zł", "12\xa0893\xa0583,46\xa0zł"
    user.goto(f"/projects/{LIDERZY}?valid_at=2020-10-15")
    expect(user.get_by_text(way.say(now, "27,773,272.46")).first).to_be_visible()
    row = user.get_by_role("row").filter(has_text="2. Testowanie")
    expect(row).to_contain_text(way.say("31.12.2020", "31\xa0Dec\xa02020"))
    expect(row).to_contain_text(way.say("w toku", "in progress"))

    user.goto(f"/projects/{LIDERZY}?valid_at=2020-10-15&known_at={BEFORE_THE_ANNEX}")
    expect(user.get_by_text(way.say(then, "12,893,583.46")).first).to_be_visible()
    expect(user.get_by_text(way.say("31.03.2021", "31\xa0Mar\xa02021")).first).to_be_visible()
    expect(row).to_contain_text(way.say("30.09.2020", "30\xa0Sep\xa02020"))
    expect(row).not_to_contain_text(way.say("31.12.2020", "31\xa0Dec\xa02020"))
    expect(row).to_contain_text(way.say("po terminie", "overdue"))
    press(user.get_by_role("link", name=way.say("Wróć do teraz", "Back to now")))
    expect(user.get_by_text(way.say(now, "27,773,272.46")).first).to_be_visible()


def test_a_team_is_empty_the_day_before_and_has_its_six_members_after(site: Site) -> None:
    user = site.user("manager", lang="en")
    user.goto(f"/teams/{TEAM}?valid_at=2019-05-12")
    assert user.get_by_text("Nobody is in the team on that day.").is_visible()
    user.goto(f"/teams/{TEAM}?valid_at=2019-05-13")
    assert user.get_by_role("heading", name="6 members on that day").is_visible()
    assert user.locator("svg[aria-labelledby^=composition-title]").is_visible()


def test_an_obligation_leads_to_the_activities_that_fulfil_it(site: Site) -> None:
    user = site.user("manager", java_script_enabled=False)
    user.goto(f"/agreements/{MIRZEC}?valid_at=2018-12-31")
    third = user.locator("#obligation-3")
    assert "4/4" in third.inner_text()
    third.get_by_role("link", name="Badania fokusowe").click()
    assert user.get_by_role("heading", name="Badania fokusowe", level=1).is_visible()


def test_a_number_leads_to_those_who_were_counted(site: Site) -> None:
    user = site.user("manager", java_script_enabled=False)
    user.goto(f"/projects/{LIDERZY}/indicators")
    row = user.get_by_role("row").filter(has_text="Organizacje pozarządowe").first
    achieved = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    assert user.locator(".figure__number").first.inner_text() == achieved
