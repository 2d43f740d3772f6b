"""What is wrong with a file? Each problem with its place, and why; all of them at once."""

from typing import Any, NamedTuple

from msgspec import Struct

from ledger.imports.wording import Lang, say
from ledger.kernel.errors import LedgerError

LISTED_LIMIT = 1_000
VALUE_LENGTH = 80


class Unreadable(LedgerError):
    """The file cannot be read: {why}"""

    def __init__(self, key: str, lang: Lang, **facts: Any) -> None:
        super().__init__(why=say(lang, key, **facts))


class Spot(NamedTuple):
    """A place in a file: the sheet (or the file in an archive), the row, the column's letter, and
    the column's header (or the element of an invoice)."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None

    def text(self) -> str:
        """As a spreadsheet names a cell: `Arkusz1!F12`."""
        cell = f"{self.column or ''}{self.row or ''}" or self.field or ""
        return f"{self.sheet}!{cell}" if self.sheet and cell else self.sheet or cell


class CellProblem(Struct, frozen=True):
    """One thing that is wrong: where, what stands there, and why it cannot stay."""

    sheet: str | None
    row: int | None
    column: str | None
    field: str | None
    value: str | None
    message: str

    def spot(self) -> Spot:
        """Where it is."""
        return Spot(self.sheet, self.row, self.column, self.field)


class Problems:
    """The problems of a file: the first thousand are listed, all are counted."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.count = 0
        self.listed: list[CellProblem] = []

    def add(self, spot: Spot, value: object, key: str, **facts: Any) -> None:
        """Notes a problem; `key` names the sentence."""
        self.tell(spot, value, say(self.lang, key, **facts))

    def tell(self, spot: Spot, value: object, message: str) -> None:
        """Notes a problem in words."""
        self.count += 1
        if len(self.listed) < LISTED_LIMIT:
            self.listed.append(CellProblem(*spot, _shown(value), message))


def _shown(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = " ".join(str(value).split())
    text = "".join(one for one in text if one.isprintable())
    return text if len(text) <= VALUE_LENGTH else f"{text[: VALUE_LENGTH - 1]}…"
