"""Which checkpoints were signed last, when, and how many witnesses cosigned each?"""

from datetime import datetime

from msgspec import Struct

from ledger.integrity.published import PublishedTree

_LAST = """
SELECT c.size, encode(c.root, 'hex'), c.signed_at,
    (SELECT count(DISTINCT w.name) FROM tree.cosignatures AS w WHERE w.size = c.size)
FROM tree.checkpoints AS c ORDER BY c.size DESC LIMIT %s"""


class SignedCheckpoint(Struct, frozen=True, kw_only=True):
    """The log had this root when it had so many events; so many witnesses say the same."""

    size: int
    root: str
    signed_at: datetime
    witnesses: int


async def last_checkpoints(tree: PublishedTree, limit: int) -> list[SignedCheckpoint]:
    """The last ones, the newest first."""
    return [
        SignedCheckpoint(size=size, root=root, signed_at=at, witnesses=witnesses)
        for size, root, at, witnesses in await tree.rows(_LAST, limit)
    ]
