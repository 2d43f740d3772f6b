"""What sealed texts say is remembered while their person's key is, and in no other place."""

import msgspec
import pytest

from ledger.bootstrap import Parts
from ledger.event_store.codec import decode
from ledger.privacy import disclosure, keys
from tests.privacy.conftest import processes, register, run, tell


async def sealed(one: Parts, person: str) -> list[str]:
    """Family and given name, as they were recorded."""
    (leaf, *_) = await one.log.stream(person)
    said = msgspec.json.decode(decode(leaf.bytes).data)
    return [said["family_name"], said["given_name"]]


def test_what_was_read_once_is_forgotten_with_an_erasure_by_another_process(
    database_url: str,
) -> None:
    async def story() -> None:
        async with processes(database_url, 2) as (one, other):
            anna, ewa = await register(one), await register(one, given_name="Ewa")
            texts = await sealed(one, anna) + await sealed(one, ewa)
            for _ in range(2):
                found = await other.disclosure.inside(texts)
                assert found == ["Wymyślona", "Anna", "Wymyślona", "Ewa"]
            await tell(one, anna, "erase")
            assert await other.disclosure.inside(texts) == [None, None, "Wymyślona", "Ewa"]
            assert set(await other.vault.keys.remembered()) == {ewa}

    run(story())


def test_a_text_that_was_changed_or_moved_is_not_answered_from_memory(database_url: str) -> None:
    async def story() -> None:
        async with processes(database_url) as (one,):
            person = await register(one)
            family, given = await sealed(one, person)
            assert await one.disclosure.inside([family, given]) == ["Wymyślona", "Anna"]
            changed = family[:-30] + ("A" if family[-30] != "A" else "B") + family[-29:]
            moved = family.replace(":family_name:", ":given_name:")
            assert await one.disclosure.inside([changed, moved, given]) == [None, None, "Anna"]

    run(story())


def test_many_texts_are_answered_in_their_order_from_memory_and_from_the_vault(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "AT_ONCE", 3)
    monkeypatch.setattr(disclosure, "REMEMBERED_AT_ONCE", 4)
    monkeypatch.setattr(keys, "KEYS_REMEMBERED", 2)  # most persons are forgotten again

    async def story() -> None:
        async with processes(database_url) as (one,):
            persons = [await register(one, given_name=f"Osoba {n}") for n in range(5)]
            names = [text for person in persons for text in await sealed(one, person)]
            texts: list[str | None] = [None, "Openly", *names, "[erased]", None]
            plain = [name for n in range(5) for name in ("Wymyślona", f"Osoba {n}")]
            for _ in range(3):
                found = await one.disclosure.inside(texts)
                assert found == [None, "Openly", *plain, "[erased]", None]
            assert len(await one.vault.keys.remembered()) == 2

    run(story())
