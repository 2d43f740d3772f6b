"""Who is calling, and what may they read? A bearer token says it, or the cookie of a session."""

from typing import Any

import msgspec
from litestar import Request

from api.cookies import check_csrf, cookie_of
from api.problems import Unauthenticated
from api.state import service
from ledger.access.sessions import How, Kind, csrf_of
from ledger.application import Caller
from ledger.kernel.errors import Forbidden
from ledger.queries.asking import Asker

# Personal data is read by those who work with persons, who manage, and who audit.
READ_PERSONS = frozenset({"coordinator", "manager", "auditor", "admin"})
READ_THE_LOG = frozenset({"auditor", "admin"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN = "session"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that somebody signed in may act under: a role, for one project or (None) for all."""

    id: str
    role: str
    project: str | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody signed in: the account or token (`holder`), what is granted, what is acted under.

    `csrf` stands in every form of the session and in the header X-CSRF-Token of its requests.
    """

    id: str
    holder: str
    kind: Kind
    how: How
    name: str
    grants: tuple[Held, ...]
    acting: Held | None
    csrf: str

    @property
    def caller(self) -> Caller:
        """The caller that the session stands for. Raises `Forbidden` without a grant."""
        if self.acting is None:
            raise Forbidden(needed="that somebody grants")
        return Caller(
            id=self.holder, name=self.name, role=self.acting.role, project=self.acting.project
        )


async def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """The caller behind the request's token or session. Raises `Unauthenticated`."""
    header = request.headers.get("authorization")
    if header is None:
        session = await session_of(request)
        if session is None:
            raise Unauthenticated
        return session.caller
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    grant = await service(request).tokens.verify(token.strip())
    if grant is None:
        raise Unauthenticated
    return Caller(id=grant.id, name=grant.name, role=grant.role, project=grant.project)


async def session_of(request: Request[Any, Any, Any]) -> Session | None:
    """Who is signed in by the request's cookie; None: nobody.

    Raises `CrossSite` where the request would change something and does not come from a page of
    the session. A second call answers what the first one did.
    """
    seen = request.scope["state"]
    if _SEEN not in seen:
        found = await _session(request)
        if found is not None and request.method not in SAFE_METHODS:
            await check_csrf(request, found.csrf)
        seen[_SEEN] = found
    session: Session | None = seen[_SEEN]
    return session


async def _session(request: Request[Any, Any, Any]) -> Session | None:
    cookie = cookie_of(request)
    return None if cookie is None else await session_behind(request, cookie)


async def session_behind(request: Request[Any, Any, Any], cookie: str) -> Session | None:
    """Who is signed in by a cookie's text; None: it is unknown, wrong or over."""
    parts = service(request)
    known = await parts.access.sessions.verify(cookie)
    if known is None:
        return None
    token = await parts.tokens.in_force(known.holder)
    if token is None:
        return None
    held = Held(id=token.id, role=token.role, project=token.project)
    return Session(
        id=known.id,
        holder=known.holder,
        kind=known.kind,
        how=known.how,
        name=token.name,
        grants=(held,),
        acting=held,
        csrf=csrf_of(cookie),
    )


async def still_calling(request: Request[Any, Any, Any], caller: Caller) -> bool:
    """Whether who began a long answer may still have it: nothing was revoked or ended since."""
    parts = service(request)
    session = request.scope["state"].get(_SEEN)
    if session is not None and not await parts.access.sessions.alive(session.id):
        return False
    return await parts.tokens.in_force(caller.id) is not None


def require_role(caller: Caller, roles: frozenset[str]) -> None:
    """Raises `Forbidden` unless the caller has one of the roles."""
    if caller.role not in roles:
        raise Forbidden(needed=" or ".join(sorted(roles)))


def require_admin(caller: Caller) -> None:
    """Raises `Forbidden` unless the caller is an admin of all projects."""
    require_role(caller, frozenset({"admin"}))
    if caller.project is not None:
        raise Forbidden(needed="admin of all projects")


def asker_of(caller: Caller) -> Asker:
    """What the caller may see."""
    return Asker(project=caller.project, personal=caller.role in READ_PERSONS)
