"""What do others vouch for? The log's witnesses, and how far each has come."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from api.describing import Schema, answered, list_of, ref
from api.identity import READ_THE_LOG, caller_of, require_role
from api.moments import query_of, question_of
from api.queries import encoded
from api.state import attesting_of, service, witnesses_of
from ledger.attestations.standing import WitnessStanding, standings


@get("/api/log/witnesses", name="log:witnesses")
async def log_witnesses(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The witnesses of the log."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query_of(request, ())
    question = await question_of(request, caller, {})
    failures = attesting_of(request).failures()
    found = await standings(service(request).tree, witnesses_of(request), failures)
    position = question.moment.known_at
    return encoded({"items": found, "next": None, "position": position}, question)


def describe_attestations() -> dict[str, Schema]:
    """The addresses in OpenAPI."""
    path = "/api/log/witnesses"
    rows = list_of(ref(WitnessStanding))
    return {path: answered(path, "Who cosigns the log, and how far", rows, [], "log")}


def attestation_routes() -> list[HTTPRouteHandler]:
    """The addresses of what others vouch for."""
    return [log_witnesses]
