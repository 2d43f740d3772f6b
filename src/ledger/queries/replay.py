"""What was an object's state, and what did each event change? Folded anew from the log."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ledger.event_store.codec import Recorded, decode
from ledger.event_store.log import EventLog
from ledger.kernel.errors import NotFound
from ledger.queries.asking import Question
from ledger.queries.leaves import versions


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


class _Step(NamedTuple):
    """An event, and what the asker may know of the object's state after it."""

    event: Recorded
    state: Any


async def _steps(
    question: Question, log: EventLog, stream: str, upto: int | None = None
) -> AsyncIterator[_Step]:
    """The stream's events that the asker may see; everything is folded, seen or not."""
    shown, scope = await versions(question, stream), question.asker.project
    state: Any = None
    known_at = question.moment.known_at
    leaves = [leaf for leaf in await log.stream(stream, upto=upto) if leaf.position <= known_at]
    told = [decode(leaf.bytes) for leaf in leaves]
    for recorded, event in zip(told, await question.events(told), strict=True):
        state = event.apply(state, recorded.effective_on)
        if shown is None or recorded.version in shown:
            yield _Step(recorded, state if scope is None else state.seen_from(scope))


async def replay(
    question: Question, log: EventLog, stream: str, version: int | None = None
) -> dict[str, Any]:
    """The state after the last event up to there. Raises `NotFound` where there is none."""
    last = None
    async for step in _steps(question, log, stream, version):
        last = step
    if last is None or (version is not None and last.event.version != version):
        raise NotFound
    return {
        "version": last.event.version,
        "position": last.event.position,
        "recorded_at": last.event.recorded_at,
        "state": msgspec.to_builtins(last.state, str_keys=True),
    }


async def history(
    question: Question, log: EventLog, stream: str, upto: int | None = None
) -> list[HistoryRow]:
    """One row per event, up to a version. Raises `NotFound` for a stream without events."""
    rows: list[HistoryRow] = []
    before = dict[str, Any]()
    async for recorded, state in _steps(question, log, stream, upto):
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
