"""How can others check the log? Its checkpoint, its tiles (C2SP tlog-tiles), proofs, receipts."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.describing import TEXT, WHOLE, Schema, answered, list_of, parameter, ref
from api.identity import READ_THE_LOG, caller_of, require_role
from api.moments import number_of, query_of, question_of
from api.queries import encoded
from api.state import outside_of, service
from ledger.application import Caller
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.published import SignedTree
from ledger.integrity.receipts import Receipt, ReceiptRefused, receipt
from ledger.integrity.tiles import WIDTH, Address, Tile, bundle, read_address
from ledger.integrity.tree import HASH_BYTES
from ledger.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Refusal
from ledger.queries.asking import Question
from ledger.queries.leaves import may_see, seen

SEALED_WITHIN_SECONDS = 2.0
LAST_POSITION = 2**62
# What an address names never changes. It is not for everybody, so only the reader may keep it.
_FOR_EVER = "private, max-age=31536000, immutable"


class InclusionAnswer(Struct, frozen=True, kw_only=True):
    """The proof that an event stands in the log of that size (RFC 9162, hashes in hex)."""

    leaf_index: int
    tree_size: int
    leaf_hash: str
    hashes: list[str]


class ConsistencyAnswer(Struct, frozen=True, kw_only=True):
    """The proof that the log of size `second` goes on from that of size `first`."""

    first: int
    second: int
    hashes: list[str]


class NotAsSealed(Refusal):
    """The event at position {position} is not the one that was sealed: {why}."""


async def _newest(request: Request[Any, Any, Any]) -> SignedTree:
    """The last checkpoint. Raises `NotNow` before the first."""
    signed = await service(request).tree.newest()
    if signed is None:
        raise NotNow(why="the log has not been signed yet.")
    return signed


@get("/log/checkpoint", name="log:checkpoint")
async def read_checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
    """How large the log is and what its root is, signed; for everyone to keep and compare."""
    query_of(request, ())
    return Response(
        (await _newest(request)).whole,
        media_type="text/plain",
        headers={"Cache-Control": "no-cache"},
    )


@get("/log/tile/{address:path}", name="log:tile")
async def read_tile(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A tile of hashes, or a bundle of 256 events."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query_of(request, ())
    address = read_address(str(request.path_params["address"]).removeprefix("/"))
    if address is None:
        raise NotFound
    headers = {"Cache-Control": _FOR_EVER}
    if address.level is None:
        body = await _entries(request, caller, address)
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers["Content-Encoding"] = "gzip"
    else:
        hashes = await service(request).tree.tile(Tile(address.level, address.n)) or b""
        body = hashes[: address.width * HASH_BYTES]
        if len(body) < address.width * HASH_BYTES:
            raise NotFound
    return Response(body, media_type="application/octet-stream", headers=headers)


async def _entries(request: Request[Any, Any, Any], caller: Caller, address: Address) -> bytes:
    """The events of a bundle, which are of many projects."""
    if caller.project is not None:
        raise Forbidden(needed="auditor or admin of all projects")
    parts = service(request)
    if await parts.tree.size() < address.end:
        raise NotFound
    start = address.n * WIDTH
    positions = range(start + 1, start + address.width + 1)
    leaves = await parts.log.at(positions)
    if len(leaves) < address.width:
        raise NotAsSealed(position=start + len(leaves) + 1, why="it is missing")
    return bundle(leaf.bytes for leaf in leaves)


async def _visible(request: Request[Any, Any, Any], position: int) -> Question:
    """The question of somebody who may see that event. Raises `NotFound`, `Forbidden`."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    parts = service(request)
    # What the read models have come to is known without asking; what they have not, seldom is.
    if position > await parts.reading.reached() and position > await parts.log.head():
        raise NotFound
    if caller.project is not None:  # whose event it is, is what the read models know
        await parts.reading.wait_for(position)
    question = await question_of(request, caller, {})
    if not await may_see(question, position):
        raise NotFound
    return question


async def _sealed(request: Request[Any, Any, Any], position: int) -> int:
    """The tree's size, once it covers the event. Raises `NotNow`."""
    size = await service(request).tree.wait_for(position, SEALED_WITHIN_SECONDS)
    if size < position:
        raise NotNow(why=f"the log is sealed up to {max(size, 0)}, not yet to {position}.")
    return size


@get("/api/log/proofs/inclusion", name="log:inclusion")
async def prove_inclusion(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The proof that an event stands in the log."""
    query = query_of(request, {"position", "size"})
    position = _number(query, "position", 1)
    question = await _visible(request, position)
    sealed = await _sealed(request, position)
    size = _size(query, "size", position, sealed)
    leaf, path = await service(request).tree.inclusion(position - 1, size)
    answer = InclusionAnswer(
        leaf_index=position - 1, tree_size=size, leaf_hash=leaf.hex(), hashes=_hex(path)
    )
    return encoded(answer, question)


@get("/api/log/proofs/consistency", name="log:consistency")
async def prove_consistency(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The proof that nothing was changed between two sizes of the log."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query = query_of(request, {"first", "second"})
    question = await question_of(request, caller, {})
    first = _number(query, "first", 1)
    sealed = max(await service(request).tree.size(), 0)
    second = _size(query, "second", first, sealed)
    path = await service(request).tree.consistency(first, second)
    return encoded(ConsistencyAnswer(first=first, second=second, hashes=_hex(path)), question)


@get("/api/log/receipts/{position:str}", name="log:receipt")
async def give_receipt(request: Request[Any, Any, Any]) -> Response[bytes]:
    """One file that proves, without the ledger, that the event stands in the signed log."""
    query_of(request, ())
    try:
        position = number_of("position", request.path_params["position"], 1, LAST_POSITION)
    except Invalid:
        raise NotFound from None
    question = await _visible(request, position)
    await _sealed(request, position)
    with _keys_needed():
        answer = await _receipt(request, question, position)
    response = encoded(answer, question)
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{position}.json"'
    return response


@contextmanager
def _keys_needed() -> Iterator[None]:
    """Raises `NotNow` where the folder of the log's keys cannot be read."""
    try:
        yield
    except KeysRefused:
        raise NotNow(why="the keys of the log cannot be read here.") from None


async def _receipt(request: Request[Any, Any, Any], question: Question, position: int) -> Receipt:
    parts = service(request)
    # One that others vouch for is worth more than the newest one; both have the event.
    signed = await parts.tree.vouched_for(position) or await _newest(request)
    _, path = await parts.tree.inclusion(position - 1, signed.checkpoint.size)
    events = await seen(question, parts.log, [position])
    if events and events[0].withheld:
        raise NotFound  # a receipt holds the whole event
    try:
        if not events:
            raise ReceiptRefused("it is missing")
        keys = parts.tree.verifiers()
        witnesses, leaf = outside_of(request).witness_keys, events[0].leaf.bytes
        return receipt(leaf, position - 1, path, signed.whole, keys, witnesses)
    except ReceiptRefused as error:
        raise NotAsSealed(position=position, why=error) from None


class ContinuationAnswer(Struct, frozen=True, kw_only=True):
    """Events were lost, and another log goes on from what was kept of the one that ended."""

    ended: str
    continued: str
    kept: int
    lost_from: int
    lost_to: int
    by: str
    at: str
    reason: str
    statement: str


@get("/api/log/continuations", name="log:continuations")
async def list_continuations(request: Request[Any, Any, Any]) -> Response[bytes]:
    """How the log went on after events were lost, the oldest first."""
    caller = await caller_of(request)
    require_role(caller, READ_THE_LOG)
    query_of(request, ())
    question = await question_of(request, caller, {})
    tree = service(request).tree
    with _keys_needed():
        said = list(zip(tree.continuations(), tree.statements(), strict=True))
    answers = [
        ContinuationAnswer(
            ended=one.signed.origin,
            continued=one.verifier.name,
            kept=one.kept.size,
            lost_from=one.lost[0],
            lost_to=one.lost[-1],
            by=one.by,
            at=one.at,
            reason=one.reason,
            statement=note.decode(),
        )
        for one, note in said
    ]
    position = question.moment.known_at
    return encoded({"items": answers, "next": None, "position": position}, question)


def _number(query: dict[str, str], name: str, least: int) -> int:
    if name not in query:
        raise Invalid.field(name, "is required")
    return number_of(name, query[name], least, LAST_POSITION)


def _size(query: dict[str, str], name: str, least: int, sealed: int) -> int:
    """A size between what is asked about and what is sealed; the latter if none is given."""
    if least > sealed:
        raise Invalid.field(name, f"the log is sealed up to {sealed}")
    return number_of(name, query[name], least, sealed) if name in query else sealed


def _hex(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def describe_log() -> dict[str, Schema]:
    """The addresses in OpenAPI; below /log/ they are those of C2SP tlog-tiles."""
    proofs = "/api/log/proofs"
    position = parameter("position", "The event.", WHOLE, 2814)
    size = parameter("size", "In the log of this size.", WHOLE, 5000)
    first = parameter("first", "From this size.", WHOLE, 2814)
    second = parameter("second", "To this size.", WHOLE, 5000)
    rows: list[tuple[str, str, Schema, list[Schema]]] = [
        (f"{proofs}/inclusion", "The proof that an event stands in the log", ref(InclusionAnswer),
         [position, size]),
        (f"{proofs}/consistency", "The proof that the log only grew", ref(ConsistencyAnswer),
         [first, second]),
        ("/api/log/continuations", "How the log went on after events were lost",
         list_of(ref(ContinuationAnswer)), []),
        ("/api/log/receipts/{position}", "A file that proves an event offline", ref(Receipt), []),
        ("/log/checkpoint", "The signed checkpoint, for everyone", TEXT, []),
        ("/log/tile/{address}", "A tile or a bundle of events: 0/x001/067, entries/000.p/8",
         {"contentMediaType": "application/octet-stream"}, []),
    ]  # fmt: skip
    found = {path: answered(path, what, answer, given, "log") for path, what, answer, given in rows}
    for path, kind in (("/log/checkpoint", "text/plain"), ("/log/tile/{address}", "*/*")):
        answer = found[path]["get"]["responses"]["200"]
        answer["content"] = {kind: answer["content"].pop("application/json")}
    found["/log/checkpoint"]["get"]["security"] = []
    return found


def log_routes() -> list[HTTPRouteHandler]:
    """The addresses by which the log is checked."""
    return [
        read_checkpoint, read_tile, prove_inclusion, prove_consistency, give_receipt,
        list_continuations,
    ]  # fmt: skip
