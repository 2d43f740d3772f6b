"""A thousand broken files: each is refused or read, and none breaks the reader."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ledger.imports.problems import Unreadable
from tests.imports.malformed import CORPUS, mutated, nasty_invoices, nasty_tables
from tests.imports.reading_it import Read, read
from tests.imports.tables import csv, xlsx

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def many(examples: int) -> settings:
    """So many of them, however long each takes to make."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def tried(content: bytes) -> Read | None:
    """What the file tells, in good form whatever its bytes; None: it was refused in words."""
    try:
        found = read(content, line="1.1")
    except Unreadable:
        return None
    for document in found.documents:
        amounts = [document.net, document.vat, document.gross]
        amounts += [one.eligible for one in document.charges]
        assert all(AMOUNT.fullmatch(one) for one in amounts), document
        assert DAY.fullmatch(document.issued_on)
        assert document.number.strip() == document.number != ""
    assert all(one.message for one in found.problems.listed)
    return found


@pytest.mark.parametrize("name", CORPUS)
def test_no_file_of_the_corpus_tells_of_a_document(name: str) -> None:
    found = tried(CORPUS[name]())
    assert found is None or not found.documents
    assert found is None or found.problems.count


@many(500)
@given(mutated())
def test_changed_bytes_are_refused_or_read(content: bytes) -> None:
    tried(content)


@many(250)
@given(nasty_tables())
def test_nasty_cells_are_refused_or_read(made: tuple[bool, list[list[Any]]]) -> None:
    workbook, table = made
    if workbook:
        tried(xlsx(table))
    else:
        tried(csv(*([str(cell) for cell in cells] for cells in table)))


@many(250)
@given(nasty_invoices())
def test_nasty_invoices_are_refused_or_read(content: bytes) -> None:
    tried(content)
