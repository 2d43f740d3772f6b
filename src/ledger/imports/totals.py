"""What do the rows come to? Compared with the totals that officers write below them."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from ledger.imports import cells
from ledger.imports.columns import plain

SUMMED = ("gross", "net", "vat", "eligible", "eligible_vat", "eu_amount")
OF_DOCUMENT = 3  # the first ones belong to the document, not to the charge
_WORDS = re.compile(r"(razem|suma|ogolem|lacznie|podsumowanie|total|sum|subtotal|grand total)\b")


def is_total(row: Sequence[Any], raw: Callable[[str], Any]) -> bool:
    """Whether the row holds totals: it says so, and names neither an issuer nor a day."""
    if any(raw(one) not in ("", None) for one in ("issuer_nip", "issued_on")):
        return False
    said = next((one for one in row if isinstance(one, str) and one.strip()), "")
    return len(said) < 200 and _WORDS.match(plain(said)) is not None


class Totals:
    """Sums of the columns: of all rows, of all documents, and of the rows since the last total."""

    def __init__(self) -> None:
        self._before = [Decimal(0)] * len(SUMMED)
        self._part = [Decimal(0)] * len(SUMMED)
        self._repeated = [Decimal(0)] * len(SUMMED)

    def row(self, amounts: Sequence[str | None], *, first: bool) -> None:
        """A row's amounts; `first`: of its document, whose own amounts stand in all its rows."""
        part, repeated = self._part, self._repeated
        for place, amount in enumerate(amounts):
            if amount is not None:
                part[place] += Decimal(amount)
                if not first and place < OF_DOCUMENT:
                    repeated[place] += Decimal(amount)

    def wrong(self, raw: Callable[[str], Any]) -> Iterator[tuple[str, Decimal]]:
        """The columns whose total is none of the sums that it could be, with that of the rows."""
        for place, field in enumerate(SUMMED):
            try:
                told = cells.amount(raw(field))
            except cells.BadCell:
                continue
            whole = self._before[place] + self._part[place]
            sums = (whole, self._part[place], whole - self._repeated[place])
            # A formula that nobody has computed yet reads as zero.
            if told is not None and Decimal(told) and Decimal(told) not in sums:
                yield field, whole

    def next_part(self) -> None:
        """A total was read: the next one may be that of what follows."""
        pairs = zip(self._before, self._part, strict=True)
        self._before = [before + part for before, part in pairs]
        self._part = [Decimal(0)] * len(SUMMED)
