"""Papers over HTTP: the claim and the register, as they stood at the moment that is asked."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

PAPERS = ("paper.pdf", "paper.xlsx")
REGISTERS = ("expenditures.xlsx", "expenditures.csv")


class Story:
    """A project with a budget, three documents, and a claim for two of them."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, world.client
        self.project = world.project(
            code="ŁÓDŹ/1", title="Liderzy kooperacji", value="1000.00", eu_contribution="842.80"
        )
        lines = [
            {"line": "1.1", "task": "1", "category": "Personel", "amount": "600.00"},
            {"line": "2.1", "task": "2", "category": "Usługi zewnętrzne", "amount": "400.00"},
        ]
        world.tell(f"projects/{self.project}/set-budget", lines=lines)
        self.charges = [self.spend(n, line) for n, line in ((1, "1.1"), (2, "2.1"), (3, "1.1"))]
        self.claim = world.create(
            "claims",
            project=self.project,
            number="POWR/17-003",
            period_from="2019-01-01",
            period_to="2019-03-31",
            effective_on="2019-04-01",
        )
        included = {"charges": self.charges[:2]}
        world.tell(f"claims/{self.claim}/include", on="2019-04-02", **included)
        self.drafted = world.client.position
        world.tell(f"claims/{self.claim}/submit", on="2019-04-12")
        self.submitted = world.client.position

    def spend(self, n: int, line: str) -> dict[str, str]:
        """Records the n-th document: n times 12,30 gross."""
        charge = {"project": self.project, "budget_line": line, "eligible": f"{n * 12}.{n * 3}0"}
        made = self.client.post(
            "/api/expenditures",
            {
                "document_number": f"=FV/{n}",
                "issuer_nip": "8133315014",
                "issuer_name": "Żółta Łąka sp. z o.o.",
                "issued_on": f"2019-01-1{n}",
                "description": "Sala #1 *na* „szkolenie”",
                "net": f"{n * 10}.00",
                "vat": f"{n * 2}.{n * 3}0",
                "gross": f"{n * 12}.{n * 3}0",
                "charges": [charge],
                "effective_on": f"2019-01-1{n}",
            },
        )
        return {"expenditure": made["id"], "charge": made["charges"][0]}


@pytest.fixture(scope="module")
def story(world: World) -> Story:
    return Story(world)


def got(client: Client, path: str, **params: Any) -> Any:
    """The answer with the file, which reflects what was just recorded."""
    headers = {"Ledger-Position": str(client.position)}
    answer = client.raw("GET", path, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def pdf_text(raw: bytes) -> str:
    pages = PdfReader(io.BytesIO(raw)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def table(raw: bytes, name: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def test_a_claim_is_printed_with_the_sums_that_the_interface_answers(story: Story) -> None:
    answer = got(story.client, f"/api/claims/{story.claim}/paper.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    name = 'inline; filename="wniosek-o-platnosc-LODZ-1-POWR-17-003.pdf"'
    assert answer.headers["content-disposition"] == name
    text = pdf_text(answer.content)
    totals = story.client.get(f"/api/claims/{story.claim}")["totals"]
    assert (totals["eligible"], totals["eu_amount"]) == ("36.90", "31.10")
    for told in ("POWR/17-003", "36,90", "31,10", "Żółta Łąka", "12.04.2019", "=FV/2", "#1 *na*"):
        assert told in text
    assert "=FV/3" not in text
    assert f"pozycja {answer.headers['Ledger-Position']} · korzeń SHA-256" in text


def test_a_claim_is_a_workbook_with_the_same_sums(story: Story) -> None:
    answer = got(story.client, f"/api/claims/{story.claim}/paper.xlsx", lang="en")
    name = 'attachment; filename="payment-claim-LODZ-1-POWR-17-003.xlsx"'
    assert answer.headers["content-disposition"] == name
    header, *rows, total = table(answer.content, "List of documents")
    at = header.index("Eligible expenditure")
    assert [row[1] for row in rows] == ["=FV/1", "=FV/2"]
    assert sum(Decimal(str(row[at])) for row in rows) == Decimal("36.90")
    assert total[at] == 36.9


def test_a_claim_is_printed_again_exactly_as_it_was(story: Story) -> None:
    at = {"valid_at": "2019-04-02", "known_at": story.drafted}
    first = [got(story.client, f"/api/claims/{story.claim}/{one}", **at).content for one in PAPERS]
    assert "PROJEKT – wniosek niezłożony" in pdf_text(first[0])
    story.spend(4, "2.1")
    again = [got(story.client, f"/api/claims/{story.claim}/{one}", **at).content for one in PAPERS]
    assert first == again
    later = got(story.client, f"/api/claims/{story.claim}/paper.pdf", valid_at="2019-04-12")
    assert "PROJEKT" not in pdf_text(later.content)


def test_the_paper_names_the_root_of_the_log_at_its_position(shared: Service, story: Story) -> None:
    from ledger.event_store.codec import leaf_hash
    from ledger.integrity.tree import Frontier

    log, frontier = shared.http.app.state.parts.log, Frontier()
    positions = range(1, story.submitted + 1)
    for leaf in shared.http.blocking_portal.call(log.at, list(positions)):
        frontier.append(bytes.fromhex(leaf_hash(leaf.bytes)))
    path = f"/api/claims/{story.claim}/paper.pdf"
    text = pdf_text(got(story.client, path, known_at=story.submitted).content)
    assert f"pozycja {story.submitted} · korzeń SHA-256 {frontier.root().hex()}" in text


def test_the_register_has_a_row_for_every_charge(story: Story) -> None:
    at = {"known_at": story.submitted}
    path = f"/api/projects/{story.project}/expenditures"
    workbook = got(story.client, f"{path}.xlsx", **at)
    header, *rows, total = table(workbook.content, "Rejestr wydatków")
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["Nr dokumentu"] for row in told] == ["=FV/1", "=FV/2", "=FV/3"]
    assert [row["Wydatki kwalifikowalne"] for row in told] == [12.3, 24.6, 36.9]
    assert [row["Zadanie"] for row in told] == ["1", "2", "1"]
    assert [row["Status wydatku"] for row in told] == ["we wniosku", "we wniosku", "zarejestrowany"]
    assert told[0]["Nr wniosku o płatność"] == "POWR/17-003"
    assert total[header.index("Wydatki kwalifikowalne")] == 73.8
    lines = got(story.client, f"{path}.csv", **at)
    assert lines.headers["content-type"].startswith("text/csv")
    name = 'attachment; filename="rejestr-wydatkow-LODZ-1.csv"'
    assert lines.headers["content-disposition"] == name
    read = list(csv.reader(io.StringIO(lines.content.decode("utf-8-sig")), delimiter=";"))
    assert read[0] == header
    assert [row[1] for row in read[1:]] == ["'=FV/1", "'=FV/2", "'=FV/3"]
    assert [row[16] for row in read[1:]] == ["12,30", "24,60", "36,90"]


def test_a_register_longer_than_a_page_is_whole(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/projects/{story.project}/expenditures.csv"
    whole = got(story.client, path, known_at=story.submitted).content
    monkeypatch.setattr("ledger.papers.register.AT_A_TIME", 2)
    assert got(story.client, path, known_at=story.submitted).content == whole


def test_a_charge_that_was_withdrawn_leaves_the_register(story: Story) -> None:
    spent = story.spend(5, "1.1")
    path = f"/api/projects/{story.project}/expenditures.csv"
    assert "=FV/5" in got(story.client, path).text
    story.world.tell(
        f"expenditures/{spent['expenditure']}/withdraw", on="2019-02-01", charge=spent["charge"]
    )
    assert "=FV/5" not in got(story.client, path).text


def test_another_projects_grant_sees_no_paper(shared: Service, story: Story) -> None:
    stranger = shared.user("manager", story.world.project())
    insider = shared.user("officer", story.project)
    paths = [f"/api/claims/{story.claim}/{one}" for one in PAPERS]
    paths += [f"/api/projects/{story.project}/{one}" for one in REGISTERS]
    for path in paths:
        got(insider, path)
        stranger.get(path, status=404)
        shared.nobody().get(path, status=401)


def test_what_there_is_not_has_no_paper(story: Story) -> None:
    for one in PAPERS:
        story.client.get(f"/api/claims/{UNKNOWN}/{one}", status=404)
        story.client.get(f"/api/claims/x/{one}", status=404)
        story.client.get(f"/api/claims/{story.claim}/{one}", known_at=1, status=404)
    for one in REGISTERS:
        story.client.get(f"/api/projects/{UNKNOWN}/{one}", status=404)


def test_only_two_languages_are_spoken(story: Story) -> None:
    path = f"/api/claims/{story.claim}/paper.pdf"
    refused = story.client.get(path, lang="de", status=422)
    assert refused["errors"][0]["field"] == "lang"
    story.client.get(path, language="pl", status=422)
    assert "Payment claim no. POWR/17-003" in pdf_text(got(story.client, path, lang="en").content)
