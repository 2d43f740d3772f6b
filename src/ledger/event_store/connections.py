"""How does the ledger reach its database? One function per role; every role holds only its rights.

The roles repeat the import rules: the writer may INSERT into the log, the projector owns the
read schema, the sealer writes the tree over the log, the reader may only SELECT.
"""

from threading import Event
from time import monotonic
from typing import Any

import psycopg

STATEMENT_MILLISECONDS = 60_000
STOP_SECONDS = 0.05  # how soon a wait ends when somebody wants to stop

OWNER = "none"  # whoever connects, with all that is theirs


def options(role: str, *, read_only: bool = False) -> dict[str, Any]:
    """Connection parameters that take on the role and bound what a statement may cost."""
    settings = [
        f"-c role={role}",
        "-c timezone=UTC",
        f"-c statement_timeout={STATEMENT_MILLISECONDS}",
        "-c jit=off",
    ]
    if read_only:
        settings.append("-c default_transaction_read_only=on")
    name = "ledger_owner" if role == OWNER else role
    return {"options": " ".join(settings), "autocommit": True, "application_name": name}


async def writer(url: str) -> psycopg.AsyncConnection:
    """A connection that may append."""
    return await psycopg.AsyncConnection.connect(url, **options("ledger_writer"))


def projector(url: str) -> psycopg.Connection:
    """A connection that folds: it may write the read schema and read the log."""
    return psycopg.connect(url, **options("ledger_projector"))


def sealer(url: str) -> psycopg.Connection:
    """A connection that seals: it may read the log and write the tree over it."""
    return psycopg.connect(url, **options("ledger_sealer"))


def wait_for_notice(connection: psycopg.Connection, seconds: float, stopping: Event) -> None:
    """Returns at the next notice, when the time is over, or soon after `stopping` is set."""
    end = monotonic() + seconds
    while not stopping.is_set() and (left := end - monotonic()) > 0:
        for _ in connection.notifies(timeout=min(left, STOP_SECONDS), stop_after=1):
            return
