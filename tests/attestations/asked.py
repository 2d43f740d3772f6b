"""A log that others are asked about, and what is kept of their answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple, TypeVar

import psycopg

from ledger.attestations.attesting import Attesting
from ledger.attestations.outside import Outside
from ledger.attestations.standing import WitnessStanding, standings
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.published import PublishedTree, SignedTree
from ledger.integrity.sealing import Sealer
from tests.integrity.growing import record

SECONDS = 15
T = TypeVar("T")


class Log(NamedTuple):
    """A log, and the folder of its keys."""

    url: str
    keys: Path


def grow(url: str, keys: Path, count: int = 1) -> int:
    """So many events more, which are sealed; the size of the log."""
    record(url, count)
    return Sealer(url, keys).catch_up()


@contextmanager
def attested(url: str, keys: Path, outside: Outside) -> Iterator[Attesting]:
    """The log, while those outside are asked."""
    made = Attesting(url, keys, outside)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def read(url: str, keys: Path, question: Callable[[PublishedTree], Awaitable[T]]) -> T:
    """The answer to a question about the tree."""

    async def ask() -> T:
        tree = PublishedTree(url, keys, readers=1)
        try:
            await tree.open()
            return await question(tree)
        finally:
            await tree.close()

    return asyncio.run(ask())


def newest(url: str, keys: Path) -> SignedTree:
    """The last checkpoint."""
    found = read(url, keys, lambda tree: tree.newest())
    assert found is not None
    return found


def standing(url: str, keys: Path, *asked: WitnessAt) -> list[WitnessStanding]:
    """How far the witnesses have come."""
    return read(url, keys, lambda tree: standings(tree, asked))


def kept(url: str, what: str) -> list[Any]:
    """What is stored beside the tree, by size."""
    with psycopg.connect(url) as connection:
        return connection.execute(f"{what} ORDER BY size".encode()).fetchall()


def cosigned(url: str) -> list[int]:
    """The sizes that were cosigned."""
    return [row[0] for row in kept(url, "SELECT size FROM tree.cosignatures")]


def until(true: Callable[[], bool]) -> None:
    """Waits for it."""
    end = monotonic() + SECONDS
    while not true():
        assert monotonic() < end, "it does not come"
        sleep(0.02)
