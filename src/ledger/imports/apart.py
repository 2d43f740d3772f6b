"""How is the second core used? Half of a large file is judged in a process of its own.

The other process is told the documents and answers the places of those that were refused; it
records nothing. Why they were refused is asked again here, as they are few.
"""

import asyncio
import sys
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ledger.application import Caller, Ledger
from ledger.event_store.log import EventLog
from ledger.imports.accounting import Document
from ledger.imports.judging import creation
from ledger.imports.wording import Lang

WORTH_IT = 10_000  # documents; a process takes a second to begin


class Task(Struct, frozen=True, kw_only=True):
    """What is to be judged, where, on whose behalf."""

    url: str
    caller: Caller
    request_id: str
    project: str
    name: str
    lang: Lang
    documents: Sequence[Document]


class _NothingToFind:
    """Documents need no look-ups."""

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """See `ledger.application.Lookups`."""
        return ()


async def refused_apart(task: Task) -> list[int]:
    """The places of the documents that the ledger refuses, found by another process.

    Where that fails, it says of all documents that they have to be judged here.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ledger.imports.apart",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answer, _ = await process.communicate(msgspec.msgpack.encode(task))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        return list(range(len(task.documents)))
    return msgspec.msgpack.decode(answer, type=list[int])


async def _judge(task: Task) -> list[int]:
    log = EventLog(task.url)
    await log.open()
    try:
        ledger = Ledger(log, _NothingToFind())
        wishes = (
            creation(one, task.project, task.name, task.lang, kept=False) for one in task.documents
        )
        told = await ledger.handle_many(wishes, task.caller, task.request_id, record=False)
    finally:
        await log.close()
    return [index for index, _ in told.refused]


if __name__ == "__main__":
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(_judge(asked))))
