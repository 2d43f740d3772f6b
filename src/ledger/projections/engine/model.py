"""What is a read model? Tables, and handlers that say what an event puts into them.

A handler writes no SQL and reads nothing: it is a pure function of one event. It says
`rows.put` (a row is true from a day on), `rows.change` (some fields are, from a day on),
`rows.end` (the row is true no longer) or `rows.void` (it never was).
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

import ledger.projections
from ledger.kernel.messages import Event
from ledger.projections.engine.written import Field, Values, as_json, encode, field

MAX_DATE = "9999-12-31"
MAX_POSITION = 2**63 - 1


class Fact(Struct, frozen=True):
    """What a handler may know of an event beside its data."""

    position: int
    stream: str
    version: int
    type: str
    effective_on: date
    recorded_at: str
    recorded_by: str
    evidence: tuple[str, ...]


class Column(Struct, frozen=True):
    """A column: its name and PostgreSQL type."""

    name: str
    type: str


class Table:
    """A table of a read model, derived from its row's type.

    `key` names the fields that identify a row, the first of them the object whose row it is;
    `indexes` the columns, or expressions in parentheses, that queries look up. `shared`: its rows
    belong to no project, whatever object they are of. `visible`: which rows somebody sees who is
    confined to one project, where that does not follow from the key (see
    `ledger.projections.engine.visibility`).
    """

    def __init__(
        self,
        name: str,
        row: type[Struct],
        *,
        key: Iterable[str],
        indexes: Iterable[tuple[str, ...]] = (),
        shared: bool = False,
        visible: str = "",
    ) -> None:
        self.name = name
        self.row = row
        self.key = tuple(key)
        self.indexes = tuple(indexes)
        self.shared = shared
        self.visible = visible
        hints = get_type_hints(row, include_extras=True)
        columns = {name: Column(name, _sql_type(hint)) for name, hint in hints.items()}
        self.key_columns = tuple(columns[name] for name in self.key)
        self.sealed = any(_is_sealed(hint) for hint in hints.values())
        self.columns = tuple(c for c in columns.values() if c.name not in self.key)
        self.names = tuple(c.name for c in self.columns)
        self._places = {name: n for n, name in enumerate(self.names)}
        self.all_bits = (2 << len(self.columns)) - 1
        self.key_of = _getter(self.key)
        self.key_is_text = all(c.type in ("uuid", "text") for c in self.key_columns)
        self._values_of = _getter(self.names)
        self._json = [n for n, c in enumerate(self.columns) if c.type == "jsonb"]

    def written(self, row: Struct) -> Values:
        """The row without its key, as it is written down."""
        values = self._values_of(row)
        if self._json:
            values = tuple(as_json(v) if n in self._json else v for n, v in enumerate(values))
        return encode(values)

    def stated(self, fields: Mapping[str, Any]) -> tuple[Field | None, ...]:
        """Some fields of a row, as they are written down; None for each of the others."""
        values: list[Field | None] = [None] * len(self.names)
        for name, value in fields.items():
            if (at := self._places.get(name)) is None:
                raise TypeError(f"{self.name} has no {name}")
            values[at] = field(as_json(value) if at in self._json else value)
        return tuple(values)

    def mask(self, names: Iterable[str]) -> int:
        """Those fields as bits; bit 0 stands for the row's existence."""
        return sum(2 << self._places[name] for name in names)


def _getter(names: tuple[str, ...]) -> Callable[[Struct], tuple[Any, ...]]:
    """Reads those fields at once; a handler's rows are read by the million."""
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda row: (one(row),)
    return attrgetter(*names) if names else lambda _row: ()


def _sql_type(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        return _sql_type(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is Annotated:
        base, *metas = get_args(hint)
        marks = next((m.extra for m in metas if isinstance(m, Meta) and m.extra), {})
        if marks.get("id"):
            return "uuid"
        return "numeric(15,2)" if marks.get("money") else _sql_type(base)
    simple = {str: "text", int: "bigint", float: "numeric", bool: "boolean", date: "date"}
    if hint in simple:
        return simple[hint]
    if all(isinstance(a, str) for a in get_args(hint)) and get_args(hint):
        return "text"  # a Literal
    return "jsonb"


def _is_sealed(hint: Any) -> bool:
    """Whether a column holds personal data, in the state in which they are stored."""
    if get_origin(hint) in (Union, UnionType):
        return any(map(_is_sealed, get_args(hint)))
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return any(isinstance(m, Meta) and bool((m.extra or {}).get("sealed")) for m in metas)


Key = tuple[str, ...]
# Of which row, from which day on, which fields as bits, their values, and at which position.
Said = tuple[Key, str | None, int, Any, int]


class Rows:
    """Collects what the handlers say of each table; the engine carries it out."""

    def __init__(self) -> None:
        self.said: dict[Table, list[Said]] = defaultdict(list)
        self.position = 0

    def put(self, table: Table, row: Struct, *, valid_from: date) -> None:
        """The row is true from that day on."""
        key = table.key_of(row)
        if not table.key_is_text:
            key = _key(key)
        values = table.written(row)
        self.said[table].append((key, _day(valid_from), table.all_bits, values, self.position))

    def change(self, table: Table, *key: object, valid_from: date, **fields: Any) -> None:
        """These fields of the row have these values from that day on."""
        values = table.stated(fields)
        said = (_key(key), _day(valid_from), table.mask(fields), values, self.position)
        self.said[table].append(said)

    def end(self, table: Table, *key: object, on: date) -> None:
        """The row is true no longer from that day on."""
        self.said[table].append((_key(key), _day(on), 1, None, self.position))

    def void(self, table: Table, *key: object) -> None:
        """The row was never true."""
        self.said[table].append((_key(key), None, 0, None, self.position))


def _key(parts: tuple[object, ...]) -> Key:
    return tuple([part if type(part) is str else str(part) for part in parts])


# The same few thousand days come again and again.
_day = lru_cache(maxsize=20_000)(date.isoformat)


Handler = Callable[[Any, Fact, Rows], None]
EvidenceHandler = Callable[[Fact, Rows], None]


class ReadModel:
    """A book that is kept from the events: its tables and what each event writes there."""

    def __init__(self, name: str, *tables: Table) -> None:
        self.name = name
        self.tables = tables
        self.handlers: dict[str, list[Handler]] = {}
        self.evidence_handlers: list[EvidenceHandler] = []

    def on(self, event: type[Event]) -> Callable[[Handler], Handler]:
        """Registers what an event writes."""

        def register(handler: Handler) -> Handler:
            self.handlers.setdefault(event.event_name, []).append(handler)
            return handler

        return register

    def on_evidence(self, handler: EvidenceHandler) -> EvidenceHandler:
        """Registers what every event writes that names evidence, whatever else it says."""
        self.evidence_handlers.append(handler)
        return handler


@cache
def read_models() -> tuple[ReadModel, ...]:
    """Every read model, found by looking into `ledger.projections`."""
    found = {}
    for module in pkgutil.iter_modules(ledger.projections.__path__):
        if not module.ispkg:
            name = f"{ledger.projections.__name__}.{module.name}"
            for one in vars(importlib.import_module(name)).values():
                if isinstance(one, ReadModel):
                    found[one.name] = one
    return tuple(found[name] for name in sorted(found))
