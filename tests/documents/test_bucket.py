"""Evidence in an S3 bucket: the same as in a directory, by another program's server."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

import httpx
import obstore
import psycopg
import pytest
from obstore.store import S3Store

from ledger.documents import Documents
from ledger.documents.store import PART_BYTES, Store
from ledger.verification import Kind
from ledger.verification.documents import check_documents

BUCKET, PLACE = "evidence", "s3://evidence/ledger"
LARGE = os.urandom(PART_BYTES) + b"and a second part"


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Store]:
    """An empty bucket on this machine, and the settings by which it is reached."""
    from moto.server import ThreadedMotoServer  # takes long, and only here

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/{BUCKET}").raise_for_status()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", address)
        environment.setenv("AWS_ALLOW_HTTP", "true")
        environment.setenv("AWS_ACCESS_KEY_ID", "key")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_REGION", "us-east-1")
        yield S3Store(BUCKET, prefix="ledger")
    server.stop()


@pytest.fixture
def keeping(bucket: S3Store, database_url: str) -> Callable[..., Any]:
    """Asks the documents of a fresh ledger in the bucket."""

    def ask(asked: Callable[[Documents], Coroutine[Any, Any, Any]]) -> Any:
        async def opened() -> Any:
            documents = Documents(database_url, PLACE)
            await documents.open()
            try:
                return await asked(documents)
            finally:
                await documents.close()

        return asyncio.run(opened())

    return ask


async def slices(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


def paths(bucket: S3Store) -> list[str]:
    return [one["path"] for page in obstore.list(bucket) for one in page]


def test_a_document_is_sent_in_parts_and_comes_back_bit_for_bit(
    keeping: Callable[..., Any], bucket: S3Store
) -> None:
    digest = hashlib.sha256(LARGE).hexdigest()
    for new in (True, False):
        stored = keeping(lambda one: one.put(slices(LARGE), name="a", by="Anna", project=None))
        assert (stored.sha256, stored.size, stored.new) == (digest, len(LARGE), new)
    assert keeping(lambda one: one.bytes_of(digest)) == LARGE
    assert [path for path in paths(bucket) if digest in path] == [
        f"{digest[:2]}/{digest[2:4]}/{digest}"
    ]
    assert not [path for path in paths(bucket) if path.startswith("incoming/")]


def test_what_is_there_is_never_overwritten(bucket: S3Store) -> None:
    async def settle_twice() -> bytes:
        store = Store(PLACE)
        places = [await store.receive(slices(content)) for content in (b"first", b"second")]
        for place in places:
            await store.settle(place, "aa/bb/once")
        return b"".join([chunk async for chunk in store.read("aa/bb/once")])

    assert asyncio.run(settle_twice()) == b"first"
    assert not [path for path in paths(bucket) if path.startswith("incoming/")]


def test_a_document_that_is_not_there_is_not_found(keeping: Callable[..., Any]) -> None:
    with pytest.raises(FileNotFoundError):
        keeping(lambda documents: documents.bytes_of("0" * 64))


def test_verify_tells_what_was_changed_and_what_is_gone(
    keeping: Callable[..., Any], bucket: S3Store, database_url: str
) -> None:
    async def three(documents: Documents) -> list[str]:
        put = [documents.put(one, name="n", by="A", project=None) for one in (b"1", b"2", b"3")]
        return [(await one).sha256 for one in put]

    digests = keeping(three)
    first, second, _ = (f"{one[:2]}/{one[2:4]}/{one}" for one in digests)
    obstore.put(bucket, first, b"another")
    obstore.delete(bucket, second)
    with psycopg.connect(database_url) as connection:
        check = asyncio.run(
            check_documents(connection, Documents(database_url, PLACE), set(), lambda *_: None)
        )
    assert check.checked == 3
    found = {one.text.split(" ")[2]: one.text for one in check.differences}
    assert {one.kind for one in check.differences} == {Kind.DOCUMENT}
    assert "was changed" in found[digests[0]]
    assert "is not in the store" in found[digests[1]]
    assert digests[2] not in found


def test_what_a_killed_process_left_behind_is_removed(bucket: S3Store) -> None:
    async def swept(older_than: timedelta) -> int:
        store = Store(PLACE)
        await store.receive(slices(b"half a document"))
        return await store.sweep(older_than)

    assert asyncio.run(swept(timedelta(days=1))) == 0
    assert asyncio.run(swept(timedelta(0))) == 2
    assert not [path for path in paths(bucket) if path.startswith("incoming/")]
