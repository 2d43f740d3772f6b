"""Who is signed in? Sessions: a secret in a cookie, its hash here, an end that always comes.

A session ends when nobody used it for a while, when its time is over, when its bearer signs out
and when an admin says so; from that moment on its secret is worth nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import uuid_utils
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
KEPT = timedelta(days=30)  # after its end, so that its bearer sees where he was signed in
NOTED_EVERY = timedelta(minutes=1)  # `seen_at` is no finer, so that reading does not write
SECRET_BYTES = 32
DEVICE_LIMIT = 200

Kind = Literal["account", "token"]
How = Literal["password", "oidc", "token"]


class Session(Struct, frozen=True, kw_only=True):
    """Somebody signed in: the account or token behind it, and the grant that is acted under.

    `acting` is the id of one of the holder's grants; None: nothing was chosen yet.
    """

    id: str
    holder: str
    kind: Kind
    how: How
    acting: str | None
    device: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


_COLUMNS = (
    "s.id::text, s.holder::text, s.kind, s.how, s.acting::text, s.device,"
    " s.created_at, s.seen_at, s.ends_at"
)
_ALIVE = "s.ended_at IS NULL AND s.ends_at > now() AND s.seen_at > now() - %(idle)s"


def _session(row: tuple[Any, ...]) -> Session:
    return Session(**dict(zip(Session.__struct_fields__, row, strict=True)))


def _hash(secret: str) -> bytes:
    """256 random bits cannot be searched: a fast hash without a salt will do."""
    return hashlib.sha256(secret.encode()).digest()


def _parts(text: str) -> tuple[str, str] | None:
    """The id and the secret in a cookie's text."""
    id, _, secret = text.partition("_")
    if len(id) != 32 or not secret or not text.isascii():
        return None
    try:
        return str(UUID(id)), secret
    except ValueError:
        return None


def csrf_of(cookie: str) -> str:
    """What forms of the session carry: only who holds the cookie can compute it."""
    return hmac.new(cookie.encode(), b"ledger csrf", hashlib.sha256).hexdigest()


class Sessions:
    """The sessions in the database."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]") -> None:
        self._pool = pool

    async def begin(
        self, holder: str, kind: Kind, how: How, *, acting: str | None = None, device: str = ""
    ) -> str:
        """A new session; answers the text of its cookie, which cannot be had again."""
        id, secret = uuid_utils.uuid7(), secrets.token_urlsafe(SECRET_BYTES)
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM access.sessions WHERE ends_at < now() - %s", (KEPT,)
            )
            await connection.execute(
                "INSERT INTO access.sessions (id, hash, holder, kind, how, acting, device, ends_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, now() + %s)",
                (str(id), _hash(secret), holder, kind, how, acting, device[:DEVICE_LIMIT], LONGEST),
            )
        return f"{id.hex}_{secret}"

    async def verify(self, cookie: str) -> Session | None:
        """The session behind a cookie's text, unless it is unknown, wrong or over."""
        parts = _parts(cookie)
        if parts is None:
            return None
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS}, s.hash, now() - s.seen_at FROM access.sessions AS s"
                f" WHERE s.id = %(id)s AND {_ALIVE}",
                {"id": parts[0], "idle": IDLE},
            )
            row = await found.fetchone()
            if row is None or not secrets.compare_digest(_hash(parts[1]), row[9]):
                return None
            if row[10] > NOTED_EVERY:
                await connection.execute(
                    "UPDATE access.sessions SET seen_at = now() WHERE id = %s", (parts[0],)
                )
        return _session(row[:9])

    async def alive(self, id: str) -> bool:
        """Whether the session is still going on."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT FROM access.sessions AS s WHERE s.id = %(id)s AND {_ALIVE}",
                {"id": id, "idle": IDLE},
            )
            return found.rowcount == 1

    async def of(self, holder: str) -> list[Session]:
        """The sessions of an account or a token that go on, the newest last."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT {_COLUMNS} FROM access.sessions AS s"
                f" WHERE s.holder = %(holder)s AND {_ALIVE} ORDER BY s.created_at, s.id",
                {"holder": holder, "idle": IDLE},
            )
            return [_session(row) for row in await found.fetchall()]

    async def act_as(self, id: str, grant: str) -> None:
        """From now on the session acts under that grant of its holder."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE access.sessions SET acting = %s WHERE id = %s AND ended_at IS NULL",
                (grant, id),
            )

    async def end(self, id: str, *, by: str, holder: str | None = None) -> bool:
        """Ends a session at once; False where the holder has none, or none going on, of that id."""
        return await self._end("id = %(id)s", by, id=id, holder=holder) == 1

    async def end_all(self, holder: str, *, by: str, but: str | None = None) -> int:
        """Ends all sessions of a holder but one; how many went on."""
        return await self._end("id IS DISTINCT FROM %(but)s::uuid", by, holder=holder, but=but)

    async def _end(self, which: str, by: str, **params: str | None) -> int:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.sessions SET ended_at = now(), ended_by = %(by)s"
                " WHERE ended_at IS NULL"
                f" AND (%(holder)s::uuid IS NULL OR holder = %(holder)s::uuid) AND {which}",
                {**params, "by": by},
            )
            return found.rowcount
