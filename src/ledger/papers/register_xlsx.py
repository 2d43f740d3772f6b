"""How does the expenditure register become a workbook? Page by page, in steady memory."""

import asyncio
from collections.abc import Mapping
from typing import Any, BinaryIO

from ledger.papers.imprint import Imprint
from ledger.papers.register import COLUMNS, EVERYTHING, register
from ledger.papers.words import words
from ledger.papers.workbooks import Book, TableSheet
from ledger.papers.written import Lang
from ledger.queries.asking import Question


async def register_xlsx(
    question: Question,
    project: str,
    made: Imprint,
    lang: Lang,
    file: BinaryIO,
    filters: Mapping[str, Any] = EVERYTHING,
) -> None:
    """Writes the register's workbook; the sums follow the filter that a reader sets."""
    name = words(lang)["register_sheet"]
    book = Book(file, lang, made, name)
    try:
        table = TableSheet(book, name, COLUMNS)
        async for rows in register(question, project, lang, filters):
            await asyncio.to_thread(table.add, rows)
        table.finish(lambda cells: f"SUBTOTAL(109,{cells})")
    finally:
        await asyncio.to_thread(book.close)
