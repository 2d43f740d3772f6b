"""Every command and every address, for every role, on the own project and on another one's.

What there is comes from the catalogue and from the application's routes: what is added is walked as
well, and where it needs a value that these tests do not know, they say so.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from ledger import catalogue
from ledger.access import ROLES
from ledger.kernel.messages import Command
from ledger.projections.engine.query import Listing, listings
from tests.edges.bodies import body_of, references, replaced
from tests.edges.worlds import Side, Two
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client

COMMANDS = [
    (collection, name, kind)
    for collection, aggregate in catalogue.aggregates().items()
    for name, kind in aggregate.commands.items()
    if not kind.terms.operator_only
]
SHARED = frozenset({"institutions"})  # common to all projects
# Whoever brings an invoice that another project has recorded is told so, and charges it there.
JOINING = frozenset({"expenditures/charge"})
STALE = {"If-Match": '"999999999"'}  # so that what would be carried out is refused at the last
UNKNOWN = str(uuid4())


class Users(NamedTuple):
    """Somebody of each role for all projects, and for the first one only."""

    everywhere: dict[str, Client]
    here: dict[str, Client]


@pytest.fixture(scope="module")
def users(two: Two) -> Users:
    return Users(
        {role: two.user(role) for role in ROLES},
        {role: two.user(role, two.own.project) for role in ROLES},
    )


def _path(collection: str, name: str, kind: type[Command], id: str) -> str:
    return f"/api/{collection}" + ("" if kind.terms.creates else f"/{id}/{name}")


def _own_body(kind: type[Command], side: Side) -> Any:
    """A body that says what is true of the side's objects, as far as that is looked at first."""
    body = body_of(kind, side.ids)
    if (kind.terms.collection, kind.terms.name) == ("samples", "create"):
        design = {"method": "mus", "confidence": 90, "sample_size": 1}
        body = {"project": side.project, "population": "charges", "design": design, "number": "7"}
    return body


def _status(user: Client, path: str, body: Any, **headers: str) -> int:
    return int(user.raw("POST", path, json=body, headers=headers).status_code)


@pytest.mark.parametrize(
    ("collection", "name", "kind"), COMMANDS, ids=[f"{c}/{n}" for c, n, _ in COMMANDS]
)
def test_who_may_send_it_and_about_what(
    two: Two, users: Users, collection: str, name: str, kind: type[Command]
) -> None:
    own, other = _own_body(kind, two.own), _own_body(kind, two.other)
    here = _path(collection, name, kind, two.own.ids[collection])
    there = _path(collection, name, kind, two.other.ids[collection])
    nowhere = _path(collection, name, kind, UNKNOWN)
    for role in ROLES:
        allowed, scoped_out = role in kind.terms.roles, kind.terms.all_projects
        anyone, scoped = users.everywhere[role], users.here[role]
        for path, body in ((here, own), (there, other)):
            assert _status(anyone, path, body, **STALE) == (412 if allowed else 403), (role, path)
        expected = 412 if allowed and not scoped_out else 403
        assert _status(scoped, here, own, **STALE) == expected, (role, here)
        if kind.terms.creates:
            continue
        answers = [scoped.raw("POST", one, json=own, headers=STALE) for one in (there, nowhere)]
        if collection in SHARED or f"{collection}/{name}" in JOINING:
            assert answers[0].status_code == expected
            continue
        assert answers[0].status_code == (404 if expected == 412 else 403), (role, there)
        assert answers[0].content == answers[1].content
        batch = {"atomic": False, "commands": [{"path": there, "body": own}]}
        told = scoped.raw("POST", "/api/batch", json=batch).json()
        assert told[0]["status"] == answers[0].status_code


@pytest.mark.parametrize(
    ("collection", "name", "kind"), COMMANDS, ids=[f"{c}/{n}" for c, n, _ in COMMANDS]
)
def test_an_id_of_another_project_is_none_in_every_field(
    two: Two, users: Users, collection: str, name: str, kind: type[Command]
) -> None:
    if kind.terms.all_projects:
        assert _status(users.here["admin"], _path(collection, name, kind, UNKNOWN), {}) == 403
        return
    user = users.here["admin"]
    body = _own_body(kind, two.own)
    path = _path(collection, name, kind, two.own.ids[collection])
    before = two.own.books.world.head()
    for field, of, id in references(kind, body):
        if of in SHARED:
            continue
        answers = [
            user.raw("POST", path, json=replaced(body, id, new)).json()
            for new in (two.other.ids[of], UNKNOWN)
        ]
        assert answers[0] == answers[1]
        if answers[0]["status"] == 404 and (collection, name) == ("expenditures", "charge"):
            continue  # what it is charged to decides whose it is
        assert answers[0]["status"] == 422, (field, answers[0])
        assert {"field": field, "message": f"unknown in {of}"} in answers[0]["errors"]
    assert two.own.books.world.head() == before


# --- Reading --------------------------------------------------------------------------------------

EVERYBODY = frozenset(ROLES)
LOG = frozenset({"auditor", "admin"})
NOBODY_HERE = frozenset[str]()
# Who may read what, where that is not everybody; the first that fits.
READERS = (
    (r"/api/(events|streams|log)\b|/log/|.*/bundle\.zip$", LOG, LOG),
    (r"/api/(access)\b", LOG, LOG),
    (r"/api/persons/\{id\}/(reads|export)$", LOG, NOBODY_HERE),
    (r"/api/(erasures|persons-due-for-erasure)\b", EVERYBODY - {"officer"}, NOBODY_HERE),
    (r"/api/(tokens|accounts)\b", frozenset({"admin"}), NOBODY_HERE),
    (r"/api/persons\b", EVERYBODY - {"officer"}, EVERYBODY - {"officer"}),
    (r"/api/imports/\{id", frozenset({"officer", "admin"}), frozenset({"officer", "admin"})),
)
# Whose answers are no rows, but streams without an end, or sessions of browsers.
APART = re.compile(r"/api/events/stream|/api/sessions?\b")
OPEN = {"/log/checkpoint"}
# It takes long to make these: one who may and one who may not have to do.
LONG = re.compile(r".*\.(pdf|xlsx|zip)$")
# What an address must be told, and words that stand for parts of it.
ASKED = {
    "/api/projects/{id}/changes": {"from": "0"},
    "/api/log/proofs/inclusion": {"position": "{position}"},
    "/api/log/proofs/consistency": {"first": "1"},
    "/api/projects/{id}/population/size": {
        "design": '{"method": "mus", "confidence": 60, "anticipated_error": "0.004",'
        ' "deviation": "0.04"}'
    },
}


def _addresses(two: Two) -> list[str]:
    """Every address below /api and /log that can be read."""
    found = set()
    for route in two.service.http.app.routes:
        if "GET" in getattr(route, "methods", ()) and route.path.startswith(("/api/", "/log/")):
            found.add(re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
    return sorted(one for one in found if not APART.match(one) and one not in OPEN)


def _filled(address: str, side: Side, position: int) -> str:
    """The address with the side's ids and words."""
    collection = address.split("/")[2]
    ids = {"streams": side.ids["teams"]} | side.ids
    words = {"address": "0/000.p/1", "position": str(position)} | side.words

    def value(found: re.Match[str]) -> str:
        if found[1] == "id":
            return ids.get(collection, UNKNOWN)
        assert found[1] in words, f"say what {{{found[1]}}} stands for in {address}"
        return words[found[1]]

    return re.sub(r"\{(\w+)\}", value, address)


def _readers(address: str) -> tuple[frozenset[str], frozenset[str]]:
    for pattern, everywhere, here in READERS:
        if re.match(pattern, address):
            return everywhere, here
    return EVERYBODY, EVERYBODY


def _position_of(two: Two, side: Side) -> int:
    """The position of an event of that project."""
    auditor = two.user("auditor")
    events = auditor.get("/api/events", stream=side.ids["teams"])["items"]
    return int(events[0]["position"])


def _answer(user: Client, address: str, side: Side, position: int) -> Any:
    asked = ASKED.get(address, {})
    params = {name: text.replace("{position}", str(position)) for name, text in asked.items()}
    headers = {"Ledger-Position": str(user.position)}
    path = _filled(address, side, position)
    return user.raw("GET", path, params=params, headers=headers)


def test_every_address_is_read_by_its_roles_and_tells_nothing_of_another_project(
    two: Two, users: Users
) -> None:
    positions = {side.mark: _position_of(two, side) for side in (two.own, two.other)}
    wrong: list[tuple[Any, ...]] = []
    for address in _addresses(two):
        everywhere, here = _readers(address)
        for role in ("auditor", "officer") if LONG.match(address) else ROLES:
            whole = _answer(users.everywhere[role], address, two.own, positions["ALFA"])
            if whole.status_code != (200 if role in everywhere else 403):
                wrong.append((role, address, whole.status_code, whole.text[:200]))
            own = _answer(users.here[role], address, two.own, positions["ALFA"])
            if own.status_code != (200 if role in here else 403):
                wrong.append((role, "own", address, own.status_code, own.text[:200]))
            wrong += _told(two, f"{role} {address}", own)
            if address == _filled(address, two.own, 0) or role not in here:
                continue
            other = _answer(users.here[role], address, two.other, positions[two.other.mark])
            wrong += _told(two, f"{role} other {address}", other)
            if not re.search(r"\{(id|sha256|position)\}", address):
                continue
            if other.status_code != 404 and address.split("/")[2] not in SHARED:
                wrong.append((role, "other", address, other.status_code, other.text[:200]))
    assert wrong == [], "\n".join(map(str, wrong))


def _told(two: Two, what: str, answer: Any, asked: str = "") -> list[tuple[str, ...]]:
    """What of the other project stands in an answer, and did not in what was asked."""
    said = answer.content
    return [(what, one) for one in two.hidden() if one.encode() in said and one not in asked]


LISTED = [one for one in listings() if not one.all_projects]
QUERIES = [(one, name) for one in LISTED for name in one.filters if name != "id"]


@pytest.mark.parametrize(
    ("listing", "name"), QUERIES, ids=[f"{one.path}?{name}" for one, name in QUERIES]
)
def test_a_filter_by_another_projects_object_finds_nothing(
    two: Two, users: Users, listing: Listing, name: str
) -> None:
    role = "admin"
    path = listing.path.replace("{id}", two.own.project)
    for value in _values(two, listing, name):
        answer = users.here[role].raw("GET", path, params={name: value})
        assert answer.status_code in (200, 422), answer.text
        assert _told(two, f"{path}?{name}={value}", answer) == []


def _values(two: Two, listing: Listing, name: str) -> Iterator[str]:
    """What may be asked for under that name about the other project."""
    ids = two.other.ids
    known = {"project": "projects", "team": "teams", "person": "persons", "claim": "claims",
             "expenditure": "expenditures", "holder": "institutions-leader",
             "institution": "institutions", "code": "projects"}  # fmt: skip
    yield ids[known[name]] if name in known else two.other.mark
    yield two.other.words["sha256"] if name == "digest" else "x"


@pytest.mark.parametrize("listing", LISTED, ids=lambda one: one.path)
def test_a_cursor_that_leads_behind_another_projects_row_shows_none(
    two: Two, users: Users, listing: Listing
) -> None:
    path = listing.path.replace("{id}", two.own.project)
    page = users.everywhere["admin"].get(path, limit=1)
    while page["next"]:
        answer = users.here["admin"].raw("GET", path, params={"cursor": page["next"]})
        assert answer.status_code == 200
        assert _told(two, path, answer) == []
        page = users.everywhere["admin"].get(path, limit=1, cursor=page["next"])


def test_pages_tell_nothing_of_another_project_either(two: Two) -> None:
    browser = Browser(two.service)
    browser.sign_in(two.service.token("admin", two.own.project))
    wrong = []
    for route in two.service.http.app.routes:
        if "GET" not in getattr(route, "methods", ()) or route.path.startswith(_PROGRAMS):
            continue
        collection = route.path.split("/")[1]
        for side in (two.own, two.other):
            path = route.path.replace("{id:str}", side.ids.get(collection, side.project))
            path = path.replace("{collection:str}", "teams")
            answer = _page(two, browser, path)
            assert answer.status_code < 500, (path, answer.text)
            wrong += _told(two, path, answer, path)
            of_one = "{id" in route.path and collection not in SHARED
            if side is two.other and of_one and answer.status_code == 200:
                wrong.append((path, "200"))
    for asked in (f"/search?q={two.other.mark}", f"/projects?project={two.other.project}"):
        answer = _page(two, browser, asked)
        assert answer.status_code < 500
        wrong += _told(two, asked, answer, asked)
    assert wrong == [], "\n".join(map(str, wrong))


_PROGRAMS = ("/api", "/log", "/health", "/metrics", "/schema", "/static", "/favicon", "/sign-in")


def _page(two: Two, browser: Browser, path: str) -> Any:
    two.service.http.cookies.clear()
    cookie = {"Cookie": f"ledger={browser.cookie}"}
    return two.service.http.get(path, headers=cookie, follow_redirects=False)
