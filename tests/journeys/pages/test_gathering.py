"""Coordinators name many at once: the members of a team, those who attended; by keyboard."""

from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.ways import WAYS, Way, choose, fill, press, reach, skip, tick
from tests.journeys.pages.writer import Writer


def _press(user: Page, name: str) -> None:
    press(user.get_by_role("button", name=name, exact=True))


@WAYS
def test_a_team_of_nine_is_appointed_at_once(new_site: Site, writer: Writer, way: Way) -> None:
    project = writer.budgeted("1.1")
    names = [f"Instytucja {number} {way.lang}" for number in range(1, 10)]
    ids = [writer.institution(name) for name in names]
    agreement = writer.make(
        "agreements", project=project, kind="partnership", title="Porozumienie",
        signed_on="2019-01-01", parties=[{"institution": id} for id in ids[:6]],
    )["id"]  # fmt: skip
    team = writer.make(
        "teams", project=project, kind="commune_county", name="GPZ-K", agreement=agreement
    )["id"]
    user = way.user(new_site, "coordinator")
    user.goto(f"/teams/{team}/appoint")
    skip(user)
    _press(user, way.say("Zaznacz wszystkich", "Tick everybody"))
    skip(user)
    fill(user.locator("#lines"), "\n".join([*names[6:], "Nikt Taki"]))
    _press(user, way.say("Wyszukaj", "Look them up"))
    summary = user.locator(".govuk-error-summary")
    expect(summary).to_contain_text(
        way.say("nikt się tak nie nazywa", "nobody is called like that")
    )
    expect(user.locator("#lines")).to_have_value("Nikt Taki")
    assert_accessible(user)
    choose(
        user.get_by_label(way.say(f"Rola: {names[0]}", f"Role: {names[0]}")),
        way.say("przewodniczący", "chair"),
    )
    fill(user.locator("#lines"), "")
    fill(user.locator("#effective_on"), way.say("13.05.2019", "2019-05-13"))
    _press(user, way.say("Powołaj", "Appoint"))
    expect(user.get_by_role("alert")).to_contain_text(way.say("Zapisano", "Recorded"))
    members = writer.read(f"teams/{team}", valid_at="2019-05-13")["members"]
    assert {one["institution_name"] for one in members} == set(names)
    assert [one["institution_name"] for one in members if one["role"] == "chair"] == names[:1]


@WAYS
def test_attendance_is_ticked_typed_and_recorded_all_or_none(
    new_site: Site, writer: Writer, way: Way
) -> None:
    project = writer.budgeted("1.1")
    names = [f"Szkoła {number} {way.lang}" for number in range(1, 4)]
    team = writer.make("teams", project=project, kind="commune_county", name="GPZ-K")["id"]
    for name in names:
        writer.make(f"teams/{team}/appoint", institution=writer.institution(name), role="member")
    person = writer.make("persons", given_name="Anna", family_name=f"Lis {way.lang}")["id"]
    activity = writer.make(
        "activities", project=project, kind="training", title="Szkolenie", team=team,
        starts_on="2019-05-13", ends_on="2019-05-14", hours=8,
    )["id"]  # fmt: skip
    user = way.user(new_site, "coordinator")
    record = way.say("Zapisz obecność", "Record the attendance")
    hours = user.get_by_label(f"{way.word('Hours')}: {names[0]}")
    user.goto(f"/activities/{activity}/record-attendance")
    skip(user)
    for name in names[:2]:
        tick(user.get_by_role("checkbox", name=name))
    fill(hours, "9")
    _press(user, record)
    expect(user.locator(".roll__error")).to_contain_text(
        way.say("godzin działania (8)", "must not exceed the activity's 8 hours")
    )
    fill(hours, way.say("6,5", "6.5"))
    fill(user.locator("#lines"), f"Anna Lis {way.lang}")
    _press(user, record)  # what was found is looked at first
    expect(user.get_by_role("checkbox", name=f"Anna Lis {way.lang}")).to_be_checked()
    assert_accessible(user)
    _press(user, record)
    expect(user.get_by_role("alert")).to_contain_text(way.say("Zapisano", "Recorded"))
    came = writer.read(f"activities/{activity}", valid_at="2019-05-14")["attendees"]
    told = {one["institution_name"] or one["person"]: one["hours"] for one in came}
    assert told == {names[0]: 6.5, names[1]: 8, person: 8}
    user.goto(f"/activities/{activity}/record-attendance")
    expect(
        user.get_by_text(
            way.say("3 osoby lub instytucje są już zapisane", "3 are recorded already")
        )
    ).to_be_visible()


@WAYS
def test_an_agreement_is_signed_with_its_parties_obligations_and_document_at_once(
    new_site: Site, writer: Writer, way: Way
) -> None:
    mark = way.lang
    nip = {"pl": "1234563218", "en": "1111111111"}[mark]
    project = writer.budgeted("1.1")
    county = writer.institution(f"Powiat Starachowicki {mark}", nip=nip)
    commune = writer.institution(f"Gmina Mirzec {mark}")
    for number in (1, 2):
        writer.institution(f"Szkoła {number} w Mircu {mark}")
    user = way.user(new_site, "coordinator")
    user.goto(f"/projects/{project}/agreements")
    user.goto("/agreements/create")
    main = user.locator("main")
    skip(user)
    fill(main.locator("#title"), "Porozumienie o współpracy")
    tick(main.get_by_label(way.say("porozumienie o współpracy", "cooperation agreement")))
    fill(main.locator("#signed_on"), "2019-08-20")
    press(main.locator("summary").first)
    fill(
        main.locator("#pasted-parties"),
        f"{nip}; Starosta\nGmina Mirzec {mark}\tWójt\nSzkoła\nNikt {mark}",
    )
    press(main.locator("#pasted-parties ~ button"))
    told = user.locator("#pasted-parties-error")
    expect(told).to_contain_text(way.say("nikt się tak nie nazywa", "nobody is called like that"))
    expect(told).to_contain_text(way.say("Szkoła może", "Szkoła could be"))
    expect(main.locator("#pasted-parties")).to_have_value(f"Szkoła\nNikt {mark}")
    expect(main.locator("#parties-0-signed_by")).to_have_value("Starosta")
    assert_accessible(user)
    fill(main.locator("#pasted-parties"), "")
    press(main.locator("summary").last)
    choose(main.locator("#pasted-party"), "Powiat")
    fill(
        main.locator("#pasted-obligations"),
        "3. udział w szkoleniach\n5) sprawozdanie\nudostępnienie sali",
    )
    press(main.locator("#pasted-obligations ~ button"))
    expect(main.locator("#obligations-2-text")).to_have_value("udostępnienie sali")
    fill(main.locator("#obligations-0-target"), "4")
    main.locator("#evidence").set_input_files(
        {"name": "porozumienie.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    reach(main.locator("#title"))
    user.keyboard.press("Enter")  # records, whatever buttons stand before the last one
    expect(user.get_by_role("alert")).to_contain_text(way.say("Zapisano", "Recorded"))
    [row] = writer.read("agreements", project=project, valid_at="2019-08-20")["items"]
    assert [(one["institution"], one["signed_by"]) for one in row["parties"]] == [
        (county, "Starosta"),
        (commune, "Wójt"),
    ]
    assert [(one["number"], one["target"], one["party"]) for one in row["obligations"]] == [
        (3, 4, county),
        (5, None, county),
        (6, None, county),
    ]
    event = writer.read("events", stream=row["id"])["items"][0]
    assert (event["effective_on"], len(event["evidence"])) == ("2019-08-20", 1)
