"""In which order are persons listed, and whom does a name find? Told by names, once opened.

Names are nowhere in the database but sealed, so it can neither sort nor search them. A list of more
than `BY_NAME_LIMIT` persons stands in the order of their ids: a page of it opens only its own.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.kernel.collation import Key, polish
from ledger.kernel.personal import ERASED

BY_NAME_LIMIT = 2_000


class Place(NamedTuple):
    """A row's id and the name by which it is sorted; nobody's name is empty but an erased one's."""

    id: str
    name: str


def by_name(
    ids: Sequence[str],
    names: Sequence[str | None],
    wanted: str | None,
    after: tuple[str, str] | None,
) -> list[Place]:
    """The rows after `after` (name and id), in order; those without a name stand last.

    `names` holds as many for each row, family name first. `wanted` must occur in the full name.
    """
    width = len(names) // len(ids) if ids else 1
    places = []
    for row, id in enumerate(ids):
        of_row = names[row * width : (row + 1) * width]
        parts = [one for one in of_row if one is not None and one != ERASED]
        if wanted is None or _found(wanted.casefold(), parts):
            places.append(Place(id, " ".join(parts)))
    places.sort(key=_order)
    if after is None:
        return places
    last = _order(Place(after[1], after[0]))
    return [one for one in places if _order(one) > last]


def _found(wanted: str, parts: Sequence[str]) -> bool:
    return any(wanted in " ".join(order).casefold() for order in (parts, parts[::-1]))


def _order(place: Place) -> tuple[bool, Key, str]:
    return not place.name, polish(place.name), place.id
