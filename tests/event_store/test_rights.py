"""Who may change what happened? Nobody: the database itself refuses it."""

import psycopg
import pytest

CHANGES = (
    "UPDATE log.events SET leaf = 'another'",
    "UPDATE log.events SET leaf = 'another' WHERE false",
    "DELETE FROM log.events",
    "TRUNCATE log.events",
)


@pytest.fixture
def log_url(database_url: str) -> str:
    """A log with one event."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO log.events (position, stream, version, type, recorded_at, leaf)"
            " VALUES (1, gen_random_uuid(), 1, 't', now(), 'leaf')"
        )
        connection.execute("UPDATE log.head SET position = 1, recorded_at = now()")
    return database_url


def _leaves(url: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT leaf FROM log.events")]


def test_events_cannot_be_changed_by_the_owner_either(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        for mode in ("origin", "replica", "local"):
            connection.execute(f"SET session_replication_role = {mode}".encode())
            for change in CHANGES:
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                    connection.execute(change.encode())

    assert _leaves(log_url) == [b"leaf"]


INSERT = """
INSERT INTO log.events (position, stream, version, type, recorded_at, leaf)
VALUES (2, gen_random_uuid(), 1, 't', now(), '')"""
REQUEST = "INSERT INTO log.requests VALUES ('c', 'k', '', '{}', now())"
OWNING = (
    "ALTER TABLE log.events DISABLE TRIGGER events_are_immutable",
    "DROP TABLE log.events",
    "CREATE OR REPLACE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE sql AS ''",
    "UPDATE log.requests SET digest = ''",
    "DELETE FROM log.requests",
    "DELETE FROM log.head",
    "SET session_replication_role = replica",
)
FORBIDDEN = {
    "ledger_writer": (*CHANGES, *OWNING, "DELETE FROM read.checkpoints"),
    "ledger_projector": (
        *CHANGES, *OWNING, INSERT, REQUEST, "UPDATE log.head SET position = 0",
        "SELECT * FROM access.tokens",
    ),
    "ledger_reader": (
        *CHANGES, *OWNING, INSERT, REQUEST, "UPDATE log.head SET position = 0",
        "DELETE FROM read.checkpoints", "CREATE TABLE read.own (n int)",
        "SELECT * FROM access.tokens",
    ),
}  # fmt: skip


def test_no_role_of_the_service_has_the_right_to_more_than_its_work(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        for role, statements in FORBIDDEN.items():
            connection.execute(f"SET ROLE {role}".encode())
            for statement in statements:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())

    assert _leaves(log_url) == [b"leaf"]


def test_every_role_may_read_the_log_and_the_progress_of_the_read_models(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        for role in FORBIDDEN:
            connection.execute(f"SET ROLE {role}".encode())
            assert connection.execute("SELECT count(*) FROM log.events").fetchone() == (1,)
            assert connection.execute("SELECT log.position_at(now())").fetchone() == (1,)
            found = connection.execute("SELECT count(*) > 0 FROM read.checkpoints").fetchone()
            assert found == (True,)


def test_the_writer_appends_but_cannot_take_the_log_back(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        connection.execute("SET ROLE ledger_writer")
        connection.execute(INSERT.encode())
        connection.execute(REQUEST.encode())
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INSERT.encode())

    assert _leaves(log_url) == [b"leaf", b""]
