"""Who is calling, and what may they read? A bearer token says it, or the cookie of a session."""

from typing import Any

import msgspec
from litestar import Request

from api.cookies import check_csrf, cookie_of
from api.state import service, showed_good_credential
from ledger import access
from ledger.access.refusals import Unauthenticated
from ledger.access.sessions import How, Kind, csrf_of
from ledger.application import Caller
from ledger.kernel.errors import Forbidden
from ledger.privacy.journal import Reader
from ledger.projections.engine.query import Listing
from ledger.queries.asking import Asker
from ledger.settings import settings

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


class SecondFactorMissing(Forbidden):
    """Nobody acts as {needed} by a password alone: set up a second factor first."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody signed in: the account or token (`holder`), what is granted, what is acted under.

    `csrf` stands in every form of the session and in the header X-CSRF-Token of its requests.
    `locked` are the granted roles that wait for a second factor to be set up.
    """

    id: str
    holder: str
    kind: Kind
    how: How
    name: str
    grants: tuple[Held, ...]
    acting: Held | None
    locked: frozenset[str] = frozenset()
    csrf: str

    @property
    def usable(self) -> tuple[Held, ...]:
        """The grants that may be acted under."""
        return tuple(one for one in self.grants if one.role not in self.locked)

    @property
    def caller(self) -> Caller:
        """The caller that the session stands for. Raises `Forbidden` without a grant."""
        if self.acting is None:
            if self.locked:
                raise SecondFactorMissing(needed=" or ".join(sorted(self.locked)))
            raise Forbidden(needed="that somebody grants" if not self.grants else "to be chosen")
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
    showed_good_credential(request)
    return Caller(id=grant.id, name=grant.name, role=grant.role, project=grant.project)


async def session_of(request: Request[Any, Any, Any]) -> Session | None:
    """Who is signed in by the request's cookie; None: nobody.

    Raises `CrossSite` where the request would change something and does not come from a page of
    the session. A second call answers what the first one did.
    """
    seen = request.scope["state"]
    if _SEEN not in seen:
        found = await _session(request)
        if found is not None:
            showed_good_credential(request)
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
    known = await service(request).access.sessions.verify(cookie)
    if known is None:
        return None
    found = await (_of_token if known.kind == "token" else _of_account)(request, known)
    if found is None:
        return None
    name, grants, locked = found
    usable = [one for one in grants if one.role not in locked]
    if known.acting is None:
        acting = usable[0] if usable else None
    else:  # who chose one grant does not act under another when that one is gone
        acting = next((one for one in usable if one.id == known.acting), None)
    return Session(
        id=known.id,
        holder=known.holder,
        kind=known.kind,
        how=known.how,
        name=name,
        grants=grants,
        acting=acting,
        locked=locked,
        csrf=csrf_of(cookie),
    )


_Standing = tuple[str, tuple[Held, ...], frozenset[str]]  # the name, its grants, what is locked


async def _of_token(request: Request[Any, Any, Any], known: access.Session) -> _Standing | None:
    token = await service(request).tokens.in_force(known.holder)
    if token is None:
        return None
    return token.name, (Held(id=token.id, role=token.role, project=token.project),), frozenset()


async def _of_account(request: Request[Any, Any, Any], known: access.Session) -> _Standing | None:
    parts = service(request)
    found = await parts.access.accounts.in_force(known.holder)
    if found is None:
        return None
    account, version = found
    granted = await parts.access.granted.to(account.id, version)
    grants = tuple(Held(id=id, role=one.role, project=one.project) for id, one in granted.items())
    locked = settings().second_factor_roles & {one.role for one in grants}
    if known.how != "password" or account.has_second_factor:
        locked = frozenset()
    return account.name, grants, locked


async def still_calling(request: Request[Any, Any, Any], caller: Caller) -> bool:
    """Whether who began a long answer may still have it: nothing was revoked or ended since."""
    if request.headers.get("authorization") is None:
        session = await _session(request)
        return session is not None and session.acting is not None and session.caller == caller
    token = await service(request).tokens.in_force(caller.id)
    return token is not None and (token.role, token.project) == (caller.role, caller.project)


def require_role(caller: Caller, roles: frozenset[str]) -> None:
    """Raises `Forbidden` unless the caller has one of the roles."""
    if caller.role not in roles:
        raise Forbidden(needed=" or ".join(sorted(roles)))


def check_reader(listing: Listing, caller: Caller) -> None:
    """Raises `Forbidden` where the caller's role does not read that list."""
    if listing.reads_persons:
        require_role(caller, READ_PERSONS)
    if listing.readers:
        require_role(caller, listing.readers)
    if listing.all_projects and caller.project is not None:
        raise Forbidden(needed=f"{caller.role} of all projects")


def require_admin(caller: Caller) -> None:
    """Raises `Forbidden` unless the caller is an admin of all projects."""
    require_role(caller, frozenset({"admin"}))
    if caller.project is not None:
        raise Forbidden(needed="admin of all projects")


def asker_of(request: Request[Any, Any, Any], caller: Caller) -> Asker:
    """What the caller may see, and as whom the caller reads personal data."""
    reader = None
    if caller.role in READ_PERSONS:
        reader = Reader(
            id=caller.id,
            name=caller.name,
            path=request.url.path,
            request_id=request.state.request_id,
        )
    return Asker(project=caller.project, reader=reader)
