"""What does every request pass on its way? Limits, time, and the headers of its answer."""

import asyncio
from collections import Counter
from typing import Any, NamedTuple, cast

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import address_of
from api.cookies import cookie_of
from api.edges.headers import with_security
from api.edges.rates import Asked, Turnstile
from api.problems import TooSlow, send_problem
from api.state import KNOWN
from ledger.kernel.errors import LedgerError, Malformed, NotNow

# These say who asks, about what, and where the message ends: twice, they would say two things.
_ONCE = frozenset(
    {b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"if-match",
     b"ledger-position", b"origin", b"x-csrf-token", b"x-request-id"}
)  # fmt: skip
# Cheap, and asked for by machines that show nothing.
_FREE = ("/health/", "/metrics", "/static/")
_SIGNING_IN = frozenset({"/api/session", "/api/invitations", "/sign-in"})
_REFUSED = "refused"


class Patience(NamedTuple):
    """How long is waited for a part of a body, for all of it (50 MB by a slow line), and from then
    on for the beginning of the answer; in seconds."""

    part: float = 30
    body: float = 900
    answer: float = 300


PATIENCE = Patience()


def guarded(app: ASGIApp, turnstile: Turnstile, patience: Patience = PATIENCE) -> ASGIApp:
    """The application behind its guard."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        asked = _asked(scope)
        state = scope.setdefault("state", {})
        try:
            if asked is not None:
                turnstile.enter(asked)
            _check_headers(scope)
        except LedgerError as error:
            state[_REFUSED] = error
        passage = _Passage(receive, send, patience)
        await passage.through(app, scope)
        if asked is not None and _REFUSED not in state:
            turnstile.leave(asked, known=KNOWN in state)

    return guard


async def refuse(request: Request[Any, Any, Any]) -> None:
    """Raises what stood against the request already when it came in."""
    error = request.scope.get("state", {}).get(_REFUSED)
    if error is not None:
        raise error


class _Passage:
    """One request on its way through."""

    def __init__(self, receive: Receive, send: Send, patience: Patience) -> None:
        self._receive, self._send, self._patience = receive, send, patience
        self._begun = _now()
        self._timeout: asyncio.Timeout | None = None
        self._answering = False

    async def through(self, app: ASGIApp, scope: Scope) -> None:
        """Lets the application answer, in time."""
        reads = scope["method"] not in ("GET", "HEAD")  # type: ignore[typeddict-item]
        seconds = self._patience.answer + (self._patience.body if reads else 0)
        try:
            async with asyncio.timeout(seconds) as self._timeout:
                await app(scope, self.receive, self.send)
        except TimeoutError:
            if self._answering:
                raise
            self._timeout = None
            await send_problem(self.send, NotNow(why="the answer takes too long."))

    async def receive(self) -> Any:
        """The next part of the body. Raises `TooSlow`."""
        if self._answering:  # who only waits for the client to hang up may wait
            return await self._receive()
        part, whole, answer = self._patience
        left = self._begun + whole - _now()
        try:
            async with asyncio.timeout(max(min(part, left), 0)):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow(seconds=part if left > part else whole) from None
        if not message.get("more_body") and self._timeout is not None:
            self._timeout.reschedule(_now() + answer)
        return message

    async def send(self, message: Message) -> None:
        """Adds to the beginning of the answer what every answer carries."""
        if message["type"] == "http.response.start":
            self._answering = True
            if self._timeout is not None:
                self._timeout.reschedule(None)  # a stream of events has no end
            message["headers"] = with_security(cast(Any, list(message["headers"])))
        await self._send(message)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _asked(scope: Scope) -> Asked | None:
    """Who asks, as far as the request shows; None: it does not count."""
    path = scope["path"]
    if path.startswith(_FREE):
        return None
    request: Request[Any, Any, Any] = Request(scope)
    shown = request.headers.get("authorization") or cookie_of(request)
    signs_in = (path in _SIGNING_IN and request.method == "POST") or path.startswith("/sign-in/")
    return Asked(None if shown is None else hash(shown), address_of(request), signs_in)


def _check_headers(scope: Scope) -> None:
    """Raises `Malformed` where a header stands twice that must not."""
    names = Counter(name for name, _ in scope["headers"] if name in _ONCE)
    if twice := sorted(name.decode() for name, count in names.items() if count > 1):
        raise Malformed(why=f"the header {twice[0]} stands there twice.")
