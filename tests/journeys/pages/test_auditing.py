"""Auditors find an event and take its receipt, watch the log, and draw samples."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from api.pages.frame.written import short_day
from ledger.cli import main
from ledger.cli.verifying import receipt
from ledger.kernel.calendar import day_in_warsaw
from tests.conftest import keys_of
from tests.journeys.pages.accessible import (
    assert_accessible,
    assert_accessible_in_both_languages,
)
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import LIDERZY
from tests.journeys.pages.ways import WAYS, Way, choose, fill, press, skip, tick
from tests.journeys.pages.writer import Writer


@WAYS
def test_an_event_is_found_and_its_receipt_proves_it_without_the_ledger(
    site: Site, way: Way, tmp_path: Path
) -> None:
    user = way.user(site, "auditor")
    user.goto("/")
    press(user.get_by_role("link", name=way.say("Zdarzenia", "Events"), exact=True))
    skip(user)
    choose(
        user.get_by_label(way.word("What happened")), way.say("aneksowano umowę", "project amended")
    )
    fill(user.get_by_label(way.word("True from the day")), "2020-09-30")
    press(user.get_by_role("button", name=way.say("Filtruj", "Filter")))
    skip(user)
    press(user.get_by_role("link", name="85", exact=True))
    value = user.get_by_role("row", name=way.say("Wartość", "Value"))
    expect(value).to_contain_text(way.say("12\xa0893\xa0583,46\xa0zł", "12,893,583.46"))
    expect(value).to_contain_text(way.say("27\xa0773\xa0272,46\xa0zł", "27,773,272.46"))
    receipts = user.get_by_role("button", name=way.say("Pobierz poświadczenie", "Take the receipt"))
    answer = user.request.get(receipts.get_attribute("href") or "")
    assert "receipt-85.json" in answer.headers["content-disposition"]
    kept = tmp_path / "receipt-85.json"
    kept.write_bytes(answer.body())
    assert receipt(kept) == 0
    press(user.get_by_role("link", name="Liderzy kooperacji").last)
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


def test_what_an_annex_changed_stands_between_two_moments(site: Site) -> None:
    user = site.user("auditor", lang="en", java_script_enabled=False)
    user.goto(f"/projects/{LIDERZY}")
    user.get_by_role("link", name="What changed").click()
    user.get_by_label("Known then").fill("80")
    user.get_by_label("and then").fill("90")
    user.get_by_role("button", name="Filter").click()
    row = user.get_by_role("row").filter(has_text="12,893,583.46")
    expect(row).to_contain_text("27,773,272.46")
    user.get_by_label("Known then").fill("nonsense")
    user.get_by_role("button", name="Filter").click()
    expect(user.get_by_role("heading", level=1)).not_to_have_text("What changed")


def test_the_audit_trail_leads_to_the_events_that_answer_an_element(site: Site) -> None:
    user = site.user("auditor", java_script_enabled=False)
    user.goto(f"/projects/{LIDERZY}/audit-trail")
    expect(user.locator("tbody tr")).to_have_count(13)
    row = user.get_by_role("row", name="2 Umowa o dofinansowanie")
    row.locator("summary").click()
    row.get_by_role("link", name="aneksowano umowę").click()
    expect(user.get_by_role("link", name="85", exact=True)).to_be_visible()


def test_the_bundle_and_the_checkpoint_are_taken_away(site: Site) -> None:
    user = site.user("auditor", lang="en")
    user.goto("/log")
    expect(user.locator("main")).to_contain_text("Sealed up to")
    link = user.get_by_role("button", name="The signed checkpoint").get_attribute("href") or ""
    checkpoint = user.request.get(link).text()
    assert checkpoint.split("\n")[0] in user.locator("main").inner_text()
    user.goto(f"/projects/{LIDERZY}/bundle")
    with user.expect_download() as download:
        user.get_by_role("button", name="Download the bundle").click()
    assert download.value.suggested_filename.endswith(".zip")


def test_the_state_of_the_log_says_when_it_was_verified_and_what_came_of_it(
    new_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = new_site.user("auditor")
    user.goto("/log")
    expect(user.locator("main")).to_contain_text("Dziennika jeszcze nie weryfikowano.")
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)
    monkeypatch.setenv("LEDGER_KEYS", str(keys_of(new_site.database_url)))
    with ThreadPoolExecutor(1) as thread:  # the browser's own has a loop already
        assert thread.submit(main, ["verify", "--database", new_site.database_url]).result() == 0
    user.reload()
    said = f"wszystko się zgadza {short_day('pl', day_in_warsaw(datetime.now(UTC)))}"
    expect(user.locator("main")).to_contain_text(said)


def test_a_document_tells_who_stored_it_and_which_events_name_it(
    new_site: Site, writer: Writer
) -> None:
    digest = writer.document("umowa.pdf", b"%PDF-1.4 umowa")
    institution = writer.institution("Gmina z dowodem", evidence=[digest])
    user = new_site.user("auditor", java_script_enabled=False)
    user.goto(f"/events?stream={institution}")
    user.locator("tbody a.position").first.click()
    user.get_by_role("link", name=digest[:16]).click()
    expect(user.get_by_role("heading", level=1)).to_have_text("umowa.pdf")
    assert_accessible_in_both_languages(user)
    expect(user.locator("main")).to_contain_text("test admin")
    expect(user.get_by_role("link", name="Gmina z dowodem")).to_be_visible()
    link = user.get_by_role("button", name="Pobierz").get_attribute("href") or ""
    assert user.request.get(link).body() == b"%PDF-1.4 umowa"
    answer = user.goto("/documents/" + "0" * 64)
    assert answer is not None
    assert answer.status == 404


@WAYS
def test_a_sample_is_designed_drawn_examined_and_concluded(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project, mark = writer.budgeted("1.1"), way.lang
    for number in range(12):
        writer.spent(project, f"S/{number}/{mark}", f"{100 + number}.00")
    user = way.user(new_site, "auditor")
    user.goto(f"/projects/{project}/samples")
    press(_button(user, way.say("Wylosuj próbę", "Draw a sample")))
    skip(user)
    tick(user.locator("[name=population][value=charges]"))
    choose(user.locator("#design-method"), "MUS")
    fill(user.locator("#design-confidence"), "90")
    reckon = _button(user, way.say("Oblicz liczebność", "Reckon the size"))
    press(reckon)
    expect(user.locator("#design-anticipated_error-error")).to_be_visible()
    assert_accessible(user)
    fill(user.locator("#design-anticipated_error"), way.say("0,002", "0.002"))
    fill(user.locator("#design-deviation"), way.say("0,03", "0.03"))
    press(reckon)
    units = int(user.locator(".figure__number").inner_text())
    assert 0 < units <= 12
    expect(_region(user, way.word("How the size is reckoned"))).to_contain_text("=")
    _send(user)
    expect(user.locator("#number-error")).to_be_visible()
    fill(user.locator("#number"), "271828")
    _send(user)
    expect(user.get_by_text(way.word("Units to examine"))).to_be_visible()
    assert_accessible(user)
    press(user.locator("tbody a[href*='/record-error']").first)
    fill(user.locator("#amount"), way.say("12,50", "12.50"))
    tick(user.locator("[name=classification][value=random]"))
    fill(user.locator("#basis"), "Art. 63")
    _send(user)
    expect(_region(user, way.word("Errors found"))).to_contain_text(way.say("12,50", "12.50"))
    press(_button(user, way.word("Draw it again to compare")))
    expect(user.get_by_role("status").first).to_contain_text(
        way.say("jest tą samą próbą", "it is the same sample")
    )
    press(_button(user, way.word("Conclude")))
    tick(user.locator("[name=conclusion][value=inconclusive]"))
    _send(user)
    [row] = writer.read("samples", project=project)["items"]
    assert (row["size"], row["conclusion"]) == (units, "inconclusive")
    user.goto(f"/projects/{project}/samples/screening")
    expect(user.locator("main")).to_contain_text(way.say("wskazówk", "indication"))


def test_a_stratified_design_states_a_deviation_for_each_stratum(site: Site) -> None:
    user = site.user("auditor", java_script_enabled=False)
    user.goto(f"/projects/{LIDERZY}/samples/new")
    user.locator("[name=population][value=charges]").check()
    user.locator("#design-method").select_option("stratified_mean")
    user.locator("#design-stratify_by").select_option("book_value")
    user.locator("#design-limits-0").fill("20 000,00")
    user.locator("#design-confidence").fill("90")
    user.locator("#design-anticipated_error").fill("0,002")
    user.locator("#design-deviations-0-key").fill("1")
    user.locator("#design-deviations-0-value").fill("300,5")
    reckon = _button(user, "Oblicz liczebność")
    reckon.click()
    expect(user.get_by_role("alert")).to_contain_text("'2'")
    expect(user.locator("#design-deviations-0-value")).to_have_value("300,5")
    user.locator("button[value=design-deviations]").click()
    user.locator("#design-deviations-1-key").fill("2")
    reckon.click()
    expect(user.locator("#design-deviations-1-value-error")).to_be_visible()
    user.locator("#design-deviations-1-value").fill("12 000")
    reckon.click()
    expect(user.locator(".figure__number")).to_have_text(re.compile(r"^\d"))


def _button(user: Page, name: str) -> Locator:
    return user.get_by_role("button", name=name, exact=True)


def _region(user: Page, name: str) -> Locator:
    return user.get_by_role("region", name=name)


def _send(user: Page) -> None:
    press(user.locator("main form button[data-prevent-double-click]"))
