"""A long list is shown a part at a time: every row on exactly one part, whatever is typed."""

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.frame.page import Page
from api.pages.frame.parting import SHOWN, part_of


class Asked:
    """As much of a page as tells which part is asked for."""

    def __init__(self, part: str | None = None) -> None:
        self.query = {} if part is None else {"part": part}

    def here(self, part: int) -> str:
        return str(part)


def part(rows: list[int], text: str | None = None) -> Any:
    return part_of(cast(Page, Asked(text)), rows)


@given(st.integers(0, 5 * SHOWN))
def test_who_goes_on_to_the_end_sees_every_row_once(count: int) -> None:
    rows, seen, where = list(range(count)), [], None
    while True:
        one = part(rows, where)
        assert one.total == count
        assert len(one.rows) <= SHOWN
        seen += one.rows
        where = one.after
        if where is None:
            break
        assert part(rows, where).before == str(one.first)
    assert seen == rows


@pytest.mark.parametrize("text", ["-1", "x", "99999999999", "250", "٣", "²"])
def test_what_is_no_place_leads_to_a_part_that_there_is(text: str) -> None:
    rows = list(range(3 * SHOWN))
    one = part(rows, text)
    assert list(one.rows) == rows[one.first : one.first + SHOWN] != []
