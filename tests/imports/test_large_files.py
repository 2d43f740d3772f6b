"""Large files: measured, and judged by two processes as by one."""

import asyncio
import io
from pathlib import Path

import pytest

from ledger.application import Caller
from ledger.benchmark import imports as benchmark
from ledger.bootstrap import parts
from ledger.imports import expenditures
from ledger.imports.budget import Budget, Line
from ledger.imports.expenditures import Imports, Order, Outcome
from ledger.imports.recorded import budget_of
from ledger.worker import Worker
from tests.imports.tables import HEADER, row, xlsx


async def _dry_run(url: str, folder: Path, content: bytes) -> Outcome:
    worker = Worker(url)
    worker.start()
    try:
        async with parts(url, str(folder)) as made:
            project = await benchmark._project(made)
            known = await budget_of(made.reading, project)
            assert known is not None
            # A line that the budget lost after we looked: only the ledger can refuse it.
            lines = [*known.lines, Line("9.9", "9", "x")]
            budget = Budget(project, known.code, known.value, known.eu_contribution, lines)
            caller = Caller(id="x", name="x", role="admin")
            order = Order(name="x.xlsx", budget=budget, caller=caller, request_id="r", lang="en")
            imports = Imports(made.url, made.ledger, made.log, made.reading, made.documents)
            return await imports.run(io.BytesIO(content), order, lambda _done, _all: None)
    finally:
        await asyncio.to_thread(worker.stop)


def test_two_processes_find_what_one_would(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expenditures, "WORTH_IT", 4)
    rows = [row(f"D/{number}", eu=None) for number in range(8)]
    for place in (1, 6):  # one for each process
        rows[place] = row(f"D/{place}", eu=None, line="9.9")
    found = asyncio.run(_dry_run(database_url, tmp_path, xlsx([list(HEADER), *rows])))
    assert (found.documents, found.new, found.recorded) == (8, 8, 0)
    assert [(one.row, one.column, one.value) for one in found.errors] == [
        (3, "O", "9.9"), (8, "O", "9.9"),
    ]  # fmt: skip
    assert "no such line" in found.errors[0].message


def test_the_figures_stand_beside_the_reader_alone(server_url: str) -> None:
    benchmark_rows = benchmark.QUICK_ROWS
    try:
        benchmark.QUICK_ROWS = 50
        figures = list(benchmark.measure_imports(server_url, quick=True))
    finally:
        benchmark.QUICK_ROWS = benchmark_rows
    assert [one.baseline for one in figures] == ["python-calamine alone reads the file"] * 2
    assert all(one.value > 0 and one.ratio is not None for one in figures)
