"""Which object is each stream, and to which project does it belong?"""

from typing import Any, get_type_hints

from msgspec import Struct

from ledger.catalogue import aggregates
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Stream(Struct, frozen=True, kw_only=True):
    """One object: its collection and the project to which it belongs."""

    stream: Id
    collection: str
    project: Id | None = None


STREAMS = Table("streams", Stream, key=["stream"], indexes=[("project", "collection")])
MODEL = ReadModel("stream_register", STREAMS)


def _register_streams() -> None:
    """The first event of a stream says whose it is: its `project`, or itself for a project."""
    for aggregate in aggregates().values():
        first = next(event for event in aggregate.events.values() if event.begins)
        belongs = "project" in get_type_hints(first)

        def begun(
            event: Any,
            fact: Fact,
            rows: Rows,
            collection: str = aggregate.collection,
            belongs: bool = belongs,
        ) -> None:
            own = fact.stream if collection == "projects" else None
            project = event.project if belongs else own
            rows.put(
                STREAMS,
                Stream(stream=fact.stream, collection=collection, project=project),
                valid_from=fact.effective_on,
            )

        MODEL.on(first)(begun)


_register_streams()
