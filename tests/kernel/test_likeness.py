"""A text that seems to identify a person is told from one that does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.likeness import HIDDEN, likeness, without

PERSONAL = {
    "pesel 84022912343.": "a PESEL number",
    "44051401359": "a PESEL number",
    "02270803624": "a PESEL number",
    "pisz na anna.nowak+ops@example.org": "an e-mail address",
    "tel. 600 100 200": "a telephone number",
    "600-100-200,": "a telephone number",
    "+48 600100200": "a telephone number",
    "0048600100200": "a telephone number",
    "(22 829 01 23)": "a telephone number",
    "zadzwoń 601234567": "a telephone number",
}
PLAIN = (
    "84022912345",  # the last digit does not check the others
    "99999999999",
    "840229123430",
    "REGON 690581324",
    "NIP 813-331-50-14",
    "27 773 272,46 zł",
    "130 000 000,00",
    "2019-05-13",
    "FV/600/100/200",
    "0197a3c5-7c1e-7d3a-9b52-600100200111",
    "5265877635-20250826-0100001AF629-AF",
    "81 1070 0002 0000 0012 3456 7890",
    "a@b",
    "Aneks nr 1",
)


@pytest.mark.parametrize("text", PERSONAL)
def test_what_identifies_somebody_is_named_and_taken_out(text: str) -> None:
    assert likeness(text) == PERSONAL[text]
    assert HIDDEN in without(text)
    assert likeness(without(text)) is None


@pytest.mark.parametrize("text", PLAIN)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert likeness(text) is None


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert likeness(text) is None or without(text) != text
