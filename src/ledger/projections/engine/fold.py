"""How do events get into the read models? Page by page, exactly once.

A page's events are handed to the handlers, the rows that they touch are loaded, changed in
memory and written back in the transaction that moves the checkpoint. Whoever holds the
checkpoints' rows is the one that folds; a second worker waits and then finds the work done.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import psycopg

from ledger.catalogue import events as known_events
from ledger.event_store.codec import read_data
from ledger.event_store.log import Leaf
from ledger.projections.engine import tables
from ledger.projections.engine.model import Fact, Handler, ReadModel, Rows, Table
from ledger.projections.engine.timeline import Timeline

TIMELINES_CACHED = 200_000  # per table
KEY_BYTES = 4 * 1024 * 1024  # per table that is rebuilt
CHANNEL = "ledger_read"


class Checkpoint(NamedTuple):
    """How far a read model has come, and how often it was rebuilt."""

    position: int
    generation: int


class _Told(Fact, frozen=True):
    """What a leaf says to handlers; the rest of it is not even decoded."""

    data: msgspec.Raw


_decode = msgspec.json.Decoder(_Told).decode


class _Cache:
    """The timelines of one table that were used last."""

    def __init__(self, *, began_empty: bool) -> None:
        self.timelines: OrderedDict[tuple[str, ...], Timeline] = OrderedDict()
        # Of a table that began empty, what is neither here nor dropped does not exist.
        self._dropped = _Keys() if began_empty else None

    def may_be_stored(self, key: tuple[str, ...]) -> bool:
        """Whether a key that is not here has to be looked up."""
        return self._dropped is None or key in self._dropped

    def trim(self) -> list[tuple[tuple[str, ...], Timeline]]:
        """Drops what was not used for longest, many at once, and says what it was."""
        if len(self.timelines) <= TIMELINES_CACHED:
            return []
        dropped = [self.timelines.popitem(last=False) for _ in range(TIMELINES_CACHED // 4)]
        if self._dropped is not None:
            self._dropped.update(key for key, _ in dropped)
        return dropped


class _Keys:
    """A set of keys in a fixed space (Bloom): `in` may say yes wrongly, but never no."""

    def __init__(self) -> None:
        self._bits = bytearray(KEY_BYTES)

    def update(self, keys: Iterable[tuple[str, ...]]) -> None:
        for key in keys:
            for place in self._places(key):
                self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, key: tuple[str, ...]) -> bool:
        return all(self._bits[p >> 3] & (1 << (p & 7)) for p in self._places(key))

    def _places(self, key: tuple[str, ...]) -> tuple[int, int]:
        mixed = hash(key)
        return mixed % (8 * KEY_BYTES), (mixed >> 32) % (8 * KEY_BYTES)


def _handlers(models: Iterable[ReadModel], named: str) -> list[Handler]:
    """Whom an event of that type concerns."""
    return [handler for m in models for handler in m.handlers.get(named, ())]


class Fold:
    """Folds events into the tables of some read models (`suffix`: beside the live ones).

    `from_zero`: into empty tables. Rows that may change yet are then held back, so most are
    written once and for all; `finish` writes the rest.
    """

    def __init__(
        self, models: Sequence[ReadModel], *, suffix: str = "", from_zero: bool = False
    ) -> None:
        self.models = models
        self._suffix = suffix
        self._from_zero = self._holds_back = from_zero
        self._caches: dict[Table, _Cache] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self.forget()

    def forget(self) -> None:
        """Drops what is remembered of the tables: after an error, or when they were switched."""
        self._caches = {
            table: _Cache(began_empty=self._from_zero) for m in self.models for table in m.tables
        }
        self._from_zero = False

    def finish(self, connection: psycopg.Connection) -> None:
        """Writes what is held back and makes the indexes; from now on nothing is held back."""
        self._holds_back = False
        for table, cache in self._caches.items():
            self._write(connection, table, cache.timelines.items())
            tables.create_indexes(connection, table, self._suffix)

    def apply(
        self, connection: psycopg.Connection, page: Iterable[Leaf], after: Mapping[str, int]
    ) -> None:
        """Writes what the page's events say; `after`: how far each model has come.

        Must run in the transaction that moves the checkpoints; on an error call `forget`.
        """
        rows = Rows()
        self._hand_over(page, rows, after)
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
        self._flush(connection, touched)

    def _hand_over(self, page: Iterable[Leaf], rows: Rows, after: Mapping[str, int]) -> None:
        """Tells each event to the models that have not folded it yet."""
        behind = {m.name: after[m.name] for m in self.models}
        ahead = max(behind.values(), default=0)
        for leaf in page:
            fact = _decode(leaf.bytes)
            rows.position = position = fact.position
            active = self.models
            if position <= ahead:
                active = [m for m in active if behind[m.name] < position]
                handlers = _handlers(active, fact.type)
            elif fact.type in self._handlers:
                handlers = self._handlers[fact.type]
            else:
                handlers = self._handlers[fact.type] = _handlers(active, fact.type)
            if handlers:
                event = read_data(known_events()[fact.type], fact.data)
                for handler in handlers:
                    handler(event, fact, rows)

    def _load(self, connection: psycopg.Connection, rows: Rows) -> None:
        missing: dict[Table, dict[tuple[str, ...], None]] = {}
        for table, key, *_ in rows.said:
            cache = self._caches[table]
            if key in cache.timelines:
                cache.timelines.move_to_end(key)
            elif cache.may_be_stored(key):
                missing.setdefault(table, {})[key] = None
        for table, keys in missing.items():
            if self._holds_back:
                tables.create_key(connection, table, self._suffix)
            found = tables.load(connection, table, list(keys), self._suffix)
            self._caches[table].timelines.update(found)

    def _flush(
        self,
        connection: psycopg.Connection,
        touched: Mapping[Table, Mapping[tuple[str, ...], Timeline]],
    ) -> None:
        for table, timelines in touched.items():
            self._write(connection, table, timelines.items(), live=not self._holds_back)
            dropped = self._caches[table].trim()
            if self._holds_back and dropped:
                self._write(connection, table, dropped)

    def _write(
        self,
        connection: psycopg.Connection,
        table: Table,
        timelines: Iterable[tuple[tuple[str, ...], Timeline]],
        *,
        live: bool = True,
    ) -> None:
        changes = tables.Changes(table)
        for key, timeline in timelines:
            changes.collect(key, timeline, live=live)
        changes.flush(connection, self._suffix)


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
