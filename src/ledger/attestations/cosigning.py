"""Does a witness know how far the log has come? One loop for each: it shows what is new, and keeps
what the witness signs."""

import asyncio
import random
from datetime import UTC, datetime

import httpx
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from ledger.attestations.refusals import AnswerRefused
from ledger.attestations.submitting import ForkTold, SizeTold, submit
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import Signature
from ledger.integrity.published import PublishedTree, SignedTree

LOOK_SECONDS = 1.0  # how often is asked whether the log has grown
PACE_SECONDS = 5.0  # between two checkpoints that are shown, while the log grows
LONGEST_PAUSE_SECONDS = 300.0  # after failures; the first pause is a second
TRIES = 3  # a witness that was shown a newer checkpoint meanwhile tells another size

log = structlog.get_logger(__name__)


class Cosigning:
    """Shows the log to one witness, for as long as it runs."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tree: PublishedTree,
        writing: psycopg.AsyncConnection,
        witness: WitnessAt,
    ) -> None:
        self._http, self._tree, self._writing = http, tree, writing
        self.witness = witness
        self.failure: str | None = None
        self._failures = 0
        self._cosigned = -1  # the size that the witness is known to have signed

    async def run(self) -> None:
        """The loop; it ends by being cancelled, or with an error of the database."""
        newest = await self._tree.cosigned_by(self.witness.name, self.witness.verifier)
        self._cosigned = -1 if newest is None else newest.size
        while True:
            await asyncio.sleep(await self._step())

    async def _step(self) -> float:
        """Shows what is new; how long to wait until the next look."""
        signed = await self._tree.newest()
        if signed is None or signed.checkpoint.size <= self._cosigned:
            return LOOK_SECONDS
        try:
            await self._show(signed)
        except (AnswerRefused, SizeTold, httpx.HTTPError, httpx.InvalidURL) as error:
            return self._failed(error)
        except (LookupError, PoolTimeout) as error:  # a tile that somebody has touched
            return self._failed(error)
        if self.failure is not None:
            log.info("witness.back", witness=self.witness.name)
        self.failure, self._failures = None, 0
        return PACE_SECONDS

    def _failed(self, error: Exception) -> float:
        """Says why, the first time, and waits longer each time."""
        why = f"{type(error).__name__}: {error}"
        if why != self.failure:
            say = log.critical if isinstance(error, ForkTold) else log.warning
            say("witness.failed", witness=self.witness.name, why=why)
        self.failure = why
        pause = min(2.0**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 30)
        return pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret: not all at once

    async def _show(self, signed: SignedTree) -> None:
        size, old = signed.checkpoint.size, max(self._cosigned, 0)
        for last_try in (False,) * (TRIES - 1) + (True,):
            proof = await self._tree.consistency(old, size) if old else []
            try:
                made = await submit(self._http, self.witness, old, proof, signed.note)
            except SizeTold as told:
                if last_try or told.size > size:
                    raise
                old = told.size
                continue
            await self._keep(size, made)
            return

    async def _keep(self, size: int, made: Signature) -> None:
        await self._writing.execute(
            "INSERT INTO tree.cosignatures (size, name, note_line, received_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (size, made.name, made.line(), datetime.now(UTC)),
        )
        self._cosigned = size
