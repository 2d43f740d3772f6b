"""Who is looking at the pages? A token that was pasted once, kept in a cookie of the browser."""

import hashlib
import hmac
from typing import Any, NamedTuple

from litestar import Request
from litestar.datastructures import Cookie

from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import Forbidden

COOKIE = "ledger_session"


class Session(NamedTuple):
    """A browser's session: who acts, and the secret that its forms carry."""

    caller: Caller
    csrf: str


async def session_of(request: Request[Any, Any, Any]) -> Session | None:
    """The session behind the request's cookie; None where there is none in force."""
    token = request.cookies.get(COOKIE, "")
    grant = await service(request).tokens.verify(token) if token else None
    if grant is None:
        return None
    caller = Caller(id=grant.id, name=grant.name, role=grant.role, project=grant.project)
    return Session(caller, hashlib.sha256(b"csrf" + token.encode()).hexdigest())


async def begin(request: Request[Any, Any, Any], token: str) -> Cookie | None:
    """The cookie of a new session for a token; None where the token is not in force."""
    if await service(request).tokens.verify(token) is None:
        return None
    return _cookie(request, token, None)


def ended(request: Request[Any, Any, Any]) -> Cookie:
    """The cookie that ends the session in the browser."""
    return _cookie(request, "", 0)


def _cookie(request: Request[Any, Any, Any], value: str, age: int | None) -> Cookie:
    return Cookie(
        COOKIE,
        value=value,
        max_age=age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def check_csrf(session: Session, given: str | None) -> None:
    """Raises `Forbidden` unless the form came from a page of this session."""
    if given is None or not hmac.compare_digest(session.csrf, given):
        raise Forbidden(needed="of the page's own form: open it again")
