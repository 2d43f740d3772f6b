"""Does a witness know how far the log has come? It is shown what is new; what it signs is kept."""

from datetime import UTC, datetime

import httpx
import psycopg

from ledger.attestations.asking import Asking
from ledger.attestations.refusals import SizeTold
from ledger.attestations.standing import last_cosigned
from ledger.attestations.submitting import submit
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import Signature
from ledger.integrity.published import PublishedTree, SignedTree

LOOK_SECONDS = 1.0  # how often is asked whether the log has grown
PACE_SECONDS = 5.0  # between two checkpoints that are shown, while the log grows
TRIES = 3  # a witness that was shown a newer checkpoint meanwhile tells another size


class Cosigning(Asking):
    """Shows the log to one witness."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tree: PublishedTree,
        writing: psycopg.AsyncConnection,
        witness: WitnessAt,
    ) -> None:
        super().__init__(witness.name)
        self._http, self._tree, self._writing = http, tree, writing
        self._witness = witness
        self._cosigned: int | None = None  # the size that the witness is known to have signed

    async def step(self) -> float:
        """Shows what is new."""
        if self._cosigned is None:
            last = await last_cosigned(self._tree, self.name, self._witness.verifier)
            self._cosigned = -1 if last is None else last.size
        signed = await self._tree.newest()
        if signed is None or signed.checkpoint.size <= self._cosigned:
            return LOOK_SECONDS
        await self._show(signed, max(self._cosigned, 0))
        return PACE_SECONDS

    async def _show(self, signed: SignedTree, old: int) -> None:
        size = signed.checkpoint.size
        for last_try in (False,) * (TRIES - 1) + (True,):
            proof = await self._tree.consistency(old, size) if old else []
            try:
                made = await submit(self._http, self._witness, old, proof, signed.note)
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
