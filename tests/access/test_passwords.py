"""A password is kept as argon2id, and none is taken that an attacker tries soon."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from ledger.access import passwords
from ledger.access.common_words import COMMON_WORDS
from ledger.kernel.errors import Invalid

GOOD = (
    "zielona żyrafa liczy faktury",
    "x7HqLm29vTzp",
    "niebieski-slon-7-lampa",
    "Zażółć gęślą jaźń",
    "umbrella quiet ladder seven",
)
WEAK = (
    "Hasło1234567",
    "mojehasło123456",
    "Warszawa2019!",
    "Wielkanoc2020!",
    "Liderzy2018!!",
    "projekt-kooperacja",
    "kochamciebie1",
    "administrator1",
    "qwertyuiop12",
    "zaq12wsxcde3",
    "123456789012",
    "aaaaaaaaaaaa",
    "dupa1234dupa",
    "abcdefghijklmn",
    "correcthorsebatterystaple",
    "P@ssw0rd2024",
    "hasłohasłohasło",
    "akowalska2024",
)


def said(password: str, *own: str) -> str:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, *own)
    (error,) = refused.value.errors
    assert error.field == "password"
    return error.message


@pytest.mark.parametrize("password", GOOD)
def test_several_words_that_do_not_belong_together_are_good(password: str) -> None:
    passwords.check(password, "akowalska")


@pytest.mark.parametrize("password", WEAK)
def test_what_attackers_try_soon_is_refused(password: str) -> None:
    assert "guessed" in said(password, "akowalska", "a.kowalska@rops.rzeszow.pl")


def test_the_commonest_passwords_of_the_world_are_refused() -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    long = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= passwords.LEAST]
    assert len(long) > 200
    for one in (*long, *(word for word in COMMON_WORDS if len(word) >= passwords.LEAST)):
        for variant in (one, one.capitalize(), one + "1"):
            assert passwords.guesses(variant) < passwords.GUESSES, variant


def test_its_length_has_limits() -> None:
    assert "at least 12" in said("krótkie żab")
    assert "at most 128" in said("x7HqLm29vTzp" * 11)
    assert "printable" in said("x7HqLm29vTzp\n")


def test_it_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, two = (asyncio.run(passwords.hashed(GOOD[0])) for _ in range(2))
    assert one != two
    kept = extract_parameters(PasswordHasher().hash("x"))
    assert (kept.type, kept.memory_cost, kept.time_cost) == (Type.ID, 65_536, 3)


def test_letters_count_as_they_look_however_the_keyboard_composed_them() -> None:
    composed, apart = (
        "Zażółć gęślą jaźń",
        "Zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301",
    )
    kept = asyncio.run(passwords.hashed(composed))
    assert asyncio.run(passwords.verify(kept, apart))
    assert not asyncio.run(passwords.verify(kept, composed + " "))


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_nothing_is_the_password_of_nobody(kept: str | None) -> None:
    assert not asyncio.run(passwords.verify(kept, "nobody has this password"))


def test_what_was_kept_with_weaker_parameters_is_outdated() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert passwords.is_outdated(weaker)
    assert not passwords.is_outdated(PasswordHasher().hash("x"))
