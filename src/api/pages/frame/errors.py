"""What does a person see when something went wrong? A page that says what to do next."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response

from api.pages.frame import refusals
from api.pages.frame.opening import language_of
from api.pages.frame.page import Page
from api.pages.frame.words import later
from ledger.kernel.errors import LedgerError

PROGRAMS = ("/api", "/log", "/health", "/metrics", "/schema", "/static", "/problems")
# Title and advice for each status; others are told like 400.
TOLD = {
    400: (
        later("This request cannot be read"),
        later("Go back, check what you entered, and try again."),
    ),
    401: (
        later("You are not signed in"),
        later("Sign in, and you will come back to the page you wanted."),
    ),
    403: (
        later("Your role does not allow this"),
        later("Ask an administrator for the role that is needed, or sign in as somebody else."),
    ),
    404: (
        later("There is nothing at this address"),
        later("The address may be mistyped, the object may not have existed at the moment that you"
              " look at, or it may belong to a project that you do not see."),
    ),
    405: (
        later("This address does not answer like that"),
        later("Open it as a page, from the navigation."),
    ),
    409: (
        later("A rule stands against this"),
        later("Nothing was recorded. Go back, look at what it collides with, and try again."),
    ),
    412: (
        later("Somebody else was quicker"),
        later("The object has changed since you opened it. Open it again and look first."),
    ),
    413: (
        later("That is too large"),
        later("Send a smaller file, or fewer things at once."),
    ),
    422: (
        later("Something in this address does not fit"),
        later("Correct it, or go back to today's view."),
    ),
    429: (
        later("Too many requests"),
        later("Wait a minute, then try again."),
    ),
    500: (
        later("This failed through a fault of ours"),
        later("It has been noted down. Try again; if it fails again, tell those who run the ledger"
              " the number of the request below."),
    ),
    503: (
        later("The ledger cannot answer just now"),
        later("Nothing is lost. Wait a moment, then open the page again."),
    ),
}  # fmt: skip


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person with a browser asks, not a program."""
    path = request.url.path
    return not any(path == one or path.startswith(one + "/") for one in PROGRAMS)


def for_people(handlers: dict[Any, Any]) -> dict[Any, Any]:
    """The handlers of errors; where a page was asked for, they answer with a page."""
    return {kind: _for_people(how) for kind, how in handlers.items()}


def _for_people(handler: Callable[..., Response[bytes]]) -> Callable[..., Response[Any]]:
    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        told = handler(request, error)
        if not wants_page(request):
            return told
        return error_page(request, told.status_code or 500, error)

    return answer


def error_page(request: Request[Any, Any, Any], status: int, error: Exception) -> Response[bytes]:
    """The page that tells of an error."""
    found = request.scope.get("state", {}).get("page")
    page = found if isinstance(found, Page) else Page(request, language_of(request))
    title, advice = TOLD.get(status, TOLD[400])
    told = isinstance(error, LedgerError) and status in (400, 409, 412, 413, 422)
    return page.show(
        "error.html",
        status=status,
        title=page.say(title),
        advice=page.say(advice),
        detail=refusals.told(page.words, error) if told and isinstance(error, LedgerError) else "",
        request_id=request.scope.get("state", {}).get("request_id", ""),
        code=status,
    )
