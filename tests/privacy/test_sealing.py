"""A sealed text opens in its own place with its own key, and nowhere else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.personal import Place
from ledger.privacy.sealing import Unreadable, new_key, opened, read, seal

KEY, OTHER = AESGCM(new_key()), AESGCM(new_key())
PLACE = Place("0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c", 3, "family_name")
TEXTS = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), min_size=1, max_size=200)


def sealed(text: str = "Żółć-Nowak", place: Place = PLACE) -> str:
    return seal(KEY, place, text)


def open_text(text: str, place: Place | None = None, key: AESGCM = KEY) -> str:
    parts = read(text)
    if parts is None:
        raise Unreadable
    return opened(key, parts, place)


@given(TEXTS)
def test_what_was_sealed_is_opened_again(text: str) -> None:
    assert open_text(sealed(text), PLACE) == text


@given(TEXTS)
def test_a_sealed_text_is_one_line_of_ascii_that_says_whose_it_is(text: str) -> None:
    found = sealed(text)
    assert found.isascii()
    assert found.isprintable()
    assert found.startswith(f"sealed-1:{PLACE.stream}:3:family_name:")


@given(TEXTS)
def test_the_same_text_is_never_sealed_to_the_same_bytes(text: str) -> None:
    assert sealed(text) != sealed(text)


def test_names_of_different_lengths_look_alike() -> None:
    assert {len(sealed("x" * length)) for length in range(1, 33)} == {len(sealed("x"))}


@given(st.data())
def test_any_flipped_bit_makes_it_unreadable(data: st.DataObject) -> None:
    head, _, box = sealed().rpartition(":")
    content = bytearray(urlsafe_b64decode(box + "=" * (-len(box) % 4)))
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << (bit % 8)
    changed = urlsafe_b64encode(bytes(content)).rstrip(b"=").decode()
    with pytest.raises(Unreadable):
        open_text(f"{head}:{changed}")


@given(st.data())
def test_any_changed_character_makes_it_unreadable(data: st.DataObject) -> None:
    text = sealed()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda one: one != text[at]))
    with pytest.raises(Unreadable):
        open_text(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize(
    "place",
    [
        PLACE._replace(stream="0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2d"),
        PLACE._replace(version=4),
        PLACE._replace(field="given_name"),
    ],
)
def test_it_opens_in_no_other_place(place: Place) -> None:
    text = sealed()
    with pytest.raises(Unreadable):
        open_text(text, place)
    relabelled = f"sealed-1:{place.stream}:{place.version}:{place.field}:{text.rpartition(':')[2]}"
    with pytest.raises(Unreadable):
        open_text(relabelled, place)


def test_it_opens_with_no_other_key() -> None:
    with pytest.raises(Unreadable):
        open_text(sealed(), PLACE, OTHER)


@given(st.text())
def test_what_is_not_sealed_is_not_taken_for_it(text: str) -> None:
    assert read(text) is None
