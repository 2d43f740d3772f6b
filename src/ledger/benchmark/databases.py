"""Where is measured? In fresh databases of one server, each for one measurement."""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ledger.benchmark.history import History
from ledger.database.migrate import migrate
from ledger.event_store.codec import fragments, stamp, written_time
from ledger.event_store.log import Pending
from ledger.findings import introduce
from ledger.privacy.vault import Vault
from ledger.settings import settings

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
    """Puts the history's first events into the log, past its writer: as its owner may.

    What is said of persons is sealed as the application would have it, and the rules of
    eligibility are there from the beginning.
    """
    at = datetime.now(UTC)
    into = (
        "COPY log.events (position, stream, version, type, effective_on, recorded_at, recorded_by,"
        " leaf) FROM STDIN"
    )
    pending, position = history.pending(events), 0
    with asyncio.Runner() as runner, psycopg.connect(url) as owner:
        runner.run(introduce(url))
        vault = Vault(url, settings().keys)
        runner.run(vault.open())
        with owner.cursor().copy(into) as copy:
            while some := list(islice(pending, LINES_PER_COPY)):
                lines = _lines(runner.run(vault.sealed(some)), position, written_time(at))
                copy.write("".join(lines))
                position += len(some)
        runner.run(vault.close())
        owner.execute("UPDATE log.head SET position = %s, recorded_at = %s", (events, at))
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE log.events")


def _lines(some: Sequence[Pending], after: int, written: str) -> Iterator[str]:
    """The events behind a position as COPY reads them."""
    for position, one in enumerate(some, after + 1):
        parts = fragments(one.stream, one.version, one.event, one.provenance)
        leaf = stamp(parts, position, written).hex()
        yield (
            f"{position}\t{one.stream}\t{one.version}\t{one.event.event_name}"
            f"\t{one.provenance.effective_on}\t{written}"
            f"\t{one.provenance.recorded_by}\t\\\\x{leaf}\n"
        )
