"""How does a browser carry a session? In a cookie that scripts cannot read and other sites not use.

Nothing that changes something is accepted on the strength of the cookie alone: the request must
bring the session's CSRF token and must not come from another site.
"""

import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from api.problems import CrossSite
from ledger.settings import settings

CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
# The prefix makes browsers insist on https, this very host and the path `/`; it needs https.
SECURE_PREFIX = "__Host-"
SESSION, DEVICE, PROVIDER = "ledger", "ledger_device", "ledger_provider"
DEVICE_SECONDS = 400 * 24 * 3600
_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"


def is_secure(request: Request[Any, Any, Any]) -> bool:
    """Whether browsers reach the service by https, perhaps through a proxy that ends it."""
    address = settings().public_url
    return (address or request.url.scheme).startswith("https")


def _name(request: Request[Any, Any, Any], name: str) -> str:
    return SECURE_PREFIX + name if is_secure(request) else name


def cookie_of(request: Request[Any, Any, Any], name: str = SESSION) -> str | None:
    """What the browser carries under that name, if anything: the session's text."""
    return request.cookies.get(_name(request, name)) or None


def cookie(
    request: Request[Any, Any, Any], name: str, text: str, seconds: int | None = None
) -> Cookie:
    """What makes the browser carry a text, until it is closed or so long; an empty one: forget."""
    return Cookie(
        key=_name(request, name),
        value=text,
        path="/",
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
        max_age=seconds if text else 0,
    )


def session_cookie(request: Request[Any, Any, Any], text: str) -> Cookie:
    """What makes the browser carry the session; an empty text makes it forget."""
    return cookie(request, SESSION, text)


async def check_csrf(request: Request[Any, Any, Any], expected: str) -> None:
    """Raises `CrossSite` unless the request comes from a page of the session."""
    check_site(request)
    given = request.headers.get(CSRF_HEADER) or await _in_form(request) or ""
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise CrossSite(why="the session's CSRF token is missing or wrong.")


def check_site(request: Request[Any, Any, Any]) -> None:
    """Raises `CrossSite` where the browser says that another site made the request."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise CrossSite(why="another site made it.")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = {request.headers.get("Host", "")}
    if address := settings().public_url:
        own.add(urlsplit(address).netloc)
    if urlsplit(origin).netloc not in own - {""}:
        raise CrossSite(why="another site made it.")


async def _in_form(request: Request[Any, Any, Any]) -> str | None:
    """The token in a form's field. What the API reads as a stream is left unread here."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        found = parse_qs((await request.body()).decode("utf-8", "replace")).get(CSRF_FIELD)
        return found[0] if found else None
    if kind == _PARTS and not request.url.path.startswith("/api/"):
        value = (await request.form()).get(CSRF_FIELD)
        return value if isinstance(value, str) else None
    return None
