"""The questions that must come out right, on the real facts, through the API."""

from typing import Any

import pytest

from tests.journeys.conftest import Client


@pytest.fixture(scope="module")
def liderzy(auditor: Client) -> dict[str, Any]:
    return next(p for p in auditor.get("/api/projects")["items"] if p["code"] == "LIDERZY")


@pytest.fixture(scope="module")
def before_the_annex(auditor: Client, liderzy: dict[str, Any]) -> int:
    """The last position at which the annex was not known."""
    events = auditor.get("/api/events", project=liderzy["id"], type="project.amended")
    return int(events["items"][0]["position"]) - 1


def test_value_and_end_of_liderzy_before_and_after_the_annex(
    auditor: Client, liderzy: dict[str, Any], before_the_annex: int
) -> None:
    path = f"/api/projects/{liderzy['id']}"
    before = auditor.get(path, known_at=before_the_annex)
    assert (before["value"], before["ends_on"]) == ("12893583.46", "2021-03-31")
    after = auditor.get(path)
    assert (after["value"], after["ends_on"]) == ("27773272.46", "2021-06-30")
    assert "COVID-19" in after["goal"]
    assert "COVID-19" not in before["goal"]


def test_known_at_takes_the_time_of_recording_as_well(
    auditor: Client, liderzy: dict[str, Any]
) -> None:
    path = f"/api/projects/{liderzy['id']}"
    first = auditor.get("/api/events", limit=1)["items"][0]["recorded_at"]
    auditor.get(path, known_at="2018-04-01T00:00:00Z", status=404)
    # The whole file was recorded at once: as known then, it is all there.
    assert auditor.get(path, known_at=first)["value"] == "27773272.46"


@pytest.mark.parametrize(("day", "members"), [("2019-05-12", 0), ("2019-05-13", 6)])
def test_members_of_the_voivodeship_team_of_podkarpackie(
    auditor: Client, liderzy: dict[str, Any], day: str, members: int
) -> None:
    def team(**params: Any) -> list[dict[str, Any]]:
        found = auditor.get("/api/teams", project=liderzy["id"], kind="voivodeship", **params)[
            "items"
        ]
        return [t for t in found if t["voivodeship"] == "podkarpackie"]

    on_the_day = [m for t in team(valid_at=day) for m in t["members"]]
    assert len(on_the_day) == members
    by_id = auditor.get(f"/api/teams/{team()[0]['id']}", valid_at=day)
    assert len(by_id["members"]) == members


@pytest.mark.parametrize(
    ("day", "status"),
    [("2018-12-31", "planned"), ("2019-05-13", "in_progress"), ("2020-10-15", "overdue")],
)
def test_milestone_two_as_known_before_the_annex(
    auditor: Client, liderzy: dict[str, Any], before_the_annex: int, day: str, status: str
) -> None:
    assert _milestone(auditor, liderzy, 2, day, before_the_annex)["status"] == status


def test_milestone_two_as_known_after_the_annex(auditor: Client, liderzy: dict[str, Any]) -> None:
    found = _milestone(auditor, liderzy, 2, "2020-10-15", None)
    assert (found["status"], found["ends_on"]) == ("in_progress", "2020-12-31")


def test_milestone_one_was_approved_by_the_ministry(
    auditor: Client, liderzy: dict[str, Any]
) -> None:
    found = _milestone(auditor, liderzy, 1, "2019-04-01", None)
    assert (found["status"], found["approved_on"]) == ("approved", "2019-03-31")
    assert found["approved_by"] == "Ministerstwo Rodziny, Pracy i Polityki Społecznej"


def _milestone(
    auditor: Client, project: dict[str, Any], number: int, day: str, known_at: int | None
) -> dict[str, Any]:
    params: dict[str, Any] = {"valid_at": day} | ({"known_at": known_at} if known_at else {})
    rows = auditor.get(f"/api/projects/{project['id']}/milestones", **params)["items"]
    return next(row for row in rows if row["number"] == number)


def test_union_share_of_kooperacja(auditor: Client) -> None:
    project = auditor.get("/api/projects", code="KOOPERACJA")["items"][0]
    assert project["value"] == "11977479.39"
    assert project["eu_contribution"] == "10094619.62"
    assert project["eu_share"] == "84.28"


def test_obligation_three_of_the_county_at_the_end_of_2018(
    auditor: Client, liderzy: dict[str, Any]
) -> None:
    agreement = next(
        a
        for a in auditor.get("/api/agreements", project=liderzy["id"], valid_at="2018-12-31")[
            "items"
        ]
        if a["signed_on"] == "2018-08-20"
    )
    obligation = next(o for o in agreement["obligations"] if o["number"] == 3)
    assert obligation["party_name"] == "Powiat Starachowicki"
    assert (obligation["target"], obligation["done"], obligation["status"]) == (4, 4, "done")
    types = {
        auditor.get("/api/events", after=e["position"] - 1, limit=1)["items"][0]["type"]
        for e in obligation["events"]
    }
    assert types == {"agreement.obligation-fulfilled"}
    explained = auditor.get(obligation["explain"])
    assert explained["total"] == sum(i["count"] for i in explained["items"]) == 4
    still_open = [o["number"] for o in agreement["obligations"] if o["status"] == "open"]
    assert still_open == [1, 2, 5, 6, 8]
    before = auditor.get(f"/api/agreements/{agreement['id']}", valid_at="2018-12-28")
    assert next(o for o in before["obligations"] if o["number"] == 3)["status"] == "open"


def test_every_indicator_adds_up_to_its_explanation(
    auditor: Client, liderzy: dict[str, Any]
) -> None:
    for day in ("2018-12-31", "2020-06-30", "2021-06-30"):
        rows = auditor.get(f"/api/projects/{liderzy['id']}/indicators", valid_at=day)["items"]
        assert {row["code"] for row in rows} >= {"entities", "ngos"}
        for row in rows:
            explained = auditor.get(row["explain"])
            assert explained["total"] == len(explained["items"]) == row["achieved"]
            assert sum(item["count"] for item in explained["items"]) == row["achieved"]
            for counted in row["breakdown"].values():
                assert sum(counted.values()) == row["achieved"]
            assert all(item["counted_on"] <= day for item in explained["items"])


def test_value_is_explained_by_the_agreement_and_the_annex(
    auditor: Client, liderzy: dict[str, Any]
) -> None:
    explained = auditor.get(liderzy["explain"])
    assert [i["amount"] for i in explained["items"]] == ["12893583.46", "14879689.00"]
    assert explained["total"] == liderzy["value"] == "27773272.46"


def test_recruitment_in_warminsko_mazurskie_chose_five_communes_and_three_counties(
    auditor: Client,
) -> None:
    project = auditor.get("/api/projects", code="KOOPERACJA")["items"][0]
    found = auditor.get("/api/recruitments", project=project["id"])["items"]
    real = next(r for r in found if {q["subregion"] for q in r["quotas"]} >= {"ełcki"}
                or any("ełck" in q["subregion"].lower() for q in r["quotas"]))  # fmt: skip
    names = {row["institution_name"] for row in real["ranking"] if row["selected"]}
    assert len(names) == 8
    for town in ("Pisz", "Morąg", "Miłomłyn", "Korsze", "Reszel"):
        assert any(town in name for name in names)


def test_report_says_the_same_as_its_parts(auditor: Client, liderzy: dict[str, Any]) -> None:
    report = auditor.get(f"/api/projects/{liderzy['id']}/report", valid_at="2020-10-15")
    assert report["project"]["code"] == "LIDERZY"
    assert report["milestones"][1]["status"] == "in_progress"
    rows = auditor.get(f"/api/projects/{liderzy['id']}/indicators", valid_at="2020-10-15")
    assert report["indicators"] == rows["items"]
    teams = report["teams"]
    assert teams["total"] > 30
    assert sum(teams["members_by_sector"].values()) == teams["members"]
    assert teams["members_by_sector"]["social_assistance"] > 30
    assert report["agreements"]["open_obligations"]


def test_the_whole_log_can_be_read_page_by_page(auditor: Client) -> None:
    seen: list[int] = []
    params: dict[str, Any] = {"limit": 500}
    while True:
        page = auditor.get("/api/events", **params)
        seen += [item["position"] for item in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert seen == list(range(1, page["position"] + 1))


@pytest.mark.parametrize("collection", ["institutions", "activities", "teams", "persons"])
def test_pages_of_a_list_hold_every_row_once(auditor: Client, collection: str) -> None:
    whole: list[str] = []
    params: dict[str, Any] = {"limit": 77}
    while True:
        page = auditor.get(f"/api/{collection}", **params)
        whole += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert len(whole) == len(set(whole)) > 60
