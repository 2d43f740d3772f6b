"""What people sign in with is read by the one role that lets them in, and by no other."""

import psycopg
import pytest

from ledger.database.migrate import ROLES


def test_no_other_role_of_the_service_reads_credentials(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'access'"
            )
        ]
        assert {"accounts", "sessions", "second_factors", "tokens"} <= set(tables)
        for role in set(ROLES) - {"ledger_writer"}:
            connection.execute(f"SET ROLE {role}".encode())
            for table in tables:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"SELECT FROM access.{table}".encode())


def test_no_account_is_taken_away_by_the_service(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET ROLE ledger_writer")
        for statement in ("DELETE FROM access.accounts", "DELETE FROM access.tokens"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
