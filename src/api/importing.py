"""What is done with a file of documents, whoever brings it: a program or somebody at a page."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO, NamedTuple, cast

from ledger.application import Caller, new_id
from ledger.bootstrap import Parts
from ledger.imports.budget import Budget
from ledger.imports.expenditures import Imports, Order, Outcome
from ledger.imports.kept import ImportReceipt, Kept, KeptImports
from ledger.imports.problems import Problems, Unreadable
from ledger.imports.reading import Asked, Tell, Told, read_file
from ledger.imports.recorded import budget_of
from ledger.kernel.errors import Invalid, NotFound

FILE_LIMIT_BYTES = 50 * 1024 * 1024
FORM_BYTES = 64 * 1024  # what a form adds to its file
CHUNK_BYTES = 256 * 1024
SPOOLED_BYTES = 1024 * 1024  # larger files wait on the disk
ROLES = frozenset({"officer", "admin"})


class Committed(NamedTuple):
    """What became of a commit: the receipt, or why it was refused when it was judged again."""

    kept: Kept
    receipt: ImportReceipt | None
    refused: Outcome | None = None


def silent(_done: int, _all: int) -> None:
    """Tells nobody how far it is."""


async def budget_for(parts: Parts, caller: Caller, named: str) -> Budget:
    """The project of that id or code. Raises `Invalid` where the caller sees none."""
    await parts.reading.wait_for(await parts.log.head())
    found = await budget_of(parts.reading, named)
    if found is None or caller.project not in (None, found.project):
        raise Invalid.field("project", "unknown in projects")
    return found


def kept_imports(parts: Parts) -> KeptImports:
    """The files that were checked."""
    return KeptImports(parts.url)


async def kept_import(parts: Parts, id: str, caller: Caller) -> Kept:
    """The file that was checked under that id. Raises `NotFound`."""
    found = await kept_imports(parts).get(id, caller.project)
    if found is None:
        raise NotFound
    return found


async def check(
    parts: Parts, file: BinaryIO, order: Order, tell: Tell = silent, id: str | None = None
) -> Kept:
    """Checks a file and keeps it with what was found. Raises `Invalid` for one not to be read."""
    outcome = await _run(parts, file, order, tell)
    file.seek(0)
    project = order.budget.project
    stored = await parts.documents.put(
        _chunks(file), name=order.name, by=order.caller.name, project=project
    )
    id = id or new_id()
    kept = Kept(
        id=id, project=project, digest=stored.sha256, name=order.name, line=order.line,
        lang=order.lang, outcome=outcome,
    )  # fmt: skip
    await kept_imports(parts).add(kept, order.caller.name)
    return await kept_import(parts, id, order.caller)


async def commit(
    parts: Parts, id: str, caller: Caller, request_id: str, tell: Tell = silent
) -> Committed:
    """Records a file that was checked: judged again, whole or not at all, and once.

    Raises `NotFound`.
    """
    async with kept_imports(parts).held(id, caller.project) as held:
        if held.kept is None:
            raise NotFound
        if held.kept.receipt is not None:
            return Committed(held.kept, held.kept.receipt)
        outcome = await _record(parts, caller, held.kept, request_id, tell)
        if outcome.position is None:
            return Committed(held.kept, None, outcome)
        receipt = ImportReceipt(
            id=id,
            project=held.kept.project,
            recorded=outcome.recorded,
            known=outcome.known,
            position=outcome.position,
        )
        await held.committed(receipt)
        return Committed(held.kept, receipt)


async def _record(parts: Parts, caller: Caller, kept: Kept, request_id: str, tell: Tell) -> Outcome:
    """Reads the kept file again by its digest."""
    order = Order(
        name=kept.name,
        budget=await budget_for(parts, caller, kept.project),
        line=kept.line,
        lang=kept.lang,
        caller=caller,
        request_id=request_id,
        record=True,
    )
    async with _kept_file(parts, kept) as file:
        return await _run(parts, file, order, tell)


async def told_again(parts: Parts, caller: Caller, kept: Kept) -> tuple[Told, Budget]:
    """What a kept file tells, and for which budget; nothing of it is judged by the ledger.

    Raises `Invalid` where it cannot be read any more.
    """
    budget = await budget_for(parts, caller, kept.project)
    asked = Asked(
        name=kept.name,
        budget=budget,
        line=kept.line,
        scoped=caller.project is not None,
        lang=kept.lang,
        today=parts.ledger.today().isoformat(),
    )
    problems = Problems(kept.lang)
    async with _kept_file(parts, kept) as file:
        try:
            return await asyncio.to_thread(read_file, file, asked, problems, silent), budget
        except Unreadable as error:
            raise Invalid.field("file", str(error.facts["why"])) from None


@asynccontextmanager
async def _kept_file(parts: Parts, kept: Kept) -> AsyncIterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as spooled:
        file = cast(BinaryIO, spooled)
        async for chunk in parts.documents.get(kept.digest):
            file.write(chunk)
        yield file


async def _run(parts: Parts, file: BinaryIO, order: Order, tell: Tell) -> Outcome:
    imports = Imports(parts.url, parts.ledger, parts.log, parts.reading, parts.documents)
    try:
        return await imports.run(file, order, tell)
    except Unreadable as error:
        raise Invalid.field("file", str(error.facts["why"])) from None


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
