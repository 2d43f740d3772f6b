"""What is measured, in which order, and on which server?"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ledger.benchmark.appends import measure_appends
from ledger.benchmark.databases import fill, fresh_database
from ledger.benchmark.figures import Figure, as_json, show
from ledger.benchmark.history import History
from ledger.benchmark.imports import measure_imports
from ledger.benchmark.money import compare_money, time_money
from ledger.benchmark.points import compare, points, time_points
from ledger.benchmark.rebuilds import measure_rebuild
from ledger.benchmark.sealing import measure_sealing
from ledger.benchmark.service import measure_service
from ledger.database.embedded import EmbeddedPostgres

SMALL_LOG = 10_000
QUICK_EVENTS = 20_000
SECONDS, QUICK_SECONDS = 4.0, 1.0  # of each closed loop


def run(
    *,
    database: str | None = None,
    data: Path | None = None,
    events: int = 1_000_000,
    quick: bool = False,
    json: bool = False,
) -> int:
    """Prints all figures; the exit code says that they were taken, not how good they are.

    `database`: the owner's URL of a server on which databases may be made; else an embedded one
    runs in `data`, or in a temporary folder.
    """
    events = min(events, QUICK_EVENTS) if quick else events
    seconds = QUICK_SECONDS if quick else SECONDS
    with _server(database, data) as url, _progress() as progress:
        figures = []
        step = progress.add_task("starting")
        parts = (measure_appends, measure_service)
        timed = (p(url, seconds) for p in parts)
        logs = _measure_log(url, events, seconds)
        for part in (*timed, measure_imports(url, quick=quick), logs):
            for figure in part:
                progress.update(step, description=figure.what)
                figures.append(figure)
        conditions = _conditions(url)
    if json:
        print(as_json(figures, conditions))
    else:
        show(figures, conditions)
    return 0


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip


@contextmanager
def _server(database: str | None, data: Path | None) -> Iterator[str]:
    if database is not None:
        yield database
        return
    folder = data or Path(tempfile.gettempdir()) / f"ledger-benchmark-{uuid4().hex[:12]}"
    try:
        with EmbeddedPostgres(folder) as server:
            yield server.url
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def _measure_log(server: str, events: int, seconds: float) -> Iterator[Figure]:
    """What depends on the size of the log: rebuilding it, asking, and recording money."""
    small = min(SMALL_LOG, events)
    with fresh_database(server) as url:
        history = History()
        fill(url, history, small)
        list(measure_rebuild(url))
        few = time_points(url, points(history.teams, history.projects), small)
        little = time_money(url, history.spending, small, seconds)
    with fresh_database(server) as url:
        history = History()
        fill(url, history, events)
        yield from measure_rebuild(url)
        yield from measure_sealing(url)
        asked = points(history.teams, history.projects)
        many = time_points(url, asked, events)
        much = time_money(url, history.spending, events, seconds)
    yield from compare(asked, (small, few), (events, many))
    yield from compare_money(little, much)


def _conditions(server: str) -> str:
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    version = row[0] if row else "?"
    return f"PostgreSQL {version}, fsync on, {os.cpu_count()} processors, all in one run"
