"""What does a read answer, at any moment? Every number adds up, every page is stable."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from ledger.projections.engine import reading
from ledger.projections.engine.query import listings
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import Asker, Question
from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, UNKNOWN, World


@pytest.fixture(scope="module")
def liderzy(auditor: Client) -> str:
    return str(auditor.get("/api/projects", code="LIDERZY")["items"][0]["id"])


MEMBER = {"appointment", "institution", "institution_name", "person", "person_name", "role",
          "since", "until"}  # fmt: skip
DUTY = {"number", "party", "party_name", "text", "due_on", "target", "done", "status", "events",
        "explain", "position"}  # fmt: skip
FIELDS: dict[str, str] = {
    "/api/projects": "id code title value eu_contribution eu_share starts_on ends_on goal leader"
    " leader_name partners annexes explain position",
    "/api/projects/{}/milestones": "id number name starts_on ends_on status completed_on"
    " approved_on approved_by position",
    "/api/projects/{}/indicators": "id code name kind target achieved share breakdown explain"
    " position",
    "/api/teams": "id project project_name kind name agreement agreement_name established_on"
    " dissolved_on members position",
    "/api/agreements": "id project project_name kind title signed_on status parties obligations"
    " position",
    "/api/activities": "id project kind title starts_on ends_on status attendees position",
    "/api/institutions": "id name kind sector level voivodeship county commune nip regon teryt"
    " position",
    "/api/persons": "id given_name family_name sex born_on email phone institution"
    " institution_name position",
    "/api/deliverables": "id project kind title milestone status position",
    "/api/recruitments": "id project title criteria quotas ranking position",
    "/api/grants": "id project institution institution_name amount purpose paid settled explain"
    " position",
    "/api/support-cases": "id project team subject reference status position",
}


@pytest.mark.parametrize("path", FIELDS)
def test_rows_have_every_field_of_the_contract(auditor: Client, liderzy: str, path: str) -> None:
    page = auditor.get(path.format(liderzy), limit=3)
    assert list(page) == ["items", "next", "position"]
    assert page["items"]
    for row in page["items"]:
        assert row.keys() >= set(FIELDS[path].split())
        assert 0 < row["position"] <= page["position"]
    if "{}" not in path:
        one = auditor.get(f"{path}/{page['items'][0]['id']}")
        assert one.keys() == page["items"][0].keys() | {"version"}


def test_nested_rows_have_the_fields_of_the_contract(auditor: Client, liderzy: str) -> None:
    team = auditor.get("/api/teams", project=liderzy)["items"][0]
    assert team["members"][0].keys() >= MEMBER
    founded = next(t for t in auditor.get("/api/teams", limit=500)["items"] if t["agreement"])
    agreement = auditor.get(f"/api/agreements/{founded['agreement']}")
    assert founded["agreement_name"] == agreement["title"]
    agreement = auditor.get("/api/agreements", project=liderzy)["items"][0]
    assert agreement["parties"][0].keys() >= {"institution", "institution_name", "signed_by"}
    duty = next(
        o
        for a in auditor.get("/api/agreements", project=liderzy, limit=500)["items"]
        for o in a["obligations"]
    )
    assert duty.keys() >= DUTY


def _walk(user: Client, path: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        page = user.get(path, **params)
        rows += page["items"]
        if page["next"] is None:
            return rows
        params["cursor"] = page["next"]


def test_every_explanation_adds_up_also_in_the_past(auditor: Client, liderzy: str) -> None:
    numbers = 0
    for day in ("2018-09-30", "2019-05-13", "2021-06-30"):
        for row in auditor.get(f"/api/projects/{liderzy}/indicators", valid_at=day)["items"]:
            numbers += _adds_up(auditor, row["explain"], "count", row["achieved"])
        for row in _walk(auditor, "/api/agreements", project=liderzy, valid_at=day)[:8]:
            for duty in row["obligations"]:
                numbers += _adds_up(auditor, duty["explain"], "count", duty["done"])
        for row in _walk(auditor, "/api/grants", valid_at=day):
            numbers += _adds_up(auditor, row["explain"], "amount", row["paid"])
            numbers += _adds_up(auditor, row["explain_settled"], "amount", row["settled"])
        for row in auditor.get("/api/projects", valid_at=day)["items"]:
            numbers += _adds_up(auditor, row["explain"], "amount", row["value"])
    assert numbers > 30


def _adds_up(user: Client, link: str, what: str, number: Any) -> int:
    found = user.get(link)
    keys = {"position", "type", "stream", "subject", "effective_on", what}
    assert all(item.keys() >= keys for item in found["items"])
    total = sum((Decimal(str(item[what])) for item in found["items"]), Decimal(0))
    assert Decimal(str(found["total"])) == total == Decimal(str(number))
    assert type(found["total"]) is type(number)
    return 1


def test_a_value_is_explained_by_the_events_that_set_it(user: Client, world: World) -> None:
    project = world.project(value="100.00")
    later = world.tell(f"projects/{project}/amend", on="2020-01-01", annex="2", value="300.00")
    between = world.tell(
        f"projects/{project}/amend", on="2019-01-01", annex="1", value="250.00", title="Nowy"
    )
    found = user.get(user.get(f"/api/projects/{project}")["explain"])
    assert [(i["position"], i["amount"]) for i in found["items"][1:]] == [
        (between["position"], "150.00"),
        (later["position"], "50.00"),
    ]
    assert found["total"] == "300.00"
    past = user.get(f"/api/projects/{project}", valid_at="2019-06-01")
    assert user.get(past["explain"])["total"] == past["value"] == "250.00"
    unknown = user.get(
        f"/api/projects/{project}", valid_at="2019-06-01", known_at=later["position"]
    )
    assert user.get(unknown["explain"])["total"] == unknown["value"] == "100.00"


def test_known_at_takes_positions_and_times_with_any_offset(user: Client, world: World) -> None:
    institution = world.institution(name="Stara")
    changed = world.tell(f"institutions/{institution}/update", on=START, name="Nowa")
    at = datetime.fromisoformat(changed["recorded_at"])
    before = at - timedelta(microseconds=1)
    path = f"/api/institutions/{institution}"
    assert user.get(path, known_at=changed["position"] - 1)["name"] == "Stara"
    assert user.get(path, known_at=changed["position"])["name"] == "Nowa"
    for known, name in ((before, "Stara"), (at, "Nowa")):
        utc = known.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        warsaw = (known + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%f") + "+02:00"
        assert user.get(path, known_at=utc)["name"] == name
        assert user.get(path, known_at=warsaw)["name"] == name
        raw = user.raw("GET", f"{path}?known_at={warsaw}")  # the plus arrives as a space
        assert raw.json()["name"] == name
    assert user.get(path, known_at="2999-01-01T00:00:00Z")["name"] == "Nowa"
    user.get(path, known_at=0, status=404)


@pytest.mark.parametrize(
    "query",
    [
        "valid_at=2019-02-30",
        "valid_at=20190101",
        "valid_at=today",
        "known_at=-1",
        "known_at=2019-05-13",
        "known_at=2019-05-13T12:00:00",
        "known_at=99999999",
        "known_at=2019-05-13T25:00:00Z",
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=1&limit=2",
        "colour=red",
        "cursor=x",
        "cursor=%C3%A9",
        "cursor=WyIvYXBpL2luc3RpdHV0aW9ucyIsOTk5OTk5OTksIngiLCJ4Il0",
        "name=%00",
        "cursor=WyIvYXBpL2luc3RpdHV0aW9ucyIsMSwiXHUwMDAwIiwieCJd",
        "sector=none",
    ],
)
def test_a_bad_parameter_is_named(user: Client, query: str) -> None:
    answer = user.raw("GET", f"/api/institutions?{query}")
    assert answer.status_code == 422, answer.text
    assert [e["field"] for e in answer.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_can_be_asked_for(user: Client, world: World, day: str) -> None:
    world.institution(effective_on="0001-01-01", name="Odwieczna")
    found = user.get("/api/institutions", valid_at=day, name="odwieczna")
    assert found["items"]


def test_a_search_for_a_name_takes_every_character_as_it_is(user: Client, world: World) -> None:
    world.institution(name="100% Razem_")
    assert [i["name"] for i in user.get("/api/institutions", name="% r")["items"]] == [
        "100% Razem_"
    ]
    assert user.get("/api/institutions", name="100_")["items"] == []


def test_a_cursor_stays_at_the_moment_at_which_it_began(user: Client, world: World) -> None:
    project = world.project()
    teams = [world.team(project, name=f"Z{n}") for n in range(5)]
    first = user.get("/api/teams", project=project, limit=2)
    world.team(project, name="A0")
    world.team(project, name="Z9")
    world.tell(f"teams/{teams[4]}/dissolve")
    rest = _walk(user, "/api/teams", project=project, limit=2, cursor=first["next"])
    assert [t["id"] for t in first["items"] + rest] == teams
    assert rest[-1]["dissolved_on"] is None
    user.get("/api/agreements", cursor=first["next"], status=422)
    assert len(user.get("/api/teams", project=project)["items"]) == 7


def test_indicators_and_milestones_have_pages_too(user: Client, world: World) -> None:
    project = world.project()
    for n in range(1, 6):
        world.tell(
            f"projects/{project}/plan-milestone", number=n, name="M", starts_on=START, ends_on=START
        )
        world.tell(
            f"projects/{project}/set-indicator",
            code=f"W/{n} %",
            name="W",
            kind="output",
            target=1,
            counts={"subject": "team", "through": ["team_established"]},
        )
    milestones = _walk(user, f"/api/projects/{project}/milestones", limit=2)
    assert [m["number"] for m in milestones] == [1, 2, 3, 4, 5]
    indicators = _walk(user, f"/api/projects/{project}/indicators", limit=2)
    assert [i["code"] for i in indicators] == [f"W/{n} %" for n in range(1, 6)]
    assert user.get(indicators[0]["explain"])["total"] == 0
    user.get(f"/api/projects/{project}/indicators/none/explain", status=404)
    user.get(f"/api/projects/{project}/indicators/%00/explain", status=404)


def test_one_reads_ones_own_writes_also_after_a_look_into_the_past(
    shared: Service, user: Client, world: World
) -> None:
    for _ in range(20):
        made = user.raw(
            "POST", "/api/institutions", json={"name": "A", "sector": "ngo", "level": "commune"}
        )
        position = made.headers["Ledger-Position"]
        past = user.raw(
            "GET",
            "/api/institutions",
            params={"known_at": 1},
            headers={"Ledger-Position": position},
        )
        assert int(past.headers["Ledger-Position"]) >= int(position)
        assert past.json()["position"] == 1
        one = user.raw(
            "GET",
            f"/api/institutions/{made.json()['id']}",
            headers={"Ledger-Position": past.headers["Ledger-Position"]},
        )
        assert one.status_code == 200


def test_a_position_far_ahead_is_waited_for_and_then_answered_503(
    user: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.5)
    answer = user.raw("GET", "/api/projects", headers={"Ledger-Position": "99999999"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    bad = user.raw("GET", "/api/projects", headers={"Ledger-Position": "soon"})
    assert bad.status_code == 400


def test_teams_are_found_by_whoever_is_in_them_on_the_day(user: Client, world: World) -> None:
    project, person, institution = world.project(), world.person(), world.institution()
    team, other = world.team(project), world.team(project)
    made = world.tell(f"teams/{team}/appoint", on="2019-01-01", person=person, role="animator")
    world.tell(f"teams/{other}/appoint", on="2019-01-01", institution=institution, role="member")
    world.tell(f"teams/{team}/dismiss", on="2020-01-01", appointment=made["appointment"])

    def found(**params: Any) -> list[str]:
        return [t["id"] for t in user.get("/api/teams", project=project, **params)["items"]]

    assert found(person=person, valid_at="2019-06-01") == [team]
    assert found(person=person, valid_at="2018-06-01") == []
    assert found(person=person, valid_at="2020-01-01") == []
    assert found(institution=institution) == [other]
    assert found(institution=UNKNOWN) == []
    assert found(kind="steering") == []
    user.get("/api/teams", kind="choir", status=422)
    user.get("/api/teams", person="Anna", status=422)
    member = user.get(f"/api/teams/{team}", valid_at="2019-06-01")["members"][0]
    assert (member["since"], member["until"]) == ("2019-01-01", "2020-01-01")


def test_activities_and_agreements_are_filtered(user: Client, world: World) -> None:
    project, party = world.project(), world.institution()
    team = world.team(project)
    training = world.activity(project, team=team)
    visit = world.activity(project, kind="exchange_visit")
    world.tell(
        f"activities/{visit}/record-attendance", on="2018-10-01", attendees=[{"institution": party}]
    )
    agreement = world.agreement(project, party)

    def found(path: str, **params: Any) -> list[str]:
        return [row["id"] for row in user.get(path, **params)["items"]]

    assert set(found("/api/activities", project=project)) == {training, visit}
    assert found("/api/activities", project=project, kind="exchange_visit") == [visit]
    assert found("/api/activities", team=team) == [training]
    assert found("/api/activities", institution=party, valid_at="2018-10-01") == [visit]
    assert found("/api/activities", institution=party, valid_at="2018-09-30") == []
    assert found("/api/agreements", institution=party) == [agreement]
    assert found("/api/agreements", institution=world.institution()) == []


def test_an_explanation_is_not_changed_by_what_is_recorded_later(
    user: Client, world: World
) -> None:
    project = world.project()
    world.tell(
        f"projects/{project}/set-indicator",
        code="W",
        name="W",
        kind="output",
        target=4,
        counts={"subject": "team", "through": ["team_established"]},
    )
    world.team(project)
    row = user.get(f"/api/projects/{project}/indicators")["items"][0]
    world.team(project)
    assert user.get(row["explain"])["total"] == row["achieved"] == 1
    assert row["share"] == "25.00"


def test_links_of_an_answer_are_paths_of_this_server(auditor: Client, liderzy: str) -> None:
    url = httpx.URL(auditor.get(f"/api/projects/{liderzy}")["explain"])
    assert url.is_relative_url
    assert url.path.startswith("/api/")


@pytest.mark.parametrize("at_a_time", [1, 7, 500])
def test_a_list_read_portion_by_portion_is_the_list(real_case: Service, at_a_time: int) -> None:
    portal, parts = real_case.http.blocking_portal, real_case.http.app.state.parts

    async def compared() -> int:
        head = await parts.log.head()
        question = Question(parts.reading, Moment(date(2026, 1, 1), head), Asker())
        longest = 0
        for of in (one for one in listings() if one.single and not one.named_by):
            whole = (await question.page(of, {})).rows
            portions = [some async for some in question.walk(of, {}, at_a_time)]
            assert [row for some in portions for row in some] == whole, of.path
            assert all(len(some) <= at_a_time for some in portions)
            longest = max(longest, len(portions))
        return longest

    assert portal.call(compared) > 1 or at_a_time == 500
