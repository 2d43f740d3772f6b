"""What holds for every page: who may open it, what it may load, how it tells of what is wrong."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from api.pages.frame.routes import pages as all_pages
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.every_page import LIDERZY


def test_who_is_not_signed_in_is_sent_to_the_door_from_everywhere(site: Site) -> None:
    with httpx.Client(base_url=site.url) as nobody:
        for route in all_pages():
            if route.method == "GET" and not route.open_to_all:
                answer = nobody.get(re.sub(r"\{\w+:str\}", LIDERZY, route.path))
                assert answer.status_code == 303, route.path
                assert answer.headers["location"].startswith("/sign-in"), route.path


def test_nothing_is_done_for_a_form_without_the_session_s_secret(site: Site) -> None:
    cookies = site.cookies("admin")
    with httpx.Client(base_url=site.url, cookies=cookies) as browser:
        for route in all_pages():
            if route.method == "POST":
                answer = browser.post(re.sub(r"\{\w+:str\}", LIDERZY, route.path), data={"x": "1"})
                assert answer.status_code in (403, 404), route.path


def test_pages_forbid_what_they_do_not_need(site: Site) -> None:
    with httpx.Client(base_url=site.url, cookies=site.cookies("manager")) as browser:
        for path in ("/", "/no-such-page", "/sign-in", f"/projects/{LIDERZY}"):
            headers = browser.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_a_script_or_a_style_in_it(site: Site) -> None:
    with httpx.Client(base_url=site.url, cookies=site.cookies("admin")) as browser:
        for path in ("/", "/expenditures/create", f"/projects/{LIDERZY}", "/account"):
            text = browser.get(path).text
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", text), path


def test_what_pages_load_may_be_kept_and_comes_compressed(site: Site) -> None:
    with httpx.Client(base_url=site.url) as browser:
        page = browser.get("/sign-in").text
        for path in re.findall(r'"(/static/[^"]+)"', page):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            if not path.endswith(".woff2"):
                assert answer.headers["content-encoding"] == "gzip", path
        assert browser.get("/static/nothing.js").status_code == 404
        assert browser.get("/static/..%2fmanifest.json").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/no-such-page", 404, "nic nie ma"),
        ("/teams/0197a3c5-0000-7000-8000-000000000000", 404, "nic nie ma"),
        ("/teams/x", 404, "nic nie ma"),
        ("/institutions?sector=nobody", 422, "się nie zgadza"),
        ("/institutions?cursor=x", 422, "się nie zgadza"),
        ("/institutions/create", 403, "rola"),
    ],
)
def test_what_went_wrong_is_told_with_what_to_do_next(
    site: Site, path: str, status: int, told: str
) -> None:
    user = site.user("manager")
    answer = user.goto(path)
    assert answer is not None
    assert answer.status == status
    expect(user.get_by_role("heading", level=1)).to_contain_text(told)
    expect(user.get_by_role("link", name="Przejdź do projektów")).to_be_visible()
    assert "Traceback" not in user.content()


def test_a_program_is_told_of_errors_in_its_own_way(site: Site) -> None:
    with httpx.Client(base_url=site.url, headers={"Accept": "text/html"}) as program:
        for path in ("/api/projects", "/api/nothing", "/log/nothing"):
            kind = program.get(path).headers["content-type"]
            assert kind == "application/problem+json", path


def test_the_language_is_kept_and_changed_where_one_is(site: Site) -> None:
    user = site.user("manager", lang="pl")
    user.goto("/institutions?sector=ngo")
    expect(user.locator("html")).to_have_attribute("lang", "pl")
    user.get_by_role("link", name="English").click()
    expect(user.locator("html")).to_have_attribute("lang", "en")
    expect(user).to_have_url(re.compile("sector=ngo"))
    user.goto("/institutions")
    expect(user.get_by_role("heading", level=1)).to_have_text("Institutions")


def test_everything_is_found_from_one_field(site: Site) -> None:
    user = site.user("auditor")
    user.goto("/")
    field = user.get_by_role("searchbox")
    field.fill("gmina mirzec")
    field.press("Enter")
    user.get_by_role("link", name="Gmina Mirzec", exact=True).click()
    expect(user.get_by_role("heading", level=1)).to_have_text("Gmina Mirzec")
    user.get_by_role("searchbox").fill("85")
    user.get_by_role("searchbox").press("Enter")
    expect(user.get_by_role("link", name="Zdarzenie 85")).to_be_visible()
    user.goto("/search?q=nic-takiego")
    expect(user.get_by_text("niczego nie znaleziono")).to_be_visible()


def test_a_grant_of_one_project_finds_nothing_of_another(site: Site) -> None:
    user = site.user("coordinator", project=LIDERZY)
    user.goto("/search?q=kooperacj")
    expect(user.locator(".hits")).not_to_have_count(0)
    expect(user.get_by_role("link", name="Kooperacja – efektywna i skuteczna")).to_have_count(0)


def test_a_page_can_be_used_by_keyboard_alone(site: Site) -> None:
    user = site.user("manager")
    user.goto("/institutions")
    user.keyboard.press("Tab")
    expect(user.get_by_role("link", name="Przejdź do treści")).to_be_focused()
    user.keyboard.press("Enter")
    user.keyboard.press("Tab")
    focused = user.evaluate("document.activeElement.closest('main') !== null")
    assert focused


def test_a_printed_page_says_where_it_comes_from_and_has_nothing_to_press(site: Site) -> None:
    user = site.user("manager")
    user.goto(f"/projects/{LIDERZY}/expenditures?q=Kompas")
    button = user.get_by_role("main").get_by_role("button").first
    expect(button).to_be_visible()
    said = "getComputedStyle(document.querySelector('.on-paper'), '::before').content"
    assert user.evaluate(said) == "none"
    user.emulate_media(media="print")
    expect(button).to_be_hidden()
    told = user.evaluate(said)
    for one in ("Liderzy kooperacji", f"/projects/{LIDERZY}/expenditures?q=Kompas"):
        assert one in told
