"""Which addresses make tokens? `/api/tokens`, for admins of all projects; each is shown once."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from api.bodies import json_object
from api.identity import caller_of, require_admin
from api.moments import LAST_DAY, PAGING, POSITION_HEADER, limit_of, query_of
from api.queries import id_in_path
from api.state import service
from ledger.access import Token
from ledger.application import Caller
from ledger.application.credentials import NewToken, issue_token, revoke_token
from ledger.event_store.codec import written_time
from ledger.kernel.calendar import end_of_day
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.fields import AccessRole, Date, Id, ProjectId, ShortText, Text
from ledger.kernel.intake import read

KEEP_LIMIT_HOURS = 24 * 30
_TIMES = ("created_at", "expires_at", "rotated_at", "used_at", "revoked_at")


class NewTokenBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token that is wanted; another admin has to confirm its role before it works."""

    name: ShortText
    role: AccessRole
    project: ProjectId | None = None
    expires_on: Date | None = None
    reason: Text | None = None


class RevokeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a credential ends."""

    reason: Text


class Ended(Struct, frozen=True, kw_only=True):
    """What was ended."""

    id: Id


class RotateBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the token as it was may be used still; not at all if nothing is said."""

    keep_hours: Annotated[int, Meta(ge=0, le=KEEP_LIMIT_HOURS)] = 0


class TokenAnswer(Struct, frozen=True, kw_only=True):
    """A token that was made or renewed."""

    id: Id
    token: str
    grant: Id | None = None


class TokenRow(Struct, frozen=True, kw_only=True):
    """A token: what it was made for, and when it was used; its roles say /api/access/{id}."""

    id: Id
    name: ShortText
    role: AccessRole
    project: ProjectId | None
    created_at: str
    expires_at: str | None
    rotated_at: str | None
    used_at: str | None
    revoked_at: str | None


def token_row(token: Token) -> TokenRow:
    """A token as admins read it."""
    said = {name: getattr(token, name) for name in token.__struct_fields__}
    times = {name: written_time(said[name]) if said[name] else None for name in _TIMES}
    return TokenRow(**(said | times))


async def make_token(
    request: Request[Any, Any, Any], caller: Caller, said: NewTokenBody
) -> TokenAnswer:
    """A new token and its proposal. Raises a `LedgerError`."""
    parts = service(request)
    if said.expires_on is not None and not parts.ledger.today() <= said.expires_on <= LAST_DAY:
        raise Invalid.field("expires_on", f"must lie between today and {LAST_DAY}")
    wanted = NewToken(
        name=said.name.strip(),
        role=said.role,
        project=said.project,
        expires_at=None if said.expires_on is None else end_of_day(said.expires_on),
        reason=said.reason,
    )
    issued = await issue_token(parts.ledger, parts.tokens, wanted, caller, request.state.request_id)
    made = issued.receipt
    return TokenAnswer(id=made.id, token=issued.text, grant=made.extra["grant"])


def secret_answer(request: Request[Any, Any, Any], body: Any, status: int = 201) -> Response[bytes]:
    """An answer that nobody on the way may keep; it reflects all that is recorded by us."""
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={
            "Cache-Control": "no-store",
            POSITION_HEADER: str(service(request).log.recorded),
        },
    )


@get("/api/tokens", name="tokens")
async def list_tokens(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The tokens, the oldest first."""
    require_admin(await caller_of(request))
    query = query_of(request, PAGING)
    limit, after = limit_of(query), query.get("cursor", "")
    rows = [token_row(one) for one in await service(request).tokens.all()]
    rows = [one for one in rows if one.id > after]
    following = rows[limit - 1].id if len(rows) > limit else None
    position = await service(request).log.head()
    body = {"items": rows[:limit], "next": following, "position": position}
    return secret_answer(request, body, 200)


@post("/api/tokens", name="tokens:create")
async def create_token(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Makes a token; it works once another admin has confirmed its role."""
    caller = await caller_of(request)
    require_admin(caller)
    said, _ = read(NewTokenBody, json_object(await request.body()))
    return secret_answer(request, await make_token(request, caller, said))


@post("/api/tokens/{id:str}/revoke", name="tokens:revoke")
async def end_token(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Ends a token at once."""
    caller = await caller_of(request)
    require_admin(caller)
    id = id_in_path(request)
    said, _ = read(RevokeBody, json_object(await request.body()))
    parts, request_id = service(request), request.state.request_id
    if not await revoke_token(parts.ledger, parts.tokens, id, caller, request_id, said.reason):
        raise NotFound
    return secret_answer(request, Ended(id=id))


@post("/api/tokens/{id:str}/rotate", name="tokens:rotate")
async def rotate_token(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Renews a token: its text changes, what it may do does not."""
    require_admin(await caller_of(request))
    id = id_in_path(request)
    said, _ = read(RotateBody, json_object(await request.body()))
    text = await service(request).tokens.rotate(id, timedelta(hours=said.keep_hours))
    if text is None:
        raise NotFound
    return secret_answer(request, TokenAnswer(id=id, token=text))


def token_routes() -> list[HTTPRouteHandler]:
    """Every address by which tokens are kept."""
    return [list_tokens, create_token, end_token, rotate_token]
