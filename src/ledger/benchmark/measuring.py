"""What is measured, in which order, and on which server?"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, get_args
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ledger.benchmark.appends import measure_appends
from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Figure, as_json, show
from ledger.benchmark.imports import measure_imports
from ledger.benchmark.money import compare_money
from ledger.benchmark.points import compare
from ledger.benchmark.service import measure_service
from ledger.benchmark.shared_log import SharedLog
from ledger.benchmark.tail import measure_tail
from ledger.database.embedded import EmbeddedPostgres

Part = Literal[
    "appends", "service", "tail", "imports", "rebuild", "sealing", "verify", "bundle", "points",
    "pages", "money",
]  # fmt: skip
PARTS: tuple[Part, ...] = get_args(Part)
SMALL_LOG = 10_000
QUICK_EVENTS = 20_000
SECONDS, QUICK_SECONDS = 4.0, 1.0  # of each closed loop

Measure = Callable[[], Iterator[Figure]]
Tell = Callable[[str], None]


class Plan(NamedTuple):
    """Which parts are wanted, how large the large log is, how long each closed loop goes on."""

    parts: frozenset[Part]
    events: int
    seconds: float
    quick: bool


def run(
    *,
    database: str | None = None,
    data: Path | None = None,
    events: int = 1_000_000,
    only: Sequence[Part] = (),
    quick: bool = False,
    json: bool = False,
) -> int:
    """Prints the figures; the exit code says that they were taken, not how good they are.

    `database`: the owner's URL of a server on which databases may be made; else an embedded one
    runs in `data`, or in a temporary folder. `only`: these parts, or else all.
    """
    events = min(events, QUICK_EVENTS) if quick else events
    seconds = QUICK_SECONDS if quick else SECONDS
    plan = Plan(frozenset(only or PARTS), events, seconds, quick)
    with _server(database, data) as url, _progress() as progress:
        step = progress.add_task("starting")
        figures = list(_measured(url, plan, lambda what: progress.update(step, description=what)))
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


def _measured(server: str, plan: Plan, tell: Tell) -> Iterator[Figure]:
    """The figures of the wanted parts, in the order of the parts."""
    alone: Mapping[Part, Measure] = {
        "appends": lambda: measure_appends(server, plan.seconds),
        "service": lambda: measure_service(server, plan.seconds),
        "tail": lambda: measure_tail(server, plan.seconds),
        "imports": lambda: measure_imports(server, quick=plan.quick),
    }
    yield from _each(alone, plan, tell)
    if plan.parts - alone.keys():
        yield from _of_one_log(server, plan, tell)


def _each(parts: Mapping[Part, Measure], plan: Plan, tell: Tell) -> Iterator[Figure]:
    for part, measure in parts.items():
        if part in plan.parts:
            tell(part)
            for figure in measure():
                tell(f"{part}: {figure.what}")
                yield figure


def _of_one_log(server: str, plan: Plan, tell: Tell) -> Iterator[Figure]:
    """What depends on how large a log is: one large log for all, and a small one beside it."""
    few, little = [], []
    if plan.parts & {"points", "money"}:
        tell("a small log")
        with fresh_database(server) as url:
            small = SharedLog(url, min(SMALL_LOG, plan.events))
            few = [small.points()] if "points" in plan.parts else []
            little = [small.money(plan.seconds)] if "money" in plan.parts else []
    tell("a large log")
    with fresh_database(server) as url:
        log = SharedLog(url, plan.events)
        parts: Mapping[Part, Measure] = {
            "rebuild": log.rebuild,
            "sealing": log.sealing,
            "verify": log.verify,
            "bundle": log.bundle,
            "points": lambda: compare(log.asked, few[0], log.points()),
            "pages": log.pages,
            "money": lambda: compare_money(little[0], log.money(plan.seconds)),
        }
        yield from _each(parts, plan, tell)


def _conditions(server: str) -> str:
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    version = row[0] if row else "?"
    return f"PostgreSQL {version}, fsync on, {os.cpu_count()} processors, all in one run"
