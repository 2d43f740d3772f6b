"""How do the rows of all tables become files and a report, in one pass and little memory?

What is made of a row waits packed until it is sent; of the report only what goes on paper is kept.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.bundle.archive import Kept
from ledger.bundle.report import PLANS, Report, Table, report
from ledger.bundle.report_html import report_html, rows_html
from ledger.bundle.tables import COLUMNS, Row, csv_head, csv_lines

_BY_RULE = "findings_by_rule"


class Gathering:
    """The tables of one bundle."""

    def __init__(self) -> None:
        self._files = {name: Kept() for name in COLUMNS}
        for name, file in self._files.items():
            file.add(csv_head(name))
        self._tables = {plan.name: Table(plan) for plan in PLANS}
        self._bodies = {name: Kept() for name in self._tables}
        self._broken = Counter[str]()  # how often each rule is
        self._first: dict[str, Row] = {}  # finding of each rule

    def add(self, name: str, rows: Sequence[Row]) -> None:
        """More rows of a table."""
        self._files[name].add(csv_lines(name, rows))
        self._report(name, rows)
        for one in rows if name == "findings" else ():
            self._broken[one["rule"]] += 1
            self._first.setdefault(one["rule"], one)

    def report(self, project: Row, proof: Mapping[str, Any]) -> Report:
        """The report, once all rows are there."""
        count = self._broken.items()
        self._report(_BY_RULE, [{**self._first[rule], "count": often} for rule, often in count])
        return report(project, proof, list(self._tables.values()))

    def html(self, said: Report) -> Iterator[bytes]:
        """The report as a page."""
        return report_html(said, {name: body.chunks() for name, body in self._bodies.items()})

    def files(self) -> dict[str, Iterator[bytes]]:
        """The tables as files, by their names."""
        return {f"projections/{name}.csv": file.chunks() for name, file in self._files.items()}

    def _report(self, name: str, rows: Sequence[Row]) -> None:
        table = self._tables.get(name)
        if table is not None:
            cells = table.add(_reported(name, one) for one in rows)
            self._bodies[name].add(rows_html(table.columns, cells))


def _reported(name: str, row: Row) -> Row:
    """The row as the report tells it."""
    match name:
        case "teams":
            return {**row, "members": len(row["members"])}
        case "documents":
            return {**row, "stored": "yes" if row["stored"] else "no"}
        case _:
            return row
