"""Does an auditor of one project see, of a document that two projects charge, its own part only?"""

import io
import zipfile
from typing import Any, NamedTuple

import msgspec
import pytest

from tests.bundle.checking import found
from tests.edges.streaming import first_events
from tests.edges.worlds import Two
from tests.journeys.accounts import ON
from tests.journeys.conftest import Client


class Doc(NamedTuple):
    """A document, the charge of each project, and an auditor of the first and of all."""

    document: str
    ours: str
    theirs: str
    auditor: Client
    everyone: Client

    def hidden(self, two: Two) -> set[str]:
        """What the first project's auditor must not be told."""
        return {*two.hidden(), "61.23", "61.22"}


@pytest.fixture(scope="module")
def doc(two: Two) -> Doc:
    return Doc(*two.shared, two.user("auditor", two.own.project), two.user("auditor"))


def events(user: Client, document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = user.get("/api/events", stream=document)["items"]
    return found


def check_silent(text: str, hidden: set[str]) -> None:
    """Nothing of it stands in the text."""
    assert not [one for one in hidden if one in text], text


def test_its_events_are_its_own_and_the_document_s(two: Two, doc: Doc) -> None:
    whole, seen = events(doc.everyone, doc.document), events(doc.auditor, doc.document)
    assert [one["type"].split(".")[1] for one in whole] == [
        "recorded", "charged", "charges-claimed", "charge-reduced", "charges-released",
    ]  # fmt: skip
    assert [one["type"].split(".")[1] for one in seen] == ["recorded", "charged"]
    check_silent(msgspec.json.encode(seen).decode(), doc.hidden(two))


def test_what_is_withheld_is_marked_and_its_hash_stays(two: Two, doc: Doc) -> None:
    first, seen = events(doc.everyone, doc.document)[0], events(doc.auditor, doc.document)[0]
    assert first["data"]["charges"][0]["charge"] == doc.theirs
    assert seen.pop("withheld") == ["data.charges"]
    assert seen == first | {"data": first["data"] | {"charges": []}}
    theirs = two.user("auditor", two.other.project)
    assert events(theirs, doc.document)[0] == first
    assert "withheld" not in first


@pytest.mark.parametrize("address", ["", "/explain", "/feeds"])
def test_its_row_and_numbers_are_its_own(two: Two, doc: Doc, address: str) -> None:
    found = doc.auditor.raw("GET", f"/api/expenditures/{doc.document}{address}")
    assert found.status_code == 200
    check_silent(found.text, doc.hidden(two))


def test_what_is_free_is_told_as_it_is(doc: Doc) -> None:
    rows = [one.get(f"/api/expenditures/{doc.document}") for one in (doc.auditor, doc.everyone)]
    assert [(one["free"], one["version"]) for one in rows] == [("8.77", 5), ("8.77", 5)]


def test_the_replay_and_history_are_of_its_own_part(two: Two, doc: Doc) -> None:
    path = f"/api/streams/{doc.document}"
    state = doc.auditor.get(path)
    assert list(state["state"]["charges"]) == [doc.ours]
    assert state["version"] == 2
    assert doc.auditor.get(path, version=1)["state"]["charges"] == {}
    history = doc.auditor.get(f"{path}/history")
    assert [one["version"] for one in history["items"]] == [1, 2]
    check_silent(msgspec.json.encode([state, history]).decode(), doc.hidden(two))
    for version in (3, 4, 5, 99):
        doc.auditor.get(path, version=version, status=404)
        assert doc.everyone.raw("GET", path, params={"version": version}).status_code == (
            404 if version == 99 else 200
        )


def test_the_live_events_leave_the_other_part_out(two: Two, doc: Doc) -> None:
    lines = doc.auditor.raw("GET", "/api/events", params={"limit": 500}).json()["items"]
    assert doc.document in {one["stream"] for one in lines}
    after = events(doc.everyone, doc.document)[0]["position"] - 1
    params = {"after": after, "stream": doc.document}
    told = first_events(two.service.http, doc.auditor, "/api/events/stream", params, 2)
    check_silent(told, doc.hidden(two))
    assert '"withheld":["data.charges"]' in told


def test_the_proof_of_a_partly_withheld_event_is_its_hash_alone(doc: Doc) -> None:
    whole = events(doc.everyone, doc.document)
    first, own, hidden = (whole[n]["position"] for n in (0, 1, 2))
    proof = doc.auditor.get("/api/log/proofs/inclusion", position=first)
    assert proof["leaf_hash"] == whole[0]["leaf_hash"]
    doc.auditor.get(f"/api/log/receipts/{first}", status=404)
    doc.auditor.get(f"/api/log/receipts/{own}")
    for path, params in (
        (f"/api/log/receipts/{hidden}", {}),
        ("/api/log/proofs/inclusion", {"position": hidden}),
    ):
        unknown = doc.auditor.raw("GET", path.replace(str(hidden), "99999999"),
                                  params={"position": 99_999_999} if params else {})  # fmt: skip
        answer = doc.auditor.raw("GET", path, params=params)
        assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content)
        assert answer.status_code == 404


@pytest.mark.parametrize("mine", [True, False])
def test_the_bundle_of_each_project_holds_and_has_the_other_part_as_hashes(
    two: Two, doc: Doc, mine: bool, tmp_path: Any
) -> None:
    side = two.own if mine else two.other
    answer = doc.everyone.raw("GET", f"/api/projects/{side.project}/bundle.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    assert found(tmp_path, members) == []
    text = b"\n".join(content for name, content in members.items() if name != "report.pdf")
    of_document = {str(one["position"]) for one in events(doc.everyone, doc.document)}
    lines = [line.split() for line in members["proofs/hashes.txt"].decode().splitlines()]
    marks = [one for one in lines if one[0] in of_document and one[-1] == "withheld"]
    if mine:
        assert len(marks) == 4
        check_silent(text.decode(), doc.hidden(two) - {"61.22"})
        assert doc.ours in text.decode()
    else:
        assert len(marks) == 1  # the charge of the first project
        assert doc.ours not in text.decode()


def test_what_changed_is_told_of_its_own_part(two: Two, doc: Doc) -> None:
    path = f"/api/projects/{two.own.project}/changes"
    first = events(doc.everyone, doc.document)[0]["position"]
    answer = doc.auditor.get(path, **{"from": first - 1, "limit": 500})
    subjects = {one["subject"] for one in answer["items"]}
    assert doc.document in subjects
    check_silent(msgspec.json.encode(answer).decode(), doc.hidden(two))


def test_a_document_of_several_from_the_first_is_told_apart_at_once(two: Two) -> None:
    officer = two.user("officer")
    own, other = two.own.books, two.other.books
    body = own.document("50.00", own.part("10.00"), other.part("20.00"), other.part("5.00"))
    made = officer.post("/api/expenditures", body, Idempotency_Key="several")
    assert officer.post("/api/expenditures", body, Idempotency_Key="several") == made
    assert (made["version"], len(made["charges"])) == (4, 3)
    row = officer.get(f"/api/expenditures/{made['id']}")
    assert [one["charge"] for one in row["charges"]] == made["charges"]
    auditor = two.user("auditor", two.own.project)
    auditor.position = officer.position
    seen = events(auditor, made["id"])
    assert [(one["version"], one["type"]) for one in seen] == [
        (1, "expenditure.recorded"), (2, "expenditure.charged"),
    ]  # fmt: skip
    assert "withheld" not in seen[0]
    check_silent(msgspec.json.encode(seen).decode(), {two.other.project, *made["charges"][1:]})
    explained = auditor.get(auditor.get(f"/api/expenditures/{made['id']}")["explain"])
    assert explained["total"] == "10.00"


def test_a_charge_that_was_moved_is_its_new_projects_with_its_past(two: Two) -> None:
    officer = two.user("officer")
    own, other = two.own.books, two.other.books
    document = officer.post("/api/expenditures", other.document("70.00"))
    charge = document["charges"][0]
    move = {"charge": charge, "project": own.project, "budget_line": "1.1", "reason": "pomyłka"}
    path = f"/api/expenditures/{document['id']}"
    officer.post(f"{path}/correct", move | {"effective_on": ON})
    refuse = {"charge": charge, "amount": "1.00", "basis": "6.2", "reason": "x"}
    officer.post(f"{path}/disallow", refuse | {"effective_on": ON})
    for side, versions in ((two.own, [1, 2, 3]), (two.other, [1, 2])):
        auditor = two.user("auditor", side.project)
        auditor.position = officer.position
        assert [one["version"] for one in events(auditor, document["id"])] == versions
    auditor = two.user("auditor", two.own.project)
    auditor.position = officer.position
    assert auditor.get(path)["eligible"] == "70.00"
    assert list(auditor.get(f"/api/streams/{document['id']}")["state"]["charges"]) == [charge]
