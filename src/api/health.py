"""Is the service well? Liveness, readiness with the projections' lag, and figures to watch."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.state import attesting_of, outside_of, sealer_of, service
from ledger.attestations.standing import WitnessStanding, standings

_HEAD = Gauge("ledger_log_position", "Last position of the log")
_PROJECTED = Gauge("ledger_projected_position", "Position that every read model has reached")
_SEALED = Gauge("ledger_sealed_position", "Position up to which the log is signed")

_STAMPED = Gauge("ledger_stamped_position", "Position up to which an authority has stamped")
_WITNESSED = Gauge(
    "ledger_witnessed_position", "Position up to which a witness has cosigned", ["witness"]
)
_FAILING = Gauge("ledger_witness_failing", "Whether it could not be asked last", ["witness"])

_LAST_STAMP = "SELECT size, stamped_at FROM tree.timestamps ORDER BY size DESC LIMIT 1"


@get("/health/live", name="live")
async def live(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The process answers."""
    return Response(b'{"status":"live"}', media_type="application/json")


async def _positions(request: Request[Any, Any, Any]) -> tuple[int, int, int] | None:
    """Head of the log, of the read models and of the tree; None where the database is away."""
    parts = service(request)
    try:
        sealed = await parts.tree.size()  # before the head, which it never passes
        return await parts.log.head(), await parts.reading.position(), max(sealed, 0)
    except (Error, PoolTimeout, OSError):
        return None


async def _standings(request: Request[Any, Any, Any]) -> list[WitnessStanding]:
    """How far the log's witnesses have come. None of them is needed to be ready."""
    try:
        failures = attesting_of(request).failures()
        return await standings(service(request).tree, outside_of(request).witnesses, failures)
    except (Error, PoolTimeout, OSError):
        return []


def _witness(one: WitnessStanding) -> dict[str, Any]:
    status = "failing" if one.failure else "behind" if one.lag else "ok"
    return {"name": one.name, "status": status, "position": one.position or 0, "lag": one.lag}


async def _stamped(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Up to where the log was stamped last; `off` where no authority is asked."""
    authority, failures = outside_of(request).authority, attesting_of(request).failures()
    asked = "off" if authority is None else "failing" if authority.url in failures else "ok"
    try:
        rows = await service(request).tree.rows(_LAST_STAMP)
    except (Error, PoolTimeout, OSError):
        rows = []
    size, at = rows[0] if rows else (0, None)
    return {"status": asked, "position": size, "stamped_at": at}


@get("/health/ready", name="ready")
async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The database is there, the read models are made, the log may be signed; `lag` in events."""
    found = await _positions(request)
    if found is None:
        body: dict[str, Any] = {"status": "unready", "database": "away"}
    else:
        head, projected, sealed = found
        refused = sealer_of(request).refused is not None
        body = {
            "status": "ready" if projected >= 0 and not refused else "unready",
            "database": "ok",
            "position": head,
            "projections": {"position": max(projected, 0), "lag": head - max(projected, 0)},
            "tree": {
                "status": "refused" if refused else "ok",
                "position": sealed,
                "lag": head - sealed,
            },
            "witnesses": [_witness(one) for one in await _standings(request)],
            "timestamps": await _stamped(request),
        }
    return Response(
        msgspec.json.encode(body),
        status_code=200 if body["status"] == "ready" else 503,
        media_type="application/json",
    )


@get("/metrics", name="metrics")
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Figures in the text format of Prometheus."""
    found = await _positions(request)
    if found is not None:
        _HEAD.set(found[0])
        _PROJECTED.set(max(found[1], 0))
        _SEALED.set(found[2])
        _STAMPED.set((await _stamped(request))["position"])
        for one in await _standings(request):
            _WITNESSED.labels(one.name).set(one.position or 0)
            _FAILING.labels(one.name).set(one.failure is not None)
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def health_routes() -> list[HTTPRouteHandler]:
    """Addresses for those who operate the service; open to everyone, without content."""
    return [live, ready, metrics]
