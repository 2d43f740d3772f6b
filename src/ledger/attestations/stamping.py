"""When was the log as it is? Once a day an authority stamps the last checkpoint."""

from datetime import UTC, datetime

import httpx
import psycopg

from ledger.attestations.asking import Asking, read
from ledger.attestations.authority import Authority, check_stamp, query
from ledger.attestations.refusals import AnswerRefused
from ledger.integrity.published import PublishedTree, SignedTree
from ledger.kernel.calendar import day_in_warsaw

LOOK_SECONDS = 30.0  # how often is asked whether a day has begun
ANSWER_LIMIT_BYTES = 65_536
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}
_LAST = """
SELECT size, received_at FROM tree.timestamps WHERE authority = %s ORDER BY size DESC LIMIT 1"""


class Stamping(Asking):
    """Has the checkpoint of each day stamped, if the log has grown since the last one."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tree: PublishedTree,
        writing: psycopg.AsyncConnection,
        authority: Authority,
    ) -> None:
        super().__init__(authority.url)
        self._http, self._tree, self._writing = http, tree, writing
        self._authority = authority

    async def step(self) -> float:
        """Has the newest checkpoint stamped where that is due."""
        signed = await self._tree.newest()
        if signed is not None and await self._due(signed.checkpoint.size):
            await self._stamp(signed)
        return LOOK_SECONDS

    async def _due(self, size: int) -> bool:
        found = await self._writing.execute(_LAST, (self._authority.url,))
        row = await found.fetchone()
        if row is None:
            return size > 0
        return size > row[0] and day_in_warsaw(row[1]) < day_in_warsaw(datetime.now(UTC))

    async def _stamp(self, signed: SignedTree) -> None:
        asked = query(signed.note)
        sent = self._http.stream("POST", self._authority.url, content=asked.sent, headers=_HEADERS)
        async with sent as answer:
            response = await read(answer, ANSWER_LIMIT_BYTES)
        if answer.status_code != httpx.codes.OK:
            raise AnswerRefused(f"{answer.status_code}: {response[:200].decode(errors='replace')}")
        stamp = check_stamp(response, signed.note, self._authority.certificates, asked.nonce)
        await self._writing.execute(
            "INSERT INTO tree.timestamps (size, authority, response, stamped_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (signed.checkpoint.size, self._authority.url, response, stamp.at),
        )
