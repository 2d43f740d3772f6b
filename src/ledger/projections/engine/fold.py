"""How do events get into the read models? Page by page, exactly once.

A page's events are handed to the handlers, the rows that they touch are loaded, changed in
memory and written back in the transaction that moves the checkpoint. Whoever holds the
checkpoints' rows is the one that folds; a second worker waits and then finds the work done.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import psycopg

from ledger.catalogue import events as known_events
from ledger.event_store.codec import decode, read_data
from ledger.event_store.log import Leaf
from ledger.projections.engine import tables
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.timeline import Timeline

TIMELINES_CACHED = 200_000  # per table
CHANNEL = "ledger_read"


class Checkpoint(NamedTuple):
    """How far a read model has come, and how often it was rebuilt."""

    position: int
    generation: int


class _Cache:
    """The timelines of one table that were used last."""

    def __init__(self, *, complete: bool) -> None:
        self.timelines: OrderedDict[tuple[str, ...], Timeline] = OrderedDict()
        # A table that began empty and never lost an entry: what is not here does not exist.
        self.complete = complete

    def trim(self) -> None:
        while len(self.timelines) > TIMELINES_CACHED:
            self.timelines.popitem(last=False)
            self.complete = False


class Fold:
    """Folds events into the tables of some read models (`suffix`: beside the live ones)."""

    def __init__(
        self, models: Sequence[ReadModel], *, suffix: str = "", from_zero: bool = False
    ) -> None:
        self.models = models
        self._suffix = suffix
        self._from_zero = from_zero
        self._caches: dict[Table, _Cache] = {}
        self.forget()

    def forget(self) -> None:
        """Drops what is remembered of the tables: after an error, or when they were switched."""
        self._caches = {
            table: _Cache(complete=self._from_zero) for m in self.models for table in m.tables
        }
        self._from_zero = False

    def apply(
        self, connection: psycopg.Connection, page: Iterable[Leaf], after: Mapping[str, int]
    ) -> None:
        """Writes what the page's events say; `after`: how far each model has come.

        Must run in the transaction that moves the checkpoints; on an error call `forget`.
        """
        rows = Rows()
        for leaf in page:
            self._hand_over(leaf, rows, after)
        self._load(connection, rows)
        touched: dict[Table, dict[tuple[str, ...], Timeline]] = {}
        for table, key, on, mask, values, position in rows.said:
            cache = self._caches[table]
            timeline = cache.timelines.get(key)
            if timeline is None:
                timeline = cache.timelines[key] = Timeline(len(table.names))
            if on is None:
                timeline.void(position)
            else:
                timeline.state(on, mask, values, position)
            if timeline.dirty:
                touched.setdefault(table, {})[key] = timeline
        self._flush(connection, touched, rows)

    def _hand_over(self, leaf: Leaf, rows: Rows, after: Mapping[str, int]) -> None:
        recorded = decode(leaf.bytes)
        rows.position = recorded.position
        fact = Fact(
            recorded.position, recorded.stream, recorded.version, recorded.type,
            recorded.effective_on, recorded.recorded_at, recorded.recorded_by,
        )  # fmt: skip
        event = None
        for model in self.models:
            if after[model.name] >= recorded.position:
                continue
            for every in model.every:
                every(fact, rows)
            handlers = model.handlers.get(recorded.type)
            if handlers:
                if event is None:
                    event = read_data(known_events()[recorded.type], recorded.data)
                for handler in handlers:
                    handler(event, fact, rows)

    def _load(self, connection: psycopg.Connection, rows: Rows) -> None:
        missing: dict[Table, dict[tuple[str, ...], None]] = {}
        for table, key, *_ in rows.said:
            cache = self._caches[table]
            if key in cache.timelines:
                cache.timelines.move_to_end(key)
            elif not cache.complete:
                missing.setdefault(table, {})[key] = None
        for table, keys in missing.items():
            found = tables.load(connection, table, list(keys), self._suffix)
            self._caches[table].timelines.update(found)

    def _flush(
        self,
        connection: psycopg.Connection,
        touched: Mapping[Table, Mapping[tuple[str, ...], Timeline]],
        rows: Rows,
    ) -> None:
        for table, timelines in touched.items():
            changes = tables.Changes(table)
            for key, timeline in timelines.items():
                changes.collect(key, timeline)
            changes.flush(connection, self._suffix)
            self._caches[table].trim()
        lines: dict[Table, list[str]] = {}
        for table, row in rows.lines:
            lines.setdefault(table, []).append(tables.journal_line(table, row))
        for table, some in lines.items():
            names = (*table.key, *table.names)
            tables.copy_in(connection, table, names, some, self._suffix)


def lock_checkpoints(
    connection: psycopg.Connection, models: Sequence[ReadModel]
) -> dict[str, Checkpoint]:
    """The checkpoints of these models, held until the transaction ends."""
    found = connection.execute(
        "SELECT model, position, generation FROM read.checkpoints"
        " WHERE model = ANY(%s) ORDER BY model FOR UPDATE",
        ([m.name for m in models],),
    )
    return {row[0]: Checkpoint(row[1], row[2]) for row in found}


def move_checkpoints(
    connection: psycopg.Connection, models: Sequence[ReadModel], position: int
) -> None:
    """The models have folded everything up to `position`; whoever waits for it is woken."""
    connection.execute(
        "UPDATE read.checkpoints SET position = %s WHERE model = ANY(%s) AND position < %s",
        (position, [m.name for m in models], position),
    )
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(position)))


