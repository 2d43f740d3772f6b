"""Which messages are there? Found by looking into `ledger.aggregates`; no list is kept by hand."""

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import Any

import ledger.aggregates
from ledger.kernel.messages import Aggregate, Command, Event


@cache
def aggregates() -> MappingProxyType[str, Aggregate]:
    """Every aggregate by its collection."""
    found: dict[str, Aggregate] = {}
    for module in pkgutil.iter_modules(ledger.aggregates.__path__):
        members: dict[str, Any] = vars(
            importlib.import_module(f"{ledger.aggregates.__name__}.{module.name}")
        )
        for one in members.values():
            if isinstance(one, Aggregate):
                found[one.collection] = one
    return MappingProxyType(dict(sorted(found.items())))


@cache
def events() -> MappingProxyType[str, type[Event]]:
    """Every event by its permanent name."""
    pairs = (pair for a in aggregates().values() for pair in a.events.items())
    return MappingProxyType(dict(pairs))


@cache
def aggregate_of_event() -> MappingProxyType[str, Aggregate]:
    """The aggregate that each event belongs to, by the event's name."""
    return MappingProxyType({name: a for a in aggregates().values() for name in a.events})


def command(collection: str, name: str) -> type[Command] | None:
    """The command of that collection and name."""
    aggregate = aggregates().get(collection)
    return aggregate.commands.get(name) if aggregate else None
