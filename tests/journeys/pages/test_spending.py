"""Officers record what was spent and bring it into claims, by keyboard, with scripts or without."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.ways import WAYS, Way, choose, fill, press, reach, skip, tick
from tests.journeys.pages.writer import NIP, Writer


def _type(user: Page, *texts: str) -> None:
    """Types into one field after another; an empty text leaves a field as it is."""
    for text in texts:
        if text:
            user.keyboard.type(text)
        user.keyboard.press("Tab")


def _press(user: Page, name: str) -> None:
    press(user.get_by_role("button", name=name))


def _be_checked_at(user: Page, half: str) -> None:
    """Types a part of an amount, and waits until the form as it stands then is checked."""
    with user.expect_response(re.compile("/check$")):
        user.keyboard.type(half)


@WAYS
def test_a_document_is_recorded_and_corrected_and_the_form_is_ready_for_the_next(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project = writer.budgeted("1.1", "1.2")
    number = f"FV/2/{way.lang}"
    writer.spent(project, f"FV/1/{way.lang}", "100.00")
    user = way.user(new_site, "officer")
    check = user.locator("button[value=check]")
    user.goto(f"/projects/{project}/expenditures/record")
    expect(user.locator("#issuer_nip")).to_be_focused()
    _type(user, NIP, number)
    if way.scripts:
        expect(user.locator("#issuer_name")).to_have_value("Drukarnia Kolor")
    _type(user, "", way.say("13.05.2019", "2019-05-13"), way.say("20.05.2019", "2019-05-20"))
    _type(user, "Plakaty", way.say("1 000,00", "1,000.00"))
    if way.scripts:
        _be_checked_at(user, "2")
    _type(user, way.say("30,00", "230"))
    if not way.scripts:
        press(check)
        expect(user.locator("#issuer_name")).to_have_value("Drukarnia Kolor")
    expect(user.locator("#gross")).to_have_value(way.say("1\xa0230,00", "1,230.00"))
    choose(user.locator("#charges-0-budget_line"), "^1.1")
    press(check) if not way.scripts else user.keyboard.press("Tab")
    # Of 10 000, 100 are spent and 1 230 would be.
    expect(user.locator("#check")).to_contain_text(way.say("8\xa0670,00", "8,670.00"))
    expect(user.locator("#charges-0-eligible")).to_have_value(way.say("1\xa0230,00", "1,230.00"))
    assert_accessible(user)
    reach(user.locator("#charges-0-eligible"))
    user.keyboard.press("Enter")
    expect(user.get_by_text(way.say("Teraz następny.", "Now the next one."))).to_be_visible()
    expect(user.locator("#issuer_nip")).to_be_focused()
    expect(user.locator("#charges-0-budget_line")).to_have_value(f"{project}|1.1")
    found = writer.read("expenditures", project=project)["items"]
    assert [(one["document_number"], one["gross"], one["paid_on"]) for one in found] == [
        (f"FV/1/{way.lang}", "100.00", "2019-05-15"),
        (number, "1230.00", "2019-05-20"),
    ]
    press(user.get_by_role("link", name=number))
    press(user.get_by_role("button", name=way.say("Popraw", "Correct"), exact=True))
    main = user.locator("main")
    fill(main.get_by_label(way.say("Opis", "Description")), "Plakaty i ulotki")
    fill(main.get_by_label(way.say("Uzasadnienie", "Reason")), "Niepełny opis")
    press(user.locator("main form button[data-prevent-double-click]"))
    expect(user.get_by_text("Niepełny opis")).to_be_visible()
    assert writer.read("expenditures", project=project)["items"][1]["description"] == (
        "Plakaty i ulotki"
    )


def test_what_is_wrong_is_shown_before_and_at_its_field_without_scripts(
    new_site: Site, writer: Writer
) -> None:
    project = writer.budgeted("1.1")
    user = new_site.user("officer", lang="en", java_script_enabled=False)
    user.goto(f"/projects/{project}/expenditures/record")
    for name, text in {
        "issuer_nip": NIP, "document_number": "FV/9", "issuer_name": "Drukarnia Kolor",
        "issued_on": "2019-05-10", "paid_on": "2019-05-02", "description": "Posters",
        "net": "20,000", "vat": "0",
    }.items():  # fmt: skip
        user.locator(f"#{name}").fill(text)
    user.get_by_role("button", name="Check").click()
    expect(user.locator("#gross")).to_have_value("20,000.00")
    user.locator("#charges-0-budget_line").select_option(f"{project}|1.1")
    user.locator("#charges-0-eligible").fill("20000.001")
    user.get_by_role("button", name="Record and open").click()
    expect(user.locator("#charges-0-eligible-error")).to_contain_text("two decimal places")
    user.locator("#charges-0-eligible").fill("20000")
    user.get_by_role("button", name="Record and open").click()
    side = user.locator("#check")
    expect(side).to_contain_text("exceed the planned PLN 10,000.00")  # the line has no more
    expect(side).to_contain_text("but issued only on 10 May 2019")
    assert writer.read("expenditures", project=project)["items"] == []
    user.get_by_role("button", name="Record and open").click()
    expect(user.get_by_role("heading", level=1)).to_have_text("FV/9")
    # What was foreseen is what is found.
    found = writer.read(f"projects/{project}/findings", lang="en")["items"]
    assert {"budget_exceeded", "paid_before_issued"} <= {one["rule"] for one in found}
    user.goto(f"/projects/{project}/expenditures/record")
    user.locator("#issuer_nip").fill(NIP)
    user.locator("#document_number").fill("fv / 9")
    user.get_by_role("button", name="Check").click()
    expect(user.locator("#check")).to_contain_text("Recorded by test officer")


@WAYS
def test_a_claim_is_built_submitted_and_approved_by_two_people(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project, mark = writer.budgeted("1.1"), way.lang
    for number, gross in (("A/1", "100.00"), ("A/2", "200.00"), ("A/3", "400.00")):
        writer.spent(project, f"{number}/{mark}", gross)
    claim = writer.make(
        "claims", project=project, number="W-1", period_from="2019-05-01", period_to="2019-05-31"
    )["id"]
    officer = way.user(new_site, "officer")
    officer.goto(f"/claims/{claim}")
    _press(officer, way.say("Włącz wszystkie (3)", "Put all 3 in"))
    tick(officer.get_by_label(f"A/2/{mark}, 1.1"))
    _press(officer, way.say("Wyłącz wybrane", "Take the chosen out"))
    expect(officer.locator(".figures")).to_contain_text(way.say("500,00\xa0zł", "500.00"))
    assert_accessible(officer)
    _press(officer, way.say("Złóż wniosek", "Submit the claim"))
    expect(officer.get_by_text(way.say("dwóch par oczu", "four eyes"))).to_be_visible()
    manager = way.user(new_site, "manager")
    manager.goto(f"/claims/{claim}")
    _press(manager, way.say("Zatwierdź wniosek", "Approve the claim"))
    expect(manager.locator("main")).to_contain_text(
        way.say("zatwierdził(a) test manager", "approved by test manager")
    )
    row = writer.read(f"claims/{claim}")
    assert (row["status"], row["approved"]) == ("approved", "500.00")


def test_who_submitted_a_claim_is_told_that_somebody_else_approves_it(
    new_site: Site, writer: Writer
) -> None:
    project = writer.budgeted("1.1")
    charge = writer.spent(project, "B/1", "100.00")
    claim = writer.make(
        "claims", project=project, number="W-1", period_from="2019-05-01", period_to="2019-05-31"
    )["id"]
    writer.make(f"claims/{claim}/include", charges=[charge])
    writer.make(f"claims/{claim}/submit")
    user = new_site.user("admin")
    user.goto(f"/claims/{claim}")
    expect(user.get_by_text("Ten wniosek złożono z Twojego konta")).to_be_visible()
    assert user.get_by_role("button", name="Zatwierdź wniosek").count() == 0


def test_the_register_is_filtered_in_its_address_and_its_sums_and_files_follow(site: Site) -> None:
    user = site.user("officer", lang="en")
    of = "/projects/9fb98cef-1c40-560e-9a8c-43f5fbfd958f/expenditures"
    user.goto(of)
    user.locator("#filter-line").select_option("1.02")
    user.locator("#filter-status").select_option("approved")
    user.get_by_role("button", name="Filter").click()
    assert "line=1.02" in user.url
    assert "status=approved" in user.url
    count = int(user.locator(".figure__number").first.inner_text())
    exported = user.request.get(user.get_by_role("button", name="CSV").get_attribute("href") or "")
    lines = exported.text().splitlines()
    assert count == len(lines) - 1 > 0
    assert all(",1.02," in line for line in lines[1:])


@WAYS
def test_a_budget_is_pasted_from_a_spreadsheet_and_looked_at_before_it_is_set(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project = writer.budgeted("1.1")
    user = way.user(new_site, "officer")
    user.goto(f"/projects/{project}/set-budget")
    skip(user)
    press(user.locator("summary", has_text=way.say("Wklej z arkusza", "Paste from a spreadsheet")))
    fill(
        user.locator("#pasted"),
        "Linia\tZadanie\tKategoria\tKwota\n1.1\t1\tusługi\t1 500,50\n2.1\t2\tsprzęt\t400\tx",
    )
    _press(user, way.say("Przenieś do tabeli", "Take into the table"))
    expect(user.locator("#lines-1-amount")).to_have_value(way.say("400,00", "400.00"))
    expect(user.locator("#lines-0-category")).to_have_value("usługi")
    assert_accessible(user)
    fill(user.locator("main").get_by_label(way.say("Uzasadnienie", "Reason")), "Aneks nr 1")
    press(user.locator("main form button[data-prevent-double-click]"))
    expect(user.get_by_role("alert")).to_contain_text(way.say("Zapisano", "Recorded"))
    user.goto(f"/projects/{project}/budget")
    expect(user.locator("tfoot")).to_contain_text(way.say("1\xa0900,50", "1,900.50"))
    rows = writer.read(f"projects/{project}/budget")["items"]
    assert [(one["line"], one["planned"], one["cross_financing"]) for one in rows] == [
        ("1.1", "1500.50", False),
        ("2.1", "400.00", True),
    ]


def test_an_officer_of_one_project_works_with_it_and_sees_nothing_of_another(
    new_site: Site, writer: Writer
) -> None:
    mine, other = writer.budgeted("1.1"), writer.budgeted("1.1")
    nip = "5252344078"
    writer.spent(other, "C/1", "100.00", issuer_nip=nip, issuer_name="Cudzy Dostawca")
    charge = writer.spent(mine, "C/2", "100.00")
    claim = writer.make(
        "claims", project=mine, number="W-1", period_from="2019-05-01", period_to="2019-05-31"
    )["id"]
    user = new_site.user("officer", project=mine, name="one project")
    pages = ("expenditures", "expenditures/record", "imports", "claims", "budget", "set-budget")
    for address in [
        *(f"/projects/{mine}/{one}" for one in pages),
        f"/claims/{claim}?show=all",
        f"/expenditures/{charge['expenditure']}",
    ]:
        answer = user.goto(address)
        assert answer is not None
        assert answer.status == 200, address
    user.goto(f"/projects/{mine}/expenditures/record")
    user.locator("#issuer_nip").fill(nip)
    user.locator("#document_number").fill("C/1")
    user.locator("#description").fill("Ulotki")
    user.keyboard.press("Tab")
    expect(user.locator("#check")).not_to_contain_text("Gdy tylko coś wpiszesz")
    assert "Cudzy Dostawca" not in user.content()
    assert user.locator("#issuer_name").input_value() == ""
    answer = user.goto(f"/projects/{other}/expenditures")
    assert answer is not None
    assert answer.status == 404


@WAYS
def test_an_amount_is_shifted_once_it_was_seen_what_is_left_on_each_line(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project = writer.budgeted("1.1", "1.2", "2.1")
    writer.spent(project, f"P/{way.lang}", "9500.00")
    user = way.user(new_site, "officer")
    user.goto(f"/projects/{project}/budget")
    press(user.get_by_role("button", name=way.say("Przesuń między liniami", "Shift between lines")))
    side, record = user.locator("#check"), user.locator(".form-foot button").first
    choose(user.locator("#from_line"), "^1.1")
    choose(user.locator("#to_line"), "^2.1")
    fill(user.locator("#amount"), way.say("2 000,00", "2,000.00"))
    fill(user.locator("#reason"), "Pismo z 13 maja")
    if not way.scripts:
        press(user.locator("button[value=check]").last)
    # On 1.1, 500 of 10 000 are left; on 2.1 all of it; a tenth of a task may be shifted.
    expect(side).to_contain_text(way.say("−1\xa0500,00\xa0zł", "−1,500.00"))
    expect(side).to_contain_text(way.say("12\xa0000,00\xa0zł", "12,000.00"))
    expect(side).to_contain_text(way.say("przekraczają planowane", "exceed the planned"))
    expect(side).to_contain_text(way.say("bez zgody", "without consent"))
    assert_accessible(user)
    press(record)
    expect(user.get_by_role("alert")).to_contain_text(way.say("Zapisano", "Recorded"))
    rows = writer.read(f"projects/{project}/budget")["items"]
    assert {one["line"]: one["planned"] for one in rows} == {
        "1.1": "8000.00", "1.2": "10000.00", "2.1": "12000.00",
    }  # fmt: skip
    # What was foreseen is what is found.
    found = writer.read(f"projects/{project}/findings")["items"]
    assert {"budget_exceeded", "task_shift"} <= {one["rule"] for one in found}


def test_more_than_a_line_holds_is_told_before_it_is_sent(new_site: Site, writer: Writer) -> None:
    project = writer.budgeted("1.1", "2.1")
    user = new_site.user("officer", java_script_enabled=False)
    user.goto(f"/projects/{project}/shift-budget?from_line=1.1&to_line=2.1&amount=20000")
    user.get_by_role("button", name="Sprawdź", exact=True).click()
    expect(user.locator("#check")).to_contain_text("10\xa0000,00")
    user.get_by_role("button", name="Przesuń kwotę").click()
    expect(user.locator("#reason-error")).to_be_visible()
    rows = writer.read(f"projects/{project}/budget")["items"]
    assert [one["planned"] for one in rows] == ["10000.00", "10000.00"]
