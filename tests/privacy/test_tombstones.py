"""What was erased does not come back with a backup."""

import os
from datetime import date
from pathlib import Path
from uuid import uuid4

import psycopg

from ledger.privacy.tombstones import Tombstones
from tests.privacy.conftest import opened, processes, register, run, tell


def test_a_list_only_grows_and_survives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    one, other = (str(uuid4()) for _ in range(2))
    stones = Tombstones(tmp_path)
    assert stones.persons() == set()
    stones.add([one], date(2026, 1, 1))
    with (tmp_path / "erased.persons").open("a") as file:
        file.write("2026-01-01 0197a3")
    stones.add([one, other], date(2026, 1, 2))
    assert stones.persons() == {one, other}
    lines = (tmp_path / "erased.persons").read_text().splitlines()
    assert lines == [f"2026-01-01 {one}", "2026-01-01 0197a3", f"2026-01-02 {other}"]


def test_a_restored_database_destroys_again_what_was_erased(
    server_url: str, database_url: str
) -> None:
    backup = f"t{uuid4().hex}"
    name = database_url.rpartition("?")[0].rpartition("/")[2]
    restored = database_url.replace(name, backup)
    with psycopg.connect(server_url, autocommit=True) as owner:

        async def before() -> str:
            async with processes(database_url) as (one,):
                return await register(one)

        async def after(person: str) -> None:
            async with processes(database_url) as (one,):
                await tell(one, person, "erase")
            async with processes(restored) as (again,):
                said = await opened(again, person)
                assert len(said) == 1  # the erasure itself is not in the backup
                assert said[0].family_name is None

        async def story() -> None:
            person = await before()
            owner.execute(f"CREATE DATABASE {backup} TEMPLATE {name}".encode())
            await after(person)

        try:
            run(story())
        finally:
            owner.execute(f"DROP DATABASE IF EXISTS {backup} WITH (FORCE)".encode())


def test_the_list_is_made_up_for_what_a_crash_left_out(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one)
            await tell(one, person, "erase")
        path = Path(os.environ["LEDGER_KEYS"]) / "erased.persons"
        path.unlink()
        async with processes(database_url):
            assert person in path.read_text()

    run(story())
