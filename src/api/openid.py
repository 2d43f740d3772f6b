"""Which addresses lead to the identity provider and back? `/sign-in/oidc` and its callback."""

from typing import Any

import structlog
from litestar import Request, get
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from api.cookies import PROVIDER, cookie, cookie_of
from api.going import local_path
from api.sessions import begin
from api.state import service
from ledger.access.openid import Identity, Provider, ProviderFailed, RoleRule
from ledger.access.refusals import SignInRefused
from ledger.application.provided_people import signed_in_by_provider
from ledger.kernel.errors import NotFound, NotNow
from ledger.settings import settings

START, BACK = "/sign-in/oidc", "/sign-in/oidc/callback"
VISIT_SECONDS = 600
_EVERY_PROJECT = "SELECT DISTINCT code, project::text FROM {projects:ever} AS p"
log = structlog.get_logger(__name__)


def provider_label(request: Request[Any, Any, Any]) -> str | None:
    """What the button says that leads to the identity provider; None: there is none."""
    provider = service(request).access.provider
    return None if provider is None else provider.settings.label


def _provider(request: Request[Any, Any, Any]) -> Provider:
    provider = service(request).access.provider
    if provider is None:
        raise NotFound
    return provider


def _redirect_uri(request: Request[Any, Any, Any]) -> str:
    base = settings().public_url or str(request.base_url).rstrip("/")
    return base + BACK


@get(START, name="openid:start")
async def go_to_provider(request: Request[Any, Any, Any]) -> Redirect:
    """Sends the browser to the identity provider."""
    provider = _provider(request)
    back_to = local_path(request.query_params.get("next")) or "/"
    carried, visit = await service(request).access.visits.begin(back_to)
    try:
        address = await provider.address(visit, _redirect_uri(request))
    except ProviderFailed as error:
        raise _unavailable(error) from None
    kept = cookie(request, PROVIDER, carried, VISIT_SECONDS)
    return _redirect(address, kept)


@get(BACK, name="openid:back")
async def come_back(request: Request[Any, Any, Any]) -> Redirect:
    """Lets in whom the provider sends back."""
    provider = _provider(request)
    said = {name: request.query_params.get(name, "") for name in ("code", "state", "iss", "error")}
    carried = cookie_of(request, PROVIDER)
    access = service(request).access
    visit = await access.visits.end(carried or "", said["state"])
    # RFC 9207: what another provider answers is not taken for an answer of ours.
    mixed_up = said["iss"] and said["iss"] != provider.settings.issuer
    if visit is None or said["error"] or not said["code"] or mixed_up:
        log.warning("openid.refused", known=visit is not None, error=said["error"][:100])
        raise SignInRefused
    try:
        found = await provider.identity(visit, said["code"], _redirect_uri(request))
    except ProviderFailed as error:
        log.warning("openid.not-believed", why=str(error))
        raise SignInRefused from None
    session = await _let_in(request, provider, found)
    return _redirect(visit.back_to, session, cookie(request, PROVIDER, ""))


async def _let_in(request: Request[Any, Any, Any], provider: Provider, found: Identity) -> Cookie:
    parts = service(request)
    roles = await _roles(request, provider.settings.roles_of(found.claims))
    account = await signed_in_by_provider(
        parts.ledger, parts.access, found, roles, request.state.request_id
    )
    if account is None:
        raise SignInRefused
    return await begin(request, account.id, "account", "oidc")


async def _roles(
    request: Request[Any, Any, Any], rules: list[RoleRule]
) -> list[dict[str, str | None]]:
    """The roles with the ids of their projects; one of a project that is not there is none."""
    projects: dict[str | None, str | None] = {None: None}
    if any(rule.project for rule in rules):
        everything = {"known_at": 2**63 - 2}
        rows = await service(request).reading.rows(_EVERY_PROJECT, everything)
        projects |= dict(rows)
    found = []
    for rule in rules:
        if rule.project not in projects:
            log.warning("openid.unknown-project", code=rule.project)
        else:
            found.append({"role": rule.role, "project": projects[rule.project]})
    return found


def _redirect(address: str, *cookies: Cookie) -> Redirect:
    return Redirect(
        address, status_code=303, cookies=cookies, headers={"Cache-Control": "no-store"}
    )


def _unavailable(error: ProviderFailed) -> NotNow:
    log.error("openid.unavailable", why=str(error))
    return NotNow(why="the identity provider does not answer.")


def openid_routes() -> list[HTTPRouteHandler]:
    """Every address of the sign-in by an identity provider."""
    return [go_to_provider, come_back]
