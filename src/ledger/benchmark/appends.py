"""How many appends a second? Our log beside the library's recorder and beside bare INSERTs.

Each append is one event of about 300 bytes as the first of a stream of its own; every writer waits
for its answer before it appends again. Ours are tasks of one event loop, the library's are threads.
"""

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from time import perf_counter
from uuid import uuid4

import uvloop
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from ledger.aggregates.teams import MemberAppointed
from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Figure, Timing, figure, timing
from ledger.benchmark.history import new_id
from ledger.benchmark.inserts import Inserts
from ledger.event_store.codec import Provenance, fragments, stamp
from ledger.event_store.log import EventLog, Pending

WRITERS = (1, 16, 64, 256)
LIBRARY_WRITERS = (1, 16, 64)  # a thread each; more gain nothing
AIMS = {("library", 64): ">= 20x", ("ordered", 64): ">= 8x", ("unordered", 256): ">= 2x"}
INSTITUTION, PERSON = new_id(), new_id()
PROVENANCE = Provenance(
    effective_on=date(2020, 2, 29), recorded_by="coordinator", request_id=new_id()
)


def measure_appends(server: str, seconds: float) -> Iterator[Figure]:
    """One figure for each number of writers and baseline."""
    inserts = Inserts(server, seconds)
    for writers in WRITERS:
        with (
            fresh_database(server) as url,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            ours = runner.run(_append(url, writers, seconds))
        what = f"appends, writers waiting: {writers}"
        if writers in LIBRARY_WRITERS:
            named = "the library's own recorder", _library(server, writers, seconds)
            yield figure(what, ours, baseline=named, aim=AIMS.get(("library", writers)))
        for kind in ("ordered", "unordered"):
            named = inserts.measure(writers, ordered=kind == "ordered")
            yield figure(what, ours, baseline=named, aim=AIMS.get((kind, writers)))


def _event() -> Pending:
    appointed = MemberAppointed(
        appointment=new_id(), institution=INSTITUTION, person=PERSON, role="member"
    )
    return Pending(new_id(), 1, appointed, PROVENANCE)


async def _append(url: str, writers: int, seconds: float) -> Timing:
    log, times = EventLog(url, readers=1), list[float]()

    async def write(until: float) -> None:
        while (began := perf_counter()) < until:
            await log.append([_event()], {})
            times.append(perf_counter() - began)

    await log.open()
    try:
        await asyncio.gather(*(write(perf_counter() + seconds / 5) for _ in range(writers)))
        times.clear()
        began = perf_counter()
        await asyncio.gather(*(write(began + seconds) for _ in range(writers)))
        return timing(times, perf_counter() - began)
    finally:
        await log.close()


def _library(server: str, writers: int, seconds: float) -> Timing:
    """The recorder as the library has it, with a connection for each thread."""
    one = _event()
    leaf = stamp(fragments(one.stream, 1, one.event, PROVENANCE), 1, "2020-02-29T12:00:00.000000Z")
    times = list[float]()

    def write(recorder: PostgresApplicationRecorder, until: float) -> None:
        while (began := perf_counter()) < until:
            recorder.insert_events([StoredEvent(uuid4(), 1, one.event.event_name, leaf)])
            times.append(perf_counter() - began)

    def all_write(recorder: PostgresApplicationRecorder, for_s: float) -> float:
        began = perf_counter()
        threads = [
            threading.Thread(target=write, args=(recorder, began + for_s)) for _ in range(writers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return perf_counter() - began

    with fresh_database(server, migrated=False) as url, _datastore(url, writers) as store:
        recorder = PostgresApplicationRecorder(store)
        recorder.create_table()
        all_write(recorder, seconds / 5)
        times.clear()
        return timing(times, all_write(recorder, seconds))


def _datastore(url: str, connections: int) -> PostgresDatastore:
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return PostgresDatastore(
        dbname=parts["dbname"],
        host=parts.get("host", ""),
        port=parts.get("port", "5432"),
        user=parts.get("user", ""),
        password=parts.get("password", ""),
        pool_size=connections,
    )
