"""A command has a form without a page being written; with JavaScript and without."""

import re
from itertools import count
from threading import Timer

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Service
from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.ways import WAYS, Way
from tests.journeys.pages.writer import Writer

_NUMBERS = count(1)


def _send(user: Page) -> None:
    user.locator("main form button[data-prevent-double-click]").click()


def _recorded(user: Page) -> None:
    expect(user.get_by_role("alert")).to_contain_text(re.compile("Zapisano|Recorded"))


@WAYS
def test_what_is_filled_in_is_recorded(new_site: Site, writer: Writer, way: Way) -> None:
    user = way.user(new_site, "coordinator")
    name = f"Gmina Nowa {next(_NUMBERS)}"
    user.goto("/institutions/create?valid_at=2019-05-13")
    assert_accessible(user)
    user.locator("main").get_by_label(way.say("Nazwa", "Name")).fill(name)
    user.locator("main").get_by_label(way.say("Sektor", "Sector")).select_option("local_government")
    user.locator("main").get_by_label(way.say("gminny", "commune"), exact=True).check()
    _send(user)
    _recorded(user)
    found = writer.read("institutions", name=name, valid_at="2019-05-13")["items"]
    assert [(one["name"], one["sector"]) for one in found] == [(name, "local_government")]


def test_a_text_that_looks_personal_is_told_of_accessibly(new_site: Site, writer: Writer) -> None:
    user = new_site.user("coordinator")
    user.goto("/institutions/create")
    user.locator("main").get_by_label("Nazwa").fill("Dom pani 84022912343")
    user.locator("main").get_by_label("Sektor").select_option("ngo")
    user.locator("main").get_by_label("gminny", exact=True).check()
    _send(user)
    expect(user.get_by_role("alert")).to_contain_text("Jeszcze nie zapisano")
    expect(user.locator("main").get_by_label("Nazwa")).to_have_accessible_description(
        re.compile("numer PESEL")
    )
    assert_accessible(user)
    _send(user)
    _recorded(user)


@WAYS
def test_a_refusal_stands_at_its_field_and_what_was_entered_stays(
    new_site: Site, writer: Writer, way: Way
) -> None:
    user = way.user(new_site, "coordinator")
    user.goto("/institutions/create")
    user.locator("main").get_by_label(way.say("Nazwa", "Name")).fill("Gmina Mirzec")
    user.locator("main").get_by_label("NIP").fill("1234567890")
    _send(user)
    assert user.title().startswith(way.say("Błąd: ", "Error: "))
    summary = user.locator(".govuk-error-summary")
    expect(
        summary.get_by_role("link", name=way.say("Sektor:", "Sector: is required"))
    ).to_be_visible()
    user.locator("main").get_by_label(way.say("Sektor", "Sector")).select_option("ngo")
    user.locator("main").get_by_label(way.say("gminny", "commune"), exact=True).check()
    _send(user)
    expect(
        summary.get_by_role("link", name=way.say("NIP:", "NIP: is not a valid NIP"))
    ).to_be_visible()
    expect(user.locator("#nip-error")).to_contain_text(way.say("NIP", "is not a valid NIP"))
    expect(user.locator("main").get_by_label(way.say("Nazwa", "Name"))).to_have_value(
        "Gmina Mirzec"
    )
    assert_accessible(user)
    assert writer.read("institutions", nip="1234567890")["items"] == []


@WAYS
def test_an_object_is_found_by_a_part_of_its_name(new_site: Site, writer: Writer, way: Way) -> None:
    mark = next(_NUMBERS)
    writer.institution(f"Powiat Piski {mark}")
    chosen = writer.institution(f"Powiat Ostródzki {mark}")
    for _ in range(65):  # more than a plain list holds
        writer.institution(f"Szkoła {next(_NUMBERS)}")
    project = writer.project(chosen)
    partner = writer.institution(f"Starostwo {mark}")
    user = way.user(new_site, "coordinator")
    user.goto(f"/projects/{project}/add-partner")
    field = user.locator("main").get_by_label(way.say("Instytucja", "Institution"))
    if way.scripts:
        field.press_sequentially(f"rostwo {mark}")
        user.get_by_role("option", name=f"Starostwo {mark}").wait_for()
        assert_accessible(user)  # it moves the focus about, and the list closes
        field.press("ArrowDown")
        user.get_by_role("option", name=f"Starostwo {mark}").wait_for()
        field.press("ArrowDown")
        field.press("Enter")
        expect(field).to_have_value(f"Starostwo {mark}")
    else:
        field.fill("Powiat")
        _send(user)
        expect(user.locator("#institution-error")).to_contain_text(way.say("Wybierz", "Choose"))
        options = (
            user.locator("main")
            .get_by_label(way.say("Instytucja", "Institution"))
            .locator("option")
            .all_inner_texts()
        )
        assert {f"Powiat Piski {mark}", f"Powiat Ostródzki {mark}"} <= set(options)
        user.goto(f"/projects/{project}/add-partner")
        user.locator("main").get_by_label(way.say("Instytucja", "Institution")).fill(
            f"starostwo {mark}"
        )
    _send(user)
    _recorded(user)
    assert [one["institution"] for one in writer.read(f"projects/{project}")["partners"]] == [
        partner
    ]


@WAYS
def test_rows_are_added_and_blank_ones_are_left_out(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project = writer.project(writer.institution("Lider"))
    user = way.user(new_site, "officer")
    user.goto(f"/projects/{project}/set-budget?valid_at=2019-05-13")
    for _ in range(2):
        user.get_by_role("button", name=way.say("Dodaj kolejny wiersz", "Add another")).click()
    for row, amount in ((0, way.say("1 234,50", "1,234.50")), (2, "2000")):
        user.locator(f"[id='lines-{row}-line']").fill(f"1.{row}")
        user.locator(f"[id='lines-{row}-task']").fill("1")
        user.locator(f"[id='lines-{row}-category']").fill("personel")
        user.locator(f"[id='lines-{row}-amount']").fill(amount)
    _send(user)
    _recorded(user)
    lines = writer.read(f"projects/{project}/budget", valid_at="2019-05-13")["items"]
    assert {one["line"]: one["planned"] for one in lines} == {"1.0": "1234.50", "1.2": "2000.00"}


def test_an_error_in_the_third_row_stands_in_the_third_row(new_site: Site, writer: Writer) -> None:
    project = writer.project(writer.institution("Lider"))
    user = new_site.user("officer", java_script_enabled=False)
    user.goto(f"/projects/{project}/set-budget")
    for _ in range(2):
        user.get_by_role("button", name="Dodaj kolejny wiersz").click()
    user.locator("[id='lines-2-line']").fill("1")
    user.locator("[id='lines-2-task']").fill("1")
    user.locator("[id='lines-2-category']").fill("personel")
    user.locator("[id='lines-2-amount']").fill("dużo")
    _send(user)
    expect(user.locator("[id='lines-2-amount-error']")).to_be_visible()
    expect(user.locator("[id='lines-2-amount']")).to_have_value("dużo")


def test_sending_a_form_twice_records_once(new_site: Site, writer: Writer) -> None:
    user = new_site.user("coordinator")
    name = f"Raz {next(_NUMBERS)}"
    user.goto("/institutions/create")
    user.locator("main").get_by_label("Nazwa").fill(name)
    user.locator("main").get_by_label("Sektor").select_option("ngo")
    user.locator("main").get_by_label("gminny").check()
    # Two windows' worth of the very same form, sent at once.
    statuses = user.evaluate(
        """async () => {
          const form = document.querySelector('main form')
          const send = () => fetch(form.action, {method: 'POST', body: new FormData(form)})
          return (await Promise.all([send(), send(), send()])).map((answer) => answer.status)
        }"""
    )
    assert statuses == [200, 200, 200]
    assert len(writer.read("institutions", name=name)["items"]) == 1


def test_where_the_read_models_are_slow_the_page_waits_for_what_was_recorded(
    shared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.moments.OWN_WRITES_SECONDS", 0.0)
    user = shared.user("admin")
    assert user.raw("POST", "/api/session", json={"token": shared.token("manager")}).is_success
    with psycopg.connect(shared.http.app.state.parts.url) as held:
        held.execute("LOCK TABLE read.checkpoints IN EXCLUSIVE MODE")
        made = user.post(
            "/api/institutions", {"name": "Powoli", "sector": "ngo", "level": "commune"}
        )
        page = f"/institutions/{made['id']}"
        assert shared.http.get(page).status_code == 404
        Timer(0.2, held.rollback).start()
        assert shared.http.get(f"{page}?recorded={made['position']}").status_code == 200


def test_only_what_was_changed_is_sent_and_what_is_cleared_is_taken_back(
    new_site: Site, writer: Writer
) -> None:
    id = writer.institution("Do zmiany", county="piski", nip="8133315014")
    user = new_site.user("coordinator")
    user.goto(f"/institutions/{id}/update")
    expect(user.locator("main").get_by_label("Powiat")).to_have_value("piski")
    user.locator("main").get_by_label("Powiat").fill("")
    user.locator("main").get_by_label("Gmina").fill("Pisz")
    user.locator("main").get_by_label("Uzasadnienie").fill("sprostowanie")
    _send(user)
    _recorded(user)
    history = writer.read(f"streams/{id}/history")["items"]
    changed = {one["field"] for one in history[-1]["changes"]}
    assert changed - {"described_on"} == {"county", "commune"}
    after = writer.read(f"institutions/{id}")
    assert (after["county"], after["commune"], after["nip"]) == (None, "Pisz", "8133315014")


def test_who_was_slower_is_told_and_overwrites_nothing(new_site: Site, writer: Writer) -> None:
    id = writer.institution("Wspólna")
    user = new_site.user("coordinator")
    user.goto(f"/institutions/{id}/update")
    writer.make(f"institutions/{id}/update", name="Wspólna, druga", reason="szybszy")
    user.locator("main").get_by_label("Gmina").fill("Pisz")
    user.locator("main").get_by_label("Uzasadnienie").fill("wolniejszy")
    _send(user)
    expect(user.locator(".govuk-error-summary")).to_contain_text("ma wersję 2, a nie 1")
    assert writer.read(f"institutions/{id}")["name"] == "Wspólna, druga"


def test_a_document_goes_along_as_evidence(new_site: Site, writer: Writer) -> None:
    user = new_site.user("coordinator")
    user.goto("/institutions/create")
    user.locator("main").get_by_label("Nazwa").fill("Z pismem")
    user.locator("main").get_by_label("Dokumenty potwierdzające").set_input_files(
        {"name": "pismo.txt", "mimeType": "text/plain", "buffer": b"dowod"}
    )
    _send(user)
    expect(user.locator(".govuk-error-summary")).to_contain_text("Sektor")
    expect(user.get_by_text("już zachowano:")).to_be_visible()  # it need not be sent again
    user.locator("main").get_by_label("Sektor").select_option("ngo")
    user.locator("main").get_by_label("gminny").check()
    _send(user)
    _recorded(user)
    [made] = writer.read("institutions", name="Z pismem")["items"]
    [event] = writer.read("events", stream=made["id"])["items"]
    assert [len(one) for one in event["evidence"]] == [64]


def test_a_form_of_another_role_is_not_opened(new_site: Site) -> None:
    user = new_site.user("officer")
    answer = user.goto("/institutions/create")
    assert answer is not None
    assert answer.status == 403
    expect(user.get_by_role("heading", level=1)).to_contain_text("rola")


def test_a_form_sent_from_elsewhere_records_nothing(new_site: Site, writer: Writer) -> None:
    user = new_site.user("coordinator")
    user.goto("/institutions/create")
    user.locator("main").get_by_label("Nazwa").fill("Obcy formularz")
    user.locator("main").get_by_label("Sektor").select_option("ngo")
    user.locator("main").get_by_label("gminny").check()

    user.evaluate("document.querySelector('main [name=csrf]').value = 'x'")
    _send(user)
    expect(user.get_by_role("heading", level=1)).to_be_visible()
    assert writer.read("institutions", name="Obcy formularz")["items"] == []
