"""What was signed stays in the database as it was; a tile can only grow."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import fresh_database

CHECKPOINT = "INSERT INTO tree.checkpoints (size, root, note) VALUES (0, sha256(''), 'note')"
COSIGNATURE = "INSERT INTO tree.cosignatures (size, name, note_line) VALUES (0, 'w', 'line')"
TIMESTAMP = (
    "INSERT INTO tree.timestamps (size, authority, response, stamped_at)"
    " VALUES (0, 'a', 'response', now())"
)
TILE = "INSERT INTO tree.tiles VALUES (0, 0, sha256('a'))"
CHANGES = (
    "UPDATE tree.checkpoints SET root = sha256('a')",
    "DELETE FROM tree.checkpoints",
    "TRUNCATE tree.checkpoints CASCADE",
    "UPDATE tree.cosignatures SET name = ''",
    "DELETE FROM tree.cosignatures",
    "UPDATE tree.timestamps SET authority = ''",
    "DELETE FROM tree.timestamps",
    "UPDATE tree.tiles SET hashes = sha256('b')",
    "UPDATE tree.tiles SET hashes = sha256('b') || sha256('a')",
    "UPDATE tree.tiles SET n = 1",
)


@pytest.fixture(scope="module")
def tree_url(server_url: str) -> Iterator[str]:
    """A tree that the tests share: nothing that is refused changes it."""
    with fresh_database(server_url) as url:
        with psycopg.connect(url) as connection:
            for statement in (CHECKPOINT, COSIGNATURE, TIMESTAMP, TILE):
                connection.execute(statement.encode())
        yield url


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_cannot_change_what_was_signed_either(tree_url: str, change: str) -> None:
    with psycopg.connect(tree_url, autocommit=True) as connection:
        for mode in ("origin", "replica"):
            connection.execute(f"SET session_replication_role = {mode}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.encode())


def test_a_tile_may_grow(tree_url: str) -> None:
    with psycopg.connect(tree_url, autocommit=True) as connection:
        connection.execute("SET ROLE ledger_sealer")
        connection.execute("BEGIN")
        connection.execute("UPDATE tree.tiles SET hashes = hashes || sha256('b')")
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("role", ["ledger_writer", "ledger_projector", "ledger_reader"])
@pytest.mark.parametrize("statement", [CHECKPOINT, TILE, COSIGNATURE, TIMESTAMP, *CHANGES])
def test_nobody_but_the_sealer_writes_the_tree(tree_url: str, role: str, statement: str) -> None:
    with psycopg.connect(tree_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {role}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [*CHANGES, "DELETE FROM tree.tiles", "TRUNCATE tree.tiles", "DELETE FROM log.events",
     "UPDATE log.head SET position = 9", "SELECT * FROM access.tokens",
     "INSERT INTO log.requests VALUES ('c', 'k', '', '{}', now())"],
)  # fmt: skip
def test_the_sealer_may_do_nothing_else(tree_url: str, statement: str) -> None:
    with psycopg.connect(tree_url, autocommit=True) as connection:
        connection.execute("SET ROLE ledger_sealer")
        assert connection.execute("SELECT position FROM log.head").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
