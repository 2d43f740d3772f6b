"""How is the master key replaced? Every key is wrapped anew in one transaction; nobody is stopped.

The new key lies beside the old one before anything is wrapped by it, and takes its place when the
database says that it is in force: a crash at any moment leaves the key that is needed in its
place. What was wrapped by the old one, in backups or in what a server has not yet overwritten, is
useless from then on.
"""

from pathlib import Path

import psycopg

from ledger.event_store.connections import options
from ledger.privacy.master import MasterKey, MasterKeyRefused, MasterKeys
from ledger.privacy.sealing import locked, unlocked

PAGE = 5_000


def rotate_master_key(url: str, folder: Path) -> int:
    """Puts a new master key into force; how many keys it wraps. Raises `MasterKeyRefused`."""
    masters = MasterKeys(folder)
    with masters.alone(), psycopg.connect(url, **options("ledger_vault")) as connection:
        with connection.transaction():
            found = connection.execute("SELECT id FROM vault.master FOR UPDATE").fetchone()
            if found is None:
                raise MasterKeyRefused("This database has no master key yet.")
            masters.settle(found[0])
            old, new = masters.in_force(found[0]), masters.prepare()
            if new.id == old.id:
                raise MasterKeyRefused("The key that is to follow is the one in force.")
            count = _persons(connection, old, new)
            _secrets(connection, old, new)
            connection.execute("UPDATE vault.master SET id = %s, since = now()", (new.id,))
        masters.settle(new.id)
    return count


def _persons(connection: psycopg.Connection, old: MasterKey, new: MasterKey) -> int:
    count, last = 0, None
    while True:
        page = connection.execute(
            "SELECT person::text, wrapped FROM vault.keys"
            " WHERE %s::uuid IS NULL OR person > %s ORDER BY person LIMIT %s",
            (last, last, PAGE),
        ).fetchall()
        if not page:
            return count
        wrapped = [_anew(old, new, b"person:" + person.encode(), box) for person, box in page]
        connection.execute(
            "UPDATE vault.keys AS k SET wrapped = n.wrapped"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS n (person, wrapped)"
            " WHERE k.person = n.person",
            ([person for person, _ in page], wrapped),
        )
        count, last = count + len(page), page[-1][0]


def _secrets(connection: psycopg.Connection, old: MasterKey, new: MasterKey) -> None:
    for name, box in connection.execute("SELECT name, wrapped FROM vault.secrets").fetchall():
        wrapped = _anew(old, new, b"secret:" + name.encode(), box)
        connection.execute("UPDATE vault.secrets SET wrapped = %s WHERE name = %s", (wrapped, name))


def _anew(old: MasterKey, new: MasterKey, bound_to: bytes, box: bytes) -> bytes:
    return locked(new.cipher, unlocked(old.cipher, bytes(box), bound_to), bound_to)
