"""Which addresses sign people in and out? `/api/session`, and the same steps for the pages."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from api.bodies import json_object
from api.cookies import check_site, cookie_of, session_cookie
from api.identity import Held, Session, session_behind, session_of
from api.problems import SignInRefused, Unauthenticated
from api.state import service
from ledger.access.sessions import How, Kind
from ledger.kernel.fields import Id
from ledger.kernel.intake import read

Secret = Annotated[str, Meta(min_length=1, max_length=1024)]


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody shows to be let in: a token."""

    token: Secret


async def sign_in_with_token(request: Request[Any, Any, Any], token: str) -> Cookie:
    """Begins a session for who shows a token; answers its cookie. Raises `SignInRefused`."""
    check_site(request)
    grant = await service(request).tokens.verify(token.strip())
    if grant is None:
        raise SignInRefused
    return await begin(request, grant.id, "token", "token")


async def begin(request: Request[Any, Any, Any], holder: str, kind: Kind, how: How) -> Cookie:
    """A session under a new secret; the one that the browser had until now ends."""
    sessions = service(request).access.sessions
    if (before := cookie_of(request)) and (known := await sessions.verify(before)):
        await sessions.end(known.id, by="sign-in")
    device = request.headers.get("User-Agent", "")
    return session_cookie(request, await sessions.begin(holder, kind, how, device=device))


async def sign_out(request: Request[Any, Any, Any]) -> Cookie:
    """Ends the session of the request; answers the cookie that makes the browser forget it."""
    session = await session_of(request)
    if session is not None:
        await service(request).access.sessions.end(session.id, by=session.name)
    return session_cookie(request, "")


class SessionAnswer(Struct, frozen=True, kw_only=True):
    """Who is signed in, what is granted, and what every request of the session must carry."""

    id: Id
    kind: Kind
    how: How
    name: str
    grants: tuple[Held, ...]
    acting: Held | None
    csrf: str


def _answer(session: Session, status: int, cookie: Cookie | None = None) -> Response[bytes]:
    names = SessionAnswer.__struct_fields__
    found = SessionAnswer(**{name: getattr(session, name) for name in names})
    return Response(
        msgspec.json.encode(found),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
        cookies=[cookie] if cookie else None,
    )


@post("/api/session", name="session:begin")
async def begin_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Signs somebody in; the session travels in a cookie."""
    said, _ = read(SignIn, json_object(await request.body()))
    cookie = await sign_in_with_token(request, said.token)
    session = await session_behind(request, cookie.value or "")
    if session is None:
        raise SignInRefused
    return _answer(session, 201, cookie)


@get("/api/session", name="session:show")
async def show_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who is signed in."""
    session = await session_of(request)
    if session is None:
        raise Unauthenticated
    return _answer(session, 200)


@delete("/api/session", name="session:end", status_code=204)
async def end_session(request: Request[Any, Any, Any]) -> Response[None]:
    """Signs out; without a session there is nothing to do."""
    return Response(None, status_code=204, cookies=[await sign_out(request)])


def session_routes() -> list[HTTPRouteHandler]:
    """Every address that signs somebody in or out."""
    return [begin_session, show_session, end_session]
