"""How fast are all read models made anew? Beside reading the same events and nothing more."""

from collections.abc import Iterator
from time import perf_counter

from ledger.benchmark.figures import Figure, figure
from ledger.event_store.codec import decode
from ledger.event_store.connections import projector
from ledger.event_store.log import pages
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import PAGE, rebuild

AIM_EVENTS, AIM_SECONDS = 1_000_000, 30


def measure_rebuild(url: str) -> Iterator[Figure]:
    """Rebuilds a log's read models; afterwards they can be asked."""
    with projector(url) as connection:
        began, events = perf_counter(), 0
        for page in pages(connection, 0, PAGE):
            for leaf in page:
                decode(leaf.bytes)
            events += len(page)
        raw = events / (perf_counter() - began)
        began = perf_counter()
        rebuild(connection, read_models())
        elapsed = perf_counter() - began
    yield figure(
        f"events folded, rebuild of {events:,} in {elapsed:.1f} s",
        events / elapsed,
        baseline=("the same events read and decoded", raw),
        aim=f"{AIM_EVENTS:,} in under {AIM_SECONDS} s: > {AIM_EVENTS / AIM_SECONDS:,.0f}/s",
    )
