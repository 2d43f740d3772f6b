"""Auditors find an event and take its receipt, watch the log, and draw samples."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ledger.cli.verifying import receipt
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import LIDERZY
from tests.journeys.pages.writer import Writer


@pytest.fixture(scope="module")
def writer(new_site: Site) -> Iterator[Writer]:
    made = Writer(new_site)
    yield made
    made.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_event_is_found_and_its_receipt_proves_it_without_the_ledger(
    site: Site, scripts: bool, tmp_path: Path
) -> None:
    user = site.user("auditor", java_script_enabled=scripts)
    user.goto("/")
    user.get_by_role("link", name="Zdarzenia", exact=True).click()
    user.get_by_label("Co się stało").select_option("project.amended")
    user.get_by_label("Prawdziwe od dnia").fill("2020-09-30")
    user.get_by_role("button", name="Filtruj").click()
    user.get_by_role("link", name="85", exact=True).click()
    value = user.get_by_role("row", name="Wartość")
    expect(value).to_contain_text("12\xa0893\xa0583,46\xa0zł")
    expect(value).to_contain_text("27\xa0773\xa0272,46\xa0zł")
    link = user.get_by_role("button", name="Pobierz poświadczenie").get_attribute("href")
    answer = user.request.get(link or "")
    assert "receipt-85.json" in answer.headers["content-disposition"]
    kept = tmp_path / "receipt-85.json"
    kept.write_bytes(answer.body())
    assert receipt(kept) == 0
    user.get_by_role("link", name="Liderzy kooperacji").last.click()
    expect(user.get_by_role("heading", level=1)).to_have_text("Liderzy kooperacji")


def test_events_are_not_for_everybody(site: Site) -> None:
    user = site.user("manager")
    for path in ("/events", "/events/85"):
        answer = user.goto(path)
        assert answer is not None
        assert answer.status == 403, path
    auditor = site.user("auditor")
    for path in ("/events/85?known_at=80", "/events/0", "/events/x", "/events/99999999"):
        answer = auditor.goto(path)
        assert answer is not None
        assert answer.status == 404, path


def test_the_events_of_others_are_not_shown_to_an_auditor_of_one_project(site: Site) -> None:
    user = site.user("auditor", project=LIDERZY)
    user.goto("/events")
    expect(user.locator("tbody tr")).to_have_count(50)
    assert "Kooperacja – efektywna i skuteczna" not in user.locator("main").inner_text()


def test_events_come_in_as_they_are_recorded(new_site: Site, writer: Writer) -> None:
    writer.institution("Gmina Pierwsza")
    user = new_site.user("auditor", lang="en")
    user.goto("/events?type=institution.registered")
    user.get_by_label("Show new events").check()
    expect(user.get_by_role("status")).to_contain_text("Watching")
    user.evaluate("document.activeElement.blur()")
    writer.institution("Gmina Druga")
    expect(user.get_by_role("link", name="Gmina Druga")).to_be_visible()
    expect(user.locator("tr.is-new")).to_have_count(1)
