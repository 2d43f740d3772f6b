"""How is another body asked, again and again? One loop, which waits longer after each failure."""

import asyncio
import random
from abc import ABC, abstractmethod

import httpx
import structlog
from psycopg_pool import PoolTimeout

from ledger.attestations.refusals import AnswerRefused, ForkTold, SizeTold

TIMEOUT = httpx.Timeout(10.0)
LONGEST_PAUSE_SECONDS = 300.0  # after failures; the first pause is a second

log = structlog.get_logger(__name__)


class Asking(ABC):
    """Asks one body, for as long as it runs; `failure` says why it could not be asked last."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failure: str | None = None
        self._failures = 0

    async def run(self) -> None:
        """The loop; it ends by being cancelled, or with an error of the database."""
        while True:
            await asyncio.sleep(await self._try())

    @abstractmethod
    async def step(self) -> float:
        """Asks what is to be asked now; how many seconds to wait until the next look."""

    async def _try(self) -> float:
        try:
            pause = await self.step()
        except (AnswerRefused, SizeTold, httpx.HTTPError, httpx.InvalidURL) as error:
            return self._failed(error)
        except (LookupError, PoolTimeout) as error:  # a tile that somebody has touched
            return self._failed(error)
        if self.failure is not None:
            log.info("attesting.back", asked=self.name)
        self.failure, self._failures = None, 0
        return pause

    def _failed(self, error: Exception) -> float:
        """Says why, the first time, and waits longer each time."""
        why = f"{type(error).__name__}: {error}"
        if why != self.failure:
            say = log.critical if isinstance(error, ForkTold) else log.warning
            say("attesting.refused", asked=self.name, why=why)
        self.failure = why
        pause = min(2.0**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 30)
        return pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret: not all at once


async def read(answer: httpx.Response, limit_bytes: int) -> bytes:
    """What was answered. Raises `AnswerRefused` where that is too much."""
    found = b""
    async for chunk in answer.aiter_bytes():
        found += chunk
        if len(found) > limit_bytes:
            raise AnswerRefused("its answer is too long")
    return found
