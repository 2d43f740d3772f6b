"""How do many that ask at once ask one question? Whoever waits is answered together.

What is asked while an answer is on its way goes into the next question, so no answer is older than
what it was asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Looks things up by key, all keys that are wanted at a time with one call of `ask`."""

    def __init__(self, ask: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._ask = ask
        self._waiting: list[tuple[K, asyncio.Future[V | None]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """What is found under the key; None: nothing. Raises what `ask` raises."""
        found: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, found))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._answer_all())
        return await found

    async def _answer_all(self) -> None:
        while batch := self._waiting:
            self._waiting = []
            try:
                answers = await self._ask({key for key, _ in batch})
            except BaseException as error:
                for _, found in batch:
                    if not found.done():
                        found.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for key, found in batch:
                    if not found.done():  # whoever asked may have gone
                        found.set_result(answers.get(key))
