"""How does a database become the ledger's? Forward-only SQL files, each run once, in order."""

from importlib.resources import files

import psycopg
from psycopg import sql

ROLES = (
    "ledger_writer",
    "ledger_projector",
    "ledger_reader",
    "ledger_scoped_reader",
    "ledger_sealer",
    "ledger_vault",
)
_LOCK = 0x6C656467  # "ledg": one migrator at a time


def migrate(url: str) -> list[str]:
    """Brings the database at `url` (as its owner) up to date; returns the names of what ran."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        _make_roles(connection)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS ledger_migrations"
            " (name text PRIMARY KEY, ran_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row[0] for row in connection.execute("SELECT name FROM ledger_migrations")}
        waiting = [name for name in _names() if name not in done]
        for name in waiting:
            with connection.transaction():
                connection.execute(_text(name))
                connection.execute("INSERT INTO ledger_migrations (name) VALUES (%s)", (name,))
        return waiting


def _names() -> list[str]:
    here = files("ledger.database").joinpath("migrations")
    return sorted(entry.name for entry in here.iterdir() if entry.name.endswith(".sql"))


def _text(name: str) -> bytes:
    return files("ledger.database").joinpath("migrations", name).read_bytes()


def _make_roles(connection: psycopg.Connection) -> None:
    """Roles belong to the whole server: another database's migration may make them as well."""
    for role in ROLES:
        statement = sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role))
        try:
            connection.execute(statement)
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            continue
    me = sql.SQL("GRANT {} TO CURRENT_USER")
    for role in ROLES:
        connection.execute(me.format(sql.Identifier(role)))
