"""What do tests run on? A real PostgreSQL: the embedded one, with a fresh database for each."""

import fcntl
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import time
from uuid import uuid4

import psycopg
import psycopg.conninfo
import pytest

from ledger.database import embedded
from ledger.database.embedded import EmbeddedPostgres
from ledger.database.migrate import migrate
from ledger.worker import Worker

OWN_SERVER = "ledger-tests-"
MEMORY, ROOM_BYTES, LEFT_SECONDS = Path("/dev/shm"), 4 * 1024**3, 3_600
# Tests run in two processes (pytest-xdist), which may share a server that is given.
TEMPLATE = f"ledger_template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
GARBAGE_LOOKED_FOR = 20_000, 20, 20


def pytest_collection_finish() -> None:
    """What was collected stays: to look through it for garbage again and again takes a tenth."""
    gc.freeze()
    gc.set_threshold(*GARBAGE_LOOKED_FOR)


@pytest.fixture(scope="session", autouse=True)
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where evidence is kept while the tests run: not in the folder of whoever runs them."""
    folder = tmp_path_factory.mktemp("documents")
    os.environ["LEDGER_DOCUMENTS"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def log_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the logs' keys are kept while the tests run: each database has its own there."""
    folder = tmp_path_factory.mktemp("keys")
    os.environ["LEDGER_KEYS"] = str(folder)
    return folder


def keys_of(url: str) -> Path:
    """The keys of the database at `url`, whichever database a test has begun since."""
    given = Path(os.environ["LEDGER_KEYS"])
    own = given.parent / str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    return own if own.is_dir() else given


@contextmanager
def own_keys(name: str, copied_from: Path | None = None) -> Iterator[Path]:
    """Keys of one log only; what is begun on another database meanwhile has others.

    The copy of a database has the master key of its original.
    """
    before = Path(os.environ["LEDGER_KEYS"])
    folder = before.parent / name
    os.environ["LEDGER_KEYS"] = str(folder)
    if copied_from is not None:
        folder.mkdir(mode=0o700)
        shutil.copy2(copied_from / "master.key", folder)
    try:
        yield folder
    finally:
        os.environ["LEDGER_KEYS"] = str(before)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The owner's URL of a server that lives as long as the tests, with a migrated template.

    With LEDGER_TEST_SERVER it is that server, of any version from 15 on; a URL such as
    postgresql://owner@/postgres?host=/run/postgresql, whose owner may create databases and roles,
    and which takes 250 connections from each process of tests.
    """
    if given := os.environ.get("LEDGER_TEST_SERVER"):
        _make_template(given)
        yield given
        return
    with roomy_directory() as folder:
        server = EmbeddedPostgres(folder)
        with pytest.MonkeyPatch.context() as patch:
            # It is thrown away whatever happens to the machine: nothing waits for the disk.
            for setting in ("fsync", "full_page_writes"):
                patch.setitem(embedded.SETTINGS, setting, "off")
            patch.setitem(embedded.SETTINGS, "max_wal_size", "256MB")
            # Some services stay until the last test, each with its pool, beside those of a test.
            patch.setitem(embedded.SETTINGS, "max_connections", "250")
            server.start()
        with server:
            _make_template(server.url)
            yield server.url


@contextmanager
def roomy_directory() -> Iterator[Path]:
    """Where a cluster may be made that is thrown away afterwards.

    Made by the server itself, not by pytest: as root the server needs a folder that it reaches.
    """
    folder = _roomy_folder() / f"{OWN_SERVER}{uuid4().hex}"
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy_folder() -> Path:
    """Memory where there is plenty: a new database, of which there are hundreds, is many files."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return Path(tempfile.gettempdir())
    for lease in MEMORY.glob(f"{OWN_SERVER}*/postgresql.lease"):
        # Left behind by tests that were killed: nobody has it open any more.
        with suppress(OSError), lease.open("rb") as file:
            if time() - lease.stat().st_mtime > LEFT_SECONDS:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lease.parent, ignore_errors=True)
    return MEMORY


def _make_template(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    template = _url(server_url, TEMPLATE)
    migrate(template)
    Worker(template).catch_up()


def _url(server_url: str, name: str) -> str:
    return re.sub(r"/[^/?]*\?", f"/{name}?", server_url, count=1)


@contextmanager
def copied_database(server_url: str, original: str = TEMPLATE) -> Iterator[tuple[str, str]]:
    """The name and the owner's URL of a copy of a database, which is dropped afterwards."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {original}".encode())
    try:
        yield name, _url(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The owner's URL of a migrated, empty database, which is dropped afterwards."""
    with copied_database(server_url) as (name, url), own_keys(name):
        yield url


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
