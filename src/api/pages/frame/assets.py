"""Where are styles, scripts and fonts? Built files, named after their content, kept in memory."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from litestar import Request, Response, get

from ledger.kernel.errors import NotFound

STATIC = Path(__file__).parents[2] / "static"
PREFIX = "/static"
_YEAR_SECONDS = 31_536_000
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class Asset(NamedTuple):
    """A built file: as it is, and compressed where that is smaller."""

    content: bytes
    compressed: bytes | None
    media_type: str


@cache
def manifest() -> dict[str, str]:
    """The name of every asset with the digest of its content in it, by its plain name."""
    try:
        found: dict[str, str] = json.loads((STATIC / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise RuntimeError("The pages' styles and scripts are not built: run make setup.") from None
    return found


def asset(name: str) -> str:
    """The address of an asset."""
    return f"{PREFIX}/{manifest()[name]}"


@cache
def _kept() -> dict[str, Asset]:
    found = {}
    for name in manifest().values():
        path = STATIC / name
        packed = path.with_name(f"{name}.gz")
        compressed = packed.read_bytes() if packed.is_file() else None
        found[name] = Asset(path.read_bytes(), compressed, _TYPES[path.suffix])
    return found


@get(PREFIX + "/{name:str}", name="static")
async def static(request: Request[Any, Any, Any]) -> Response[bytes]:
    """An asset; its name changes with its content, so it may be kept for ever."""
    found = _kept().get(str(request.path_params["name"]))
    if found is None:
        raise NotFound
    headers = {
        "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    body = found.content
    if found.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        body = found.compressed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=found.media_type, headers=headers)


@get("/favicon.ico", name="favicon")
async def favicon() -> Response[bytes]:
    """The icon, for browsers that ask for it without being told."""
    found = _kept()[manifest()["favicon.svg"]]
    return Response(found.content, media_type=found.media_type)
