"""Personal data are sealed before they are recorded, and gone for everybody once erased."""

from datetime import date

import psycopg
import pytest

from ledger.application import Wish
from ledger.event_store.codec import decode
from ledger.kernel.errors import Refusal
from tests.privacy.conftest import ADMIN, NAMES, opened, processes, register, run, tell


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert found is not None
    return int(found[0])


def test_no_personal_value_is_in_a_leaf(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one, born_on="1984-02-29", phone="600100200", sex="f")
            await tell(one, person, "update", family_name="Zmieniona")
            text = b"".join(leaf.bytes for leaf in await one.log.stream(person)).decode()
            for value in ("Anna", "Wymy", "anna@", "1984-02-29", "600100200", "Zmieniona"):
                assert value not in text
            assert '"sex":"f","born_on":"sealed-1:' in text
            assert '"birth_year":1984' in text

    run(story())


def test_decisions_see_what_was_sealed(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url, 2) as (one, other):
            person = await register(one, born_on="1984-02-29")
            (said,) = await opened(other, person)
            assert (said.given_name, said.family_name) == ("Anna", "Wymyślona")
            assert said.born_on == date(1984, 2, 29)
            with pytest.raises(Refusal, match="described in this way"):
                await tell(other, person, "update", born_on="1984-02-29")

    run(story())


def test_an_erasure_by_another_process_holds_at_once(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url, 2) as (one, other):
            person = await register(one)
            await opened(other, person)  # now the other one remembers the key
            await tell(one, person, "erase")
            said = await opened(other, person)
            assert said[0].given_name is said[0].family_name is said[0].email is None
            with pytest.raises(Refusal, match="were erased"):
                await tell(other, person, "update", family_name="Znowu")

    run(story())
    assert (count(database_url, "vault.keys"), count(database_url, "vault.erased")) == (0, 1)


def test_a_key_is_there_before_its_event_and_without_one_it_is_swept(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one)
            await one.vault.keys.made_for(["0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"])
            with psycopg.connect(database_url) as connection:
                connection.execute("UPDATE vault.keys SET made_at = now() - interval '25 hours'")
            await one.vault.keys.made_for(["0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2d"])
            await one.vault.keys.sweep()
            assert set(await one.vault.keys.of([person])) == {person}

    run(story())
    assert count(database_url, "vault.keys") == 2


def test_nothing_is_recorded_of_whom_the_vault_knows_as_erased(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
            await one.vault.keys.destroy([person])
            with pytest.raises(Refusal, match="were erased"):
                await register(one, id=person)
            assert await one.log.head() == 0

    run(story())


def test_what_looks_sealed_cannot_be_handed_in(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one)
            sealed = decode((await one.log.stream(person))[0].bytes)
            text = bytes(sealed.data).decode().split('"')[3]
            assert text.startswith("sealed-1:")
            with pytest.raises(Exception, match="family_name: must not contain"):
                await register(one, family_name=text)

    run(story())


def test_a_repeated_request_is_known_again_until_the_person_is_erased(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            wish = Wish(collection="persons", command="create", body=NAMES)
            other = Wish(collection="persons", command="create", body=NAMES | {"sex": "f"})
            first = await one.ledger.handle(wish, ADMIN, "request", "key")
            assert await one.ledger.handle(wish, ADMIN, "request", "key") == first
            with pytest.raises(Exception, match="used before"):
                await one.ledger.handle(other, ADMIN, "request", "key")
            await tell(one, first.id, "erase")
            # What was asked cannot be told any more, so nothing can be guessed at either.
            assert await one.ledger.handle(other, ADMIN, "request", "key") == first

    run(story())


def test_only_the_vaults_own_role_reads_its_schema(database_url: str) -> None:
    roles = ("ledger_writer", "ledger_projector", "ledger_reader", "ledger_sealer")
    with psycopg.connect(database_url, autocommit=True) as connection:
        for role in roles:
            connection.execute(f"SET ROLE {role}".encode())
            for statement in ("SELECT FROM vault.keys", "SELECT vault.destroy(gen_random_uuid())"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())
        connection.execute("SET ROLE ledger_vault")
        for statement in (
            "SELECT leaf FROM log.events",
            "DELETE FROM vault.erased",
            "UPDATE vault.erased SET number = 9",
            "SELECT FROM access.tokens",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
