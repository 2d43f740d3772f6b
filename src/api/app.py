"""The site map: every address that the service answers to."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get

from api.accounts import account_routes
from api.attestations import attestation_routes
from api.audit import audit_routes
from api.bundle import bundle_routes
from api.commands import command_routes
from api.documents import document_routes
from api.edges.guard import guarded, refuse
from api.edges.methods import with_methods
from api.edges.rates import Turnstile
from api.edges.streams import Streams
from api.events import event_routes
from api.findings import finding_routes
from api.health import health_routes
from api.imports import import_routes
from api.log import log_routes
from api.money import money_routes
from api.openapi import document
from api.openid import openid_routes
from api.own_account import own_account_routes
from api.pages.frame.errors import for_people
from api.pages.frame.opening import page_routes
from api.papers import paper_routes
from api.personal_data import personal_data_routes
from api.problems import HANDLERS
from api.queries import query_routes
from api.requests import request_log
from api.samples import sample_routes
from api.sessions import session_routes
from api.tokens import token_routes
from ledger import logs
from ledger.attestations.attesting import Attesting
from ledger.attestations.outside import outside
from ledger.bootstrap import parts
from ledger.integrity.sealing import Sealer
from ledger.settings import settings
from ledger.worker import Worker

BODY_LIMIT_BYTES = 16 * 1024 * 1024


@get(["/schema", "/schema/openapi.json"], name="schema")
async def schema(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The interface's description in OpenAPI 3.1."""
    return Response(document(), media_type="application/json")


def create_app(
    url: str, *, documents: str | None = None, keys: Path | None = None, with_worker: bool = True
) -> Litestar:
    """The application on the database at `url`, with its evidence in `documents`.

    `with_worker`: it keeps the read models too, and signs the log with what is in `keys`.
    """
    place = settings()
    folder = keys or place.keys
    others = outside(place)

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        sealer = Sealer(url, folder, origin=place.origin)
        attesting = Attesting(url, folder, others)
        following = (Worker(url), sealer, attesting) if with_worker else ()
        async with parts(url, documents, folder) as made:
            app.state.parts, app.state.sealer = made, sealer
            app.state.log_keys, app.state.streams = folder, Streams()
            app.state.outside, app.state.attesting = others, attesting
            for one in following:
                one.start()
            sweeping = asyncio.create_task(made.vault.tidy())
            try:
                yield
            finally:
                sweeping.cancel()
                await asyncio.wait([sweeping])
                await asyncio.gather(*(asyncio.to_thread(one.stop) for one in following))

    app = Litestar(
        route_handlers=[
            *session_routes(),
            *own_account_routes(),
            *openid_routes(),
            *account_routes(),
            *token_routes(),
            *command_routes(),
            *query_routes(),
            *money_routes(),
            *event_routes(),
            *log_routes(),
            *attestation_routes(),
            *finding_routes(),
            *audit_routes(),
            *document_routes(),
            *import_routes(),
            *paper_routes(),
            *personal_data_routes(),
            *bundle_routes(),
            *sample_routes(),
            *health_routes(),
            schema,
            *page_routes(),
        ],
        lifespan=[running],
        exception_handlers=for_people(HANDLERS),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_LIMIT_BYTES,
        before_request=refuse,
    )
    # Around everything, so that unknown addresses and faults are seen as well.
    answering = with_methods(app.asgi_handler, app.routes)
    app.asgi_handler = request_log(guarded(answering, Turnstile(place.rates)))
    return app


def from_environment() -> Litestar:
    """The application as `ledger serve` starts it: told by LEDGER_DATABASE_URL, LEDGER_WORKER."""
    if not structlog.is_configured():
        logs.configure()
    return create_app(
        os.environ["LEDGER_DATABASE_URL"],
        with_worker=os.environ.get("LEDGER_WORKER", "1") != "0",
    )
