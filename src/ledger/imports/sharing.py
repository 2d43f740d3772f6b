"""How do two processes share a large file? Both take from one pile of documents until it is empty.

The other process begins at the front while the file is still being read; this one begins at the
back when it has read the file. So both end at the same time, however fast each of them is.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from ledger.imports.accounting import Document
from ledger.imports.apart import FAILED, OtherProcess, Task, other_process
from ledger.kernel.errors import LedgerError

WORTH_IT = 10_000  # documents; a process takes a second to begin
PORTION = 1_000
AHEAD = 2  # portions that the other process is told: one to judge, one to go on with

Judge = Callable[[Sequence[Document]], Awaitable[dict[str, LedgerError]]]


class Pile:
    """The documents of a file that wait to be judged; those that the ledger refuses, by their id.

    The other process is told a document when it is likely to be complete: where a later row still
    changes it, it is judged once more.
    """

    def __init__(self, task: Task, judge: Judge) -> None:
        self._loop = asyncio.get_running_loop()
        self._task, self._judge = task, judge
        self._waiting: deque[Sequence[Document]] = deque()
        self._told: deque[Sequence[Document]] = deque()  # to the other process, not answered yet
        self._charges: dict[str, int] = {}  # how many a document had when it was told
        self._refused_apart: list[str] = []
        self._other: asyncio.Task[None] | None = None
        self._changed, self._answered = asyncio.Event(), asyncio.Event()
        self._read = False
        self._seen = 0
        self.judged = 0

    def add(self, documents: Sequence[Document]) -> None:
        """Puts documents on the pile; called by the thread that reads the file."""
        self._loop.call_soon_threadsafe(self._add, documents)

    def _add(self, documents: Sequence[Document]) -> None:
        self._waiting.append(documents)
        self._seen += len(documents)
        self._changed.set()
        if self._seen >= WORTH_IT and self._other is None:
            self._other = asyncio.create_task(self._judge_apart())

    async def refused(
        self, documents: Mapping[str, Document], tell: Callable[[int], None]
    ) -> dict[str, LedgerError]:
        """What the ledger says to these documents, all those of the file that are of interest."""
        self._read = True
        self._waiting = self._rest(documents)
        self._changed.set()
        found: dict[str, LedgerError] = {}
        while self._waiting or self._told:
            if self._waiting:
                portion = self._waiting.pop()
                found |= await self._judge(portion)
                self.judged += len(portion)
            else:
                self._answered.clear()
                await self._answered.wait()
            tell(self.judged)
        again = [documents[id] for id in self._refused_apart if id in documents]
        return found | await self._judge(again)

    def _rest(self, documents: Mapping[str, Document]) -> deque[Sequence[Document]]:
        """What is not judged yet, or is not as it was told."""
        rest = [one for id, one in documents.items() if self._charges.get(id) != len(one.charges)]
        return deque(rest[start : start + PORTION] for start in range(0, len(rest), PORTION))

    async def close(self) -> None:
        """Ends the other process."""
        if self._other is not None:
            self._other.cancel()
            with suppress(asyncio.CancelledError):
                await self._other

    # the other process

    async def _judge_apart(self) -> None:
        try:
            async with other_process(self._task) as other:
                while self._told or not (self._read and not self._waiting):
                    while self._waiting and len(self._told) < AHEAD:
                        self._tell(other, self._waiting.popleft())
                    if self._told:
                        self._note(await other.refused())
                    else:
                        self._changed.clear()
                        await self._changed.wait()
        except FAILED:
            pass  # what it was told and did not answer is judged here
        finally:
            for portion in self._told:
                for one in portion:
                    self._charges.pop(one.id, None)
            self._waiting.extendleft(self._told)
            self._told.clear()
            self._answered.set()

    def _tell(self, other: OtherProcess, portion: Sequence[Document]) -> None:
        # Counted first: the thread that reads may add a charge at any moment.
        self._charges |= {one.id: len(one.charges) for one in portion}
        other.tell(portion)
        self._told.append(portion)

    def _note(self, refused: Sequence[int]) -> None:
        portion = self._told.popleft()
        self._refused_apart += [portion[index].id for index in refused]
        self.judged += len(portion)
        self._answered.set()
