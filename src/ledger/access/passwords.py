"""How is a password kept, and which one is good enough? As argon2id; none that is soon guessed."""

import asyncio
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ledger.access.common_words import COMMON_WORDS
from ledger.kernel.errors import Invalid

LEAST, MOST = 12, 128
# So many guesses take years where a guess costs as much as ours does.
GUESSES = 10**10
JUDGED = 72  # the first characters; judging takes longer than the length grows
AT_ONCE = 2  # each takes 64 MiB and a core

_hasher = PasswordHasher()  # RFC 9106, the profile for little memory
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")


def normal(password: str) -> str:
    """The password in one form, however the keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *own: str, field: str = "password") -> None:
    """Raises `Invalid` for a password that is too short, too long or soon guessed.

    `own`: words that belong to the account, such as its name, which an attacker tries first.
    """
    password = normal(password)
    if len(password) < LEAST:
        raise Invalid.field(field, f"must have at least {LEAST} characters")
    if len(password) > MOST:
        raise Invalid.field(field, f"must have at most {MOST} characters")
    if not password.isprintable():
        raise Invalid.field(field, "must have printable characters only")
    if guesses(password, own) < GUESSES:
        raise Invalid.field(
            field,
            "is guessed soon: it is made of common words, names, dates, repetitions or keys"
            " beside each other. Several words that do not belong together are better",
        )


def guesses(password: str, own: Sequence[str] = ()) -> int:
    """After how many guesses the password would be found, about.

    The commonest passwords, words and names of several languages, dates, repetitions, sequences
    and walks over the keyboard are tried first, as attackers do.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a while to load

    parts = [part for text in own for part in (text, *text.replace("@", ".").split(".")) if part]
    judged = plain(password[:JUDGED])
    found = zxcvbn(judged, user_inputs=[*map(plain, parts), *COMMON_WORDS])
    return int(found["guesses"])


def plain(text: str) -> str:
    """Without the marks of Polish letters: `hasło` is as common as `haslo`."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
        if not unicodedata.combining(letter)
    )


async def hashed(password: str) -> str:
    """What is kept of a password."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _hasher.hash, normal(password))


async def verify(kept: str | None, password: str) -> bool:
    """Whether it is the password of which that is kept; takes as long where nothing is."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _verify, kept, normal(password))


def is_outdated(kept: str) -> bool:
    """Whether it was made with weaker parameters than are used now."""
    return _hasher.check_needs_rehash(kept)


def _verify(kept: str | None, password: str) -> bool:
    if kept is None:
        _hasher.hash(password)
        return False
    try:
        return _hasher.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False
