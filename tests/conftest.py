"""What do tests run on? A real PostgreSQL: the embedded one, with a fresh database for each."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The owner's URL of a migrated, empty database, which is dropped afterwards."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield _url(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_database(server_url: str) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty databases; each call another one."""
    with ExitStack() as made:
        yield lambda: made.enter_context(fresh_database(server_url))


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """The owner's URL of a fresh database."""
    with fresh_database(server_url) as url:
        yield url
