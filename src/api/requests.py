"""What goes with every request? An id, the log's position, a line without content, a duration."""

import re
from time import perf_counter
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from ledger.application import new_id

_GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_REQUESTS = Counter("ledger_http_requests_total", "Requests answered", ["method", "status"])
_SECONDS = Histogram(
    "ledger_http_request_seconds",
    "Time to the start of the answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_POSITION = b"ledger-position"
log = structlog.get_logger(__name__)


def request_log(app: ASGIApp) -> ASGIApp:
    """Wraps the application: sets the request's id and watches every answer.

    An answer that does not say by itself how far into the log it reflects, such as a refusal,
    says how far this process has seen it.
    """
    seen = 0

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        begun = perf_counter()

        async def send_watched(message: Message) -> None:
            nonlocal seen
            if message["type"] == "http.response.start":
                seen = max(seen, _say_position(message, seen))
                _finish(scope, message, request_id, perf_counter() - begun)
            await send(message)

        await app(scope, receive, send_watched)

    return watched


def _request_id(scope: Scope) -> str:
    """The id that the client gave, if it is a decent one, or else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value.decode("latin-1")):
            return value.decode("latin-1")
    return new_id()


def _say_position(message: Any, seen: int) -> int:
    """The position that the answer states; adds `seen` where it states none."""
    for name, value in message["headers"]:
        if name.lower() == _POSITION:
            return int(value)
    message["headers"] = [*message["headers"], (_POSITION, str(seen).encode())]
    return seen


def _finish(scope: Scope, message: Any, request_id: str, seconds: float) -> None:
    message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
    status, method = message["status"], scope["method"]  # type: ignore[typeddict-item]
    known = method if method in {"GET", "POST", "HEAD", "OPTIONS"} else "other"
    _REQUESTS.labels(known, str(status)).inc()
    _SECONDS.observe(seconds)
    log.info(
        "request",
        method=known,
        path=scope["path"],
        status=status,
        milliseconds=round(1000 * seconds, 1),
    )
