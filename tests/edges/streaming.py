"""How does a test listen to live events? It asks the application itself, and hangs up."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from litestar.testing import TestClient

from tests.journeys.conftest import Client

SECONDS = 10


def first_events(
    http: TestClient[Any], user: Client, path: str, params: dict[str, Any], count: int
) -> str:
    """What was sent up to the event number `count`."""
    token = user.raw("GET", "/health/live").request.headers["Authorization"]

    async def listen() -> str:
        sent = asyncio.Queue[bytes]()
        begun = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not begun.is_set():
                begun.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.sleep(SECONDS)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                await sent.put(message["body"])

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
            "query_string": urlencode(params).encode(), "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "headers": [(b"host", b"testserver"), (b"authorization", token.encode())],
        }  # fmt: skip
        answering = asyncio.ensure_future(http.app(scope, receive, send))
        found = ""
        try:
            async with asyncio.timeout(SECONDS):
                while found.count("data: ") < count:
                    found += (await sent.get()).decode()
        finally:
            answering.cancel()
        return found

    return str(http.blocking_portal.call(listen))
