"""The site map: every address that the service answers to."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get

from api.commands import command_routes
from api.documents import document_routes
from api.events import event_routes
from api.findings import finding_routes
from api.health import health_routes
from api.imports import import_routes
from api.money import money_routes
from api.openapi import document
from api.papers import paper_routes
from api.problems import HANDLERS
from api.queries import query_routes
from api.requests import request_log
from ledger import logs
from ledger.bootstrap import parts
from ledger.worker import Worker

BODY_LIMIT_BYTES = 16 * 1024 * 1024


@get(["/schema", "/schema/openapi.json"], name="schema")
async def schema(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The interface's description in OpenAPI 3.1."""
    return Response(document(), media_type="application/json")


def create_app(url: str, *, documents: str | None = None, with_worker: bool = True) -> Litestar:
    """The application on the database at `url`, with its evidence in `documents`.

    `with_worker`: it keeps the read models too.
    """

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        worker = Worker(url) if with_worker else None
        async with parts(url, documents) as made:
            app.state.parts = made
            if worker is not None:
                worker.start()
            try:
                yield
            finally:
                if worker is not None:
                    worker.stop()

    app = Litestar(
        route_handlers=[
            *command_routes(),
            *query_routes(),
            *money_routes(),
            *event_routes(),
            *finding_routes(),
            *document_routes(),
            *import_routes(),
            *paper_routes(),
            *health_routes(),
            schema,
        ],
        lifespan=[running],
        exception_handlers=HANDLERS,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_LIMIT_BYTES,
    )
    # Around everything, so that unknown addresses and faults are seen as well.
    app.asgi_handler = request_log(app.asgi_handler)
    return app


def from_environment() -> Litestar:
    """The application as `ledger serve` starts it: told by LEDGER_DATABASE_URL, LEDGER_WORKER."""
    if not structlog.is_configured():
        logs.configure()
    return create_app(
        os.environ["LEDGER_DATABASE_URL"],
        with_worker=os.environ.get("LEDGER_WORKER", "1") != "0",
    )
