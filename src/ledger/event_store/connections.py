"""How does the ledger reach its database? One function per role; every role holds only its rights.

The roles repeat the import rules: the writer may INSERT into the log, the projector owns the
read schema, the sealer writes the tree over the log, the reader may only SELECT.
"""

from typing import Any

import psycopg

STATEMENT_MILLISECONDS = 60_000


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
