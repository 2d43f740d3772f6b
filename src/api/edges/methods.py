"""Which methods does an address answer to? HEAD as GET does, without the body (RFC 9110, 9.3.2)."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.routes import BaseRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NOT_ALLOWED = 405


def with_methods(app: ASGIApp, routes: Iterable[BaseRoute]) -> ASGIApp:
    """The application, which answers HEAD and OPTIONS too and says what else it answers to."""
    known = _by_shape(routes)

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS" and (allowed := _allowed(known, path)):
            headers = [(b"allow", allowed)]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif method == "HEAD":
            head = _Head(receive, send)
            await app(cast(Any, {**scope, "method": "GET"}), head.receive, head.send)
        else:
            await app(scope, receive, _saying(partial(_allowed, known, path), send))

    return answered


class _Head:
    """Passes on how an answer begins, and nothing of its body, which may have no end."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._answered = False

    async def receive(self) -> Any:
        """Once the answer has begun, nobody listens any more."""
        return {"type": "http.disconnect"} if self._answered else await self._receive()

    async def send(self, message: Message) -> None:
        """The beginning goes out as it is, and the end with it."""
        if not self._answered:
            self._answered = True
            await self._send(message)
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _saying(allowed: Callable[[], bytes], send: Send) -> Send:
    """Whoever asked in a way that is not known here is told the others (RFC 9110, 15.5.6)."""

    async def said(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == _NOT_ALLOWED:
            message["headers"] = [*message["headers"], (b"allow", allowed())]
        await send(message)

    return said


# Parts of an address, None for what differs, and whether anything may follow.
_Shape = tuple[tuple[str | None, ...], bool]


def _by_shape(routes: Iterable[BaseRoute]) -> Mapping[_Shape, frozenset[str]]:
    found: dict[_Shape, frozenset[str]] = {}
    for route in routes:
        parts = tuple(one if isinstance(one, str) else None for one in route.path_components)
        endless = route.path.endswith(":path}")
        methods = frozenset(str(one) for one in getattr(route, "methods", ()))
        found[parts, endless] = found.get((parts, endless), frozenset()) | methods
    return found


def _allowed(known: Mapping[_Shape, frozenset[str]], path: str) -> bytes:
    asked = [one for one in path.split("/") if one]
    methods = {name for shape, names in known.items() if _fits(shape, asked) for name in names}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods)).encode()


def _fits(shape: _Shape, asked: list[str]) -> bool:
    parts, endless = shape
    if len(parts) > len(asked) or (len(parts) < len(asked) and not endless):
        return False
    return all(part is None or part == one for part, one in zip(parts, asked, strict=False))
