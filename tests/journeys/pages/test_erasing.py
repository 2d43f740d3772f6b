"""Two people erase whom nothing keeps any more, and a proceeding keeps a project's documents."""

from playwright.sync_api import Page, expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.writer import Writer


class Long:
    """A project of long ago, whose documents were kept until the end of 2022, and who was in it."""

    def __init__(self, writer: Writer, *names: str) -> None:
        self.project = writer.project(writer.institution("Lider"))
        paid = {"amount": "10.00", "effective_on": "2019-05-13"}
        writer.make(f"projects/{self.project}/receive-funds", **paid)
        team = writer.make("teams", project=self.project, kind="steering", name="Komitet")["id"]
        self.persons = []
        for name in names:
            person = writer.make("persons", given_name="Anna", family_name=name)["id"]
            writer.make(f"teams/{team}/appoint", person=person, role="member")
            self.persons.append(person)


def _press(user: Page, name: str) -> None:
    user.get_by_role("button", name=name, exact=True).press("Enter")


def test_one_asks_for_an_erasure_and_another_one_approves_it(
    new_site: Site, writer: Writer
) -> None:
    long_ago = Long(writer, "Dawna", "Niedawna")
    jan = new_site.user("coordinator", name="Jan", java_script_enabled=False)
    jan.goto("/")
    jan.get_by_role("link", name="Usuwanie danych", exact=True).click()
    jan.get_by_role("button", name="Osoby, których dane są do usunięcia").click()
    row = jan.get_by_role("row", name="Anna Dawna")
    expect(row).to_contain_text("01.01.2023")
    row.get_by_role("checkbox").press("Space")
    _press(jan, "Wnieś o usunięcie danych zaznaczonych osób")
    expect(jan.locator(".govuk-error-summary")).to_contain_text("Uzasadnienie")
    expect(jan.get_by_role("row", name="Anna Dawna").get_by_role("checkbox")).to_be_checked()
    jan.get_by_label("Uzasadnienie").fill("po okresie przechowywania")
    _press(jan, "Wnieś o usunięcie danych zaznaczonych osób")
    expect(jan.get_by_text("To Twój wniosek")).to_be_visible()
    expect(jan.get_by_role("button", name="Zatwierdź usunięcie danych")).to_have_count(0)

    ewa = new_site.user("manager", name="Ewa", lang="en")
    ewa.goto("/erasures")
    assert_accessible(ewa)
    ewa.get_by_role("link", name="Request of").click()
    expect(ewa.get_by_role("row", name="po okresie przechowywania")).to_contain_text("Jan")
    assert_accessible(ewa)
    ewa.get_by_role("button", name="Approve the erasure").click()
    _press(ewa, "Approve the erasure")
    expect(ewa.get_by_role("alert")).to_contain_text("Recorded")
    expect(ewa.get_by_role("row", name="erased person")).to_have_count(1)
    ewa.goto("/erasures")
    erased = ewa.get_by_role("region", name="Erased persons")
    expect(erased.get_by_role("row", name=long_ago.persons[0][:8])).to_contain_text("Ewa")
    ewa.goto("/erasures/due")
    assert_accessible(ewa)
    expect(ewa.get_by_role("row", name="Anna Niedawna")).to_have_count(1)
    expect(ewa.get_by_role("checkbox")).to_have_count(0)  # a manager does not ask
    ewa.goto("/erasures/due?known_at=1")
    expect(ewa.get_by_text("Nobody's data are due")).to_be_visible()


def test_who_read_the_data_is_shown_to_those_who_oversee(new_site: Site, writer: Writer) -> None:
    (person,) = Long(writer, "Czytana").persons
    new_site.user("manager", name="Ewa").goto(f"/persons/{person}")
    auditor = new_site.user("auditor")
    auditor.goto(f"/persons/{person}")
    auditor.get_by_role("button", name="Kto czytał dane").click()
    expect(auditor.get_by_role("row", name="Ewa")).to_contain_text(f"/persons/{person}")
    assert_accessible(auditor)
    answer = new_site.user("manager").goto(f"/persons/{person}/reads")
    assert answer is not None
    assert answer.status == 403


def test_a_proceeding_is_opened_and_closed_where_its_effect_is_seen(
    new_site: Site, writer: Writer
) -> None:
    project = Long(writer).project
    user = new_site.user("coordinator", java_script_enabled=False)
    user.goto(f"/projects/{project}")
    user.get_by_role("link", name="Okres przechowywania", exact=True).click()
    expect(user.locator(".figures")).to_contain_text("31 grudnia 2022")
    user.get_by_role("button", name="Wstrzymaj").click()
    user.locator("#hold").fill("II SA/Rz 12/21")
    user.locator("#effective_on").fill("2021-03-01")
    user.get_by_label("Uzasadnienie").fill("skarga do sądu")
    user.locator(".form-foot button").press("Enter")
    expect(user.locator(".figures")).to_contain_text("zawieszone")
    user.get_by_role("link", name="II SA/Rz 12/21").click()
    expect(user.locator("#hold")).to_have_value("II SA/Rz 12/21")
    user.locator("#effective_on").fill("2021-03-31")
    user.get_by_label("Uzasadnienie").fill("wyrok")
    user.locator(".form-foot button").press("Enter")
    expect(user.locator(".figures")).to_contain_text("30 stycznia 2023")
    expect(user.get_by_role("row", name="II SA/Rz 12/21")).to_contain_text("31.03.2021")
