"""Where are the persons' keys? Wrapped in the database; some are remembered, none once erased.

Every question for keys is also the question what was erased since the last one, in one snapshot:
an erasure by another process holds for the next answer of this one. What was opened with a key is
remembered with it, and forgotten with it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg_pool import AsyncConnectionPool

from ledger.event_store.connections import options
from ledger.privacy.master import MasterKey, MasterKeys
from ledger.privacy.sealing import locked, new_key, unlocked

KEYS_REMEMBERED = 100_000  # up to 1.6 kB each, once her names were asked for
SECRETS = ("requests", "cursors")

_FIND = """
SELECT k.person::text, k.wrapped, 0::bigint FROM vault.keys AS k
WHERE k.person = ANY(%(missing)s::uuid[])
UNION ALL SELECT e.person::text, NULL, e.number FROM vault.erased AS e WHERE e.number > %(seen)s
UNION ALL SELECT m.id, NULL, -1 FROM vault.master AS m"""
# Waits for a change of the master key, and makes nothing under the old one.
_MAKE = """
WITH master AS (SELECT FROM vault.master AS m WHERE m.id = %(master)s FOR SHARE)
INSERT INTO vault.keys (person, wrapped)
SELECT n.person, n.wrapped
FROM master, unnest(%(persons)s::uuid[], %(wrapped)s::bytea[]) AS n (person, wrapped)
ON CONFLICT (person) DO NOTHING RETURNING person::text"""
# A key is made before the event that needs it; after a day no event will come any more.
_SWEEP = """
DELETE FROM vault.keys AS k WHERE k.made_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM log.events AS e WHERE e.stream = k.person)"""


class PersonKey:
    """A person's key, and what is remembered of the sealed texts that it opened."""

    __slots__ = ("material", "texts")

    def __init__(self, material: bytes) -> None:
        self.material = material
        self.texts: dict[str, str] = {}

    @property
    def cipher(self) -> AESGCM:
        """The cipher of that key: made in 4 µs, but it holds 2.4 kB for as long as it is kept."""
        return AESGCM(self.material)


class PersonKeys:
    """The keys in the database, and those that this process remembers."""

    def __init__(self, url: str, folder: Path) -> None:
        settings = options("ledger_vault")
        # What is written here is on the disk before the event that follows it: there is one WAL.
        settings["options"] += " -c synchronous_commit=off"
        self._pool = AsyncConnectionPool(url, kwargs=settings, min_size=1, max_size=4, open=False)
        self._masters = MasterKeys(folder)
        self._master: MasterKey | None = None
        self._secrets: dict[str, bytes] = {}
        self._known: OrderedDict[str, PersonKey] = OrderedDict()
        self._seen = 0  # the last erasure that what is remembered takes into account

    async def open(self) -> None:
        """Connects. Raises `MasterKeyRefused` where the keys cannot be unwrapped."""
        await self._pool.open(wait=True, timeout=30)
        self._master = await asyncio.to_thread(self._masters.in_force, await self._master_id())
        await asyncio.to_thread(self._settle, self._master.id)
        for name in SECRETS:
            self._secrets[name] = await self._secret(name)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()

    async def of(self, persons: Collection[str]) -> Mapping[str, PersonKey]:
        """The keys of these persons, without those that were erased or never made."""
        held = {one: self._known[one] for one in persons if one in self._known}
        seen, missing = self._seen, [one for one in persons if one not in held]
        rows = await self._rows(_FIND, {"missing": missing, "seen": seen})
        gone = {id: number for id, _, number in rows if number > 0}
        master = await self._in_force(next(id for id, _, number in rows if number < 0))
        view = max(gone.values(), default=seen)
        found = {id: _unwrapped(master, id, bytes(wrapped)) for id, wrapped, _ in rows if wrapped}
        self._forget(gone, view)
        if self._seen == view:  # else somebody has seen a later erasure meanwhile
            self._remember(found)
        return {id: key for id, key in (held | found).items() if id not in gone}

    async def remembered(self) -> Mapping[str, PersonKey]:
        """The keys that this process holds, which other questions add to and take from.

        Nobody is among them who was erased, by whatever process, before this was asked.
        """
        rows = await self.erased_since(self._seen)
        self._forget([person for person, _ in rows], max((number for _, number in rows), default=0))
        return self._known

    async def made_for(self, persons: Collection[str]) -> Mapping[str, PersonKey]:
        """The keys of these persons; those who have none get one, unless they were erased."""
        assert self._master is not None
        new = {one: new_key() for one in persons}
        wrapped = [_wrapped(self._master, one, key) for one, key in new.items()]
        made = await self._rows(
            _MAKE, {"master": self._master.id, "persons": list(new), "wrapped": wrapped}
        )
        keys = {id: PersonKey(new[id]) for (id,) in made}
        self._remember(keys)
        if len(keys) == len(new):
            return keys
        before = self._master
        found = keys | dict(await self.of([one for one in new if one not in keys]))
        if self._master is before:
            return found
        return found | dict(await self.made_for([one for one in new if one not in found]))

    def secret(self, name: str) -> bytes:
        """A secret of the whole ledger."""
        return self._secrets[name]

    async def erased_since(self, number: int) -> list[tuple[str, int]]:
        """Who was erased after that number, in order."""
        return await self._rows(
            "SELECT person::text, number FROM vault.erased WHERE number > %(number)s"
            " ORDER BY number",
            {"number": number},
        )

    async def destroy(self, persons: Iterable[str]) -> None:
        """Destroys these persons' keys, where they exist, for good."""
        await self._rows(
            "SELECT vault.destroy(p) FROM unnest(%(persons)s::uuid[]) AS p",
            {"persons": list(persons)},
        )

    async def sweep(self) -> None:
        """Takes away keys whose event was never recorded."""
        async with self._pool.connection() as connection:
            await connection.execute(_SWEEP)

    async def _master_id(self) -> str:
        """The id of the master key in force; a database that has none gets the first one."""
        rows = await self._rows("SELECT id FROM vault.master", {})
        if not rows:
            first = await asyncio.to_thread(self._masters.first)
            await self._rows(
                "WITH made AS (INSERT INTO vault.master (id) VALUES (%(id)s)"
                " ON CONFLICT DO NOTHING) SELECT 1",
                {"id": first.id},
            )
            rows = await self._rows("SELECT id FROM vault.master", {})
        return str(rows[0][0])

    def _settle(self, id: str) -> None:
        with self._masters.alone():
            self._masters.settle(id)

    async def _in_force(self, id: str) -> MasterKey:
        if self._master is None or self._master.id != id:  # it was replaced meanwhile
            self._master = await asyncio.to_thread(self._masters.in_force, id)
        return self._master

    async def _secret(self, name: str) -> bytes:
        assert self._master is not None
        wrapped = locked(self._master.cipher, new_key(), b"secret:" + name.encode())
        rows = await self._rows(
            "WITH made AS (INSERT INTO vault.secrets (name, wrapped)"
            " VALUES (%(name)s, %(wrapped)s) ON CONFLICT (name) DO NOTHING RETURNING wrapped)"
            " SELECT wrapped FROM made"
            " UNION ALL SELECT wrapped FROM vault.secrets WHERE name = %(name)s",
            {"name": name, "wrapped": wrapped},
        )
        if not rows:  # another process made it at this moment
            return await self._secret(name)
        return unlocked(self._master.cipher, bytes(rows[0][0]), b"secret:" + name.encode())

    def _forget(self, gone: Iterable[str], view: int) -> None:
        for person in gone:
            self._known.pop(person, None)
        self._seen = max(self._seen, view)

    def _remember(self, keys: Mapping[str, PersonKey]) -> None:
        self._known.update(keys)
        while len(self._known) > KEYS_REMEMBERED:
            self._known.popitem(last=False)

    async def _rows(self, statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement.encode(), params)).fetchall()


def _wrapped(master: MasterKey, person: str, key: bytes) -> bytes:
    return locked(master.cipher, key, b"person:" + person.encode())


def _unwrapped(master: MasterKey, person: str, wrapped: bytes) -> PersonKey:
    return PersonKey(unlocked(master.cipher, wrapped, b"person:" + person.encode()))
