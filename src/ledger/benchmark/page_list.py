"""Which pages are asked? Every one that can be gone to, about the busiest object of its collection.

The pages are the web interface's own catalogue, so that a new one is measured with the others;
only pages about objects of which the made-up history has none are left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg

from api.pages.frame.routes import PageRoute, pages
from ledger.benchmark.history import DAYS, FIRST_DAY
from ledger.kernel.fields import AccessRole

ROLES: tuple[AccessRole, ...] = ("manager", "officer", "coordinator", "auditor", "admin")
# Whom a page is for that all may open; an auditor sees an object with all of its history.
OF_GROUP: Mapping[str, AccessRole] = {
    "": "manager",
    "money": "officer",
    "cooperation": "coordinator",
    "control": "auditor",
}
OF_PAGE: Mapping[str, AccessRole] = {
    "/": "manager",
    "/access": "admin",
    "/claims/{id:str}": "officer",
}
ELSE: AccessRole = "auditor"
PROJECTS = 2  # the one that spends, and the busiest of those that cooperate

_BUSIEST = """
SELECT DISTINCT ON (s.collection) s.collection, s.stream::text
FROM (SELECT DISTINCT collection, stream FROM read.streams) AS s
JOIN (SELECT stream, count(*) AS events FROM log.events GROUP BY stream) AS e USING (stream)
ORDER BY s.collection, e.events DESC, s.stream"""
_PROJECTS = """
SELECT s.project::text
FROM (SELECT stream, project FROM read.streams
    UNION SELECT stream, project FROM read.stream_shares) AS s
JOIN (SELECT stream, count(*) AS events FROM log.events GROUP BY stream) AS e USING (stream)
WHERE s.project IS NOT NULL GROUP BY s.project ORDER BY sum(e.events) DESC LIMIT %s"""
_PLACE = re.compile(r"\{(\w+):str\}")


class Visit(NamedTuple):
    """A page that is asked for, and the role of the one who asks."""

    path: str
    role: AccessRole


def visits(url: str, events: int) -> list[Visit]:
    """What is asked of a ledger with so many events, whose read models are made."""
    with psycopg.connect(url) as owner:
        known = {one: [id] for one, id in owner.execute(_BUSIEST).fetchall()}
        projects = [id for (id,) in owner.execute(_PROJECTS, (PROJECTS,)).fetchall()]
    known |= {"projects": projects, "choices": ["institutions"], "events": [str(events)]}
    asked = [one for route in pages() if route.method == "GET" for one in _of(route, known)]
    return [one._replace(path=one.path.replace("{project}", projects[0])) for one in asked]


def _of(route: PageRoute, known: Mapping[str, Sequence[str]]) -> Iterator[Visit]:
    """The visits of one page: about each object that it can be about, with each query."""
    collection, events = route.path.split("/")[1], int(known["events"][0])
    for value in known.get(collection, ()) if _PLACE.search(route.path) else ("",):
        path = _PLACE.sub(value, route.path)
        for query in _queries(route.path, events):
            yield Visit(f"{path}?{urlencode(query, safe='{}/')}" if query else path, _role(route))


def _role(route: PageRoute) -> AccessRole:
    named = route.roles or (route.nav.roles if route.nav else frozenset())
    if named:
        return next(one for one in ROLES if one in named)
    group = route.nav.group if route.nav else None
    return OF_PAGE.get(route.path) or (ELSE if group is None else OF_GROUP[group])


def _queries(path: str, events: int) -> Sequence[Mapping[str, str]]:
    """With which queries a page is asked; an empty one is the page as it is gone to."""
    half = FIRST_DAY + timedelta(days=DAYS // 2)
    before = {"valid_at": half.isoformat(), "known_at": str(events // 2)}
    month = {"effective_from": f"{half:%Y-%m}-01", "effective_to": f"{half:%Y-%m}-28"}
    asked: Mapping[str, Sequence[Mapping[str, str]]] = {
        "/": ({}, before),
        "/choices/{collection:str}": ({"q": "nr 77"},),
        "/claims/{id:str}": ({}, {"show": "all"}),
        "/events": (
            {}, {"type": "project.started"}, {"type": "team.member-appointed"},
            {"recorded_by": "nobody"}, {"project": "{project}"}, month,
        ),
        "/explain": (
            {"of": "/api/projects/{project}/explain/value"},
            {"of": "/api/projects/{project}/budget/explain/recorded?line=1.05"},
        ),
        "/institutions": ({}, {"name": "nr 123"}, {"sector": "social_assistance"}),
        "/persons": ({}, {"name": "Wymyślona-77"}),
        "/projects/{id:str}": ({}, before),
        "/projects/{id:str}/budget": ({}, {"by": "source"}, before),
        "/projects/{id:str}/changes": ({}, {"from": str(events - 200), "to": str(events)}),
        "/projects/{id:str}/expenditures": (
            {}, {"q": "4711"}, {"status": "approved", "sort": "-gross"}, {"line": "1.05"},
            {"from": half.isoformat(), "sort": "document_number"}, before,
        ),
        "/projects/{id:str}/findings": ({}, {"severity": "warning"}, before),
        "/projects/{id:str}/indicators": ({}, before),
        "/projects/{id:str}/teams": ({}, before),
        "/search": (
            {"q": "kooperacji nr 123"}, {"q": "FV/4711/"}, {"q": "5200012345"},
            {"q": "Wymyślona-777"}, {"q": str(events)},
        ),
    }  # fmt: skip
    return asked.get(path, ({},))
