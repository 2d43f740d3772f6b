"""How is the second core used? Another process judges documents while this one reads the file.

It is told portions of documents, one after the other, and answers the places of those that the
ledger refuses; it records nothing. Why they were refused is asked again here, as they are few.
"""

import asyncio
import gc
import struct
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import BinaryIO

import msgspec
from msgspec import Struct

from ledger.application import Caller, Ledger
from ledger.event_store.log import EventLog
from ledger.imports.accounting import Document
from ledger.imports.judging import creation
from ledger.imports.wording import Lang
from ledger.kernel.ages import AgeOnEntry

_LENGTH = struct.Struct("!Q")  # before each message
# What becomes of a process that is killed, or cannot reach the database.
FAILED = (OSError, EOFError, msgspec.MsgspecError)


class Task(Struct, frozen=True, kw_only=True):
    """Where documents are judged, for which file, on whose behalf."""

    url: str
    caller: Caller
    request_id: str
    project: str
    name: str
    lang: Lang


@asynccontextmanager
async def other_process(task: Task) -> AsyncIterator["OtherProcess"]:
    """The process, ready to judge; it ends with the block. May raise one of `FAILED`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ledger.imports.apart",
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    try:
        made = OtherProcess(process)
        made.tell(task)
        await made.refused()  # none of nothing: it is ready
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await _ended(process)


async def _ended(process: Process) -> None:
    """Waits for a killed process, which is soon, even where one is told to end meanwhile."""
    ending = asyncio.ensure_future(process.communicate())
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        await asyncio.wait({ending})
        raise


class OtherProcess:
    """The process that judges. Its methods may raise one of `FAILED`."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._into, self._out = process.stdin, process.stdout

    def tell(self, message: Task | Sequence[Document]) -> None:
        """Gives it a portion to judge; several may wait."""
        encoded = msgspec.msgpack.encode(message)
        self._into.write(_LENGTH.pack(len(encoded)) + encoded)

    async def refused(self) -> list[int]:
        """The places of the refused documents in the first portion that is not answered yet."""
        length = _LENGTH.unpack(await self._out.readexactly(_LENGTH.size))[0]
        return msgspec.msgpack.decode(await self._out.readexactly(length), type=list[int])


# the other side


class _NothingToFind:
    """Documents need no look-ups."""

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """See `ledger.application.Lookups`."""
        return ()

    async def ages_on_entry(self, persons: Sequence[str]) -> Mapping[str, Sequence[AgeOnEntry]]:
        """See `ledger.application.Lookups`."""
        return {}

    async def due_for_erasure(self, persons: Sequence[str], on: date) -> frozenset[str]:
        """See `ledger.application.Lookups`."""
        return frozenset()

    async def projects_of(self, persons: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """See `ledger.application.Lookups`."""
        return {}


async def _judge(task: Task, waiting: "asyncio.Queue[bytes]", out: BinaryIO) -> None:
    log = EventLog(task.url)
    await log.open()
    try:
        ledger = Ledger(log, _NothingToFind(), None)
        _answer(out, [])
        while portion := await waiting.get():
            documents = msgspec.msgpack.decode(portion, type=list[Document])
            wishes = (
                creation(one, task.project, task.name, task.lang, kept=False) for one in documents
            )
            told = await ledger.handle_many(wishes, task.caller, task.request_id, record=False)
            _answer(out, [index for index, _ in told.refused])
    finally:
        await log.close()


def _answer(out: BinaryIO, refused: Sequence[int]) -> None:
    encoded = msgspec.msgpack.encode(refused)
    out.write(_LENGTH.pack(len(encoded)) + encoded)
    out.flush()


async def _run(source: BinaryIO, out: BinaryIO) -> None:
    task = msgspec.msgpack.decode(_message(source), type=Task)
    waiting: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        """In a thread: what is told comes in while documents are judged."""
        while message := _message(source):
            loop.call_soon_threadsafe(waiting.put_nowait, message)
        loop.call_soon_threadsafe(waiting.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    await _judge(task, waiting, out)


def _message(source: BinaryIO) -> bytes:
    """The next message; nothing where there is none any more."""
    length = source.read(_LENGTH.size)
    return source.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else b""


if __name__ == "__main__":
    gc.freeze()  # what is loaded by now stays: there is no garbage to be looked for in it
    asyncio.run(_run(sys.stdin.buffer, sys.stdout.buffer))
