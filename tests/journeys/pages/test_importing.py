"""A spreadsheet of documents comes in by three steps; what is wrong is told row by row."""

import csv
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.ways import WAYS, Way, press, skip
from tests.journeys.pages.writer import NIP, Writer

HEAD = (
    "numer dokumentu", "NIP wystawcy", "nazwa wystawcy", "data wystawienia", "data zapłaty",
    "nazwa towaru lub usługi", "kwota brutto", "kwota netto", "VAT", "wydatki kwalifikowalne",
    "linia budżetu",
)  # fmt: skip


def _row(number: str, **other: str) -> dict[str, str]:
    good = dict(
        zip(
            HEAD,
            (number, NIP, "Drukarnia Kolor", "10.05.2019", "15.05.2019", "Ulotki", "123,00",
             "100,00", "23,00", "123,00", "1.1"),
            strict=True,
        )
    )  # fmt: skip
    return good | {name.replace("_", " "): value for name, value in other.items()}


def _file(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "wydatki.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, HEAD, delimiter=";")
        out.writeheader()
        out.writerows(rows)
    return path


@WAYS
def test_three_bad_rows_are_shown_and_the_mended_file_is_recorded_once(
    new_site: Site, writer: Writer, tmp_path: Path, way: Way
) -> None:
    project, lang = writer.budgeted("1.1"), way.lang
    user = way.user(new_site, "officer")
    main = user.locator("main")
    check = main.get_by_role("button", name=way.say("Sprawdź plik", "Check the file"))
    user.goto(f"/projects/{project}/imports")
    skip(user)
    bad = _file(
        tmp_path,
        _row(f"I/1/{lang}"),
        _row(f"I/2/{lang}", NIP_wystawcy="1234567890"),
        _row(f"I/3/{lang}", linia_budżetu="9.9"),
        _row(f"I/4/{lang}", kwota_brutto="sto"),
    )
    user.locator("#file").set_input_files(bad)
    press(check)
    wrong, rows = user.locator("#problems tbody tr"), user.locator("#rows tbody tr")
    expect(wrong).to_have_count(3)
    expect(wrong.first).to_contain_text("1234567890")
    assert [one.split("\t")[:2] for one in wrong.all_inner_texts()] == [
        ["CSV", "3"], ["CSV", "4"], ["CSV", "5"],
    ]  # fmt: skip
    expect(rows).to_have_count(1)  # the others are no documents yet
    expect(rows.first).to_contain_text(way.say("do zapisania", "to be recorded"))
    assert "/imports/" in user.url
    assert_accessible(user)
    listed = main.get_by_role("button", name=way.word("Download the list of problems"))
    lines = user.request.get(listed.get_attribute("href") or "").text().splitlines()
    assert [line.split(way.say(";", ","))[1] for line in lines[1:]] == ["3", "4", "5"]
    assert writer.read("expenditures", project=project)["items"] == []
    press(main.get_by_role("button", name=way.word("Bring the mended file")))
    good = _file(tmp_path, *(_row(f"I/{number}/{lang}") for number in (1, 2, 3)))
    user.locator("#file").set_input_files(good)
    press(check)
    address = user.url
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text(f"I/3/{lang}")
    assert_accessible(user)
    record = main.get_by_role("button", name=way.say("Zapisz 3", "Record 3"))
    press(record)
    expect(user.get_by_role("alert")).to_contain_text("3")
    assert len(writer.read("expenditures", project=project)["items"]) == 3
    user.goto(address)  # the address of the check tells what became of it
    expect(user.get_by_role("alert")).to_contain_text("3")
    assert record.count() == 0


def test_what_a_long_file_will_record_is_shown_page_by_page(
    new_site: Site, writer: Writer, tmp_path: Path
) -> None:
    project = writer.budgeted("1.1")
    writer.spent(project, "L/7", "123.00", net="100.00", vat="23.00")
    user = new_site.user("officer", java_script_enabled=False)
    user.goto(f"/projects/{project}/imports")
    user.locator("#file").set_input_files(
        _file(tmp_path, *(_row(f"L/{number}") for number in range(1, 251)))
    )
    user.get_by_role("button", name="Sprawdź plik").click()
    rows = user.locator("#rows tbody tr")
    expect(rows).to_have_count(100)
    expect(rows.nth(6)).to_contain_text("już zapisany")
    expect(rows.nth(7)).to_contain_text("do zapisania")
    user.get_by_role("link", name="Następna strona").click()
    user.get_by_role("link", name="Następna strona").click()
    expect(rows).to_have_count(50)
    expect(rows.last).to_contain_text("L/250")
    expect(user.get_by_text("od 201 do 250 z 250")).to_be_visible()


def test_of_a_file_with_more_problems_than_are_listed_no_row_is_called_good(
    new_site: Site, writer: Writer, tmp_path: Path
) -> None:
    project = writer.budgeted("1.1")
    user = new_site.user("officer", java_script_enabled=False)
    user.goto(f"/projects/{project}/imports")
    wrong = (_row(f"M/{number}", kwota_brutto="sto") for number in range(1_001))
    user.locator("#file").set_input_files(_file(tmp_path, _row("M/dobry"), *wrong))
    user.get_by_role("button", name="Sprawdź plik").click()
    expect(user.get_by_text("od 1 do 100 z 1 000")).to_be_visible()
    expect(user.get_by_text("Pierwsze 1 000")).to_be_visible()
    expect(user.locator("#rows")).to_have_count(0)


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    new_site: Site, writer: Writer, tmp_path: Path
) -> None:
    project = writer.budgeted("1.1")
    user = new_site.user("officer")
    path = tmp_path / "wydatki.csv"
    path.write_bytes(b"\x00" * 200)
    user.goto(f"/projects/{project}/imports")
    user.get_by_role("button", name="Sprawdź plik").click()
    expect(user.locator("#file-error")).to_contain_text("Najpierw wybierz plik.")
    user.locator("#file").set_input_files(path)
    user.get_by_role("button", name="Sprawdź plik").click()
    expect(user.get_by_role("heading", level=1)).to_have_text("Tego pliku nie można odczytać")
