"""Coordinators name many at once: the members of a team, those who attended; by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.writer import Writer

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture(scope="module")
def writer(new_site: Site) -> Iterator[Writer]:
    made = Writer(new_site)
    yield made
    made.close()


def _press(user: Page, name: str) -> None:
    user.get_by_role("button", name=name, exact=True).press("Enter")


@SCRIPTS
def test_a_team_of_nine_is_appointed_at_once(new_site: Site, writer: Writer, scripts: bool) -> None:
    project = writer.budgeted("1.1")
    names = [f"Instytucja {number} {scripts}" for number in range(1, 10)]
    ids = [writer.institution(name) for name in names]
    agreement = writer.make(
        "agreements", project=project, kind="partnership", title="Porozumienie",
        signed_on="2019-01-01", parties=[{"institution": id} for id in ids[:6]],
    )["id"]  # fmt: skip
    team = writer.make(
        "teams", project=project, kind="commune_county", name="GPZ-K", agreement=agreement
    )["id"]
    user = new_site.user("coordinator", java_script_enabled=scripts)
    user.goto(f"/teams/{team}/appoint")
    _press(user, "Zaznacz wszystkich")
    user.locator("#lines").fill("\n".join([*names[6:], "Nikt Taki"]))
    _press(user, "Wyszukaj")
    expect(user.locator(".govuk-error-summary")).to_contain_text("nikt się tak nie nazywa")
    expect(user.locator("#lines")).to_have_value("Nikt Taki")
    assert_accessible(user) if scripts else None
    user.locator("#lines").fill("")
    user.get_by_label(f"Rola: {names[0]}").select_option("chair")
    user.locator("#effective_on").fill("13.05.2019")
    _press(user, "Powołaj")
    expect(user.get_by_role("alert")).to_contain_text("Zapisano")
    members = writer.read(f"teams/{team}", valid_at="2019-05-13")["members"]
    assert {one["institution_name"] for one in members} == set(names)
    assert [one["institution_name"] for one in members if one["role"] == "chair"] == names[:1]


@SCRIPTS
def test_attendance_is_ticked_typed_and_recorded_all_or_none(
    new_site: Site, writer: Writer, scripts: bool
) -> None:
    project = writer.budgeted("1.1")
    names = [f"Szkoła {number} {scripts}" for number in range(1, 4)]
    team = writer.make("teams", project=project, kind="commune_county", name="GPZ-K")["id"]
    for name in names:
        writer.make(f"teams/{team}/appoint", institution=writer.institution(name), role="member")
    person = writer.make("persons", given_name="Anna", family_name=f"Lis {scripts}")["id"]
    activity = writer.make(
        "activities", project=project, kind="training", title="Szkolenie", team=team,
        starts_on="2019-05-13", ends_on="2019-05-14", hours=8,
    )["id"]  # fmt: skip
    user = new_site.user("coordinator", lang="en", java_script_enabled=scripts)
    user.goto(f"/activities/{activity}/record-attendance")
    for name in names[:2]:
        user.get_by_role("checkbox", name=name).press("Space")
    user.get_by_label(f"Hours: {names[0]}").fill("9")
    _press(user, "Record the attendance")
    expect(user.locator(".roll__error")).to_contain_text("must not exceed the activity's 8 hours")
    user.get_by_label(f"Hours: {names[0]}").fill("6,5")
    user.locator("#lines").fill(f"Anna Lis {scripts}")
    _press(user, "Record the attendance")  # what was found is looked at first
    expect(user.get_by_role("checkbox", name=f"Anna Lis {scripts}")).to_be_checked()
    assert_accessible(user) if scripts else None
    _press(user, "Record the attendance")
    expect(user.get_by_role("alert")).to_contain_text("Recorded")
    came = writer.read(f"activities/{activity}", valid_at="2019-05-14")["attendees"]
    told = {one["institution_name"] or one["person"]: one["hours"] for one in came}
    assert told == {names[0]: 6.5, names[1]: 8, person: 8}
    user.goto(f"/activities/{activity}/record-attendance")
    expect(user.get_by_text("3 are recorded already")).to_be_visible()
