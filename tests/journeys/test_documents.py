"""Evidence comes in, is found again by its digest, and is seen only by those concerned."""

import hashlib
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from ledger.documents import SIZE_LIMIT_BYTES
from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, UNKNOWN, World

TEXT = "Protokół odbioru; 1 000,00 zł\n".encode()


def bring(user: Client, content: Any, name: str = "protokół.txt", **form: str) -> Any:
    return user.raw("POST", "/api/documents", files={"file": (name, content)}, data=form)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_document_comes_back_as_it_was_and_harmless(shared: Service) -> None:
    officer = shared.user("officer")
    content = b"<html><script>alert(1)</script></html>"
    made = bring(officer, content, "../../żółty\r\n.html")
    assert made.status_code == 201, made.text
    found = made.json()
    assert found.pop("stored_at").endswith("Z")
    assert found == {
        "sha256": digest_of(content),
        "size": len(content),
        "media_type": "text/plain",
        "name": "żółty.html",
    }
    answer = officer.raw("GET", made.headers["location"])
    assert (answer.status_code, answer.content) == (200, content)
    headers = answer.headers
    assert headers["content-type"] == "text/plain"
    assert headers["content-length"] == str(len(content))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["etag"] == f'"{digest_of(content)}"'
    assert unquote(headers["content-disposition"]) == "attachment; filename*=UTF-8''żółty.html"


def test_the_same_bytes_again_are_the_same_document(shared: Service) -> None:
    user = shared.user("coordinator")
    assert bring(user, TEXT).status_code == 201
    again = bring(user, TEXT, "inna nazwa.txt")
    assert (again.status_code, again.json()["name"]) == (200, "protokół.txt")


def test_who_has_it_already_need_not_be_sent_it_again(shared: Service) -> None:
    user = shared.user("auditor")
    digest = bring(user, b"known").json()["sha256"]
    headers = {"If-None-Match": f'"{digest}"'}
    answer = user.raw("GET", f"/api/documents/{digest}", headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("role", ["officer", "coordinator", "manager", "auditor", "admin"])
def test_every_role_brings_evidence(shared: Service, role: str) -> None:
    assert bring(shared.user(role), role.encode()).status_code == 201


def test_nobody_brings_or_reads_evidence_without_a_token(shared: Service) -> None:
    assert bring(shared.nobody(), TEXT).status_code == 401
    assert shared.nobody().raw("GET", f"/api/documents/{digest_of(TEXT)}").status_code == 401


@pytest.mark.parametrize("digest", [digest_of(b"unknown"), "0" * 63, "..%2f..%2fetc%2fpasswd"])
def test_what_is_not_there_is_not_found(shared: Service, digest: str) -> None:
    assert shared.user("admin").raw("GET", f"/api/documents/{digest}").status_code == 404


def test_a_form_that_is_not_as_it_should_be_is_refused_and_leaves_nothing(
    shared: Service, documents: Path
) -> None:
    user = shared.user("officer")
    assert user.raw("POST", "/api/documents", json={}).status_code == 400
    bad: list[tuple[dict[str, Any], str]] = [
        ({"files": {"other": ("x", b"x")}}, "other"),
        ({"files": {"file": (None, b"x")}}, "file"),
        ({"files": {"nothing": (None, b"")}, "data": {"project": UNKNOWN}}, "project"),
        ({"files": [("file", ("x", b"x")), ("file", ("y", b"y"))]}, "file"),
        ({"files": {"file": ("x", b"x")}, "data": {"project": "x"}}, "project"),
        ({"files": {"file": ("x", b"x")}, "data": {"project": UNKNOWN}}, "project"),
        ({"files": {"file": ("x", b"x")}, "data": {"colour": "red"}}, "colour"),
        ({"files": {"file": ("x", b"")}}, "file"),
    ]
    for form, field in bad:
        answer = user.raw("POST", "/api/documents", **form)
        assert answer.status_code == 422, answer.text
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert list(documents.rglob("incoming/*")) == []


def test_a_form_that_breaks_off_is_malformed(shared: Service) -> None:
    answer = shared.user("officer").raw(
        "POST",
        "/api/documents",
        content=b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nhalf',
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 400, answer.text


async def _upload_without_end(app: Any, token: str) -> tuple[int, int]:
    """Sends a form of unknown length; the answer's status, and how many bytes it took."""
    sent, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        begins = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        chunk = begins if sent == 0 else bytes(1024 * 1024)
        sent += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": sent < 4 * SIZE_LIMIT_BYTES}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "multipart/form-data; boundary=b",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/documents",
        "raw_path": b"/api/documents",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("test", 1),
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    return status, sent


def test_too_large_an_upload_is_refused_without_being_kept_in_memory(shared: Service) -> None:
    app, portal = shared.http.app, shared.http.blocking_portal
    token = portal.call(app.state.parts.tokens.create, "test", "officer")
    tracemalloc.start()
    status, taken = portal.call(_upload_without_end, app, token)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 413
    assert taken < SIZE_LIMIT_BYTES + 3 * 1024 * 1024
    assert most < SIZE_LIMIT_BYTES / 2


def test_an_upload_that_says_it_is_too_large_is_not_read_at_all(shared: Service) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "104857600"}
    answer = shared.user("officer").raw("POST", "/api/documents", content=b"", headers=kind)
    assert answer.status_code == 413, answer.text


def test_a_grant_of_one_project_sees_its_own_evidence_alone(
    shared: Service, user: Client, world: World
) -> None:
    ours, theirs = world.project(), world.project()
    us, them = shared.user("officer", ours), shared.user("coordinator", theirs)
    us.position = them.position = user.position
    digest = bring(us, b"ours").json()["sha256"]
    path = f"/api/documents/{digest}"
    assert us.raw("GET", path).status_code == 200
    assert them.raw("GET", path).status_code == 404
    assert bring(them, b"theirs", project=ours).status_code == 422
    # Who brings the same bytes learns nothing of the others who did.
    again = bring(them, b"ours", "mine.txt")
    assert (again.status_code, again.json()["name"]) == (201, "mine.txt")
    assert them.raw("GET", path).status_code == 200
    assert user.raw("GET", path).status_code == 200


def test_the_evidence_of_an_invoice_is_seen_by_every_project_that_bears_it(
    shared: Service, user: Client, world: World
) -> None:
    ours, other, theirs = (world.project() for _ in range(3))
    digest = bring(user, b"an invoice").json()["sha256"]
    line = {"line": "1", "task": "1", "category": "szkolenia", "amount": "1000.00"}
    for project in (ours, other):
        world.tell(f"projects/{project}/set-budget", lines=[line])
    charges = [{"project": one, "budget_line": "1", "eligible": "50.00"} for one in (ours, other)]
    amounts = {"net": "100.00", "vat": "0.00", "gross": "100.00"}
    world.create(
        "expenditures", document_number="FV/1/2018", issuer_name="Firma", issued_on=START,
        description="Szkolenie", charges=charges, evidence=[digest], **amounts,
    )  # fmt: skip
    seen = {}
    for project in (ours, other, theirs):
        reader = shared.user("manager", project)
        headers = {"Ledger-Position": str(user.position)}
        seen[project] = reader.raw("GET", f"/api/documents/{digest}", headers=headers).status_code
    assert seen == {ours: 200, other: 200, theirs: 404}


def test_a_document_named_as_evidence_is_seen_by_its_project(
    shared: Service, user: Client, world: World
) -> None:
    ours, theirs = world.project(), world.project()
    digest = bring(user, b"named as evidence").json()["sha256"]
    us, them = shared.user("manager", ours), shared.user("manager", theirs)
    us.position = them.position = user.position
    path = f"/api/documents/{digest}"
    assert us.raw("GET", path).status_code == 404
    team = world.team(ours, evidence=[digest])
    headers = {"Ledger-Position": str(user.position)}
    assert team
    assert us.raw("GET", path, headers=headers).status_code == 200
    assert them.raw("GET", path, headers=headers).status_code == 404
