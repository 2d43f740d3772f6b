"""Evidence is kept once, whole or not at all, and never changed."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.documents import Documents, digest_in
from ledger.kernel.errors import Invalid, TooLarge

PDF = b"%PDF-1.7\n" + os.urandom(300_000)
Asked = Callable[[Documents], Coroutine[Any, Any, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def run(database_url: str, folder: Path) -> Callable[[Asked], Any]:
    """Asks the documents of a fresh ledger, of which none may be longer than 1 MB."""

    def ask(asked: Asked) -> Any:
        async def opened() -> Any:
            documents = Documents(database_url, str(folder), limit_bytes=1_000_000)
            await documents.open()
            try:
                return await asked(documents)
            finally:
                await documents.close()

        return asyncio.run(opened())

    return ask


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def slices(content: bytes, size: int = 1_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def put(content: bytes, name: str = "faktura.pdf", project: str | None = None) -> Asked:
    return lambda documents: documents.put(slices(content), name=name, by="Anna", project=project)


def test_what_was_put_comes_back_bit_for_bit(run: Callable[[Asked], Any], folder: Path) -> None:
    stored = run(put(PDF))
    digest = hashlib.sha256(PDF).hexdigest()
    assert (stored.sha256, stored.size, stored.new) == (digest, len(PDF), True)
    assert (stored.name, stored.media_type) == ("faktura.pdf", "application/pdf")
    assert run(lambda documents: documents.bytes_of(digest)) == PDF
    assert files(folder) == [folder / digest[:2] / digest[2:4] / digest]


def test_the_same_bytes_are_kept_once_under_their_first_name(
    run: Callable[[Asked], Any], folder: Path
) -> None:
    first, second = run(put(PDF)), run(put(PDF, "inna nazwa.pdf"))
    assert (second.new, second.name, second.stored_at) == (False, first.name, first.stored_at)
    assert len(files(folder)) == 1


def test_many_who_bring_the_same_document_at_once_all_succeed(
    run: Callable[[Asked], Any], folder: Path
) -> None:
    async def all_at_once(documents: Documents) -> list[Any]:
        return await asyncio.gather(*(put(PDF)(documents) for _ in range(20)))

    found = run(all_at_once)
    assert sum(stored.new for stored in found) == 1
    assert len(files(folder)) == 1


def test_too_long_a_document_is_refused_before_its_end_is_read(
    run: Callable[[Asked], Any], folder: Path
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100_000
            yield bytes(100_000)

    with pytest.raises(TooLarge):
        run(lambda documents: documents.put(endless(), name="x", by="Anna", project=None))
    assert read <= 1_100_000
    assert files(folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(
    run: Callable[[Asked], Any], folder: Path, database_url: str
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        run(lambda documents: documents.put(broken(), name="x", by="Anna", project=None))
    assert files(folder) == []
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM log.documents").fetchone() == (0,)


def test_nothing_is_no_document(run: Callable[[Asked], Any], folder: Path) -> None:
    with pytest.raises(Invalid):
        run(put(b""))
    assert files(folder) == []


def test_bytes_that_were_changed_behind_the_back_are_noticed(
    run: Callable[[Asked], Any], folder: Path
) -> None:
    stored = run(put(PDF))
    (kept,) = files(folder)
    kept.write_bytes(PDF[:-1] + b"?")
    with pytest.raises(OSError, match=stored.sha256):
        run(lambda documents: documents.bytes_of(stored.sha256))


def test_it_is_known_from_the_next_position_on(
    run: Callable[[Asked], Any], database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE log.head SET position = 41, recorded_at = now()")
    run(put(PDF))
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT position, stored_by FROM log.documents").fetchall()
    assert found == [(42, "Anna")]


@pytest.mark.parametrize("table", ["documents", "uploads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET name = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_known_of_it_cannot_be_changed(database_url: str, table: str, change: str) -> None:
    statement = change.format(f"log.{table}") + (" CASCADE" if change[0] == "T" else "")
    with (
        psycopg.connect(database_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement.encode())


def test_a_document_that_is_not_there_is_not_known(run: Callable[[Asked], Any]) -> None:
    digest = hashlib.sha256(b"other").hexdigest()
    assert run(lambda documents: documents.known(digest)) is None
    with pytest.raises(FileNotFoundError):
        run(lambda documents: documents.bytes_of(digest))


@pytest.mark.parametrize("text", ["", "../x", "0" * 63, "g" * 64, "0" * 65])
def test_what_is_no_digest_is_not_taken_for_one(text: str) -> None:
    assert digest_in(text) is None


def test_what_a_killed_process_left_behind_is_removed_after_a_day(
    run: Callable[[Asked], Any], folder: Path
) -> None:
    (folder / "incoming").mkdir(parents=True)
    old, new = folder / "incoming" / "old", folder / "incoming" / "new#1"
    for path in (old, new):
        path.write_bytes(b"half a document")
    os.utime(old, (0, 0))
    run(put(PDF))
    assert not old.exists()
    assert new.exists()
    os.utime(new, (0, 0))
    run(put(PDF, "again.pdf"))
    assert not new.exists()
