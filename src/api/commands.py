"""Which addresses take commands? One for every command of the catalogue, and the batch."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from api.bodies import json_body, json_object
from api.identity import caller_of
from api.moments import POSITION_HEADER
from api.problems import problem_of
from api.queries import id_in_path
from api.samples import with_draw
from api.state import service
from ledger import catalogue
from ledger.application import Caller, Receipt, Wish
from ledger.imports.case_file import wish_of
from ledger.kernel.errors import Invalid, LedgerError, Malformed
from ledger.kernel.intake import read

BATCH_LIMIT = 1_000
KEY_HEADER = "Idempotency-Key"
log = structlog.get_logger(__name__)


def _key(request: Request[Any, Any, Any]) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise Malformed(why=f"the header {KEY_HEADER} must have 1 to 255 printable characters.")
    return key


def _if_match(request: Request[Any, Any, Any]) -> int | None:
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"?([0-9]{1,18})"?\s*', text)
    if not found:
        raise Malformed(why='the header If-Match must be a version such as "3".')
    return int(found[1])


def _answer(body: Any, position: int, status: int, **headers: str) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={POSITION_HEADER: str(position), **headers},
    )


async def carry_out(
    request: Request[Any, Any, Any], caller: Caller, wish: Wish, key: str | None
) -> Receipt:
    """Carries out one command, whatever door it came in by. Raises a `LedgerError`."""
    wish = await with_draw(request, caller, wish)
    return await service(request).ledger.handle(wish, caller, request.state.request_id, key)


def _command_route(collection: str, command: str, *, creates: bool) -> HTTPRouteHandler:
    async def record(request: Request[Any, Any, Any]) -> Response[bytes]:
        caller = await caller_of(request)
        wish = Wish(
            collection=collection,
            command=command,
            id=None if creates else id_in_path(request),
            body=json_body(await request.body()),
            if_match=_if_match(request),
        )
        receipt = await carry_out(request, caller, wish, _key(request))
        headers = {"ETag": f'"{receipt.version}"'}
        if creates:
            headers["Location"] = f"/api/{collection}/{receipt.id}"
        return _answer(receipt.answer(), receipt.position, 201, **headers)

    path = f"/api/{collection}" if creates else f"/api/{collection}/{{id:str}}/{command}"
    return post(path, name=f"command:{collection}/{command}")(record)


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several commands in one request."""

    commands: list[dict[str, Any]]
    atomic: bool = True


def _wishes(batch: Batch) -> list[Wish]:
    """The batch's commands. Raises `Invalid`."""
    if not 1 <= len(batch.commands) <= BATCH_LIMIT:
        raise Invalid.field("commands", f"from 1 to {BATCH_LIMIT} commands are expected")
    found = []
    for index, one in enumerate(batch.commands):
        where = f"commands[{index}]"
        if unknown := one.keys() - {"path", "body"}:
            raise Invalid.field(f"{where}.{min(unknown)}", "is not a field of a batch's command")
        if not isinstance(one.get("path"), str):
            raise Invalid.field(f"{where}.path", "is required")
        try:
            found.append(wish_of(one["path"], one.get("body")))
        except Malformed as error:
            raise Invalid.field(f"{where}.path", str(error.facts["why"])) from None
    return found


@post("/api/batch", name="batch")
async def record_batch(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Carries out several commands: all or none, or each by itself."""
    caller = await caller_of(request)
    if "If-Match" in request.headers:
        raise Malformed(why="the header If-Match names one object's version, not a batch's.")
    batch, _ = read(Batch, json_object(await request.body()))
    wishes = _wishes(batch)
    if batch.atomic:
        wishes = [await with_draw(request, caller, wish) for wish in wishes]
        receipts = await service(request).ledger.handle_all(
            wishes, caller, request.state.request_id, _key(request)
        )
        return _answer([one.answer() for one in receipts], receipts[-1].position, 201)
    return await _one_by_one(request, caller, wishes)


async def _one_by_one(
    request: Request[Any, Any, Any], caller: Caller, wishes: list[Wish]
) -> Response[bytes]:
    """Each command by itself; with a key, each under a key of its own, so a repeat is safe."""
    key = _key(request)
    # Nobody can send such a key: headers have no control characters.
    keys = [None if key is None else f"{key}\x1f{index}" for index in range(len(wishes))]
    await _check_same_body(request, caller, wishes, keys)
    results: list[dict[str, Any]] = []
    position = 0
    for wish, own in zip(wishes, keys, strict=True):
        try:
            receipt = await carry_out(request, caller, wish, own)
        except LedgerError as error:
            results.append(problem_of(error))
        else:
            position = max(position, receipt.position)
            results.append({"status": 201, **receipt.answer()})
    position = position or await service(request).log.head()
    return _answer(results, position, 200)


async def _check_same_body(
    request: Request[Any, Any, Any],
    caller: Caller,
    wishes: Sequence[Wish],
    keys: Sequence[str | None],
) -> None:
    """Raises `KeyReused` where a command recorded under its key was another one."""
    named = [key for key in keys if key is not None]
    if not named:
        return
    recorded = await service(request).log.recorded_keys(caller.id, named)
    for wish, key in zip(wishes, keys, strict=True):
        if key in recorded:
            await service(request).ledger.answered(caller, key, [wish])


def command_routes() -> list[HTTPRouteHandler]:
    """Every address that takes a command."""
    found: list[HTTPRouteHandler] = [record_batch]
    for collection, aggregate in catalogue.aggregates().items():
        for name, kind in aggregate.commands.items():
            if kind.terms.operator_only:
                continue
            found.append(_command_route(collection, name, creates=kind.terms.creates))
    return found
