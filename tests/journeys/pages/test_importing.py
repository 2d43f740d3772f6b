"""A spreadsheet of documents comes in by three steps; what is wrong is told row by row."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.pages.accessible import assert_accessible
from tests.journeys.pages.conftest import Site
from tests.journeys.pages.writer import NIP, Writer

HEAD = (
    "numer dokumentu", "NIP wystawcy", "nazwa wystawcy", "data wystawienia", "data zapłaty",
    "nazwa towaru lub usługi", "kwota brutto", "kwota netto", "VAT", "wydatki kwalifikowalne",
    "linia budżetu",
)  # fmt: skip


@pytest.fixture(scope="module")
def writer(new_site: Site) -> Iterator[Writer]:
    made = Writer(new_site)
    yield made
    made.close()


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


@pytest.mark.parametrize(("lang", "scripts"), [("pl", True), ("en", False)])
def test_three_bad_rows_are_shown_and_the_mended_file_is_recorded_once(
    new_site: Site, writer: Writer, tmp_path: Path, lang: str, scripts: bool
) -> None:
    project = writer.budgeted("1.1")
    user = new_site.user("officer", lang=lang, java_script_enabled=scripts)
    main = user.locator("main")
    say = {
        "pl": ("Sprawdź plik", "Pobierz listę błędów", "Wczytaj poprawiony plik", "Zapisz 3"),
        "en": ("Check the file", "Download the list of problems", "Bring the mended file",
               "Record 3"),
    }[lang]  # fmt: skip
    user.goto(f"/projects/{project}/imports")
    assert_accessible(user) if scripts else None
    bad = _file(
        tmp_path,
        _row(f"I/1/{lang}"),
        _row(f"I/2/{lang}", NIP_wystawcy="1234567890"),
        _row(f"I/3/{lang}", linia_budżetu="9.9"),
        _row(f"I/4/{lang}", kwota_brutto="sto"),
    )
    user.locator("#file").set_input_files(bad)
    main.get_by_role("button", name=say[0]).press("Enter")
    expect(user.locator("#problems tbody tr")).to_have_count(3)
    expect(user.locator("#problems")).to_contain_text("1234567890")
    assert "/imports/" in user.url
    assert_accessible(user) if scripts else None
    listed = user.request.get(
        main.get_by_role("button", name=say[1]).get_attribute("href") or ""
    ).text()
    assert [line.split(";" if lang == "pl" else ",")[1] for line in listed.splitlines()[1:]] == [
        "3", "4", "5",
    ]  # fmt: skip
    assert writer.read("expenditures", project=project)["items"] == []
    main.get_by_role("button", name=say[2]).press("Enter")
    good = _file(tmp_path, *(_row(f"I/{number}/{lang}") for number in (1, 2, 3)))
    user.locator("#file").set_input_files(good)
    main.get_by_role("button", name=say[0]).press("Enter")
    address = user.url
    main.get_by_role("button", name=say[3]).press("Enter")
    expect(user.get_by_role("alert")).to_contain_text("3")
    assert len(writer.read("expenditures", project=project)["items"]) == 3
    user.goto(address)  # the address of the check tells what became of it
    expect(user.get_by_role("alert")).to_contain_text("3")
    assert main.get_by_role("button", name=say[3]).count() == 0


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
