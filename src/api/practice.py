"""How is the test timestamp authority reached? Over HTTP, as RFC 3161 says (section 3.4)."""

import os
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get, post

from ledger.attestations.practice import BODY_LIMIT_BYTES, TITLE, PracticeAuthority, QueryRefused

log = structlog.get_logger(__name__)


def create_practice(authority: PracticeAuthority) -> Litestar:
    """The application of the test authority."""

    @post("/", name="stamp")
    async def stamp(request: Request[Any, Any, Any]) -> Response[bytes]:
        """A timestamp."""
        try:
            answer = authority.answer(await request.body())
        except QueryRefused as error:
            return Response(f"{TITLE}: {error}\n".encode(), status_code=400)
        log.info("practice.stamped", by=TITLE)
        headers = {"Content-Type": "application/timestamp-reply"}
        return Response(answer, status_code=200, headers=headers)

    @get("/", name="certificates")
    async def certificates() -> Response[bytes]:
        """Its root, which nobody should trust."""
        return Response(f"{TITLE}\n".encode() + authority.root_file.read_bytes())

    return Litestar(
        route_handlers=[stamp, certificates],
        request_max_body_size=BODY_LIMIT_BYTES,
        openapi_config=None,
        logging_config=None,
    )


def from_environment() -> Litestar:
    """As `ledger timestamp-authority serve` starts it: told by LEDGER_PRACTICE_DATA."""
    return create_practice(PracticeAuthority(Path(os.environ["LEDGER_PRACTICE_DATA"])))
