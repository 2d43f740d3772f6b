"""What does the ledger hold about a person? All of it, for the person (GDPR articles 15 and 20)."""

from typing import Any

import msgspec
from msgspec import Struct

from ledger.event_store.codec import Recorded, decode
from ledger.event_store.log import EventLog
from ledger.kernel.fields import Date, Hours, Id, ProjectId, Role, TeamId, Title
from ledger.privacy.journal import Journal, Read
from ledger.projections.engine.query import project_name, team_name
from ledger.projections.person_register import PersonRow
from ledger.queries.asking import Question, listing


class PersonalEvent(Struct, frozen=True, kw_only=True):
    """Something that was recorded of the person: who did so, when, why, and what it says."""

    position: int
    version: int
    type: str
    effective_on: Date
    recorded_at: str
    recorded_by: str
    reason: str | None
    data: dict[str, Any]


class Mention(Struct, frozen=True, kw_only=True):
    """An event of something else in which the person stands; what it says of others is left out."""

    position: int
    stream: Id
    collection: str
    type: str
    effective_on: Date
    recorded_at: str
    recorded_by: str
    reason: str | None


class Membership(Struct, frozen=True, kw_only=True):
    """A team in which the person was, from a day until before another; null: still."""

    id: Id
    team: TeamId
    team_name: Title | None
    project: ProjectId
    project_name: Title | None
    role: Role
    since: Date
    until: Date | None
    position: int


class TakingPart(Struct, frozen=True, kw_only=True):
    """An activity in which the person took part."""

    id: Id
    title: Title
    project: ProjectId
    project_name: Title | None
    starts_on: Date
    ends_on: Date
    hours: Hours | None
    position: int


class PersonalFile(Struct, frozen=True, kw_only=True):
    """Everything about a person, with who read it."""

    id: Id
    person: PersonRow
    events: list[PersonalEvent]
    mentions: list[Mention]
    teams: list[Membership]
    activities: list[TakingPart]
    reads: list[Read]
    position: int


EVERYTHING = 1_000_000  # entries of the journal
_END = "nullif({row}.valid_to, '9999-12-31')"
_TEAMS = f"""
SELECT a.appointment::text, a.team::text, {team_name("a.team")}, t.project::text,
    {project_name("t.project")}, a.role, a.valid_from, {_END.format(row="a")}, a.position
FROM {{appointments:ever}} AS a
JOIN LATERAL (SELECT n.project FROM {{teams:ever}} AS n WHERE n.team = a.team LIMIT 1) AS t ON true
WHERE a.person = %(id)s::uuid ORDER BY a.valid_from, a.position"""
_ACTIVITIES = f"""
SELECT c.activity::text, c.title, c.project::text, {project_name("c.project")}, c.starts_on,
    c.ends_on, coalesce(a.hours, c.hours)::float8, a.position
FROM {{attendances:ever}} AS a
JOIN LATERAL (SELECT * FROM {{activities:ever}} AS n WHERE n.activity = a.activity
    ORDER BY n.valid_from DESC LIMIT 1) AS c ON true
WHERE a.person = %(id)s::uuid ORDER BY c.starts_on, a.position"""
# Every event that ever made or ended a row about the person.
_MENTIONED = """
SELECT DISTINCT p.position FROM (
    SELECT unnest(ARRAY[a.known_from, a.known_to]) AS position FROM read.appointments AS a
    WHERE a.person = %(id)s::uuid
    UNION ALL SELECT unnest(ARRAY[a.known_from, a.known_to]) FROM read.attendances AS a
    WHERE a.person = %(id)s::uuid) AS p
WHERE p.position <= %(known_at)s"""
_COLLECTIONS = """
SELECT s.stream::text, s.collection FROM {streams:ever} AS s
WHERE s.stream = ANY(%(streams)s::uuid[])"""


async def personal_file(
    question: Question, log: EventLog, journal: Journal, person: str
) -> PersonalFile:
    """What is held about the person. Raises `NotFound`."""
    row, _ = await question.one(listing("/api/persons"), person)
    own = [decode(leaf.bytes) for leaf in await log.stream(person)]
    opened = await question.events(own)
    teams = await question.rows(_TEAMS, id=person)
    activities = await question.rows(_ACTIVITIES, id=person)
    return PersonalFile(
        id=person,
        person=msgspec.json.decode(row, type=PersonRow),
        events=[_event(one, event) for one, event in zip(own, opened, strict=True)],
        mentions=await _mentions(question, log, person),
        teams=[_as(Membership, one) for one in teams],
        activities=[_as(TakingPart, one) for one in activities],
        reads=await journal.reads_of(person, limit=EVERYTHING),
        position=question.moment.known_at,
    )


def _as(kind: type[Any], row: tuple[Any, ...]) -> Any:
    return kind(**dict(zip(kind.__struct_fields__, row, strict=True)))


def _event(one: Recorded, event: Any) -> PersonalEvent:
    return PersonalEvent(
        position=one.position,
        version=one.version,
        type=one.type,
        effective_on=one.effective_on,
        recorded_at=one.recorded_at,
        recorded_by=one.recorded_by,
        reason=one.reason,
        data=msgspec.to_builtins(event),
    )


async def _mentions(question: Question, log: EventLog, person: str) -> list[Mention]:
    positions = [row[0] for row in await question.rows(_MENTIONED, id=person)]
    told = [decode(leaf.bytes) for leaf in await log.at(positions)]
    streams = sorted({one.stream for one in told})
    collections = dict(await question.rows(_COLLECTIONS, streams=streams))
    return [
        Mention(
            position=one.position,
            stream=one.stream,
            collection=collections[one.stream],
            type=one.type,
            effective_on=one.effective_on,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
            reason=one.reason,
        )
        for one in told
    ]
