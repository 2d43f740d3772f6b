"""Amounts are added and shared exactly; a label is a text, however it comes."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.kernel.errors import Invalid
from ledger.kernel.fields import Label, added, share
from ledger.kernel.intake import read
from ledger.kernel.messages import Command

GROSZE = st.integers(0, 10**15 - 1)


class Labelled(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command with labels in every place."""

    line: Label
    other: Label | None = None
    several: tuple[Label, ...] = ()


def amount(grosze: int) -> str:
    return f"{grosze // 100}.{grosze % 100:02}"


def label_of(raw: object) -> str:
    return read(Labelled, {"line": raw})[0].line


@pytest.mark.parametrize(
    ("raw", "stored"),
    [("1.1", "1.1"), (3, "3"), (0, "0"), (" 3 ", "3"), ("3", "3"), ("Zadanie 1", "Zadanie 1"),
     ("\u00a02.1\t", "2.1"), ("ż" * 60, "ż" * 60), (f" {'x' * 60} ", "x" * 60)],
)  # fmt: skip
def test_a_label_is_a_text_without_outer_blanks(raw: object, stored: str) -> None:
    assert label_of(raw) == stored


@pytest.mark.parametrize("raw", ["", " ", "x" * 61, 1.1, True, None, [], {}, "a\x00", 10**60])
def test_what_is_no_label_is_named(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        label_of(raw)
    assert [error.field for error in refused.value.errors] == ["line"]


def test_labels_are_read_wherever_they_stand() -> None:
    message, _ = read(Labelled, {"line": 1, "other": 2, "several": [3, " 4 "]})
    assert message == Labelled(line="1", other="2", several=("3", "4"))


@pytest.mark.parametrize(
    ("whole", "part", "of", "stored"),
    [
        ("390147.50", "84.28", "100.00", "328816.31"),
        ("390147.50", "15.72", "100.00", "61331.19"),
        ("0.01", "1.00", "2.00", "0.01"),
        ("0.03", "1.00", "2.00", "0.02"),
        ("0.01", "0.99", "2.00", "0.00"),
        ("100.00", "0.00", "5.00", "0.00"),
        ("7.77", "5.00", "5.00", "7.77"),
    ],
)
def test_a_share_is_rounded_half_up(whole: str, part: str, of: str, stored: str) -> None:
    assert share(whole, part, of) == stored


def test_both_shares_of_an_amount_are_the_amount() -> None:
    assert added("328816.31", "61331.19") == "390147.50"


@settings(database=None, deadline=None, max_examples=300)
@given(GROSZE, GROSZE, GROSZE)
@example(905_864_557_452_867, 310_045_860_280_220, 620_091_720_560_440)  # a tie of 15 digits
def test_a_share_is_exact_however_large(whole: int, part: int, of: int) -> None:
    part, of = min(part, of), max(part, of, 1)
    doubled = 2 * Fraction(whole) * part / of + 1
    assert share(amount(whole), amount(part), amount(of)) == amount(int(doubled // 2))


@settings(database=None, deadline=None, max_examples=100)
@given(st.lists(GROSZE, max_size=8))
def test_a_sum_is_exact_however_large(parts: list[int]) -> None:
    assert added(*map(amount, parts)) == amount(sum(parts))


def test_the_sum_of_nothing_is_nothing() -> None:
    found: list[Any] = []
    assert added(*found) == "0.00"
