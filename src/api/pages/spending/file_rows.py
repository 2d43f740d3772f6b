"""What would be recorded of a file that was checked, a page of rows at a time?

The rows are read again from the file, which is kept; the latest few files are remembered.
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.importing import told_again
from api.pages.frame.page import Page
from ledger.imports.accounting import Document
from ledger.imports.kept import Kept
from ledger.imports.recorded import Register
from ledger.imports.rows import FileRow, rows_of

REMEMBERED = 3  # files; 20 000 documents take about 20 MB
_KEY = "import_rows"


class FileRows(NamedTuple):
    """The rows of a file, and the documents that they are of."""

    rows: list[FileRow]
    documents: dict[str, Document]


async def rows_in(page: Page, kept: Kept) -> FileRows:
    """The rows of the file, as it was checked."""
    known: dict[str, FileRows] = page.request.app.state.setdefault(_KEY, {})
    found = known.get(kept.id)
    if found is None:
        told, budget = await told_again(page.parts, page.caller, kept)
        found = FileRows(rows_of(told, budget), told.documents)
        while len(known) >= REMEMBERED:
            del known[next(iter(known))]
        known[kept.id] = found
    return found


async def known_of(page: Page, kept: Kept, of: FileRows, shown: Sequence[FileRow]) -> set[str]:
    """The documents of these rows that are recorded already, as the file tells them."""
    some = {one.document: of.documents[one.document] for one in shown if one.document}
    register = Register(page.parts.reading, kept.project, scoped=page.caller.project is not None)
    compared = await register.compare(some)
    return {id for id, differences in compared.items() if not differences}
