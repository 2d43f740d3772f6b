"""Large files: measured, and judged by two processes as by one."""

import asyncio
import io
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.benchmark import imports as benchmark
from ledger.bootstrap import Parts, parts
from ledger.imports import document_list, sharing
from ledger.imports.accounting import Charge, Document
from ledger.imports.apart import other_process
from ledger.imports.budget import Budget, Line
from ledger.imports.expenditures import Imports, Order, Outcome
from ledger.imports.recorded import budget_of
from ledger.imports.sharing import Pile
from ledger.kernel.errors import LedgerError
from ledger.worker import Worker
from tests.imports.tables import HEADER, NIP, row, xlsx


@asynccontextmanager
async def _project(url: str, folder: Path) -> AsyncIterator[tuple[Parts, Budget]]:
    """A ledger with a project, whose budget seems to have one line more than it has."""
    worker = Worker(url)
    worker.start()
    try:
        async with parts(url, str(folder)) as made:
            known = await budget_of(made.reading, await benchmark._project(made))
            assert known is not None
            lines = [*known.lines, Line("9.9", "9", "x")]
            eu = known.eu_contribution
            yield made, Budget(known.project, known.code, known.value, eu, lines)
    finally:
        await asyncio.to_thread(worker.stop)


def _document(number: int, line: str = "1.0") -> Document:
    return Document(
        id=expenditure_id(NIP, None, f"D/{number}"), source="x", row=number, number=f"D/{number}",
        nip=NIP, name=None, accounting_number=None, ksef_number=None, issued_on="2019-12-31",
        paid_on=None, description="Szkolenie", net="100.00", vat="0.00", gross="100.00",
        charges=(Charge(number, line, "60.00"),),
    )  # fmt: skip


def _pile(made: Parts, budget: Budget, here: list[str]) -> Pile:
    """A pile that notes in `here` what was judged in this process."""
    imports = Imports(made.url, made.ledger, made.log, made.reading, made.documents)
    order = Order(name="x", budget=budget, caller=benchmark.CALLER, request_id="r", lang="en")

    async def judge(documents: Sequence[Document]) -> dict[str, LedgerError]:
        here.extend(one.id for one in documents)
        return await imports._judged(order, documents)

    return Pile(imports._task(order), judge)


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "WORTH_IT", 2)
    monkeypatch.setattr(sharing, "PORTION", 2)


def test_another_process_judges_while_the_file_is_read(database_url: str, tmp_path: Path) -> None:
    """And what a later row changed, or what it refused, is judged here."""
    documents = [_document(one, "9.9" if one in (1, 6) else "1.0") for one in range(8)]
    here: list[str] = []

    async def run() -> tuple[int, dict[str, LedgerError]]:
        async with _project(database_url, tmp_path) as (made, budget):
            pile = _pile(made, budget, here)
            try:
                pile.add(documents[:2])
                pile.add(documents[2:4])
                async with asyncio.timeout(30):
                    while pile.judged < 4:
                        await asyncio.sleep(0.01)
                documents[2].charges += (Charge(9, "1.0", "60.00"),)  # more than the document says
                of_interest = {one.id: one for one in documents[1:]}
                return pile.judged, await pile.refused(of_interest, lambda _: None)
            finally:
                await pile.close()

    apart, refused = asyncio.run(run())
    assert apart == 4
    assert {id: error.rule() for id, error in refused.items()} == {
        documents[1].id: "invalid", documents[2].id: "exceeds_document",
        documents[6].id: "invalid",
    }  # fmt: skip
    assert documents[0].id not in here
    assert documents[3].id not in here


def test_who_is_told_to_end_while_it_ends_still_waits_for_its_process(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Process] = []
    begin = asyncio.create_subprocess_exec

    async def noted(*arguments: Any, **options: Any) -> Process:
        begun.append(await begin(*arguments, **options))
        return begun[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    async def run() -> int | None:
        async with _project(database_url, tmp_path) as (made, budget):
            ready = asyncio.Event()

            async def leave() -> None:
                async with other_process(_pile(made, budget, [])._task):
                    ready.set()

            leaving = asyncio.create_task(leave())
            await ready.wait()
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            return begun[0].returncode

    assert asyncio.run(run()) == -signal.SIGKILL


def test_where_no_other_process_can_be_had_this_one_judges_all(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    documents = {one.id: one for one in map(_document, range(6))}
    here: list[str] = []

    async def run() -> dict[str, LedgerError]:
        async with _project(database_url, tmp_path) as (made, budget):
            pile = _pile(made, budget, here)
            try:
                pile.add(list(documents.values())[:4])
                await asyncio.sleep(0.1)  # it has begun, and failed
                return await pile.refused(documents, lambda _: None)
            finally:
                await pile.close()

    assert asyncio.run(run()) == {}
    assert sorted(here) == sorted(documents)


def test_a_large_file_says_where_the_ledger_refuses_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_list, "SETTLED_AFTER", 2)
    rows = [row(f"D/{number}", eu=None, line="1.0") for number in range(9)]
    for place in (1, 6):
        rows[place] = row(f"D/{place}", eu=None, line="9.9")

    async def run() -> Outcome:
        async with _project(database_url, tmp_path) as (made, budget):
            order = Order(
                name="x.xlsx", budget=budget, caller=benchmark.CALLER, request_id="r", lang="en"
            )
            imports = Imports(made.url, made.ledger, made.log, made.reading, made.documents)
            content = io.BytesIO(xlsx([list(HEADER), *rows]))
            return await imports.run(content, order, lambda _done, _all: None)

    found = asyncio.run(run())
    assert (found.documents, found.new, found.recorded) == (9, 9, 0)
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
