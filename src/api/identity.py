"""Who is calling, and what may they read?"""

from typing import Any

from litestar import Request

from api.problems import Unauthenticated
from api.state import service
from ledger.application import Caller
from ledger.kernel.errors import Forbidden
from ledger.queries.asking import Asker

# Personal data is read by those who work with persons, who manage, and who audit.
READ_PERSONS = frozenset({"coordinator", "manager", "auditor", "admin"})
READ_THE_LOG = frozenset({"auditor", "admin"})


async def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """The caller behind the request's token. Raises `Unauthenticated`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    grant = await service(request).tokens.verify(token.strip())
    if grant is None:
        raise Unauthenticated
    return Caller(id=grant.id, name=grant.name, role=grant.role, project=grant.project)


def require_role(caller: Caller, roles: frozenset[str]) -> None:
    """Raises `Forbidden` unless the caller has one of the roles."""
    if caller.role not in roles:
        raise Forbidden(needed=" or ".join(sorted(roles)))


def asker_of(caller: Caller) -> Asker:
    """What the caller may see."""
    return Asker(project=caller.project, personal=caller.role in READ_PERSONS)
