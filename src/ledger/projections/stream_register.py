"""Which object is each stream, and to which project does it belong?

An expenditure belongs to the projects that it is charged to, which may be several.
"""

from typing import Any, get_type_hints

from msgspec import Struct

from ledger.aggregates.expenditures.mending import ChargeCorrected
from ledger.aggregates.expenditures.recording import ExpenditureCharged, ExpenditureRecorded
from ledger.aggregates.expenditures.state import charge_events
from ledger.catalogue import aggregates
from ledger.kernel.fields import Id
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table


class Stream(Struct, frozen=True, kw_only=True):
    """One object: its collection and the project to which it belongs."""

    stream: Id
    collection: str
    project: Id | None = None


class Share(Struct, frozen=True, kw_only=True):
    """A project to which an object belongs beside others."""

    stream: Id
    project: Id


class ChargeEvent(Struct, frozen=True, kw_only=True):
    """A later event of a document that concerns this charge only, and so the charge's project."""

    stream: Id
    version: int
    charge: Id


STREAMS = Table(
    "streams",
    Stream,
    key=["stream"],
    indexes=[("project", "collection")],
    shared=True,
    visible="project = (SELECT scope.project()) OR collection = 'institutions'"
    " OR EXISTS (SELECT FROM scope.shared_streams() AS h (own) WHERE h.own = stream)",
)
SHARES = Table(
    "stream_shares", Share, key=["stream", "project"], indexes=[("project",)], shared=True
)
# Visible to all who share the document: what each saw of it is asked of the charges.
CHARGE_EVENTS = Table(
    "charge_events",
    ChargeEvent,
    key=["stream", "version", "charge"],
    shared=True,
    visible="EXISTS (SELECT FROM scope.shared_streams() AS h (own) WHERE h.own = stream)",
)
MODEL = ReadModel("stream_register", STREAMS, SHARES, CHARGE_EVENTS)


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


def _share(project: str, fact: Fact, rows: Rows) -> None:
    rows.put(SHARES, Share(stream=fact.stream, project=project), valid_from=fact.effective_on)


@MODEL.on(ExpenditureRecorded)
def _recorded(event: ExpenditureRecorded, fact: Fact, rows: Rows) -> None:
    for project in dict.fromkeys(one.project for one in event.charges):
        _share(project, fact, rows)


@MODEL.on(ExpenditureCharged)
def _charged(event: ExpenditureCharged, fact: Fact, rows: Rows) -> None:
    _share(event.project, fact, rows)


@MODEL.on(ChargeCorrected)
def _corrected(event: ChargeCorrected, fact: Fact, rows: Rows) -> None:
    if isinstance(event.project, str):
        _share(event.project, fact, rows)


def _register_charge_events() -> None:
    for kind, name in charge_events().items():

        def concerned(event: Any, fact: Fact, rows: Rows, name: str = name) -> None:
            found = getattr(event, name)
            for charge in (found,) if isinstance(found, str) else found:
                rows.put(
                    CHARGE_EVENTS,
                    ChargeEvent(stream=fact.stream, version=fact.version, charge=charge),
                    valid_from=fact.effective_on,
                )

        MODEL.on(kind)(concerned)


_register_charge_events()


def of_project(stream: str, project: str) -> str:
    """SQL: the row of `streams` under that alias belongs to the project, alone or with others."""
    return (
        f"({stream}.project = {project} OR EXISTS (SELECT FROM {{stream_shares:ever}} AS h"
        f" WHERE h.stream = {stream}.stream AND h.project = {project}))"
    )


def of_others(event: str, project: str) -> str:
    """SQL: the event under that alias concerns charges of other projects than that one only.

    A charge that was moved is its new project's with all its past, and was the old one's until
    it was moved.
    """
    return (
        "EXISTS (SELECT FROM {charge_events:ever} AS y"
        f" WHERE y.stream = {event}.stream AND y.version = {event}.version"
        " AND NOT EXISTS (SELECT FROM read.charges AS z WHERE z.expenditure = y.stream"
        f" AND z.charge = y.charge AND z.project = {project} AND z.known_to >= y.position))"
    )


def streams_of(project: str) -> str:
    """SQL of all streams that belong to the project: for questions that begin with these."""
    return (
        f"(SELECT w.stream FROM {{streams:ever}} AS w WHERE w.project = {project}"
        f" UNION SELECT h.stream FROM {{stream_shares:ever}} AS h WHERE h.project = {project})"
    )


OF_PROJECT = f"SELECT s.stream::text FROM {streams_of('%(project)s::uuid')} AS s"
