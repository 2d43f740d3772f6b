"""What do others vouch for? Witnesses for the log's one story, an authority for the time."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from api.describing import CURSOR, LIMIT, Schema, answered, list_of, ref
from api.identity import READ_THE_LOG, caller_of, require_role
from api.moments import number_of, query_of, question_of
from api.queries import encoded
from api.state import attesting_of, outside_of, service
from ledger.attestations.standing import WitnessStanding, standings
from ledger.attestations.timestamps import Timestamp, timestamps
from ledger.queries.asking import PAGE_LIMIT


@get("/api/log/witnesses", name="log:witnesses")
async def log_witnesses(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The witnesses of the log."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query_of(request, ())
    question = await question_of(request, caller, {})
    failures = attesting_of(request).failures()
    found = await standings(service(request).tree, outside_of(request).witnesses, failures)
    position = question.moment.known_at
    return encoded({"items": found, "next": None, "position": position}, question)


@get("/api/log/timestamps", name="log:timestamps")
async def log_timestamps(request: Request[Any, Any, Any]) -> Response[bytes]:
    """When the log had which root, as a timestamp authority says, the newest first."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, {"limit", "cursor"})
    question = await question_of(request, caller, {})
    limit = number_of("limit", query.get("limit", "100"), 1, PAGE_LIMIT)
    before = number_of("cursor", query["cursor"], 0, 2**62) if "cursor" in query else 2**62
    found = await timestamps(service(request).tree, before, limit)
    following = str(found[-1].position) if len(found) == limit else None
    position = question.moment.known_at
    return encoded({"items": found, "next": following, "position": position}, question)


def describe_attestations() -> dict[str, Schema]:
    """The addresses in OpenAPI."""
    witnesses, stamps = "/api/log/witnesses", "/api/log/timestamps"
    who, when = list_of(ref(WitnessStanding)), list_of(ref(Timestamp))
    return {
        witnesses: answered(witnesses, "Who cosigns the log, and how far", who, [], "log"),
        stamps: answered(stamps, "When the log had which root", when, [LIMIT, CURSOR], "log"),
    }


def attestation_routes() -> list[HTTPRouteHandler]:
    """The addresses of what others vouch for."""
    return [log_witnesses, log_timestamps]
