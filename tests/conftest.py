"""What do tests run on? A real PostgreSQL: the embedded one, with a fresh database for each."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ledger.database.embedded import EmbeddedPostgres
from ledger.database.migrate import migrate
from ledger.worker import Worker

TEMPLATE = "ledger_template"


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The owner's URL of a server that lives as long as the tests, with a migrated template."""
    # Made by the server itself, not by pytest: as root the server needs a folder that it reaches.
    folder = Path(tempfile.gettempdir()) / f"ledger-tests-{uuid4().hex}"
    with EmbeddedPostgres(folder) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        template = _url(server.url, TEMPLATE)
        migrate(template)
        Worker(template).catch_up()
        yield server.url
    shutil.rmtree(folder, ignore_errors=True)


def _url(server_url: str, name: str) -> str:
    return server_url.replace("/ledger?", f"/{name}?")


@pytest.fixture
def new_database(server_url: str) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty databases; each call another one."""
    made: list[str] = []

    def make() -> str:
        name = f"t{uuid4().hex}"
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        made.append(name)
        return _url(server_url, name)

    yield make
    with psycopg.connect(server_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The owner's URL of a fresh database."""
    return new_database()
