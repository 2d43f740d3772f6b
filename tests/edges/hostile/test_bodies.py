"""What may a body say that nobody meant? Every command, every field, odd values: never a 500."""

import io
import zipfile
from typing import Any

import msgspec
import pytest

from ledger import catalogue
from ledger.kernel.messages import Command
from tests.edges.bodies import body_of, texts
from tests.edges.worlds import Two
from tests.journeys.conftest import Client

COMMANDS = [
    (collection, name, kind)
    for collection, aggregate in catalogue.aggregates().items()
    for name, kind in aggregate.commands.items()
    if not kind.terms.operator_only
]
IDS = [f"{collection}/{name}" for collection, name, _ in COMMANDS]
STALE = {"If-Match": '"999999999"'}
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, -(10**18), 1e308, "", " ", "x" * 70_000, "\u0000", "\ud7ff\uffff",
    "9999-12-31", "0001-01-01", "10000-01-01", [], {}, [[]], [None], {"a": 1}, {"": {"": ""}},
)  # fmt: skip
INJECTIONS = (
    "'; DROP TABLE log.events; --", '"; SELECT pg_sleep(9); --', "1) OR (1=1", "\\'; --", "$1",
    "%s", "%(project)s", "{0}", "{x}", "{0.__class__.__mro__}", "{{7*7}}", "${7*7}", "<%= 7*7 %>",
    "{% for x in y %}", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0", "\u202egnp.exe", "a\r\nSet-Cookie: x=1", "../../../etc/passwd",
)  # fmt: skip


def path_of(collection: str, name: str, kind: type[Command], two: Two) -> str:
    return f"/api/{collection}" + (
        "" if kind.terms.creates else f"/{two.own.ids[collection]}/{name}"
    )


@pytest.mark.parametrize(("collection", "name", "kind"), COMMANDS, ids=IDS)
def test_odd_values_are_refused_by_their_fields(
    two: Two, collection: str, name: str, kind: type[Command]
) -> None:
    path, whole = path_of(collection, name, kind, two), body_of(kind, two.own.ids)
    before = two.own.books.world.head()
    for value in ODD:
        body = dict.fromkeys([*whole, "effective_on", "reason", "evidence"], value)
        answer = two.admin.raw("POST", path, content=_json(body), headers=STALE)
        assert answer.status_code in (404, 409, 412, 413, 422), (value, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 20_000
    assert two.own.books.world.head() == before


def _json(body: Any) -> bytes:
    return msgspec.json.encode(body)


@pytest.mark.parametrize(("collection", "name", "kind"), COMMANDS, ids=IDS)
def test_every_text_is_nothing_but_text(
    two: Two, collection: str, name: str, kind: type[Command]
) -> None:
    whole, path = body_of(kind, two.own.ids), path_of(collection, name, kind, two)
    for number, text in enumerate(INJECTIONS):
        body: Any = msgspec.json.decode(_json(whole))
        for where in texts(body):
            place = body
            for step in where[:-1]:
                place = place[step]
            if " " in str(place[where[-1]]) or not str(place[where[-1]]).isascii():  # free text
                place[where[-1]] = f"{text} {number}"
        answer = two.admin.raw("POST", path, content=_json(body), headers=STALE)
        assert answer.status_code in (404, 409, 412, 422), (text, answer.text)


def test_what_was_typed_comes_back_as_it_was_and_pages_show_it_as_text(two: Two) -> None:
    from tests.journeys.browsers import Browser

    browser = Browser(two.service)
    browser.sign_in(two.service.token("admin"))
    for text in INJECTIONS:
        body = {"name": text, "sector": "ngo", "level": "commune", "commune": text, "reason": text}
        made = two.admin.post("/api/institutions", body)
        row = two.admin.get(f"/api/institutions/{made['id']}")
        assert (row["name"], row["commune"]) == (text, text)
        (event,) = two.admin.get("/api/events", stream=made["id"])["items"]
        assert (event["reason"], event["data"]["name"]) == (text, text)
        found = two.admin.get("/api/institutions", name=text)["items"]
        assert made["id"] in {one["id"] for one in found}
        page = browser.page("GET", f"/institutions/{made['id']}", status=200).decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ">49<" not in page
    assert two.admin.get("/api/events", limit=1)["items"]


DEEP = (20, 200, 480, 700, 900, 970, 990, 1_000, 1_100, 3_000, 100_000)


@pytest.mark.parametrize("depth", DEEP)
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth_is_refused_and_breaks_nothing(two: Two, depth: int, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    deep = opening * depth + "1" + closing * depth
    for path, body in (
        ("/api/institutions", f'{{"name":{deep},"sector":"ngo","level":"commune"}}'),
        (f"/api/projects/{two.own.project}/set-indicator", f'{{"counts":{deep},"reason":{deep}}}'),
        ("/api/batch", f'{{"commands":[{{"path":"/api/institutions","body":{deep}}}]}}'),
        ("/api/batch", f'{{"commands":{deep}}}'),
        ("/api/session", f'{{"token":{deep}}}'),
        ("/api/institutions", deep),
    ):
        answer = two.admin.raw("POST", path, content=body.encode())
        assert answer.status_code in (400, 401, 422), (path, answer.text)
        assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"null", b"[]", b'"x"', b"1", b"tru", b"{", b'{"a":1}x', b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00", b'{"name":"\xff"}', b'{"name":"\\ud800"}', b'{"name":NaN}',
        b'{"name":Infinity}', b'{"name":1e999}', b'{"name":' + b"9" * 5_000 + b"}", b'{"a":01}',
        b'{"name":"a","name":"b"}', b'{"\\u0000":1}', b'{"' + b"k" * 100_000 + b'":1}',
        b"{" + b",".join(b'"f%d":1' % n for n in range(20_000)) + b"}", b"name=x&sector=ngo",
        b"--b\r\n\r\nx\r\n--b--",
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_one_sentence(two: Two, body: bytes) -> None:
    before = two.own.books.world.head()
    for path in ("/api/institutions", "/api/batch", "/api/session", "/api/accounts"):
        answer = two.admin.raw("POST", path, content=body)
        assert answer.status_code in (400, 413, 422), (path, answer.text)
        assert len(answer.content) < 2_000_000
    assert two.own.books.world.head() == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/batch", "/api/institutions?x=1", "/api/institutions#x",
        "/api/../api/institutions", "/API/institutions", "/api/institutions/x",
        "http://evil.example/api/institutions", "/api/institutions\u0000", "/api/institutions\n",
        "/api/tokens", "/api/documents", "/api/imports", "/api/session", "/api/institutions%2f",
        "/api/access/x/take-over", "/api/continuations", "/api", "/", "", "\u202e/api/institutions",
        "/api/institutions/" + "a" * 10_000, "/api/" + "x/" * 1_000,
    ],
)  # fmt: skip
def test_a_batch_reaches_commands_only(two: Two, path: str) -> None:
    before = two.own.books.world.head()
    body = {"name": "X", "sector": "ngo", "level": "commune"}
    for atomic in (True, False):
        batch = {"atomic": atomic, "commands": [{"path": path, "body": body}]}
        answer = two.admin.raw("POST", "/api/batch", json=batch)
        status = answer.json()[0]["status"] if answer.status_code == 200 else answer.status_code
        assert status in (404, 422), answer.text
    assert two.own.books.world.head() == before


def _forged(*parts: Any) -> str:
    import base64

    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "=", "%00", "AAAA", "!" * 5_000, "eyJ9", _forged(), _forged(1, 2, 3, 4),
        _forged("/api/teams", -1, "", ""), _forged("/api/teams", 10**18, "", ""),
        _forged("/api/teams", 10**30, "", ""), _forged("/api/projects", 1, "", ""),
        _forged("/api/teams", 1, "\u0000", ""), _forged("/api/teams", 1, None, None),
        _forged("/api/teams", 1, "'; --", "' OR 1=1"), _forged("/api/teams", 1, "\ud7ff", "x"),
        _forged("/api/teams", 1, "a" * 4_000, "b" * 4_000), _forged("/api/teams", 1.5, "", ""),
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused_or_a_place_like_any_other(two: Two, cursor: str) -> None:
    for user in (two.admin, two.user("manager", two.own.project)):
        for path in ("/api/teams", "/api/events", f"/api/projects/{two.own.project}/budget"):
            answer = user.raw("GET", path, params={"cursor": cursor})
            assert answer.status_code in (200, 403, 422), answer.text
            assert not [one for one in two.hidden() if one in answer.text] or user is two.admin


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/passwd", "..\\..\\windows\\system32", "/etc/passwd", "C:\\x", "\u0000.txt",
        'a"; filename="b', "a\r\nX-Evil: 1", "\u202egpj.exe", "." * 300, "x" * 5_000, "", " ", "..",
        "CON", "a/b/c", "%2e%2e%2f", "зло\u2028.pdf", "<script>.html", "$(id)", "`id`", "|id",
    ],
)  # fmt: skip
def test_a_files_name_leads_nowhere(two: Two, name: str) -> None:
    body = _form([("file", name, f"treść {name!r}".encode())])
    kind = {"Content-Type": "multipart/form-data; boundary=grenze"}
    answer = two.admin.raw("POST", "/api/documents", content=body, headers=kind)
    assert answer.status_code in (200, 201, 400, 422), answer.text
    if answer.status_code >= 400:
        return
    kept = answer.json()
    assert "/" not in kept["name"]
    assert "\\" not in kept["name"]
    assert kept["name"].isprintable()
    read = two.admin.raw("GET", f"/api/documents/{kept['sha256']}")
    assert read.content == f"treść {name!r}".encode()
    assert "x-evil" not in read.headers
    assert read.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert read.headers["content-disposition"].startswith("attachment; ")
    assert "\n" not in read.headers["content-disposition"]


def _form(files: list[tuple[str, str, bytes]]) -> bytes:
    parts = []
    for field, name, content in files:
        shown = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--grenze\r\nContent-Disposition: form-data; name="{field}"; filename="{shown}"\r\n'
        parts.append(head.encode() + b"Content-Type: text/html\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + b"--grenze--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--grenze", b"--grenze--", b"--grenze\r\n\r\nx",
        b"--grenze\r\nX: y\r\n\r\nx\r\n--grenze--",
        b"--grenze\r\nContent-Disposition: form-data\r\n\r\nx\r\n--grenze--\r\n",
        b'--grenze\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx',
        b"--grenze\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\nx\r\n--grenze--\r\n",
        b'--grenze\r\nContent-Disposition: form-data; name="project"\r\n\r\n' + b"a" * 50_000
        + b"\r\n--grenze--\r\n",
        b'--grenze\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 100
        + b"--grenze--\r\n",
        b"\x00" * 1_000, b"{}",
    ],
)  # fmt: skip
def test_what_is_no_form_keeps_nothing(two: Two, body: bytes) -> None:
    for path in ("/api/documents", "/api/imports"):
        for kind in (
            "multipart/form-data; boundary=grenze", "multipart/form-data", "text/plain",
            "multipart/form-data; boundary=" + "g" * 200, 'multipart/form-data; boundary="\\""',
        ):  # fmt: skip
            headers = {"Content-Type": kind}
            answer = two.admin.raw("POST", path, content=body, headers=headers)
            assert answer.status_code in (400, 413, 422), (path, kind, answer.text)


def _bomb(megabytes: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        zeros = b"<row/>" * (megabytes * 1024 * 1024 // 6)
        new.writestr("[Content_Types].xml", b"<Types/>")
        new.writestr("xl/workbook.xml", b"<workbook/>")
        for number in range(3):
            new.writestr(f"xl/worksheets/sheet{number + 1}.xml", zeros)
    return made.getvalue()


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip", "a.csv", "a.xml"])
def test_a_file_that_unfolds_without_end_is_refused_soon(two: Two, name: str) -> None:
    bomb = _bomb(100)
    assert len(bomb) < 2_000_000
    files = {"file": (name, bomb)}
    data = {"project": two.own.project}
    answer = two.admin.raw("POST", "/api/imports", files=files, data=data)
    assert answer.status_code == 422 or answer.json()["errors_count"] > 0, answer.text


def test_an_idempotency_key_is_nobody_elses(two: Two) -> None:
    body = {"name": "Klucz", "sector": "ngo", "level": "commune"}
    first: Client = two.user("coordinator", two.own.project)
    second = two.user("coordinator", two.other.project)
    made = [one.post("/api/institutions", body, Idempotency_Key="ten") for one in (first, second)]
    assert made[0]["id"] != made[1]["id"]
    assert first.post("/api/institutions", body, Idempotency_Key="ten") == made[0]
