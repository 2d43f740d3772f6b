"""The root of the log at a position, whatever of it is sealed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from ledger.event_store.log import EventLog, Leaf
from ledger.integrity.roots import root_at
from ledger.integrity.sealing import Sealer
from tests.integrity.growing import as_owner, record, roots, tables

SIZE, SEALED = 600, 530


def asked(url: str, positions: Sequence[int]) -> tuple[list[str], int]:
    """The roots at these positions, and how many events were read for them."""

    async def ask() -> tuple[list[str], int]:
        log, read = EventLog(url, readers=1), 0
        pages = log.pages

        async def counted(after: int, upto: int | None = None) -> AsyncIterator[list[Leaf]]:
            nonlocal read
            async for page in pages(after, upto):
                read += len(page)
                yield page

        log.pages = counted  # type: ignore[method-assign]
        await log.open()
        try:
            return [await root_at(log, position) for position in positions], read
        finally:
            await log.close()

    return asyncio.run(ask())


def expected(url: str, positions: Sequence[int]) -> list[str]:
    known = roots(url)
    return [known[position].hex() for position in positions]


def test_every_position_has_its_root_whatever_is_sealed(database_url: str, tmp_path: Path) -> None:
    record(database_url, 10)
    assert asked(database_url, [0, 7, 10]) == (expected(database_url, [0, 7, 10]), 17)

    record(database_url, SEALED - 10)
    Sealer(database_url, tmp_path / "keys").catch_up()
    record(database_url, SIZE - SEALED)
    sealed = [0, 1, 2, 255, 256, 257, 511, 512, 529, SEALED]
    assert asked(database_url, sealed) == (expected(database_url, sealed), 0)
    later = [SEALED + 1, SIZE]
    assert asked(database_url, later) == (expected(database_url, later), 1 + SIZE - SEALED)

    as_owner(database_url, *tables("tree.tiles"), "DELETE FROM tree.tiles WHERE level = 0")
    assert asked(database_url, [300]) == (expected(database_url, [300]), 300)


def test_a_position_to_which_the_log_has_not_come_has_no_root(database_url: str) -> None:
    record(database_url, 10)
    with pytest.raises(LookupError, match="11"):
        asked(database_url, [11])
