"""What was an object's state, and what did each event change? Folded anew from the log."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from ledger import catalogue
from ledger.event_store.codec import decode, read_data
from ledger.event_store.log import EventLog
from ledger.kernel.errors import NotFound


class Change(Struct, frozen=True, kw_only=True):
    """A field that an event changed."""

    field: str
    before: Any
    after: Any


class HistoryRow(Struct, frozen=True, kw_only=True):
    """An event of an object and what it changed."""

    version: int
    position: int
    type: str
    effective_on: date
    recorded_at: str
    recorded_by: str
    reason: str | None
    changes: list[Change]


async def replay(log: EventLog, stream: str, version: int | None, known_at: int) -> dict[str, Any]:
    """The state after the last event up to there. Raises `NotFound` where there is none."""
    state, last = None, None
    for leaf in await log.stream(stream, upto=version):
        if leaf.position > known_at:
            break
        last = decode(leaf.bytes)
        event = read_data(catalogue.events()[last.type], last.data)
        state = event.apply(state, last.effective_on)
    if last is None or (version is not None and last.version != version):
        raise NotFound
    return {
        "version": last.version,
        "position": last.position,
        "recorded_at": last.recorded_at,
        "state": msgspec.to_builtins(state, str_keys=True),
    }


async def history(log: EventLog, stream: str, known_at: int) -> list[HistoryRow]:
    """One row per event. Raises `NotFound` for a stream without events."""
    rows: list[HistoryRow] = []
    state, before = None, dict[str, Any]()
    for leaf in await log.stream(stream):
        if leaf.position > known_at:
            break
        recorded = decode(leaf.bytes)
        event = read_data(catalogue.events()[recorded.type], recorded.data)
        state = event.apply(state, recorded.effective_on)
        after = dict(_flat("", msgspec.to_builtins(state, str_keys=True)))
        rows.append(
            HistoryRow(
                version=recorded.version,
                position=recorded.position,
                type=recorded.type,
                effective_on=recorded.effective_on,
                recorded_at=recorded.recorded_at,
                recorded_by=recorded.recorded_by,
                reason=recorded.reason,
                changes=_changes(before, after),
            )
        )
        before = after
    if not rows:
        raise NotFound
    return rows


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every field with its path, such as `milestones.2.ends_on`."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), one)
    elif path:
        yield path, value


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    names = dict.fromkeys([*before, *after])
    return [
        Change(field=name, before=before.get(name), after=after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
