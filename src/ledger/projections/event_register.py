"""What was recorded, in order? The index of the log, and which object each stream is."""

from typing import get_type_hints

from msgspec import Struct

from ledger.catalogue import aggregates
from ledger.kernel.fields import Date, Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class EventLine(Struct, frozen=True, kw_only=True):
    """One event of the log, as far as events are searched for."""

    position: int
    stream: Id
    version: int
    type: str
    effective_on: Date
    recorded_by: str


class Stream(Struct, frozen=True, kw_only=True):
    """One object: its collection and the project to which it belongs."""

    stream: Id
    collection: str
    project: Id | None = None


EVENTS = Table(
    "events",
    EventLine,
    key=["position"],
    indexes=[("stream", "position"), ("type", "position"), ("recorded_by", "position"),
             ("effective_on", "position")],
    journal=True,
)  # fmt: skip
STREAMS = Table("streams", Stream, key=["stream"], indexes=[("project", "collection")])
MODEL = ReadModel("event_register", EVENTS, STREAMS)


@MODEL.on_every
def _line(fact: Fact, rows: Rows) -> None:
    rows.append(
        EVENTS,
        EventLine(
            position=fact.position,
            stream=fact.stream,
            version=fact.version,
            type=fact.type,
            effective_on=fact.effective_on,
            recorded_by=fact.recorded_by,
        ),
    )


def _register_streams() -> None:
    """The first event of a stream says whose it is: its `project`, or itself for a project."""
    for aggregate in aggregates().values():
        first = next(event for event in aggregate.events.values() if event.begins)
        belongs = "project" in get_type_hints(first)

        def begun(
            event: object,
            fact: Fact,
            rows: Rows,
            collection: str = aggregate.collection,
            belongs: bool = belongs,
        ) -> None:
            own = fact.stream if collection == "projects" else None
            project = event.project if belongs else own  # type: ignore[attr-defined]
            rows.put(
                STREAMS,
                Stream(stream=fact.stream, collection=collection, project=project),
                valid_from=fact.effective_on,
            )

        MODEL.on(first)(begun)


_register_streams()
