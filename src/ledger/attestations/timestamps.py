"""When was the log as it is? The timestamps that were had of its checkpoints, the newest first."""

from base64 import b64encode
from datetime import datetime

from msgspec import Struct

from ledger.attestations.authority import read_stamp
from ledger.attestations.refusals import AnswerRefused
from ledger.integrity.published import PublishedTree

_PAGE = """
SELECT t.size, t.authority, t.stamped_at, t.received_at, t.response, c.root, c.note
FROM tree.timestamps AS t JOIN tree.checkpoints AS c USING (size)
WHERE t.size < %s ORDER BY t.size DESC, t.authority LIMIT %s"""


class Timestamp(Struct, frozen=True, kw_only=True):
    """The log had this root, of so many events, at that time: an authority says so (RFC 3161).

    `response`: as it answered, DER in base64; it is of the SHA-256 of `checkpoint`.
    """

    position: int
    root: str
    authority: str
    stamped_at: datetime
    received_at: datetime
    policy: str | None
    serial: str | None
    checkpoint: str
    response: str


async def timestamps(tree: PublishedTree, before: int, limit: int) -> list[Timestamp]:
    """Those of checkpoints of fewer than `before` events."""
    return [_timestamp(*row) for row in await tree.rows(_PAGE, before, limit)]


def _timestamp(
    size: int,
    authority: str,
    stamped: datetime,
    received: datetime,
    response: bytes,
    root: bytes,
    note: bytes,
) -> Timestamp:
    try:
        stamp = read_stamp(bytes(response))
    except AnswerRefused:  # somebody has touched it: `ledger verify` tells
        stamp = None
    return Timestamp(
        position=size,
        root=bytes(root).hex(),
        authority=authority,
        stamped_at=stamped,
        received_at=received,
        policy=stamp and stamp.policy,
        serial=f"{stamp.serial:x}" if stamp else None,
        checkpoint=bytes(note).decode(),
        response=b64encode(bytes(response)).decode(),
    )
