"""Does every answer carry what it must, and is nobody waited for without end?"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.edges.guard import Patience, guarded
from api.edges.rates import Turnstile
from ledger.settings import Rates
from tests.conftest import keys_of
from tests.edges.worlds import Two

FREE = Turnstile(Rates(caller=0, address=0, sign_in=0))
App = Callable[[Any, Any, Any], Awaitable[None]]
HURRIED = Patience(part=0.05, body=0.2, answer=0.1)


def _scope(method: str = "POST", *headers: tuple[bytes, bytes]) -> Any:
    return {
        "type": "http", "method": method, "path": "/api/x", "headers": list(headers), "state": {},
        "query_string": b"", "scheme": "http", "client": ("192.0.2.1", 1), "server": ("x", 80),
        "http_version": "1.1", "root_path": "",
    }  # fmt: skip


async def _asked(app: App, parts: list[tuple[float, bytes, bool]], method: str = "POST") -> Any:
    """What is answered to a body that comes in parts: after so long, this, and more to come."""
    sent: list[Any] = []
    waiting = list(parts)

    async def receive() -> Any:
        if not waiting:
            await asyncio.sleep(5)
        seconds, body, more = waiting.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": body, "more_body": more}

    async def send(message: Any) -> None:
        sent.append(message)

    await guarded(app, FREE, HURRIED)(_scope(method), receive, send)
    return sent


async def _reads(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads all and says how much it was."""
    size, more = 0, True
    try:
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
    except Exception as error:  # noqa: BLE001 - it is what is to be seen
        size, status = 0, type(error).__name__
    else:
        status = "read"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{status} {size}".encode()})


def _told(sent: Any) -> str:
    return str(sent[-1]["body"].decode())


def test_a_body_that_comes_in_time_is_read() -> None:
    parts = [(0.02, b"ab", True), (0.02, b"c", False)]
    assert _told(asyncio.run(_asked(_reads, parts))) == "read 3"


@pytest.mark.parametrize("parts", [[(1.0, b"a", True)], [(0.02, b"a", True)] * 100])
def test_a_body_that_trickles_is_given_up(parts: list[tuple[float, bytes, bool]]) -> None:
    assert _told(asyncio.run(_asked(_reads, parts))) == "TooSlow 0"


def test_an_answer_that_does_not_begin_is_given_up() -> None:
    async def sleeps(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(5)

    for method in ("GET", "POST"):
        sent = asyncio.run(_asked(sleeps, [(0, b"", False)], method))
        assert sent[0]["status"] == 503
        assert json.loads(_told(sent))["type"] == "/problems/not_now"
        assert (b"retry-after", b"1") in sent[0]["headers"]


def test_an_answer_that_has_begun_may_take_its_time() -> None:
    async def streams(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.4)
        await send({"type": "http.response.body", "body": b"late"})

    assert _told(asyncio.run(_asked(streams, [], "GET"))) == "late"


PATHS = (
    "/health/live", "/metrics", "/schema", "/api/projects", "/api/nothing", "/log/checkpoint", "/",
    "/sign-in", "/nothing", "/api/events", "/api/projects/x", "/static/nothing.css",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_browsers_to_do_nothing_more(two: Two, path: str) -> None:
    for user in (two.admin, two.service.nobody()):
        headers = user.raw("GET", path, follow_redirects=False).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "public" not in headers["cache-control"]
        assert len(headers.get_list("cache-control")) == 1


def test_by_https_browsers_come_back_by_https_only(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.edges.headers import _by_https_only

    assert "strict-transport-security" not in two.admin.raw("GET", "/health/live").headers
    monkeypatch.setenv("LEDGER_PUBLIC_URL", "https://ledger.example.org")
    _by_https_only.cache_clear()
    try:
        headers = two.admin.raw("GET", "/health/live").headers
        assert headers["strict-transport-security"] == "max-age=63072000"
    finally:
        _by_https_only.cache_clear()


def test_too_many_requests_are_told_when_to_come_back(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_RATES", "4 3 2")
    token = two.service.token("manager")
    url = str(two.service.http.app.state.parts.url)
    with TestClient(create_app(url, keys=keys_of(url))) as http:
        headers = {"Authorization": f"Bearer {token}"}
        found = [http.get("/api/projects", headers=headers) for _ in range(6)]
        assert [one.status_code for one in found] == [200] * 5 + [429]
        last = found[-1]
        assert int(last.headers["retry-after"]) > 0
        assert last.headers["content-type"] == "application/problem+json"
        assert last.json()["type"] == "/problems/too_many_requests"
        said = [http.post("/api/session", json={"token": "x"}).status_code for _ in range(3)]
        assert said == [401, 401, 429]
        assert http.get("/sign-in").status_code == 200
        page = http.get("/sign-in")
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert http.get("/health/live").status_code == 200


def test_a_burst_of_many_clients_with_one_token_passes(two: Two) -> None:
    parts = two.service.http.app.state.parts
    assert parts.url
    user = two.user("manager")
    assert {user.raw("GET", "/api/claims").status_code for _ in range(300)} == {200}
