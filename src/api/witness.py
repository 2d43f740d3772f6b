"""How do logs reach a witness? Over HTTP, as C2SP tlog-witness says; this needs no database."""

import asyncio
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException

from ledger.witness.judging import BODY_LIMIT_BYTES, Answer, Witness
from ledger.witness.logs import read_logs
from ledger.witness.memory import Memory, MemoryRefused

BODY_SECONDS = 10  # a log sends a few kilobytes
_HASH_DIGITS = 64
log = structlog.get_logger(__name__)


def _response(answer: Answer) -> Response[bytes]:
    # As a header of its own: a media type would get a charset that logs do not expect.
    headers = {"Content-Type": answer.media_type}
    return Response(answer.text.encode(), status_code=answer.status.value, headers=headers)


def _refusal(status: HTTPStatus, why: str) -> Response[bytes]:
    return _response(Answer(status, f"{why}\n"))


async def _body(request: Request[Any, Any, Any]) -> bytes | None:
    """What was sent; None where that is too much. Raises `TimeoutError`."""
    found = b""
    async with asyncio.timeout(BODY_SECONDS):
        async for chunk in request.stream():
            found += chunk
            if len(found) > BODY_LIMIT_BYTES:
                return None
    return found


def create_witness(witness: Witness) -> Litestar:
    """The application of a witness."""

    @post("/add-checkpoint", name="add-checkpoint")
    async def add_checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Cosigns a checkpoint."""
        try:
            body = await _body(request)
        except TimeoutError:
            return _refusal(HTTPStatus.REQUEST_TIMEOUT, "the request came too slowly")
        if body is None:
            what = f"a request has at most {BODY_LIMIT_BYTES} bytes"
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what)
        try:
            answer = await asyncio.to_thread(witness.add_checkpoint, body)
        except (MemoryRefused, OSError) as error:
            log.critical("witness.cannot_remember", why=str(error))
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "nothing can be remembered here")
        log.info("witness.answered", status=answer.status.value, text=answer.text.strip())
        return _response(answer)

    @get("/{log_hash:str}/checkpoint", name="checkpoint", sync_to_thread=True)
    def read_checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The last checkpoint of a log, with the signature of the log and the witness's."""
        name = str(request.path_params["log_hash"])
        well_formed = len(name) == _HASH_DIGITS and set(name) <= set("0123456789abcdef")
        if not well_formed or (found := witness.memory.served(name)) is None:
            return _refusal(HTTPStatus.NOT_FOUND, "no checkpoint of that log was cosigned here")
        return Response(found, media_type="text/plain", headers={"Cache-Control": "no-cache"})

    @get("/", name="about")
    async def about() -> Response[bytes]:
        """Who the witness is: its key, and the logs that it knows."""
        lines = [witness.verifier.vkey, *(f"log {origin}" for origin in witness.logs)]
        return _response(Answer(HTTPStatus.OK, "".join(f"{line}\n" for line in lines)))

    def other(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        return _refusal(HTTPStatus(error.status_code), HTTPStatus(error.status_code).phrase)

    return Litestar(
        route_handlers=[add_checkpoint, read_checkpoint, about],
        exception_handlers={HTTPException: other},
        openapi_config=None,
        logging_config=None,
    )


def from_environment() -> Litestar:
    """As `ledger witness serve` starts it: told by LEDGER_WITNESS_DATA and LEDGER_WITNESS_LOGS."""
    memory = Memory(Path(os.environ["LEDGER_WITNESS_DATA"]))
    logs = read_logs(os.environ["LEDGER_WITNESS_LOGS"].splitlines())
    return create_witness(Witness(memory, memory.signer(), logs))
