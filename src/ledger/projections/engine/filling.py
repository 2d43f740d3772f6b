"""Who fills the tables of a rebuild? Over a long log two processes, each its share of the models.

The models are dealt into jobs. Both processes take the next job out of one pipe until it is
empty, so neither waits long for the other. A job reads the events that concern its models.
"""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

import psycopg
from psycopg.conninfo import make_conninfo

from ledger.event_store.connections import projector
from ledger.projections.engine import tables
from ledger.projections.engine.fold import Fold, Stored
from ledger.projections.engine.model import ReadModel, read_models

LONG_LOG = 50_000  # events from which on a second process pays
JOBS = 4  # each reads the log once: few, but so many that two processes end together
SAMPLE_PERCENT = 1
WAIT_SECONDS = 0.2
REBUILDING = 0x72656264  # "rebd": one rebuild at a time, which holds this lock
_FILLING = 0x66696C6C  # "fill": shared by the second processes, also by orphaned ones
_URL = "LEDGER_FILLING_URL"
EVIDENCE_NAMED = b'"evidence":["'
_SETTINGS = {
    "synchronous_commit": "off",  # what is lost here is made again
    "statement_timeout": "0",  # an index over a long history takes its time
    "maintenance_work_mem": "256MB",
    "max_parallel_maintenance_workers": "0",  # both cores are busy already
    "client_connection_check_interval": "1s",  # nobody waits for a killed process's index
}

Job = Sequence[ReadModel]
Told = Callable[[int], None]


class Extent(NamedTuple):
    """What is filled: up to which position, in pages of how many events, and with all indexes?"""

    upto: int
    page_size: int
    indexed: bool = True


@contextmanager
def prepared(connection: psycopg.Connection) -> Iterator[None]:
    """The settings for writing much."""
    collects = gc.isenabled()
    try:
        gc.disable()  # hundreds of thousands of rows need not be looked through for cycles
        for name, value in _SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        yield
    finally:
        if collects:
            gc.enable()
        if not connection.closed:
            for name in _SETTINGS:
                connection.execute(f"RESET {name}".encode())


def wait_for_orphans(connection: psycopg.Connection) -> None:
    """Whoever still fills tables for a rebuild that was killed is about to end."""
    key = (_FILLING,)
    connection.execute("SELECT pg_advisory_lock(%s)", key)
    connection.execute("SELECT pg_advisory_unlock(%s)", key)


def fill(connection: psycopg.Connection, models: Job, extent: Extent, told: Told) -> None:
    """Folds the log up to that position into the empty new tables, and makes their indexes."""
    fold = Fold(models, suffix=tables.NEW, from_zero=True)
    position = 0
    for page in _pages(connection, models, extent):
        with connection.transaction():
            fold.apply(connection, page, {m.name: position for m in models})
        position, _ = page[-1]
        told(position)
    fold.finish(connection, indexed=extent.indexed)
    told(extent.upto)


def _pages(connection: psycopg.Connection, models: Job, extent: Extent) -> Iterator[list[Stored]]:
    """The events that concern these models."""
    types = sorted({named for m in models for named in m.handlers})
    # Any event may name evidence; most name none, and the leaf shows it without being decoded.
    evidence = any(m.evidence_handlers for m in models)
    cursor = connection.cursor(binary=True)
    after = 0
    while True:
        cursor.execute(
            "SELECT position, leaf FROM log.events"
            " WHERE position > %s AND position <= %s"
            " AND (type = ANY(%s) OR %s AND position(%s IN leaf) > 0) ORDER BY position LIMIT %s",
            (after, extent.upto, types, evidence, EVIDENCE_NAMED, extent.page_size),
        )
        page: list[Stored] = cursor.fetchall()
        if not page:
            return
        yield page
        after, _ = page[-1]


def fill_all(connection: psycopg.Connection, models: Job, extent: Extent, told: Told) -> None:
    """The same with two processes if it pays; `told` is how many events are done of all."""
    if extent.upto < LONG_LOG or len(models) < 2:
        fill(connection, models, extent, told)
        return
    weights = _weights(connection, models)
    jobs = _deal(models, weights)
    shares = [sum(weights[m.name] for m in job) for job in jobs]
    positions = [0] * len(jobs)

    def report() -> None:
        done = sum(share * at for share, at in zip(shares, positions, strict=True))
        told(int(done / sum(shares)))

    with _Companion(connection, jobs, extent, positions) as companion:
        for number in _taken(companion.queue):

            def folded(position: int, number: int = number) -> None:
                positions[number] = position
                companion.check()
                report()

            fill(connection, jobs[number], extent, folded)
        while not companion.ended():
            report()


def _weights(connection: psycopg.Connection, models: Job) -> dict[str, int]:
    """How many events concern each model, judged by a sample."""
    rows = connection.execute(
        "SELECT type, count(*) FROM log.events"
        f" TABLESAMPLE SYSTEM ({SAMPLE_PERCENT}) GROUP BY type".encode()
    ).fetchall()
    seen: dict[str, int] = dict(rows)
    return {m.name: 1 + sum(seen.get(named, 0) for named in m.handlers) for m in models}


def _deal(models: Job, weights: dict[str, int]) -> list[list[ReadModel]]:
    """Shares the models out, as evenly as they allow; the longest job comes first."""

    def weight(job: Job) -> int:
        return sum(weights[m.name] for m in job)

    jobs: list[list[ReadModel]] = [[] for _ in range(min(JOBS, len(models)))]
    for model in sorted(models, key=lambda m: -weights[m.name]):
        min(jobs, key=weight).append(model)
    return sorted(jobs, key=weight, reverse=True)


def _taken(queue: int) -> Iterator[int]:
    """The numbers of the jobs that this process gets; whoever reads one has it alone."""
    while taken := os.read(queue, 1):
        yield taken[0]


class _Companion:
    """The second process. It ends with us: when the pipe to its input is closed."""

    def __init__(
        self,
        connection: psycopg.Connection,
        jobs: Sequence[Job],
        extent: Extent,
        positions: list[int],
    ) -> None:
        self._positions = positions
        self.queue, numbers = os.pipe()
        os.write(numbers, bytes(range(len(jobs))))
        os.close(numbers)
        info = connection.info
        arguments = [self.queue, info.backend_pid, *map(int, extent)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "ledger.projections.engine.filling"),
                *map(str, arguments),
                *(",".join(m.name for m in job) for job in jobs),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[self.queue],
            env={**os.environ, _URL: make_conninfo(info.dsn, password=info.password)},
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, position = line.split()
            self._positions[int(number)] = int(position)

    def check(self) -> None:
        """Raises if it failed."""
        if self._process.poll():
            raise RuntimeError(f"the second process of the rebuild ended: {self._process.poll()}")

    def ended(self) -> bool:
        """Whether it has done its share; waits for a moment."""
        self._listener.join(WAIT_SECONDS)
        if self._listener.is_alive():
            return False
        self._process.wait()
        self.check()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._process:  # closes its pipes and waits
            self._process.kill()
        self._listener.join()
        os.close(self.queue)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _rebuilds_still(connection: psycopg.Connection, backend: int) -> bool:
    """Whether the rebuild that we help goes on; another one then waits for us, too."""
    connection.execute("SELECT pg_advisory_lock_shared(%s)", (_FILLING,))
    found = connection.execute(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND pid = %s AND granted",
        (REBUILDING, backend),
    )
    return found.fetchone() is not None


def main() -> None:
    """The second process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    queue, backend, upto, page_size, indexed = map(int, sys.argv[1:6])
    extent = Extent(upto, page_size, bool(indexed))
    named = {model.name: model for model in read_models()}
    jobs = [[named[name] for name in names.split(",")] for names in sys.argv[6:]]
    with projector(os.environ[_URL]) as connection, prepared(connection):
        if not _rebuilds_still(connection, backend):
            sys.exit("the rebuild was given up")
        for number in _taken(queue):

            def folded(position: int, number: int = number) -> None:
                print(number, position, flush=True)

            fill(connection, jobs[number], extent, folded)


if __name__ == "__main__":
    main()
