"""What becomes of a bundle whose tables or documents were changed by somebody who has the key?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.integrity.note import Signer
from tests.bundle.checking import changed, found, lines_of, resigned, told
from tests.bundle.conftest import LOST

Members = dict[str, bytes]


def cell(name: str, row: int, column: str, value: str) -> Callable[[bytes], bytes]:
    """A change of one cell of a table without quotation marks."""

    def change(content: bytes) -> bytes:
        lines = content.decode().splitlines()
        at = lines[0].split(",").index(column)
        cells = lines[row].split(",")
        assert len(cells) == len(lines[0].split(",")), name
        cells[at] = value
        lines[row] = ",".join(cells)
        return ("\n".join(lines) + "\n").encode()

    return change


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("budget", one) for one in ("planned", "recorded", "claimed", "approved", "disallowed")),
        *(("expenditures", one) for one in ("eligible", "eu_amount", "disallowed")),
        *(("claims", one) for one in ("eligible", "eu_amount", "approved", "paid", "status")),
        *(("claim_lines", one) for one in ("eligible", "eu_amount", "approved")),
    ],
)
def test_a_changed_number_is_named_with_its_event(
    members: Members, tmp_path: Path, signer: Signer, name: str, column: str
) -> None:
    path = f"projections/{name}.csv"
    after = resigned(changed(members, path, cell(name, 1, column, "7.77")), signer)
    assert told(found(tmp_path, after), f"{path}, line 2 (position ", f"{column} is 7.77")


@pytest.mark.parametrize("name", ["budget", "expenditures", "claims", "claim_lines"])
@pytest.mark.parametrize("how", ["left out", "twice"])
def test_a_row_too_few_or_too_many_is_found(
    members: Members, tmp_path: Path, signer: Signer, name: str, how: str
) -> None:
    path = f"projections/{name}.csv"

    def change(content: bytes) -> bytes:
        lines = lines_of(content)
        return b"".join([lines[0], *lines[2:]] if how == "left out" else [*lines, lines[-1]])

    after = resigned(changed(members, path, change), signer)
    words = "is missing" if how == "left out" else "stands there twice"
    assert told(found(tmp_path, after), path, words)


def test_documents_are_those_that_the_events_name(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    name = next(one for one in members if one.startswith("documents/"))
    after = resigned(changed(members, name, lambda content: content + b"!"), signer)
    assert told(found(tmp_path, after), name, "named at position", "its bytes were changed")
    left = resigned({k: v for k, v in members.items() if k != name}, signer)
    assert told(found(tmp_path, left), name, "named at position", "is missing")
    more = resigned({**members, f"documents/{'0' * 64}": b"x"}, signer)
    assert told(found(tmp_path, more), f"documents/{'0' * 64}", "named by no event")


def test_a_document_that_was_never_stored_is_no_fault_of_the_bundle(members: Members) -> None:
    rows = members["projections/documents.csv"].decode()
    assert f"{LOST},,,,no," in rows
