"""Which part of a long list does a page show? A hundred rows, and the way to those around them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.pages.frame.page import Page

SHOWN = 100  # rows on one page


class Part(NamedTuple):
    """A page of rows that are all there already; `before` and `after` are addresses."""

    rows: Sequence[Any]
    first: int
    total: int
    before: str | None
    after: str | None


def part_of(page: Page, rows: Sequence[Any]) -> Part:
    """The rows from the one on that the address names."""
    text = page.query.get("part", "0")
    first = min(int(text[:6]) if text.isdecimal() else 0, max(len(rows) - 1, 0)) // SHOWN * SHOWN
    return Part(
        rows[first : first + SHOWN],
        first,
        len(rows),
        page.here(part=first - SHOWN) if first else None,
        page.here(part=first + SHOWN) if first + SHOWN < len(rows) else None,
    )
