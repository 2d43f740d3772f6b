"""Which addresses sign people in and out? `/api/session`, and the same steps for the pages."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from api.addresses import address_of
from api.bodies import json_object
from api.cookies import (
    DEVICE,
    DEVICE_SECONDS,
    check_site,
    cookie,
    cookie_of,
    session_cookie,
)
from api.identity import (
    Held,
    Session,
    caller_of,
    require_admin,
    session_behind,
    session_of,
)
from api.queries import id_in_path
from api.state import service
from ledger import access
from ledger.access.refusals import SignInRefused, Unauthenticated
from ledger.access.sessions import How, Kind
from ledger.access.signing_in import Shown
from ledger.event_store.codec import written_time
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.fields import GrantId, Id
from ledger.kernel.intake import read

Secret = Annotated[str, Meta(min_length=1, max_length=1024)]


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody shows to be let in: a token, or a name and a password and perhaps a code."""

    token: Secret | None = None
    name: Secret | None = None
    password: Secret | None = None
    code: Secret | None = None


class ActAs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The grant to act under from now on."""

    grant: GrantId


# For the pages and the addresses below.


async def sign_in_with_token(request: Request[Any, Any, Any], token: str) -> Cookie:
    """Begins a session for who shows a token; answers its cookie. Raises `SignInRefused`."""
    check_site(request)
    found = await service(request).tokens.verify(token.strip())
    if found is None:
        raise SignInRefused
    return await begin(request, found.id, "token", "token")


async def sign_in_with_password(
    request: Request[Any, Any, Any], name: str, password: str, code: str | None = None
) -> list[Cookie]:
    """Begins a session for an account; answers the cookies of it and of the browser.

    Raises `SignInRefused`, `SecondFactorNeeded` where only the code is missing, `TooManyTries`.
    """
    check_site(request)
    shown = Shown(name, password, code, address_of(request), cookie_of(request, DEVICE))
    found = await service(request).access.door.let_in(shown)
    cookies = [await begin(request, found.account.id, "account", "password")]
    if found.device is not None:
        cookies.append(cookie(request, DEVICE, found.device, DEVICE_SECONDS))
    return cookies


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


async def signed_in(request: Request[Any, Any, Any]) -> Session:
    """The session of the request. Raises `Unauthenticated` without one."""
    session = await session_of(request)
    if session is None:
        raise Unauthenticated
    return session


async def act_as(request: Request[Any, Any, Any], grant: str) -> None:
    """From now on the session acts under that grant. Raises `Invalid`."""
    session = await signed_in(request)
    if grant not in {one.id for one in session.usable}:
        raise Invalid.field("grant", "is none of those that may be acted under")
    await service(request).access.sessions.act_as(session.id, grant)


# What is answered.


class SessionAnswer(Struct, frozen=True, kw_only=True):
    """Who is signed in, what is granted, and what every request of the session must carry.

    Roles that are `locked` wait for a second factor to be set up.
    """

    id: Id
    kind: Kind
    how: How
    name: str
    grants: tuple[Held, ...]
    acting: Held | None
    locked: tuple[str, ...]
    csrf: str


class SessionRow(Struct, frozen=True, kw_only=True):
    """A session that goes on; `own`: the one that asks."""

    id: Id
    how: How
    device: str
    created_at: str
    seen_at: str
    ends_at: str
    own: bool


def _answer(session: Session, status: int, cookies: list[Cookie] | None = None) -> Response[bytes]:
    found = SessionAnswer(
        id=session.id,
        kind=session.kind,
        how=session.how,
        name=session.name,
        grants=session.grants,
        acting=session.acting,
        locked=tuple(sorted(session.locked)),
        csrf=session.csrf,
    )
    return private(found, status, cookies)


def private(body: Any, status: int, cookies: list[Cookie] | None = None) -> Response[bytes]:
    """An answer that nobody on the way may keep."""
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
        cookies=cookies,
    )


def rows_of(sessions: list[access.Session], own: str | None = None) -> list[SessionRow]:
    """Sessions as they are listed."""
    return [
        SessionRow(
            id=one.id,
            how=one.how,
            device=one.device,
            created_at=written_time(one.created_at),
            seen_at=written_time(one.seen_at),
            ends_at=written_time(one.ends_at),
            own=one.id == own,
        )
        for one in sessions
    ]


async def answer_begun(request: Request[Any, Any, Any], cookies: list[Cookie]) -> Response[bytes]:
    """The session that just began, whose cookie is the first."""
    session = await session_behind(request, cookies[0].value or "")
    if session is None:
        raise SignInRefused
    return _answer(session, 201, cookies)


@post("/api/session", name="session:begin")
async def begin_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Signs somebody in; the session travels in a cookie."""
    said, _ = read(SignIn, json_object(await request.body()))
    if said.token is not None:
        if said.name or said.password or said.code:
            raise Invalid.field("token", "is shown alone")
        return await answer_begun(request, [await sign_in_with_token(request, said.token)])
    if said.name is None or said.password is None:
        raise Invalid.field("name" if said.name is None else "password", "is required")
    return await answer_begun(
        request, await sign_in_with_password(request, said.name, said.password, said.code)
    )


@get("/api/session", name="session:show")
async def show_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Who is signed in."""
    return _answer(await signed_in(request), 200)


@delete("/api/session", name="session:end", status_code=204)
async def end_session(request: Request[Any, Any, Any]) -> Response[None]:
    """Signs out; without a session there is nothing to do."""
    return Response(None, status_code=204, cookies=[await sign_out(request)])


@post("/api/session/acting", name="session:acting")
async def choose_grant(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Acts under another of one's grants."""
    await signed_in(request)
    said, _ = read(ActAs, json_object(await request.body()))
    await act_as(request, said.grant)
    now = await session_behind(request, cookie_of(request) or "")
    if now is None:
        raise Unauthenticated
    return _answer(now, 201)


@get("/api/sessions", name="sessions")
async def list_sessions(request: Request[Any, Any, Any]) -> Response[bytes]:
    """One's own sessions that go on."""
    session = await signed_in(request)
    sessions = await service(request).access.sessions.of(session.holder)
    return private({"items": rows_of(sessions, session.id), "next": None}, 200)


@delete("/api/sessions/{id:str}", name="sessions:end", status_code=204)
async def end_other_session(request: Request[Any, Any, Any]) -> Response[None]:
    """Ends a session at once: one's own, or anybody's as an admin of all projects."""
    sessions, id = service(request).access.sessions, id_in_path(request)
    own = await session_of(request) if request.headers.get("authorization") is None else None
    if own is not None and await sessions.end(id, by=own.name, holder=own.holder):
        return Response(None, status_code=204)
    caller = await caller_of(request)
    require_admin(caller)
    if not await sessions.end(id, by=caller.name):
        raise NotFound
    return Response(None, status_code=204)


def session_routes() -> list[HTTPRouteHandler]:
    """Every address that signs somebody in or out."""
    return [
        begin_session,
        show_session,
        end_session,
        choose_grant,
        list_sessions,
        end_other_session,
    ]
