"""What is in a bundle, and what is not? The same moment gives the same bytes."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pypdf import PdfReader

from ledger.bundle.gathering import Gathering
from ledger.bundle.report import ALIKE, PLANS, PRINTED
from ledger.bundle.report_pdf import report_pdf
from ledger.bundle.tables import COLUMNS
from ledger.bundle.verify import Tree, leaf_hash
from ledger.bundle.words import WORDS
from ledger.event_store.codec import decode
from ledger.findings.catalogue import rules
from ledger.integrity.tree import Frontier
from ledger.papers.typesetting import shown
from tests.bundle.checking import found
from tests.bundle.conftest import DAY, TITLE, Story, made

Members = dict[str, bytes]
DAYS = (
    date(2018, 4, 1), date(2019, 5, 12), date(2019, 5, 13), date(2019, 6, 1), date(2019, 6, 10),
    date(2019, 6, 20), date(2019, 7, 1), DAY,
)  # fmt: skip


def rows(members: Members, name: str) -> list[dict[str, str]]:
    text = io.StringIO(members[f"projections/{name}.csv"].decode(), newline="")
    return list(csv.DictReader(text))


def test_the_same_moment_gives_the_same_bytes(story: Story, whole: bytes) -> None:
    assert made(story) == whole


def test_another_day_gives_another_bundle_that_holds(story: Story, tmp_path: Any) -> None:
    told = set()
    for day in DAYS:
        with zipfile.ZipFile(io.BytesIO(made(story, day=day))) as opened:
            members = {name: opened.read(name) for name in opened.namelist()}
        assert found(tmp_path, members) == []
        told.add((members["projections/budget.csv"], members["projections/claims.csv"]))
    assert len(told) == len(DAYS) - 1  # nothing happens before the first document


def test_without_documents_it_holds_as_well(story: Story, tmp_path: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(made(story, documents=False))) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    assert not any(name.startswith("documents/") for name in members)
    assert found(tmp_path, members) == []


def test_no_event_of_another_project_is_given(members: Members, story: Story) -> None:
    events = [decode(line) for line in members["events.jsonl"].splitlines()]
    assert any(one.stream == story.project for one in events)
    kinds = {one.type.split(".")[0] for one in events}
    assert kinds == {
        "agreement", "claim", "expenditure", "institution", "person", "project", "team",
    }  # fmt: skip
    assert sum(one.type == "project.started" for one in events) == 1
    shared = {one.stream for one in events if one.type.startswith(("institution.", "person."))}
    own = b"".join(bytes(one.data) for one in events if one.stream not in shared).decode()
    assert all(stream in own for stream in shared)  # somebody refers to each
    lines = members["proofs/hashes.txt"].decode().splitlines()
    assert sum(line.endswith(" event") for line in lines) == len(events) < len(lines)


def test_every_table_has_rows_under_its_columns(members: Members) -> None:
    for name, columns in COLUMNS.items():
        text = members[f"projections/{name}.csv"].decode()
        assert text.splitlines()[0] == ",".join(columns)
        assert rows(members, name), name
        assert "\r" not in text


def test_no_spreadsheet_computes_what_was_typed(members: Members) -> None:
    described = {row["description"] for row in rows(members, "expenditures")}
    assert "'=1+1" in described
    assert "'@Urząd" in {row["institution_name"] for row in rows(members, "team_members")}


def test_times_and_rights_of_members_say_nothing_of_the_machine(whole: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        infos = opened.infolist()
    assert len({one.date_time for one in infos}) == 1
    assert {one.external_attr >> 16 for one in infos} == {0o100644}
    assert infos[-1].filename == "manifest"


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_verifier_hashes_as_the_ledger_does(leaves: list[bytes]) -> None:
    tree, frontier = Tree(), Frontier()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
        frontier.append(leaf_hash(leaf))
    assert tree.root() == frontier.root()


def test_the_report_is_one_file_that_anybody_can_read(members: Members) -> None:
    raw = members["report.html"].decode()
    page: Any = html.fromstring(raw)
    assert page.get("lang") == "pl"
    assert not page.xpath("//script|//link|//img|//iframe|//@src|//@href|//@style")
    assert "url(" not in raw
    assert "@import" not in raw
    assert page.xpath("//h1")[0].text_content() == TITLE
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)
    tables = page.xpath("//table")
    assert len(tables) == len(PLANS)
    for table in tables:
        assert table.xpath("./caption")
        width = len(table.xpath("./thead/tr/th[@scope='col']"))
        for row in table.xpath("./tbody/tr|./tfoot/tr"):
            assert len(row.xpath("./th[@scope='row']")) == 1
            assert len(row) == width
    for one in page.xpath("//span"):
        assert one.get("lang") in ("pl", "en")
    assert len(page.xpath("//fieldset/legend")) == 1
    assert len(page.xpath("//fieldset/label/input")) == 3


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_both_reports_say_the_sums_in_both_languages(members: Members, lang: str) -> None:
    recorded = sum(float(row["recorded"]) for row in rows(members, "budget"))
    amount = f"{recorded:,.2f}"
    if lang == "pl":
        amount = amount.replace(",", "\u00a0").replace(".", ",")
    page: Any = html.fromstring(members["report.html"].decode())
    total = page.xpath("//table/tfoot/tr")[0]
    assert amount in total.xpath(f".//span[@lang='{lang}']/text()")
    pages = PdfReader(io.BytesIO(members["report.pdf"])).pages
    text = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pages))
    assert re.sub(r"\s", "", amount) in re.sub(r"\s", "", text)
    assert WORDS["budget"][lang == "en"] in text
    root = bytes.fromhex(members["manifest"].decode().split("root ")[1][:64]).hex()
    assert root in re.sub(r"[\s\u200b]", "", text)
    assert root in page.text_content()


def test_every_word_is_told_in_both_languages() -> None:
    used = {column.word for plan in PLANS for column in plan.columns}
    assert used | {plan.name for plan in PLANS} <= WORDS.keys()
    assert {f"rule_{rule.id}" for rule in rules()} <= WORDS.keys()
    assert all(all(said) for said in WORDS.values())


def finding(rule: str, number: int) -> dict[str, Any]:
    told = dict.fromkeys(("message_pl", "message_en", "basis_pl", "basis_en"), f"{rule} {number}")
    row = {"subject": "s", "subject_name": "n", "rule": rule, "severity": "error"}
    return {**row, "position": number, **told}


def printed(findings: list[dict[str, Any]]) -> str:
    """What stands on paper of these findings."""
    gathering = Gathering()
    gathering.add("findings", findings)
    project = dict.fromkeys(
        ("title", "code", "programme", "fund", "leader_name", "value", "eu_contribution",
         "starts_on", "ends_on"),
    )  # fmt: skip
    said = gathering.report(project | {"title": "x", "code": "x"}, {})
    pdf = report_pdf(said, datetime(2026, 1, 1, tzinfo=UTC))
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = " ".join(one.extract_text() for one in pages).replace("\u200b", "")
    return re.sub(r"\s+", " ", text)


def test_a_printed_table_ends_where_nobody_reads_on_and_says_so() -> None:
    text = printed([finding(f"r{n:03}", n) for n in range(PRINTED + 1)])
    assert f"Pokazano {PRINTED} z {PRINTED + 1}" in text
    assert f"r{PRINTED - 1:03} {PRINTED - 1}" in text


def test_of_many_alike_findings_some_are_printed_and_the_others_counted() -> None:
    many = [finding("evidence_missing", n) for n in range(300)]
    text = printed([*many, finding("unpaid", 7)])
    assert f"evidence_missing {ALIKE - 1}" in text
    assert f"evidence_missing {ALIKE}" not in text
    assert "unpaid 7" in text
    assert f"Pokazano {ALIKE + 1} z 301" in text
    assert "brak dokumentu potwierdzającego evidence_missing 0 300" in text


def test_an_amount_in_a_sentence_is_not_torn_apart_and_an_endless_text_is() -> None:
    assert shown("z 1\u00a0050\u00a0000,00\u00a0zł") == "z\u00a01\u00a0050\u00a0000,00 zł"
    assert " " in shown("ab\u00a0" * 100)
