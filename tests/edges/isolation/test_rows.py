"""Does the database itself show nothing of another project, whatever a query forgets?"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest

from ledger.event_store.connections import OWNER, options
from ledger.privacy.journal import Reader
from ledger.projections.engine.model import Table, read_models
from ledger.projections.engine.query import Listing, listings
from ledger.projections.engine.reading import Moment, Reading, at_moment
from ledger.queries.asking import Asker, Question
from tests.edges.worlds import Two

TABLES = [table for model in read_models() for table in model.tables]
READER = Reader(id="test", name="test", path="/", request_id="test")
# Some rows of these are everybody's, others only of those who share a document.
OF_NOBODY = {"institutions", "streams"}
OF_SHARED = {"charge_events"}


@pytest.fixture(scope="module")
def url(two: Two) -> str:
    return str(two.service.http.app.state.parts.url)


@pytest.fixture
def scoped(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as those get it who are confined to a project; none is named yet."""
    with psycopg.connect(url, **options("ledger_scoped_reader", read_only=True)) as connection:
        yield connection


def rows(connection: psycopg.Connection[Any], text: str, project: str = "") -> list[str]:
    with connection.transaction():
        connection.execute("SELECT set_config('ledger.project', %s, true)", (project,))
        return [str(row[0]) for row in connection.execute(text.encode())]


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
def test_every_read_table_is_cut_to_the_project(
    two: Two, scoped: psycopg.Connection[Any], table: Table
) -> None:
    text = f"SELECT t::text FROM read.{table.name} AS t"
    seen = "\n".join(rows(scoped, text, two.own.project))
    hidden = two.hidden()
    if table.name not in OF_SHARED:  # of a charge's id it tells nothing but that there is one
        assert not [one for one in hidden if one in seen]
    if table.visible == "false":  # for those of all projects only
        assert seen == ""
        return
    assert seen, "give the two projects of these tests such a row"
    if table.name not in OF_NOBODY:
        assert rows(scoped, text) == []  # nobody's project: nothing


def test_the_log_shows_the_projects_events_and_no_leaf(
    two: Two, scoped: psycopg.Connection[Any]
) -> None:
    streams = set(rows(scoped, "SELECT stream FROM log.events", two.own.project))
    assert two.own.ids["claims"] in streams
    assert not streams & two.other.traces()
    of_shared = f"SELECT version FROM log.events WHERE stream = '{two.shared.document}'"
    assert rows(scoped, of_shared, two.own.project) == ["1", "2"]
    assert rows(scoped, "SELECT count(*) FROM log.events WHERE version > 1") == ["0"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scoped.execute("SELECT leaf FROM log.events")


@pytest.mark.parametrize("table", ["log.documents", "log.uploads"])
def test_evidence_is_the_projects(two: Two, scoped: psycopg.Connection[Any], table: str) -> None:
    found = rows(scoped, f"SELECT encode(sha256, 'hex') FROM {table}", two.own.project)
    assert two.own.words["sha256"] in found
    assert two.other.words["sha256"] not in found
    assert rows(scoped, f"SELECT sha256 FROM {table}") == []


@pytest.mark.parametrize(
    "what",
    [
        "SELECT * FROM access.tokens", "SELECT * FROM intake.imports", "SELECT * FROM log.requests",
        "INSERT INTO log.rules VALUES ('x', 1)", "DELETE FROM read.teams", "SET ROLE ledger_reader",
        "CREATE TABLE read.mine (x int)", "ALTER TABLE read.teams DISABLE ROW LEVEL SECURITY",
    ],
)  # fmt: skip
def test_the_role_may_do_nothing_else(url: str, what: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET SESSION AUTHORIZATION ledger_scoped_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(what.encode())


def test_every_read_table_has_its_policy_also_one_that_is_added(url: str) -> None:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT c.relname, c.relrowsecurity, p.polname FROM pg_class AS c"
            " LEFT JOIN pg_policy AS p ON p.polrelid = c.oid AND NOT p.polpermissive"
            " AND p.polroles = ARRAY['ledger_scoped_reader'::regrole::oid]"
            " WHERE has_table_privilege('ledger_scoped_reader', c.oid, 'SELECT')"
            " AND c.relkind = 'r' AND c.relnamespace IN ('read'::regnamespace, 'log'::regnamespace)"
        ).fetchall()
    tables = {name for name, *_ in found}
    assert tables == {table.name for table in TABLES} | {"rules", "documents", "uploads"}
    assert [row for row in found if row[1:] != (True, "of_project")] == [("rules", False, None)]


@pytest.mark.parametrize("listing", listings(), ids=lambda one: one.path)
def test_a_listing_that_forgets_its_condition_still_shows_nothing_else(
    two: Two, listing: Listing
) -> None:
    reading = two.service.http.app.state.parts.reading
    forgetful = replace(listing, path=listing.path + "#", scope="")
    filters = {"id": two.own.project} if listing.parent else {}

    async def asked(which: Listing, project: str | None) -> list[str]:
        position = await reading.position()
        moment = Moment(two.service.http.app.state.parts.ledger.today(), position)
        disclosure = two.service.http.app.state.parts.disclosure
        asker = Asker(project=project, reader=READER)
        question = Question(reading, moment, asker, disclosure=disclosure)
        return list((await question.page(which, filters, limit=500)).rows)

    call = two.service.http.blocking_portal.call
    right, found = call(asked, listing, two.own.project), call(asked, forgetful, two.own.project)
    if listing.path == "/api/erasures":  # for those of all projects only
        assert found == right == []
        return
    assert found == right != []
    hidden = two.hidden()
    assert not [one for one in hidden if one in "\n".join(found)]
    if not listing.parent and listing.scope:
        everything = "\n".join(call(asked, forgetful, None))
        assert [one for one in two.other.traces() if one in everything]


def test_connections_do_not_remember_whose_they_were(two: Two) -> None:
    reading = two.service.http.app.state.parts.reading

    async def seen(project: str) -> set[str]:
        text = "SELECT project::text FROM read.projects"
        return {row[0] for row in await reading.rows(text, scope=project)}

    async def at_once() -> list[set[str]]:
        sides = [two.own.project, two.other.project] * 20
        return await asyncio.gather(*(seen(project) for project in sides))

    found = two.service.http.blocking_portal.call(at_once)
    assert found == [{two.own.project}, {two.other.project}] * 20


@pytest.mark.parametrize("listing", listings(), ids=lambda one: one.path)
def test_who_sees_everything_pays_nothing_for_it(two: Two, url: str, listing: Listing) -> None:
    asked = _Overheard()
    question = Question(asked, Moment(date(2024, 1, 1), 100), Asker(reader=READER))
    filters = {"id": two.own.project} if listing.parent else {}
    asyncio.run(question.page(listing, filters, limit=100))
    plans = []
    for role in ("ledger_reader", OWNER):  # to whom no policy applies
        with psycopg.connect(url, **options(role, read_only=True)) as connection:
            text = b"EXPLAIN (COSTS OFF) " + at_moment(asked.text)
            plans.append(connection.execute(text, asked.params).fetchall())
    assert plans[0] == plans[1]


class _Overheard(Reading):
    """A reading that notes what it is asked, and knows nothing."""

    def __init__(self) -> None:
        self.text, self.params = "", dict[str, Any]()

    async def rows(self, text: str, params: Any = None, **_: Any) -> list[tuple[Any, ...]]:
        self.text, self.params = text, params
        return []
