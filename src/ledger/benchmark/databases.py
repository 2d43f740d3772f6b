"""Where is measured? In fresh databases of one server, each for one measurement."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ledger.benchmark.history import History
from ledger.database.migrate import migrate
from ledger.event_store.codec import fragments, stamp, written_time

LINES_PER_COPY = 2_000


@contextmanager
def fresh_database(server: str, *, migrated: bool = True) -> Iterator[str]:
    """The URL of a database of the server, which is dropped afterwards, and so are its keys."""
    name = f"ledger_benchmark_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = make_conninfo(server, dbname=name)
            if migrated:
                migrate(url)
            with _own_keys():
                yield url
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            owner.execute(drop.format(sql.Identifier(name)))
            owner.execute("CHECKPOINT")  # what one measurement wrote is not the next one's load


@contextmanager
def _own_keys() -> Iterator[None]:
    """What is measured is not signed with the key of whoever measures."""
    before = os.environ.get("LEDGER_KEYS")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LEDGER_KEYS"] = folder
        try:
            yield
        finally:
            del os.environ["LEDGER_KEYS"]
            if before is not None:
                os.environ["LEDGER_KEYS"] = before


def fill(url: str, history: History, events: int) -> None:
    """Puts the history's first events into the log, past its writer: as its owner may."""
    at = datetime.now(UTC)
    written = written_time(at)
    into = (
        "COPY log.events (position, stream, version, type, effective_on, recorded_at, recorded_by,"
        " leaf) FROM STDIN"
    )
    with psycopg.connect(url) as owner:
        with owner.cursor().copy(into) as copy:
            lines: list[str] = []
            for position, one in enumerate(history.pending(events), 1):
                parts = fragments(one.stream, one.version, one.event, one.provenance)
                leaf = stamp(parts, position, written).hex()
                lines.append(
                    f"{position}\t{one.stream}\t{one.version}\t{one.event.event_name}"
                    f"\t{one.provenance.effective_on}\t{written}"
                    f"\t{one.provenance.recorded_by}\t\\\\x{leaf}\n"
                )
                if len(lines) == LINES_PER_COPY:
                    copy.write("".join(lines))
                    lines.clear()
            copy.write("".join(lines))
        owner.execute("UPDATE log.head SET position = %s, recorded_at = %s", (events, at))
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE log.events")
