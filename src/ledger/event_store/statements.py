"""In which statements is a batch written? One for most; a large batch in several."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from eventsourcing.persistence import StoredEvent

EVENTS_PER_STATEMENT = 2_000
BYTES_PER_STATEMENT = 512 * 1024  # a very large message stalls psycopg

_INSERT = """
    INSERT INTO log.events
        (position, stream, version, type, effective_on, recorded_at, recorded_by, leaf)
    SELECT %(before)b + e.n, e.stream, e.version, e.type, e.effective_on, %(at)s, e.recorded_by,
        e.leaf"""
_ROWS = """unnest(%(streams)b::uuid[], %(versions)b::int8[], %(types)b::text[],
        %(days)b::date[], %(names)b::text[], %(leaves)b::bytea[])
        WITH ORDINALITY AS e (stream, version, type, effective_on, recorded_by, leaf, n)"""

# Writes nothing, and answers with no row, where the log does not stand where we believe.
APPEND = f"""
WITH head AS (
    UPDATE log.head SET position = %(last)b, recorded_at = %(at)s
    WHERE position = %(before)b AND recorded_at <= %(at)s
    RETURNING position
), stored AS ({_INSERT}
    FROM head, {_ROWS}
)
SELECT pg_notify('ledger_log', position::text) FROM head
"""
MORE = f"""{_INSERT}
    FROM {_ROWS}"""
REQUEST = """
INSERT INTO log.requests (caller, key, digest, positions, recorded_at)
VALUES (%s, %s, %s, %s, %s)
"""


def parts(
    events: Sequence[StoredEvent], leaves: Sequence[bytes], before: int, at: datetime
) -> Iterator[dict[str, Any]]:
    """The parameters of each statement that the batch needs, in order."""
    start, size = 0, 0
    for index, leaf in enumerate(leaves):
        full = index - start >= EVENTS_PER_STATEMENT or size + len(leaf) > BYTES_PER_STATEMENT
        if full and index > start:
            yield _columns(events[start:index], leaves[start:index], before + start, at)
            start, size = index, 0
        size += len(leaf)
    yield _columns(events[start:], leaves[start:], before + start, at)


def _columns(
    events: Sequence[StoredEvent], leaves: Sequence[bytes], before: int, at: datetime
) -> dict[str, Any]:
    return {
        "before": before,
        "at": at,
        "streams": [e.originator_id for e in events],
        "versions": [e.originator_version for e in events],
        "types": [e.topic for e in events],
        # The library's own events have neither.
        "days": [getattr(e, "effective_on", None) for e in events],
        "names": [getattr(e, "recorded_by", None) for e in events],
        "leaves": list(leaves),
    }
