"""Rules about what was promised: appointments, indicators, milestones, and papers' whereabouts."""

from typing import Any

import pytest

from ledger.findings.facts import Appointment, Facts, IndicatorFact, Milestone, Party, Unheld
from tests.findings.given import day, dec, facts, found, messages

MIRZEC = {"voivodeship": "świętokrzyskie", "county": "starachowicki", "commune": "Mirzec"}


def member(institution: str = "szkola", **told: Any) -> Appointment:
    fields: dict[str, Any] = {
        "appointment": f"appointment of {institution}",
        "team": "team",
        "team_name": "GPZ-K Mirzec",
        "kind": "commune_county",
        **MIRZEC,
        "agreement": None,
        "institution": institution,
        "institution_name": f"Instytucja {institution}",
        "since": day("2018-08-24"),
        "position": 40,
    }
    return Appointment(**(fields | told))


def party(institution: str, agreement: str = "agreement", **told: Any) -> Party:
    fields: dict[str, Any] = {"sector": "education", "level": "commune", **MIRZEC}
    return Party(agreement=agreement, institution=institution, **(fields | told))


def unfounded(one: Appointment, *parties: Party) -> bool:
    given = facts(appointments=[one], parties=parties)
    return [f.key for f in found("appointment_unfounded", given)] == [one.appointment]


def test_a_member_without_any_agreement_is_found() -> None:
    assert unfounded(member())
    polish, english = messages("appointment_unfounded", facts(appointments=[member()]))
    assert polish == (
        "Instytucja „Instytucja szkola” jest od 24.08.2018 w składzie zespołu „GPZ-K Mirzec”,"
        " a nie obowiązuje żadne porozumienie dotyczące jego obszaru, którego stroną jest ta"
        " instytucja albo gmina Mirzec albo powiat starachowicki. Należy zapisać podpisane"
        " porozumienie."
    )
    assert "this institution or the commune Mirzec or the county starachowicki" in english


def test_a_member_that_signed_an_agreement_of_the_territory_is_not_found() -> None:
    assert not unfounded(member(), party("szkola"))


def test_an_agreement_of_another_commune_does_not_found_a_seat_in_this_one() -> None:
    other = {"commune": "Brody"}
    assert unfounded(member(), party("szkola", **other), party("gops", **other))


def test_the_teams_own_agreement_founds_whoever_signed_it() -> None:
    other = party("szkola", commune="Brody")
    assert not unfounded(member(agreement="agreement"), other)
    assert unfounded(member("policja", agreement="agreement"), other)


@pytest.mark.parametrize(
    "place", [{"level": "commune"}, {"level": "county", "commune": None}], ids=["commune", "county"]
)
def test_the_commune_or_county_signs_for_those_in_its_territory(place: dict[str, Any]) -> None:
    assert not unfounded(member(), party("gmina", sector="local_government", **place))


@pytest.mark.parametrize(
    "place",
    [
        {"commune": "Brody"},
        {"level": "county", "county": "kielecki", "commune": None},
        {"level": "voivodeship", "county": None, "commune": None},
        {"commune": None},
        {"county": "kielecki"},
    ],
)
def test_other_governments_do_not_sign_for_the_territory(place: dict[str, Any]) -> None:
    assert unfounded(member(), party("gmina", sector="local_government", **place))


def test_a_team_of_a_county_counts_the_agreements_of_all_its_communes() -> None:
    of_county = member(commune=None)
    assert not unfounded(of_county, party("szkola", commune="Brody"))
    assert unfounded(of_county, party("szkola", county="kielecki", commune="Łopuszno"))


def test_in_a_team_of_a_voivodeship_every_institution_signs_for_itself() -> None:
    area: dict[str, Any] = {"voivodeship": "podkarpackie", "county": None, "commune": None}
    rops = party("rops", sector="local_government", level="voivodeship", **area)
    kuratorium = member("kuratorium", kind="voivodeship", **area)
    assert unfounded(kuratorium, rops)
    assert not unfounded(kuratorium, rops, party("kuratorium", level="voivodeship", **area))


def test_a_team_without_a_territory_is_not_asked() -> None:
    nowhere: dict[str, Any] = {"voivodeship": None, "county": None, "commune": None}
    assert found("appointment_unfounded", facts(appointments=[member(**nowhere)])) == []


def counted(achieved: str, valid_at: str, **terms: Any) -> Facts:
    one = IndicatorFact("NGO", "Organizacje", dec("100"), dec(achieved), 15)
    dates = {"starts_on": day("2019-01-01"), "ends_on": day("2019-12-31")}
    return facts(valid_at, indicators=[one], **(dates | terms))


@pytest.mark.parametrize(("achieved", "breaches"), [("25", 0), ("24.99", 1)])
def test_an_indicator_may_be_a_quarter_behind(achieved: str, breaches: int) -> None:
    halfway = {"starts_on": day("2019-01-01"), "ends_on": day("2019-01-10")}
    given = counted(achieved, "2019-01-05", **halfway)
    assert [one.position for one in found("indicator_behind", given)] == [15] * breaches


@pytest.mark.parametrize(("valid_at", "breaches"), [("2018-12-31", 0), ("2026-11-21", 1)])
def test_nothing_is_behind_before_the_beginning_and_a_missed_target_stays_missed(
    valid_at: str, breaches: int
) -> None:
    assert len(found("indicator_behind", counted("74", valid_at))) == breaches
    assert found("indicator_behind", counted("75", valid_at)) == []


def test_the_message_on_an_indicator_names_both_shares() -> None:
    polish, english = messages("indicator_behind", counted("24.5", "2019-12-31"))
    assert "„Organizacje” (NGO) osiągnął 24,5 z 100, czyli 24,5%, choć upłynęło 100%" in polish
    assert "reached 24.5 of 100, 24.5%, while 100% of the project's time is over" in english


@pytest.mark.parametrize(("valid_at", "breaches"), [("2019-03-31", 0), ("2019-04-01", 1)])
def test_a_milestone_is_overdue_on_the_day_after_its_end(valid_at: str, breaches: int) -> None:
    given = facts(valid_at, milestones=[Milestone(1, "Model", day("2019-03-31"), None, 12)])
    keys = [(one.key, one.position) for one in found("milestone_overdue", given)]
    assert keys == [("1", 12)] * breaches


def test_a_completed_milestone_is_not_overdue() -> None:
    done = Milestone(1, "Model", day("2019-03-31"), day("2019-05-01"), 12)
    assert found("milestone_overdue", facts("2020-01-01", milestones=[done])) == []


def test_evidence_that_nobody_holds_is_found_once_for_each_object() -> None:
    unheld = [
        Unheld("ab" * 32, "e1", "expenditures", "FV/1", 18),
        Unheld("ab" * 32, "a1", "activities", None, 19),
    ]
    given = facts(unheld=unheld)
    assert [(one.subject, one.position) for one in found("custody_unknown", given)] == [
        ("e1", 18), ("a1", 19),
    ]  # fmt: skip
    polish, english = messages("custody_unknown", facts(unheld=unheld[:1]))
    assert f"SHA-256 {'ab' * 32}, wskazanego jako dowód (dokument księgowy FV/1)" in polish
    assert "named as evidence (accounting document FV/1)" in english
