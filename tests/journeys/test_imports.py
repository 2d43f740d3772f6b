"""Files of documents over HTTP: checked, committed, and never recorded twice."""

import hashlib
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.importing import FILE_LIMIT_BYTES
from tests.imports.malformed import CORPUS
from tests.imports.tables import HEADER, archive, csv, invoice, row, xlsx
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, World

LINES = [
    {"line": "1.1", "task": "1", "category": "usługi zewnętrzne", "amount": "100000"},
    {"line": "1.2", "task": "1", "category": "personel", "amount": "100000"},
]


@pytest.fixture(scope="module")
def project(world: World) -> str:
    """A project with a budget."""
    made = world.project(value="1000.00", eu_contribution="842.80")
    world.client.post(f"/api/projects/{made}/set-budget", {"lines": LINES, "effective_on": START})
    return made


@pytest.fixture(scope="module")
def officer(shared: Service, project: str) -> Client:
    """An officer of that project only."""
    return shared.user("officer", project)


def bring(
    client: Client, content: bytes, project: str, *, status: int = 201, **fields: str
) -> dict[str, Any]:
    """The answer to a file that is brought."""
    name = fields.pop("name", "wydatki.xlsx")
    answer = client.raw(
        "POST",
        "/api/imports",
        files={"file": (name, content)},
        data={"project": project, **fields},
    )
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def table(*rows: list[Any]) -> bytes:
    return xlsx([["Zestawienie"], list(HEADER), *rows])


def commit(client: Client, id: str, status: int = 201) -> dict[str, Any]:
    return client.post(f"/api/imports/{id}/commit", status=status)


def recorded(user: Client, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a commit."""
    user.position = receipt["position"]
    after = receipt["position"] - receipt["recorded"]
    found: list[dict[str, Any]] = user.get("/api/events", after=after)["items"]
    return found


def test_a_dry_run_names_every_bad_row_and_nothing_is_recorded(
    officer: Client, project: str, unchanged: None
) -> None:
    content = table(
        row("D/1"),
        row("D/2", gross="1230,005"),
        row("D/3", nip="5265877636"),
        row("D/4", line="8.8"),
    )
    found = bring(officer, content, project)
    assert (found["rows"], found["errors_count"]) == (4, 3)
    assert [(e["sheet"], e["row"], e["column"]) for e in found["errors"]] == [
        ("Arkusz1", 4, "G"), ("Arkusz1", 5, "C"), ("Arkusz1", 6, "O"),
    ]  # fmt: skip
    assert found["errors"][2]["value"] == "8.8"
    assert "nie ma takiej linii" in found["errors"][2]["message"]
    refused = commit(officer, found["id"], 409)
    assert refused["rule"] == "import_refused"
    assert [one["field"] for one in refused["errors"]] == [
        "Arkusz1!G4", "Arkusz1!C5", "Arkusz1!O6"
    ]  # fmt: skip


def test_what_the_file_itself_shows_wrong_is_named_once(officer: Client, project: str) -> None:
    """The ledger would refuse these, too; but it is not asked any more."""
    twice = table(row("E/1"), row("E/1", line="1.2", eligible="0,01", eligible_vat=None, eu=None))
    assert bring(officer, twice, project)["errors_count"] == 1
    invoices = archive(a__xml=invoice("E/2"), b__xml=invoice("E/3"))
    found = bring(officer, invoices, project, name="faktury.zip", line="8.8")
    assert [(one["field"], one["value"]) for one in found["errors"]] == [("line", "8.8")]


def test_what_is_committed_is_recorded_once(officer: Client, project: str, world: World) -> None:
    half = [row("C/2", eligible="600", eu=None, eligible_vat="100"),
            row("C/2", eligible="630", eu=None, eligible_vat="100", line="1.2")]  # fmt: skip
    content = table(row("C/1"), *half)
    checked = bring(officer, content, project)
    assert (checked["format"], checked["rows"], checked["documents"]) == ("xlsx", 3, 2)
    assert (checked["new"], checked["known"], checked["errors"]) == (2, 0, [])
    assert checked["digest"] == hashlib.sha256(content).hexdigest()
    # 600 and 630 at 84.28 %, each rounded by itself
    assert checked["totals"] == {
        "gross": "2460.00", "eligible": "2460.00", "eu_amount": "2073.28"
    }  # fmt: skip
    before = world.head()
    assert officer.get(f"/api/imports/{checked['id']}")["committed"] is None
    receipt = commit(officer, checked["id"])
    assert (receipt["recorded"], receipt["known"], receipt["position"]) == (2, 0, before + 2)
    assert commit(officer, checked["id"]) == receipt
    assert officer.get(f"/api/imports/{checked['id']}")["committed"] == receipt
    again = bring(officer, content, project)
    assert (again["new"], again["known"], again["errors_count"]) == (0, 2, 0)
    assert commit(officer, again["id"])["recorded"] == 0
    assert world.head() == before + 2


def test_texts_that_look_like_personal_data_are_told_with_their_places(
    shared: Service, officer: Client, project: str
) -> None:
    paid = row("D/2", what="Umowa zlecenie, PESEL 84022912343")
    checked = bring(officer, table(row("D/1"), paid), project)
    assert (checked["errors_count"], checked["cautions_count"]) == (0, 1)
    (one,) = checked["cautions"]
    assert (one["sheet"], one["row"], one["column"]) == ("Arkusz1", 4, "F")
    assert one["message"].startswith("wygląda na numer PESEL")
    assert "84022912343" not in str(checked)
    browser = Browser(shared)
    browser.sign_in(shared.token("officer", project))
    shown = browser.page("GET", f"/imports/{checked['id']}", status=200).decode()
    assert "Arkusz1!F4" in shown
    assert commit(officer, checked["id"])["recorded"] == 2


def test_the_reason_names_the_file_and_the_rows(
    officer: Client, user: Client, project: str
) -> None:
    receipt = commit(officer, bring(officer, table(row("R/1")), project, name="marzec.xlsx")["id"])
    event = recorded(user, receipt)[0]
    assert event["reason"] == "Import: marzec.xlsx, wiersz 3"
    assert event["effective_on"] == "2019-12-31"
    assert event["type"] == "expenditure.recorded"


def test_a_document_that_is_recorded_otherwise_is_named_with_what_differs(
    officer: Client, project: str
) -> None:
    commit(officer, bring(officer, table(row("X/1")), project)["id"])
    content = table(row("X/1", paid="15.01.2020", line="1.2"))
    (problem,) = bring(officer, content, project, lang="en")["errors"]
    assert (problem["row"], problem["column"]) == (3, "E")
    assert "paid on: recorded 2020-01-14, in the file 2020-01-15" in problem["message"]
    assert "1.1: 1230.00" in problem["message"]


def test_what_changed_between_check_and_commit_is_judged_again(
    officer: Client, project: str, world: World
) -> None:
    first = bring(officer, table(row("J/1")), project)
    second = bring(officer, table(row("J/1", line="1.2"), row("J/2")), project)
    commit(officer, first["id"])
    head = world.head()
    assert "inną treścią" in commit(officer, second["id"], 409)["errors"][0]["message"]
    assert world.head() == head


def test_csv_comes_in_like_a_workbook(officer: Client, project: str) -> None:
    content = csv(HEADER, row("V/1"), encoding="cp1250")
    checked = bring(officer, content, project, name="wydatki.csv")
    assert (checked["format"], checked["new"]) == ("csv", 1)
    assert commit(officer, checked["id"])["recorded"] == 1


def test_an_officer_sees_the_imports_of_the_own_project_only(
    shared: Service, officer: Client, user: Client, world: World, project: str
) -> None:
    other = world.project()
    stranger = shared.user("officer", other)
    bring(stranger, table(row()), project, status=422)
    checked = bring(officer, table(row("S/1")), project)
    stranger.get(f"/api/imports/{checked['id']}", status=404)
    commit(stranger, checked["id"], 404)
    assert user.get(f"/api/imports/{checked['id']}")["id"] == checked["id"]
    bring(shared.user("coordinator"), table(row()), project, status=403)
    commit(shared.user("manager", project), checked["id"], 403)


def test_documents_of_others_are_not_shown_to_a_scoped_officer(
    officer: Client, user: Client, world: World, project: str
) -> None:
    other = world.project()
    user.post(f"/api/projects/{other}/set-budget", {"lines": LINES, "effective_on": START})
    commit(user, bring(user, table(row("O/1")), other)["id"])
    (problem,) = bring(officer, table(row("O/1", paid="16.01.2020")), project)["errors"]
    assert problem["message"] == "dokument jest już zapisany w księdze"


def test_invoices_are_recorded_with_their_bytes_as_evidence(
    officer: Client, user: Client, project: str
) -> None:
    content = archive(a__xml=invoice("K/1"), b__xml=invoice("K/2"))
    bare = bring(officer, content, project, name="faktury.zip")
    assert bare["errors_count"] == 2
    checked = bring(officer, content, project, name="faktury.zip", line="1.1")
    assert (checked["format"], checked["new"], checked["errors"]) == ("zip", 2, [])
    receipt = commit(officer, checked["id"])
    digests = [one["evidence"] for one in recorded(user, receipt)]
    assert digests == [[hashlib.sha256(invoice(n)).hexdigest()] for n in ("K/1", "K/2")]
    kept = user.raw("GET", f"/api/documents/{digests[0][0]}")
    assert kept.content == invoice("K/1")
    again = bring(officer, content, project, name="faktury.zip", line="1.1")
    assert (again["new"], again["known"]) == (0, 2)


def correction(number: str, original: str, tenths: int = 1, issued: str = "2025-09-20") -> bytes:
    return invoice(
        number, corrects=original, issued=issued,
        net=f"-{tenths}00", vat=f"-{tenths * 23}", gross=f"-{tenths * 123}",
    )  # fmt: skip


def test_a_correction_changes_the_invoice_that_it_names(
    officer: Client, user: Client, project: str
) -> None:
    content = archive(b__xml=correction("KOR/1", "Z/1"), a__xml=invoice("Z/1"))
    checked = bring(officer, content, project, name="z.zip", line="1.1")
    assert (checked["documents"], checked["new"], checked["errors"]) == (2, 2, [])
    receipt = commit(officer, checked["id"])
    assert receipt["recorded"] == 2
    later = correction("KOR/2", "Z/1", issued="2025-10-01")
    receipt = commit(officer, bring(officer, later, project, name="kor2.xml")["id"])
    found = user.get(f"/api/expenditures/{recorded(user, receipt)[0]['stream']}")
    assert (found["net"], found["vat"], found["gross"]) == ("800.00", "184.00", "984.00")
    assert [one["eligible"] for one in found["charges"]] == ["984.00"]
    before = user.get(f"/api/expenditures/{found['id']}", valid_at="2025-09-30")
    assert (before["gross"], before["eligible"]) == ("1107.00", "1107.00")
    for again in (content, later):
        told = bring(officer, again, project, name="z.zip", line="1.1")
        assert (told["new"], told["known"], told["errors"]) == (0, told["documents"], [])


def test_a_correction_of_what_is_not_recorded_is_named(officer: Client, project: str) -> None:
    found = bring(officer, correction("KOR/9", "Nieznana"), project, name="kor.xml")
    assert "nie jest zapisana" in found["errors"][0]["message"]
    below = archive(a__xml=invoice("B/1"), b__xml=correction("KOR/8", "B/1", tenths=20))
    (problem, *_) = bring(officer, below, project, name="b.zip", line="1.1")["errors"]
    assert "byłaby ujemna" in problem["message"]


@pytest.mark.usefixtures("unchanged")
def test_what_is_no_file_of_documents_is_refused(officer: Client, project: str) -> None:
    found = bring(officer, b"%PDF-1.7\x00", project, status=422)
    assert found["errors"][0]["field"] == "file"
    bring(officer, table(row()), project, status=422, lang="de")
    bring(officer, table(row()), "nikt", status=422)
    bring(officer, table(row()), project, status=422, other="1")
    answer = officer.raw("POST", "/api/imports", data={"project": project})
    assert answer.status_code == 400  # no form with a file at all
    officer.get("/api/imports/7", status=404)


def test_what_is_too_large_is_refused_without_reading_it_all(
    officer: Client, project: str, unchanged: None
) -> None:
    body = io.BytesIO(bytes(2 * FILE_LIMIT_BYTES))
    answer = officer.raw(
        "POST", "/api/imports", files={"file": ("big.xlsx", body)}, data={"project": project}
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", CORPUS)
def test_no_broken_file_is_recorded_or_breaks_the_service(
    officer: Client, project: str, unchanged: None, name: str
) -> None:
    answer = officer.raw(
        "POST",
        "/api/imports",
        files={"file": ("x", CORPUS[name]())},
        data={"project": project, "line": "1.1"},
    )
    assert answer.status_code in (201, 422), answer.text
    assert "Traceback" not in answer.text
    if answer.status_code == 201:
        commit(officer, answer.json()["id"], 409)


def test_the_template_can_be_filled_in(officer: Client, project: str) -> None:
    answer = officer.raw("GET", "/api/imports/template.xlsx", params={"project": project})
    assert answer.status_code == 200
    with CalamineWorkbook.from_filelike(io.BytesIO(answer.content)) as book:
        (columns,) = book.get_sheet_by_name("Dokumenty").to_python()
        lines = book.get_sheet_by_name("Budżet").to_python()
    assert [one[0] for one in lines] == ["linia budżetu", "1.1", "1.2"]
    texts = officer.raw("GET", "/api/imports/template.csv", params={"lang": "pl"}).content.decode()
    assert texts.strip("\ufeff\r\n").split(";") == columns
    header = [str(one) for one in columns]
    cells = dict(zip(header, [""] * len(header), strict=True)) | {
        "numer dokumentu": "T/1", "NIP wystawcy": "5265877635", "data wystawienia": "2019-05-01",
        "nazwa towaru lub usługi": "Papier", "kwota brutto": "10", "kwota netto": "10",
        "wydatki kwalifikowalne": "10", "linia budżetu": "1.2", "metoda": "stawka ryczałtowa",
    }  # fmt: skip
    checked = bring(officer, csv(header, list(cells.values())), project)
    assert (checked["new"], checked["errors"]) == (1, [])
