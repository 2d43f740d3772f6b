"""How fast does a spreadsheet come in? Beside the reader alone, which only unpacks its cells."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from ledger.application import Caller, Wish, new_id
from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Figure, figure
from ledger.bootstrap import Parts, parts
from ledger.event_store.connections import projector
from ledger.imports.expenditures import Imports, Order, Outcome
from ledger.imports.recorded import budget_of
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
from ledger.worker import Worker

ROWS, QUICK_ROWS = 100_000, 5_000
LINES = 40
AIM_IMPORT, AIM_DRY_RUN = "100,000 in under 60 s", "100,000 in under 20 s"
START = "2018-01-01"
FIRST_DAY, DAYS = date(2019, 1, 1), 300
CALLER = Caller(id="benchmark", name="benchmark", role="admin")
HEADER = (
    "Numer dokumentu", "Numer księgowy", "NIP wystawcy", "Data wystawienia", "Data zapłaty",
    "Nazwa towaru lub usługi", "Kwota brutto", "Kwota netto", "VAT", "Wydatki kwalifikowalne",
    "w tym VAT", "Dofinansowanie", "Zadanie", "Kategoria kosztów", "Linia budżetu",
)  # fmt: skip


def measure_imports(server: str, *, quick: bool) -> Iterator[Figure]:
    """A dry run and a recording of one file, each row a document of its own."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder, fresh_database(server) as url:
        path = Path(folder) / "documents.xlsx"
        write_workbook(path, rows, LINES)
        with projector(url) as connection:
            rebuild(connection, read_models())  # empty ones, which the worker follows
        baseline = ("python-calamine alone reads the file", rows / _read_alone(path))
        dry, recorded = asyncio.run(_import(url, folder, path))
    for what, seconds, aim in (
        ("dry run of", dry, AIM_DRY_RUN),
        ("import of", recorded, AIM_IMPORT),
    ):
        yield figure(
            f"rows, {what} {rows:,} in {seconds:.1f} s",
            rows / seconds,
            baseline=baseline,
            aim=aim,
        )


def write_workbook(path: Path, rows: int, lines: int) -> None:
    """A list of documents as officers fill it in: titles above, the header, then the rows."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Dokumenty")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_string(0, 0, "Zestawienie dokumentów do wniosku o płatność")
        sheet.write_row(2, 0, HEADER)
        for index in range(rows):
            issued = FIRST_DAY + timedelta(days=index % DAYS)
            net = 1000 + index % 9_000
            vat = round(net * 0.23, 2)
            gross = round(net + vat, 2)
            cells: tuple[Any, ...] = (
                f"FV/{index}/2019", f"K/{index}", 5265877635, issued, issued + timedelta(days=14),
                f"Usługa szkoleniowa nr {index}", gross, net, vat, gross, vat,
                round(gross * 0.8, 2), f"Zadanie {index % 5 + 1}", "usługi", f"1.{index % lines}",
            )  # fmt: skip
            for column, value in enumerate(cells):
                if isinstance(value, date):
                    sheet.write_datetime(index + 3, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(index + 3, column, value)
                else:
                    sheet.write_number(index + 3, column, value)


def _read_alone(path: Path) -> float:
    began = perf_counter()
    with CalamineWorkbook.from_path(path) as book:
        for _ in book.get_sheet_by_index(0).iter_rows():
            pass
    return perf_counter() - began


async def _import(url: str, folder: str, path: Path) -> tuple[float, float]:
    worker = Worker(url)
    worker.start()
    try:
        async with parts(url, f"{folder}/documents") as made:
            project = await _project(made)
            dry = await _timed(made, project, path, record=False)
            return dry, await _timed(made, project, path, record=True)
    finally:
        await asyncio.to_thread(worker.stop)


async def _project(made: Parts) -> str:
    """A project whose budget has the lines that the file names."""
    institution, project = new_id(), new_id()
    bodies: list[tuple[str, str, str | None, dict[str, Any]]] = [
        ("institutions", "create", None,
         {"id": institution, "name": "Urząd", "sector": "ngo", "level": "national"}),
        ("projects", "create", None,
         {"id": project, "code": "B", "title": "B", "programme": "B", "leader": institution,
          "value": "1000000000", "eu_contribution": "800000000", "starts_on": START,
          "ends_on": "2023-12-31"}),
        ("projects", "set-budget", project,
         {"lines": [{"line": f"1.{n}", "task": f"Zadanie {n % 5 + 1}", "category": f"kat. {n}",
                     "amount": "1000000000"} for n in range(LINES)]}),
    ]  # fmt: skip
    wishes = [
        Wish(collection=where, command=what, id=id, body=body | {"effective_on": START})
        for where, what, id, body in bodies
    ]
    await made.ledger.handle_all(wishes, CALLER, new_id())
    await made.reading.wait_for(await made.log.head(), 30)
    return project


async def _timed(made: Parts, project: str, path: Path, *, record: bool) -> float:
    began = perf_counter()
    budget = await budget_of(made.reading, project)
    assert budget is not None
    order = Order(name=path.name, budget=budget, caller=CALLER, request_id=new_id(), record=record)
    imports = Imports(made.url, made.ledger, made.log, made.reading, made.documents)
    with path.open("rb") as file:
        outcome: Outcome = await imports.run(file, order, lambda _done, _all: None)
    assert outcome.errors_count == 0, outcome.errors[:3]
    return perf_counter() - began
