"""A long list is shown a part at a time: every row on exactly one part, whatever is typed."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.frame.page import Page
from api.pages.frame.parting import SHOWN, Part, part_of


class Asked:
    """As much of a page as tells which part is asked for."""

    def __init__(self, part: str | None = None) -> None:
        self.query = {} if part is None else {"part": part}


def part(rows: list[int], text: str | None = None) -> Part:
    return part_of(cast(Page, Asked(text)), rows)


@given(st.integers(0, 5 * SHOWN))
def test_who_goes_on_to_the_end_sees_every_row_once(count: int) -> None:
    rows, seen = list(range(count)), list[int]()
    pages = part(rows).pages
    for number in range(1, pages + 1):
        one = part(rows, str(number))
        assert (one.number, one.pages, one.total) == (number, pages, count)
        assert one.first == len(seen) + 1
        assert len(one.rows) <= SHOWN
        seen += one.rows
    assert seen == rows


@pytest.mark.parametrize(
    ("text", "number"),
    [("-1", 1), ("x", 1), ("", 1), ("0", 1), ("٣", 1), ("²", 1), ("3", 3), ("99999999999", 3)],
)
def test_what_is_no_page_leads_to_the_first_and_what_lies_beyond_to_the_last(
    text: str, number: int
) -> None:
    rows = list(range(3 * SHOWN))
    one = part(rows, text)
    assert one.number == number
    assert list(one.rows) == rows[(number - 1) * SHOWN : number * SHOWN]
