"""Who holds which papers where is known for every day, and what nobody holds is found."""

from typing import Any

import pytest

from tests.findings.story import DAY
from tests.findings.story import Story as Spending
from tests.journeys.accounts import accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

DIGEST = "ab" * 32
BEGUN, MOVED = "2019-01-07", "2019-09-02"


@pytest.fixture
def holder(world: World) -> str:
    return world.institution(name="Archiwum")


def body(project: str, holder: str, **more: object) -> dict[str, object]:
    papers = {"place": "Rzeszów, pokój 112", "describes": "Umowy", "effective_on": BEGUN}
    return {"project": project, "holder": holder} | papers | more


def places(user: Client, **asked: Any) -> list[tuple[str, str]]:
    """Who holds the papers and where, from which day on."""
    rows = user.get("/api/custodies", **asked)["items"]
    return [(one["holder_name"], f"{one['place']} {one['since']}") for one in rows]


def test_papers_are_found_where_they_are_on_each_day(
    world: World, user: Client, project: str, holder: str
) -> None:
    other = world.institution(name="Urząd")
    made = world.create("custodies", **body(project, holder, digests=[DIGEST]))
    world.tell(f"custodies/{made}/move", on=MOVED, holder=other, place="Łańcut")
    first, second = ("Archiwum", f"Rzeszów, pokój 112 {BEGUN}"), ("Urząd", f"Łańcut {MOVED}")
    asked = {"project": project, "digest": DIGEST}
    assert places(user, valid_at="2019-01-06", **asked) == []
    assert places(user, valid_at="2019-09-01", **asked) == [first]
    assert places(user, valid_at=MOVED, **asked) == [second]
    assert places(user, holder=holder) == []
    assert places(user, holder=other) == [second]
    assert places(user, digest="cd" * 32) == []
    world.tell(f"custodies/{made}/close", on="2020-01-01")
    assert places(user, valid_at="2019-12-31", **asked) == [second]
    assert places(user, valid_at="2020-01-01", **asked) == []


def test_papers_of_an_accounting_document_are_found_by_it(world: World, holder: str) -> None:
    books = accounts(world)
    expenditure, _ = books.spend()
    made = world.create("custodies", **body(books.project, holder, expenditures=[expenditure]))
    (found,) = books.read("custodies", expenditure=expenditure)["items"]
    assert (found["id"], found["expenditures"]) == (made, [expenditure])
    refused = body(world.project(), holder, expenditures=[expenditure])
    answer = world.client.post("/api/custodies", refused, status=409)
    assert answer["rule"] == "document_of_others"


def test_they_are_kept_on_after_the_project_is_closed(world: World, holder: str) -> None:
    project = world.project()
    world.tell(f"projects/{project}/close", on="2021-06-30")
    made = world.create("custodies", **body(project, holder))
    world.tell(f"custodies/{made}/move", on="2022-01-03", place="Łańcut")
    assert len(places(world.client, project=project)) == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [("officer", 201), ("coordinator", 201), ("manager", 403), ("auditor", 403)],
)
def test_those_who_keep_books_say_where_papers_are(
    shared: Service, project: str, holder: str, role: str, status: int
) -> None:
    shared.user(role).post("/api/custodies", body(project, holder), status=status)


def test_a_grant_of_one_project_sees_its_own_papers_only(
    shared: Service, world: World, project: str, holder: str
) -> None:
    other = world.project()
    made = world.create("custodies", **body(project, holder))
    stranger = shared.user("officer", other)
    stranger.position = world.client.position
    assert stranger.get("/api/custodies")["items"] == []
    stranger.get(f"/api/custodies/{made}", status=404)
    move = {"place": "Łańcut", "reason": "przeniesiono"}
    stranger.post(f"/api/custodies/{made}/move", move, status=404)
    world.client.post(f"/api/custodies/{UNKNOWN}/move", move, status=404)


@pytest.fixture
def story(shared: Service, user: Client) -> Spending:
    return Spending(shared, user)


def test_evidence_is_in_known_hands_while_a_custody_names_it(
    story: Spending, world: World, holder: str
) -> None:
    story.spend({"eligible": "10.00"}, evidence=[DIGEST])
    (lost,) = story.of("custody_unknown")
    papers = body(story.project, holder, digests=[DIGEST], effective_on="2019-06-01")
    made = world.create("custodies", **papers)
    assert story.of("custody_unknown") == []
    assert story.of("custody_unknown", valid_at="2019-05-31") == [lost]
    world.tell(f"custodies/{made}/close", on="2020-01-01")
    closed = world.head()
    (again,) = story.of("custody_unknown")
    assert again == lost | {"position": closed}
    assert story.of("custody_unknown", known_at=closed - 1) == []
    assert story.of("custody_unknown", valid_at="2019-12-31") == []


def test_papers_of_its_document_are_enough(story: Spending, holder: str) -> None:
    expenditure, _ = story.spend({"eligible": "10.00"}, evidence=[DIGEST])
    papers = body(story.project, holder, expenditures=[expenditure], on=DAY)
    del papers["effective_on"]
    found = story.mended("custody_unknown", "custodies", **papers)
    assert found["subject"] == expenditure


def test_a_custody_of_another_project_is_none_of_this_one(
    story: Spending, world: World, project: str, holder: str
) -> None:
    digest = "ef" * 32
    story.spend({"eligible": "10.00"}, evidence=[digest])
    world.create("custodies", **body(project, holder, digests=[digest]))
    assert len(story.of("custody_unknown")) == 1
