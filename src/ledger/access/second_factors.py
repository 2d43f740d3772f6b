"""What does somebody show beside the password? A code of the moment (RFC 6238), or one kept for it.

A code is taken once: what was seen over a shoulder or on a wire is worth nothing. Recovery codes
help where the device is lost, each once.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

import pyotp
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ledger.access.secret import AccessKey

STEP_SECONDS, STEPS_AROUND = 30, 1  # clocks may differ by one step
RECOVERY_CODES = 10
ISSUER = "Ledger"


class Offer(NamedTuple):
    """A secret to be put into a device: as text, and as the address that a QR code holds."""

    secret: str
    address: str


def _digits(code: str) -> str:
    return "".join(code.split()).replace("-", "")


def _hash(account: str, code: str) -> bytes:
    """80 random bits cannot be searched: a fast hash will do."""
    return hashlib.sha256(account.encode() + _digits(code).lower().encode()).digest()


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


class SecondFactors:
    """The second factors in the database, sealed with a key that is not there."""

    def __init__(self, pool: "AsyncConnectionPool[AsyncConnection]", key: AccessKey) -> None:
        self._pool = pool
        self._key = key

    async def offer(self, account: str, name: str) -> Offer | None:
        """A new secret, which counts once a code of it is shown; None: there is a factor already.

        Until then it can be offered anew.
        """
        secret = pyotp.random_base32()
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "INSERT INTO access.second_factors AS f (account, sealed) VALUES (%s, %s)"
                " ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, step = 0"
                " WHERE f.confirmed_at IS NULL",
                (account, self._key.seal(secret.encode(), account)),
            )
            if found.rowcount != 1:
                return None
        return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))

    async def confirm(self, account: str, code: str) -> list[str] | None:
        """Puts an offered factor in force; answers recovery codes, shown this once.

        None: nothing is offered, or the code is not one of it.
        """
        if not await self._take(account, code, "confirmed_at IS NULL", ", confirmed_at = now()"):
            return None
        return await self.new_recovery_codes(account)

    async def accepts(self, account: str, code: str) -> bool:
        """Whether the code is one of the factor in force or a recovery code; it is used up."""
        if await self._take(account, code, "confirmed_at IS NOT NULL"):
            return True
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "UPDATE access.recovery_codes SET used_at = now()"
                " WHERE account = %s AND hash = %s AND used_at IS NULL",
                (account, _hash(account, code)),
            )
            return found.rowcount == 1

    async def new_recovery_codes(self, account: str) -> list[str]:
        """Recovery codes in the place of those before."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM access.recovery_codes WHERE account = %s", (account,)
            )
            await connection.execute(
                "INSERT INTO access.recovery_codes (account, hash) SELECT %s, unnest(%s::bytea[])",
                (account, [_hash(account, code) for code in codes]),
            )
        return codes

    async def recovery_codes_left(self, account: str) -> int:
        """How many of them were not used."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT count(*) FROM access.recovery_codes WHERE account = %s AND used_at IS NULL",
                (account,),
            )
            row = await found.fetchone()
        assert row is not None
        return int(row[0])

    async def remove(self, account: str) -> bool:
        """The account has no second factor any more; False: it had none."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM access.recovery_codes WHERE account = %s", (account,)
            )
            found = await connection.execute(
                "DELETE FROM access.second_factors WHERE account = %s", (account,)
            )
            return found.rowcount == 1

    async def _take(self, account: str, code: str, state: str, also: str = "") -> bool:
        """Accepts a code of the moment if none of its step or a later one was accepted before."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                f"SELECT sealed FROM access.second_factors WHERE account = %s AND {state}",
                (account,),
            )
            row = await found.fetchone()
            if row is None:
                return False
            secret = self._key.unseal(bytes(row[0]), account).decode()
            for step in _steps(secret, _digits(code)):
                taken = await connection.execute(
                    f"UPDATE access.second_factors SET step = %s{also}"
                    f" WHERE account = %s AND step < %s AND {state}",
                    (step, account, step),
                )
                if taken.rowcount == 1:
                    return True
        return False


def _steps(secret: str, code: str) -> Sequence[int]:
    """The steps around now of which that is the code, the earliest first."""
    now = int(time.time()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    around = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
    return [
        step
        for step in around
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
