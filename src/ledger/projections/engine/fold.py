"""How do events get into the read models? Page by page, exactly once.

A page's events are handed to the handlers, the rows that they touch are loaded, changed in
memory and written back in the transaction that moves the checkpoint. Whoever holds the
checkpoints' rows is the one that folds; a second worker waits and then finds the work done.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import psycopg

from ledger.catalogue import events as known_events
from ledger.event_store.trusting import reader
from ledger.projections.engine import tables
from ledger.projections.engine.model import Fact, Handler, Key, ReadModel, Rows, Said, Table
from ledger.projections.engine.timeline import Timeline
from ledger.projections.engine.written import Values

TIMELINES_CACHED = 150_000  # per table
KEY_BYTES = 16 * 1024 * 1024  # per table that is rebuilt and longer than that; a power of two
_PLACES = 8 * KEY_BYTES - 1
_SHIFTS = (0, 20, 36)  # three places of a key, taken from one hash
WRITTEN_AT_ONCE = 20_000
ANALYZED_FROM_ROWS = 2_000
CHANNEL = "ledger_read"


Stored = tuple[int, bytes]  # an event: its position and its leaf


class Checkpoint(NamedTuple):
    """How far a read model has come, and how often it was rebuilt."""

    position: int
    generation: int


# Most rows are said once and never change. Of such a row no more is held back than what was said.
Held = Timeline | Said


class _Told(Fact, frozen=True):
    """What a leaf says to handlers; the rest of it is not even decoded."""

    data: msgspec.Raw


_decode = msgspec.json.Decoder(_Told).decode


class _Cache:
    """The timelines of one table that were used last; the first were used longest ago."""

    def __init__(self, *, began_empty: bool) -> None:
        self.timelines: dict[Key, Held] = {}
        self._began_empty = began_empty
        self._dropped: _Keys | None = None

    def unknown(self, said: Iterable[Said]) -> list[Key]:
        """The keys that have to be looked up in the table.

        Of a table that began empty, what is neither here nor dropped does not exist.
        """
        known, dropped = self.timelines, self._dropped
        if not self._began_empty:
            return list({one[0]: None for one in said if one[0] not in known})
        if dropped is None:
            return []
        return list({one[0]: None for one in said if one[0] not in known and one[0] in dropped})

    def trim(self) -> list[tuple[Key, Held]]:
        """Drops what was not used for longest, many at once, and says what it was."""
        if len(self.timelines) <= TIMELINES_CACHED:
            return []
        dropped = list(islice(self.timelines.items(), TIMELINES_CACHED // 4))
        for key, _ in dropped:
            del self.timelines[key]
        if self._began_empty:
            self._dropped = self._dropped or _Keys()
            self._dropped.update(key for key, _ in dropped)
        return dropped


class _Keys:
    """A set of keys in a fixed space (Bloom): `in` may say yes wrongly, but never no."""

    def __init__(self) -> None:
        self._bits = bytearray(KEY_BYTES)

    def update(self, keys: Iterable[Key]) -> None:
        bits = self._bits
        for key in keys:
            mixed = hash(key)
            for shift in _SHIFTS:
                place = mixed >> shift & _PLACES
                bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, key: Key) -> bool:
        bits, mixed = self._bits, hash(key)
        for shift in _SHIFTS:  # nearly always the first one says no
            place = mixed >> shift & _PLACES
            if not bits[place >> 3] >> (place & 7) & 1:
                return False
        return True


class _Concern(NamedTuple):
    """Whom an event of some type concerns, and how its data are read."""

    read: Callable[[msgspec.Raw], Any]
    handlers: list[Handler]


def _concern(models: Iterable[ReadModel], named: str) -> _Concern | None:
    handlers = [handler for m in models for handler in m.handlers.get(named, ())]
    return _Concern(reader(known_events()[named]), handlers) if handlers else None


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
        self._concerns: dict[str, _Concern | None] = {}
        self._written: Counter[Table] = Counter()
        self._analyzed_at: dict[Table, int] = {}
        self.forget()

    def forget(self) -> None:
        """Drops what is remembered of the tables: after an error, or when they were switched."""
        self._caches = {
            table: _Cache(began_empty=self._from_zero) for m in self.models for table in m.tables
        }
        self._from_zero = False

    def finish(self, connection: psycopg.Connection, *, indexed: bool = True) -> None:
        """Writes what is held back and makes the indexes; from now on nothing is held back."""
        for table, cache in self._caches.items():
            held_back = iter(cache.timelines.items())
            while some := list(islice(held_back, WRITTEN_AT_ONCE)):
                self._write(connection, table, some)
            cache.timelines.clear()
            if indexed:
                tables.create_indexes(connection, table, self._suffix)
            tables.analyze(connection, table, self._suffix)
        self._holds_back = False
        self.forget()

    def apply(
        self, connection: psycopg.Connection, page: Iterable[Stored], after: Mapping[str, int]
    ) -> None:
        """Writes what the page's events say; `after`: how far each model has come.

        Must run in the transaction that moves the checkpoints; on an error call `forget`.
        """
        rows = Rows()
        self._hand_over(page, rows, after)
        for table, said in rows.said.items():
            self._written[table] += len(said)
            self._load(connection, table, said)
            touched = self._state(table, said)
            self._write(connection, table, touched.items(), live=not self._holds_back)
            dropped = self._caches[table].trim()
            if self._holds_back:
                self._write(connection, table, dropped)

    def analyze(self, connection: psycopg.Connection) -> None:
        """Lets the planner know the tables that doubled: it must not plan for what they were."""
        for table, rows in self._written.items():
            if rows >= self._analyzed_at.get(table, ANALYZED_FROM_ROWS):
                tables.analyze(connection, table, self._suffix)
                self._analyzed_at[table] = 2 * rows

    def _hand_over(self, page: Iterable[Stored], rows: Rows, after: Mapping[str, int]) -> None:
        """Tells each event to the models that have not folded it yet."""
        behind = {m.name: after[m.name] for m in self.models}
        ahead = max(behind.values(), default=0)
        for _, leaf in page:
            fact = _decode(leaf)
            rows.position = position = fact.position
            if position <= ahead:
                active = [m for m in self.models if behind[m.name] < position]
                concern = _concern(active, fact.type)
            elif fact.type in self._concerns:
                concern = self._concerns[fact.type]
            else:
                concern = self._concerns[fact.type] = _concern(self.models, fact.type)
            if concern is not None:
                event = concern.read(fact.data)
                for handler in concern.handlers:
                    handler(event, fact, rows)
            if fact.evidence:
                for model in self.models:
                    if behind[model.name] < position:
                        for told in model.evidence_handlers:
                            told(fact, rows)

    def _load(self, connection: psycopg.Connection, table: Table, said: Iterable[Said]) -> None:
        unknown = self._caches[table].unknown(said)
        if unknown:
            if self._holds_back:
                tables.create_key(connection, table, self._suffix)
            found = tables.load(connection, table, unknown, self._suffix)
            self._caches[table].timelines.update(found)

    def _state(self, table: Table, said: Iterable[Said]) -> dict[Key, Timeline]:
        """Carries out what is said; the timelines of which something has to be written."""
        timelines, holds_back = self._caches[table].timelines, self._holds_back
        touched = {}
        for one in said:
            key, _, _, values, _ = one
            held = timelines.pop(key, None)  # and back, as the one that was used last
            if held is None and holds_back and isinstance(values, Values):
                timelines[key] = one
                continue
            timelines[key] = timeline = _timeline(table, held)
            _carry_out(timeline, one)
            if timeline.closed if holds_back else timeline.dirty:
                touched[key] = timeline
        return touched

    def _write(
        self,
        connection: psycopg.Connection,
        table: Table,
        timelines: Iterable[tuple[Key, Held]],
        *,
        live: bool = True,
    ) -> None:
        changes = tables.Changes(table)
        for key, held in timelines:
            if isinstance(held, Timeline):
                changes.collect(key, held, live=live)
            else:
                changes.collect_said(held)
        changes.flush(connection, self._suffix)


def _timeline(table: Table, held: Held | None) -> Timeline:
    if isinstance(held, Timeline):
        return held
    timeline = Timeline(len(table.names))
    if held is not None:
        _carry_out(timeline, held)
    return timeline


def _carry_out(timeline: Timeline, said: Said) -> None:
    _, on, mask, values, position = said
    if on is None:
        timeline.void(position)
    else:
        timeline.state(on, mask, values, position)


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
