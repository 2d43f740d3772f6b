"""Which log do several measurements share? One that is filled, folded and sealed once.

Whoever needs it folded or sealed says so; to measure how long that takes is to do it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from time import perf_counter

from ledger.benchmark.bundling import measure_bundle
from ledger.benchmark.databases import fill
from ledger.benchmark.figures import Figure, Timing
from ledger.benchmark.history import History
from ledger.benchmark.money import MoneyTimings, time_money
from ledger.benchmark.page_times import measure_pages
from ledger.benchmark.points import Point, points, time_points
from ledger.benchmark.rebuilds import measure_rebuild
from ledger.benchmark.sealing import measure_sealing
from ledger.benchmark.spending import Spending
from ledger.benchmark.verifying import measure_verify
from ledger.event_store.connections import projector, sealer
from ledger.event_store.log import pages
from ledger.integrity.sealing import PAGE, Sealer
from ledger.integrity.tree import leaf_hash
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
from ledger.settings import settings


class SharedLog:
    """A log of the made-up history, in a database of its own."""

    def __init__(self, url: str, events: int) -> None:
        self._url, self._events, self._history = url, events, History()
        fill(url, self._history, events)
        self._folded = self._sealed = False

    @cached_property
    def _hashed(self) -> float:
        """The baseline of several: how many of its events are read and hashed in a second."""
        began, events = perf_counter(), 0
        with sealer(self._url) as connection:
            for page in pages(connection, 0, PAGE):
                for leaf in page:
                    leaf_hash(leaf.bytes)
                events += len(page)
        return events / (perf_counter() - began)

    @property
    def _spending(self) -> Spending:
        assert self._history.spending is not None
        return self._history.spending

    @property
    def asked(self) -> Sequence[Point]:
        """What is asked of it row by row."""
        return points(self._history.teams, self._history.projects)

    def _fold(self) -> None:
        if not self._folded:
            with projector(self._url) as connection:
                rebuild(connection, read_models())
            self._folded = True

    def _seal(self) -> None:
        if not self._sealed:
            Sealer(self._url, settings().keys).catch_up()
            self._sealed = True

    def rebuild(self) -> Iterator[Figure]:
        """How fast it is folded."""
        yield from measure_rebuild(self._url)
        self._folded = True

    def sealing(self) -> Iterator[Figure]:
        """How fast it is sealed, which can be done once, and how long proofs take."""
        assert not self._sealed
        yield from measure_sealing(self._url, self._hashed)
        self._sealed = True

    def verify(self) -> Iterator[Figure]:
        """How fast it is verified."""
        self._fold()
        self._seal()
        yield from measure_verify(self._url, self._hashed)

    def bundle(self) -> Iterator[Figure]:
        """How fast a bundle of it is made and checked."""
        self._fold()
        self._seal()
        yield from measure_bundle(self._url, self._spending.project, self._hashed)

    def points(self) -> tuple[int, Sequence[Timing]]:
        """How large it is, and how long each of what is asked takes."""
        self._fold()
        return self._events, time_points(self._url, self.asked, self._events)

    def pages(self) -> Iterator[Figure]:
        """How long the pages about it take."""
        self._fold()
        self._seal()
        yield from measure_pages(self._url, self._events)

    def money(self, seconds: float) -> MoneyTimings:
        """How long answers about money take; this records into it, so it comes last."""
        self._fold()
        return time_money(self._url, self._spending, self._events, seconds)
