"""The master key is replaced while the ledger is in use, and a crash loses nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ledger.privacy import rotation
from ledger.privacy.master import MasterKeyRefused, MasterKeys
from ledger.privacy.rotation import rotate_master_key
from tests.privacy.conftest import opened, processes, register, run


def folder() -> Path:
    return Path(os.environ["LEDGER_KEYS"])


def wrapped(url: str) -> set[bytes]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT wrapped FROM vault.keys UNION SELECT wrapped"
                                   " FROM vault.secrets").fetchall()  # fmt: skip
    return {bytes(row[0]) for row in found}


def test_everything_is_wrapped_anew_and_a_running_process_goes_on(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url, 2) as (one, other):
            person = await register(one)
            before, key = wrapped(database_url), folder().joinpath("master.key").read_bytes()
            assert rotate_master_key(database_url, folder()) == 1
            assert not before & wrapped(database_url)
            assert folder().joinpath("master.key").read_bytes() != key
            assert not folder().joinpath("master.next").exists()
            assert (await opened(other, person))[0].given_name == "Anna"
            later = await register(other)
            assert (await opened(one, later))[0].given_name == "Anna"
        async with processes(database_url) as (again,):
            assert (await opened(again, person))[0].given_name == "Anna"

    run(story())


class Crashed(Exception):
    """The process ended here."""


def crash(*_: object) -> None:
    raise Crashed


@pytest.mark.parametrize("before_commit", [True, False])
def test_a_crash_at_any_step_leaves_the_key_that_is_needed(
    database_url: str, monkeypatch: pytest.MonkeyPatch, before_commit: bool
) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one)
        with monkeypatch.context() as patched:
            if before_commit:
                patched.setattr(rotation, "_secrets", crash)
            else:
                settle: Callable[..., None] = MasterKeys.settle
                begun: list[str] = []

                def settle_once(self: MasterKeys, id: str) -> None:
                    settle(self, id) if not begun else crash()
                    begun.append(id)

                patched.setattr(MasterKeys, "settle", settle_once)
            with pytest.raises(Crashed):
                rotate_master_key(database_url, folder())
        assert folder().joinpath("master.next").exists()
        async with processes(database_url) as (again,):
            assert (await opened(again, person))[0].given_name == "Anna"
        assert rotate_master_key(database_url, folder()) == 1
        async with processes(database_url) as (again,):
            assert (await opened(again, person))[0].given_name == "Anna"
        assert not folder().joinpath("master.next").exists()

    run(story())


def test_without_its_master_key_a_ledger_does_not_start(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            await register(one)
        folder().joinpath("master.key").unlink()
        with pytest.raises(MasterKeyRefused):
            async with processes(database_url):
                pass

    run(story())
