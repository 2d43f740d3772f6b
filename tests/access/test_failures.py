"""Tries are counted before they are judged, many at once as well, and forgotten after a day."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.access import Access
from ledger.access.failures import Failures, of_address, of_name
from ledger.access.refusals import TooManyTries

NAME = of_name("anna")


def run(url: str, story: Any, keys: Path) -> Any:
    async def tell() -> Any:
        access = Access(url, keys)
        await access.open()
        try:
            return await story(access.failures)
        finally:
            await access.close()

    return asyncio.run(tell())


def test_many_tries_at_once_are_no_way_around_it(database_url: str, tmp_path: Path) -> None:
    async def story(failures: Failures) -> Any:
        some: list[Coroutine[Any, Any, None]] = [failures.begin([NAME]) for _ in range(20)]
        return await asyncio.gather(*some, return_exceptions=True)

    found = run(database_url, story, tmp_path)
    assert found.count(None) == NAME.free
    assert all(isinstance(one, TooManyTries) for one in found if one is not None)


def test_a_try_that_has_to_wait_counts_nowhere(database_url: str, tmp_path: Path) -> None:
    async def story(failures: Failures) -> None:
        for _ in range(NAME.free):
            await failures.begin([NAME])
        for _ in range(of_address("x").free):
            with pytest.raises(TooManyTries):
                await failures.begin([of_address("10.0.0.1"), NAME])
        await failures.begin([of_address("10.0.0.1")])

    run(database_url, story, tmp_path)


def test_a_success_forgives_the_name_and_one_try_of_the_address(
    database_url: str, tmp_path: Path
) -> None:
    address = of_address("10.0.0.1")

    async def story(failures: Failures) -> None:
        for _ in range(address.free - 1):
            await failures.begin([of_name("x"), address])
            await failures.forgive(of_name("x"))
        await failures.succeeded([NAME, address])
        await failures.begin([NAME, address])
        await failures.begin([NAME, address])
        with pytest.raises(TooManyTries):
            await failures.begin([address])
        await failures.begin([NAME])

    run(database_url, story, tmp_path)


def test_failures_are_forgotten_after_a_day(database_url: str, tmp_path: Path) -> None:
    async def wait(failures: Failures) -> None:
        for _ in range(NAME.free):
            await failures.begin([NAME])

    async def after_a_day(failures: Failures) -> None:
        for _ in range(NAME.free):
            await failures.begin([NAME])
        await failures.clean()

    run(database_url, wait, tmp_path)
    with psycopg.connect(database_url, autocommit=True) as connection:
        past = "last_at = now() - interval '25 hours', until = NULL"
        connection.execute(f"UPDATE access.failures SET {past}".encode())
        run(database_url, after_a_day, tmp_path)
        left = connection.execute("SELECT count FROM access.failures").fetchall()
    assert left == [(NAME.free,)]
