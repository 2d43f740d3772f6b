"""How long does who failed have to wait? Longer with each failure, but never for ever.

Failures are counted by what is attacked (an account's name) and by where from (an address). Who
comes from a browser by which the account was signed in before is counted by that browser alone: an
attacker elsewhere can slow down new browsers, but not lock out the person. A try is counted before
it is judged, so many at once are no way around it, and while one waits nothing is counted, so a
wait cannot be drawn out.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ledger.access.refusals import TooManyTries
from ledger.access.secret import AccessKey

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
_DOUBLINGS = 10  # more than lead from the shortest to the longest


class Counted(NamedTuple):
    """Something whose failures are counted; so many are free before one has to wait."""

    kind: str
    text: str
    free: int


def of_name(name: str) -> Counted:
    """The account that is attacked, whether there is one of that name or not."""
    return Counted("name", name, 5)


def of_browser(device: str) -> Counted:
    """A browser that the account knows."""
    return Counted("device", device, 5)


def of_address(address: str) -> Counted:
    """Where tries come from: a whole office may sit behind one address."""
    return Counted("address", address, 50)


_TRY = """
INSERT INTO access.failures AS f (what, count, last_at) VALUES (%(what)s, 1, now())
ON CONFLICT (what) DO UPDATE SET last_at = now(),
    count = CASE WHEN f.last_at < now() - %(forgotten)s THEN 1 ELSE f.count + 1 END,
    until = CASE WHEN f.last_at >= now() - %(forgotten)s AND f.count + 1 >= %(free)s THEN
        now() + least(%(longest)s,
                      %(shortest)s * 2 ^ least(f.count + 1 - %(free)s, %(doublings)s)) END
WHERE f.until IS NULL OR f.until <= now()
RETURNING true"""


class Failures:
    """The failures in the database, by short keyed hashes: no name and no address is kept."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]", key: AccessKey) -> None:
        self._pool = pool
        self._key = key

    async def begin(self, counted: Sequence[Counted]) -> None:
        """Counts a try that is about to be judged. Raises `TooManyTries` while one has to wait."""
        async with self._pool.connection() as connection, connection.transaction():
            for one in counted:
                found = await connection.execute(_TRY, self._params(one))
                if found.rowcount != 1:
                    raise TooManyTries(await self._seconds(connection, one))

    async def succeeded(self, counted: Sequence[Counted]) -> None:
        """The try that was counted was none that failed; what was found by its name is forgiven."""
        async with self._pool.connection() as connection:
            for one in counted:
                forgiven = "0" if one.kind != "address" else "greatest(count - 1, 0)"
                await connection.execute(
                    f"UPDATE access.failures SET count = {forgiven}, until = NULL"
                    " WHERE what = %(what)s",
                    self._params(one),
                )

    async def withdraw(self, counted: Sequence[Counted]) -> None:
        """The try that was counted does not count: more has to be shown before it is judged."""
        async with self._pool.connection() as connection:
            for one in counted:
                await connection.execute(
                    "UPDATE access.failures SET count = greatest(count - 1, 0), until = NULL"
                    " WHERE what = %(what)s",
                    self._params(one),
                )

    async def forgive(self, counted: Counted) -> None:
        """Nobody has to wait for it any more: an admin says so."""
        await self.succeeded([counted])

    async def clean(self) -> None:
        """Forgets what does not count any more."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM access.failures WHERE last_at < now() - %s", (FORGOTTEN,)
            )

    def _params(self, one: Counted) -> dict[str, object]:
        # Four bytes: too few to find a name by, enough that strangers seldom share them.
        return {
            "what": one.kind.encode() + b":" + self._key.digest(one.kind, one.text, 4),
            "free": one.free,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "forgotten": FORGOTTEN,
            "doublings": _DOUBLINGS,
        }

    async def _seconds(self, connection: AsyncConnection, one: Counted) -> int:
        found = await connection.execute(
            "SELECT ceil(extract(epoch FROM until - now()))::int FROM access.failures"
            " WHERE what = %(what)s",
            self._params(one),
        )
        row = await found.fetchone()
        return max(1, row[0] if row and row[0] is not None else 1)
