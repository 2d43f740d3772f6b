"""How is a file read in a test? With a small budget, without a ledger."""

import io
from typing import Any

from ledger.imports.accounting import Document
from ledger.imports.budget import Budget, Line
from ledger.imports.problems import CellProblem, Problems
from ledger.imports.reading import Asked, Told, read_file

PROJECT = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
BUDGET = Budget(
    PROJECT,
    "LIDERZY",
    "1000.00",
    "842.80",
    [
        Line("1.1", "1", "usługi zewnętrzne"),
        Line("1.2", "1", "personel"),
        Line("2.1", "Zadanie 2", "personel"),
        Line("2.2", "Zadanie 2", "personel"),
        Line("3.1", "Zadanie 3. Upowszechnienie Modelu", "druk"),
        Line("9", "Koszty pośrednie", "indirect"),
        Line("10.10", "10", "inne"),
    ],
)


class Read:
    """What a file was found to tell, and what is wrong with it."""

    def __init__(self, told: Told, problems: Problems) -> None:
        self.told, self.problems = told, problems

    @property
    def documents(self) -> list[Document]:
        """The documents, in order."""
        return list(self.told.documents.values())

    @property
    def only(self) -> Document:
        """The only document of a file in which nothing is wrong."""
        assert self.problems.listed == []
        (document,) = self.documents
        return document

    @property
    def problem(self) -> CellProblem:
        """The only problem."""
        (problem,) = self.problems.listed
        return problem

    def places(self) -> list[tuple[int | None, str | None, str]]:
        """Where each problem is, and its sentence."""
        return [(one.row, one.column, one.message) for one in self.problems.listed]


def read(content: bytes, **asked: Any) -> Read:
    """Reads a file, in Polish unless asked otherwise. Raises `Unreadable`."""
    terms = {"name": "wydatki.xlsx", "line": None, "scoped": False, "lang": "pl"} | asked
    problems = Problems(terms["lang"])
    wish = Asked(budget=BUDGET, today="2026-11-22", **terms)
    told = read_file(io.BytesIO(content), wish, problems, lambda _done, _all: None)
    return Read(told, problems)
