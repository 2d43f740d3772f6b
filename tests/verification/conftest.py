"""What is tampered with? A copy of a small ledger that is sealed, with the keys beside it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ledger import bootstrap
from ledger.application import Caller
from ledger.documents import Documents
from ledger.imports.case_file import read_case_file
from ledger.integrity.sealing import Sealer
from ledger.worker import Worker
from tests.conftest import fresh_database
from tests.verification.tampering import Ledger

CASES = Path(__file__).parents[2] / "cases"
LOADED = ("liderzy-kooperacji", "kooperacja-efektywna-i-skuteczna")
LOADER = Caller(id="load", name="ledger load", role="admin", operator=True)


async def _load(ledger: Ledger, name: str) -> None:
    async with bootstrap.parts(ledger.url, str(ledger.documents), ledger.keys) as parts:
        worker = Worker(ledger.url)
        worker.start()
        try:
            await parts.ledger.handle_all(
                read_case_file(CASES / f"{name}.yaml"), LOADER, f"case {name}"
            )
            await parts.reading.wait_for(await parts.log.head(), 30)
        finally:
            worker.stop()


async def _store(ledger: Ledger) -> None:
    documents = Documents(ledger.url, str(ledger.documents))
    await documents.open()
    try:
        await documents.put(b"%PDF-1.7 a scan", name="skan.pdf", by="load", project=None)
    finally:
        await documents.close()


@pytest.fixture(scope="session")
def original(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The real cases, sealed after each of them; the ledger is copied, not used."""
    folder = tmp_path_factory.mktemp("ledger")
    with fresh_database(server_url) as url:
        made = Ledger(url, folder / "keys", folder / "documents")
        for name in LOADED:
            asyncio.run(_load(made, name))
            Sealer(url, made.keys).catch_up()
        asyncio.run(_store(made))
        yield made


Copy = Callable[[Ledger], Ledger]


@contextmanager
def _copied(server_url: str, source: Ledger, folder: Path) -> Iterator[Ledger]:
    name = f"t{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as owner:
        before = source.url.rpartition("?")[0].rpartition("/")[2]
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {before}".encode())
        try:
            url = source.url.replace(before, name)
            yield Ledger(url, folder / "keys", folder / "documents")
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def copy(server_url: str, tmp_path: Path) -> Iterator[Copy]:
    """Makes a copy of a database, as a backup does; keys and documents are the test's own."""
    with ExitStack() as made:
        yield lambda source: made.enter_context(_copied(server_url, source, tmp_path))


@pytest.fixture
def ledger(original: Ledger, copy: Copy, tmp_path: Path) -> Ledger:
    """A sealed ledger of the test's own."""
    shutil.copytree(original.keys, tmp_path / "keys")
    shutil.copytree(original.documents, tmp_path / "documents")
    return copy(original)
