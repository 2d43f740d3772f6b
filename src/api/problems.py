"""How does a client learn what went wrong? As `application/problem+json` (RFC 9457).

One table says which status each kind of error gets; everything else is the error's own text and
facts. No answer shows a stack trace.
"""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import Send
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ledger.access.refusals import TooManyTries, Unauthenticated
from ledger.access.secret import AccessKeyRefused
from ledger.application import RefusedInBatch
from ledger.kernel import errors
from ledger.kernel.errors import LedgerError

PROBLEM_JSON = "application/problem+json"
log = structlog.get_logger(__name__)


class CrossSite(LedgerError):
    """The request is refused, since no page of this service made it: {why}"""


class MethodUnknown(LedgerError):
    """This address does not answer to that method."""


class TooSlow(LedgerError):
    """The body of the request did not come within {seconds} s."""


class TooManyRequests(LedgerError):
    """More than {limit} requests in a minute: try again in {seconds} s."""

    @property
    def seconds(self) -> int:
        """After how long it may be tried again."""
        return int(self.facts["seconds"])


class TooManyStreams(LedgerError):
    """There are too many live streams; {open} of them are yours. Close one, and try again."""

    seconds = 5


_STATUS: dict[type[LedgerError], tuple[int, str]] = {
    errors.Malformed: (400, "Malformed request"),
    Unauthenticated: (401, "Not authenticated"),
    errors.Forbidden: (403, "Not allowed"),
    CrossSite: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    MethodUnknown: (405, "Method not allowed"),
    TooSlow: (408, "Too slow"),
    errors.Refusal: (409, "Refused by a rule"),
    errors.StaleVersion: (412, "Stale version"),
    errors.TooLarge: (413, "Too large"),
    errors.Invalid: (422, "Invalid values"),
    errors.KeyReused: (422, "Idempotency-Key used before"),
    TooManyTries: (429, "Too many requests"),
    TooManyRequests: (429, "Too many requests"),
    TooManyStreams: (429, "Too many requests"),
    errors.NotNow: (503, "Not now"),
}
STATUSES = dict(_STATUS.values())


# What was sent may come back in an answer, but not all of it.
TEXT_LIMIT, DETAIL_LIMIT, ERRORS_LIMIT = 400, 4_000, 100


def _short(text: str, limit: int = TEXT_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def problem_of(error: LedgerError) -> dict[str, Any]:
    """The problem document of an error."""
    if isinstance(error, RefusedInBatch):
        inner = problem_of(error.error)
        return inner | {
            "detail": f"Command {error.index}: {inner['detail']}",
            "index": error.index,
        }
    kind = next(k for k in type(error).__mro__ if k in _STATUS)
    status, title = _STATUS[kind]
    found: dict[str, Any] = {
        "type": f"/problems/{error.rule()}",
        "title": title,
        "status": status,
        "detail": _short(error.message(), DETAIL_LIMIT),
    }
    if isinstance(error, errors.Invalid):
        found["errors"] = [
            {"field": _short(e.field), "message": _short(e.message)}
            for e in error.errors[:ERRORS_LIMIT]
        ]
    if isinstance(error, errors.Refusal):
        found["rule"] = error.rule()
        if error.collides is not None:
            found["collides_with"] = f"/api/{error.collides.collection}/{error.collides.id}"
    return found


def problem_response(error: LedgerError) -> Response[bytes]:
    """The answer that tells a client of an error."""
    found = problem_of(error)
    headers = {}
    if found["status"] == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="ledger"'
    if isinstance(error, TooManyTries | TooManyRequests | TooManyStreams):
        headers["Retry-After"] = str(error.seconds)
    if found["status"] == 503:
        headers["Retry-After"] = "1"
    return Response(
        msgspec.json.encode(found),
        status_code=found["status"],
        media_type=PROBLEM_JSON,
        headers=headers,
    )


async def send_problem(send: Send, error: LedgerError) -> None:
    """The same for whoever has no request of the framework at hand."""
    answer = problem_response(error)
    headers = {"content-type": PROBLEM_JSON, **answer.headers}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code or 500,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})


def on_ledger_error(request: Request[Any, Any, Any], error: LedgerError) -> Response[bytes]:
    """A refusal of ours."""
    answer = problem_response(error)
    if (position := request.scope.get("state", {}).get("position")) is not None:
        answer.headers["Ledger-Position"] = str(position)
    return answer


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """A refusal of the framework's: no such address, no such method, too large a body."""
    if isinstance(error, NotFoundException):
        return problem_response(errors.NotFound())
    if isinstance(error, MethodNotAllowedException):
        return problem_response(MethodUnknown())
    if error.status_code == 413:
        return problem_response(errors.TooLarge(what="the body of the request."))
    return problem_response(errors.Malformed(why=str(error.detail)))


def on_database_away(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database cannot be reached at this moment."""
    log.error("database.away", error=type(error).__name__)
    return problem_response(errors.NotNow(why="the database is not reachable."))


def on_key_refused(request: Request[Any, Any, Any], error: AccessKeyRefused) -> Response[bytes]:
    """The key that seals second factors cannot be used: where it lies is told to operators only."""
    log.error("access.key-refused", why=str(error))
    return problem_response(errors.NotNow(why="the key of the sign-in cannot be used."))


def on_anything(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: logged with its trace, told without it."""
    log.error("request.failed", path=request.url.path, exc_info=error)
    body = {
        "type": "/problems/internal",
        "title": "Internal error",
        "status": 500,
        "detail": "The request failed through a fault of the server; it has been logged.",
    }
    return Response(msgspec.json.encode(body), status_code=500, media_type=PROBLEM_JSON)


HANDLERS: dict[Any, Any] = {
    LedgerError: on_ledger_error,
    HTTPException: on_http_exception,
    AccessKeyRefused: on_key_refused,
    OperationalError: on_database_away,
    InterfaceError: on_database_away,
    PoolTimeout: on_database_away,
    Exception: on_anything,
}
