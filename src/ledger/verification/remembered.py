"""When was the log verified last, and what came of it? A reminder, and no proof of anything."""

from datetime import datetime
from typing import NamedTuple

import psycopg

from ledger.event_store.connections import sealer
from ledger.projections.engine.reading import Reading
from ledger.verification.report import Report


class Verification(NamedTuple):
    """A run over the first `size` events, and how many differences it found."""

    verified_at: datetime
    size: int
    differences: int


def remember(url: str, report: Report) -> bool:
    """Notes that it was verified; false where whoever did so may only read."""
    found = sum(check.count for check in report.checks)
    try:
        with sealer(url) as connection:
            connection.execute(
                "INSERT INTO tree.verifications (size, differences) VALUES (%s, %s)",
                (report.events, found),
            )
    except psycopg.Error:
        return False
    return True


async def last_verification(reading: Reading) -> Verification | None:
    """The latest run, if there was one."""
    rows = await reading.rows(
        "SELECT verified_at, size, differences FROM tree.verifications ORDER BY id DESC LIMIT 1"
    )
    return Verification(*rows[0]) if rows else None
