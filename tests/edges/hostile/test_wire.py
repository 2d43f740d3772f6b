"""What no honest client would send: two requests in one, lines that bend, headers without end."""

import socket
import time

import pytest

from tests.edges.hostile.conftest import Served
from tests.edges.hostile.wire import SECONDS, answers

NAMED = b'{"name":"X","sector":"ngo","level":"commune"}'
SMUGGLED = b"GET /log/checkpoint HTTP/1.1\r\nHost: x\r\n\r\n"


def bearer(served: Served) -> bytes:
    return f"Authorization: Bearer {served.token}".encode()


@pytest.mark.parametrize(
    "lines",
    [
        (b"Content-Length: 6", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: chunked", b"Content-Length: 6"),
        (b"Content-Length: 6", b"Transfer-Encoding : chunked"),
        (b"Content-Length: 6", b"Transfer-Encoding: xchunked"),
        (b"Content-Length: 6", b"Transfer-Encoding: chunked, identity"),
        (b"Content-Length: 6", b"Transfer-Encoding:\tchunked"),
        (b"Content-Length: 6", b"Content-Length: 7"),
        (b"Content-Length: 6, 7",),
        (b"Content-Length: +6",),
        (b"Content-Length: -6",),
        (b"Content-Length: 0x6",),
        (b"Content-Length: 6", b" Transfer-Encoding: chunked"),
        (b"Content-Length: 6", b"X: a\nTransfer-Encoding: chunked"),
        (b"Content-Length: 6", b"X: a\rTransfer-Encoding: chunked"),
    ],
)
def test_a_request_hides_no_other_one(served: Served, lines: tuple[bytes, ...]) -> None:
    body = b"0\r\n\r\n" + SMUGGLED
    found = served.wire.ask(b"POST /api/institutions HTTP/1.1", *lines, bearer(served), body=body)
    assert len(found) <= 1  # or else the smuggled one was answered
    for one in found:
        assert 400 <= one.status < 500
        assert b"checkpoint" not in one.body


@pytest.mark.parametrize("size", [b"zz", b"-1", b"ffffffffffffffffff", b"5;" + b"x" * 70_000])
def test_a_chunk_without_a_decent_size_ends_the_conversation(served: Served, size: bytes) -> None:
    lines = (b"Transfer-Encoding: chunked", b"Content-Type: application/json", bearer(served))
    body = size + b"\r\n" + NAMED + b"\r\n0\r\n\r\n"
    found = served.wire.ask(b"POST /api/institutions HTTP/1.1", *lines, body=body)
    assert [one.status for one in found if one.status < 400] == []


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/projects HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 2_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX\x00Y: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_not_answered_as_one(served: Served, head: bytes) -> None:
    found = served.wire.say(head)
    assert all(400 <= one.status < 500 or one.status == 505 for one in found), found
    with served.client() as client:
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("name", [b"Authorization", b"Content-Type", b"If-Match", b"Host"])
def test_a_header_that_would_say_two_things_is_refused(served: Served, name: bytes) -> None:
    lines = [bearer(served), name + b": application/json", name + b": x", b"Content-Length: 2"]
    (one,) = served.wire.ask(b"POST /api/institutions HTTP/1.1", *lines, body=b"{}")
    assert one.status == 400
    assert b"twice" in one.body or one.body == b""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"http://evil.example/api/projects", {200, 404}),
        (b"//api/projects", {200, 404}),
        (b"/api//projects", {200, 404}),
        (b"/api/../api/projects", {404}),
        (b"/api/projects/../../log/checkpoint", {404}),
        (b"/api/%2e%2e/api/projects", {404}),
        (b"/static/../app.py", {404}),
        (b"/static/%2e%2e%2fapp.py", {404}),
        (b"/static/..%5c..%5capp.py", {404}),
        (b"/api/projects%00", {404}),
        (b"/api/projects%ff%fe", {404}),
        (b"/api/projects/%F0%9F%92%A9", {404}),
        (b"/api/projects/" + b"a" * 5_000, {404}),
        (b"/api/projects;x=1", {404}),
        (b"/api/projects?" + b"a=1&" * 5_000, {422}),
        (b"/api/projects?code=%00", {422}),
        (b"/api/projects?code=%ff", {200, 422}),
        (b"/api/projects?limit=100&limit=100", {422}),
        (b"/api/projects?valid_at=9999-12-31", {200}),
        (b"/api/projects?valid_at=10000-01-01", {422}),
        (b"/api/projects?valid_at=0000-00-00", {422}),
        (b"/api/projects?known_at=999999999999999999", {422}),
        (b"/api/projects?known_at=9999-12-31T23:59:59.999999999-23:59", {200, 422}),
        (b"/api/projects?known_at=0001-01-01T00:00:00%2B23:59", {200, 422}),
        (b"/api/projects?limit=99999999999999999999", {422}),
        (b"/api/projects?limit=%D9%A1", {422}),  # an Arabic digit
        (b"*", {400, 404, 405}),
    ],
)
def test_odd_addresses_are_refused_or_unknown(
    served: Served, target: bytes, expected: set[int]
) -> None:
    found = served.wire.ask(b"GET " + target + b" HTTP/1.1", bearer(served))
    assert len(found) == 1, found
    assert found[0].status in expected, found[0]


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PUT", b"PATCH", b"XYZZY", b"get"])
def test_other_methods_are_not_known(served: Served, method: bytes) -> None:
    found = served.wire.ask(method + b" /api/projects HTTP/1.1", bearer(served))
    assert all(one.status in (400, 404, 405) for one in found), found
    assert not any(served.token.encode() in one.body for one in found)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    for path, size in (
        (b"/api/institutions", 17 * 1024 * 1024),
        (b"/api/documents", 10**10),
        (b"/api/imports", 10**10),
        (b"/api/session", 10**15),
    ):
        kind = b"Content-Type: multipart/form-data; boundary=b"
        lines = (b"Content-Length: %d" % size, kind, bearer(served))
        begun = time.monotonic()
        (one,) = served.wire.ask(b"POST " + path + b" HTTP/1.1", *lines, body=b"--b\r\n")
        assert one.status == 413, (path, one)
        assert time.monotonic() - begun < SECONDS


def test_a_chunked_body_is_given_up_where_it_grows_too_large(served: Served) -> None:
    chunk = b"%x\r\n" % (1024 * 1024) + b"[" * (1024 * 1024) + b"\r\n"
    lines = (b"Transfer-Encoding: chunked", b"Content-Type: application/json", bearer(served))
    found = served.wire.ask(b"POST /api/batch HTTP/1.1", *lines, body=chunk * 20)
    assert [one.status for one in found] in ([413], [])


def test_a_range_is_not_cut_out_of_an_answer(served: Served) -> None:
    (one,) = served.wire.ask(b"GET /api/projects HTTP/1.1", bearer(served), b"Range: bytes=0-3,2-9")
    assert one.status == 200
    assert one.body.startswith(b'{"items"')


def test_who_hangs_up_on_live_events_leaves_no_room_taken(served: Served) -> None:
    ask = b"GET /api/events/stream HTTP/1.1\r\nHost: x\r\n" + bearer(served) + b"\r\n\r\n"
    for _ in range(3):
        held = []
        for _ in range(60):
            made = socket.create_connection((served.wire.host, served.wire.port), timeout=SECONDS)
            made.sendall(ask)
            held.append(made)
        for made in held:
            assert made.recv(12) == b"HTTP/1.1 200"
            made.close()
    with served.client() as client, client.stream("GET", "/api/events/stream") as answer:
        assert answer.status_code == 200


def test_slow_ones_do_not_keep_others_waiting(served: Served) -> None:
    held = []
    for _ in range(100):
        made = socket.create_connection((served.wire.host, served.wire.port), timeout=SECONDS)
        made.sendall(b"POST /api/documents HTTP/1.1\r\nHost: x\r\nContent-Le")
        held.append(made)
    begun = time.monotonic()
    with served.client() as client:
        assert client.get("/api/projects").status_code == 200
    assert time.monotonic() - begun < SECONDS
    for made in held:
        made.close()


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    one = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /health/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    found = served.wire.say(one * 5 + last)
    assert [each.status for each in found] == [200] * 5 + [404]
    assert answers(b"") == []
