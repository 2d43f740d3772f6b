"""Which part of a long list does a page show? A hundred rows, and the way to those around them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.pages.frame.page import Page

SHOWN = 100  # rows on one page


class Part(NamedTuple):
    """A page of rows that are all there already.

    `name`: what the address calls its number. `first`: the number of its first row, from 1.
    """

    rows: Sequence[Any]
    name: str
    number: int
    pages: int
    first: int
    total: int


def part_of(page: Page, rows: Sequence[Any], name: str = "part") -> Part:
    """The page whose number stands in the address; the first or the last beyond it."""
    pages = max(1, -(-len(rows) // SHOWN))
    text = page.query.get(name, "")
    number = int(text[:9]) if text.isascii() and text.isdigit() else 1
    number = min(max(number, 1), pages)
    first = (number - 1) * SHOWN
    return Part(rows[first : first + SHOWN], name, number, pages, first + 1, len(rows))
