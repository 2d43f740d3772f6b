"""Support cases: opened by a working team, told without personal data, closed once."""

from datetime import date

import pytest

from ledger.aggregates.support_cases import (
    SUPPORT_CASES,
    CaseIsClosed,
    CloseSupportCase,
    OpenSupportCase,
    SupportCaseClosed,
    SupportCaseOpened,
    TeamIsDissolved,
)
from ledger.kernel.errors import Collision
from ledger.kernel.standing import TeamStanding
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, TEAM, Scenario

OPENED = SupportCaseOpened(
    project=PROJECT, team=TEAM, subject="family", reference="GPZ-K 2019-01-02-123"
)


def opening(reference: str, dissolved_on: date | None = None) -> Scenario:
    team = TeamStanding(project=PROJECT, kind="partnership", dissolved_on=dissolved_on)
    command = OpenSupportCase(project=PROJECT, team=TEAM, subject="family", reference=reference)
    return Scenario(SUPPORT_CASES).when(command, world={TEAM: team})


def opened() -> Scenario:
    return Scenario(SUPPORT_CASES).given(OPENED)


def test_a_team_opens_a_case() -> None:
    opening(OPENED.reference).then(OPENED)


def test_a_team_that_is_dissolved_later_opens_a_case() -> None:
    opening(OPENED.reference, dissolved_on=date(2019, 5, 14)).then(OPENED)


def test_a_team_that_is_dissolved_by_then_opens_no_case() -> None:
    opening(OPENED.reference, dissolved_on=DAY).refused(
        TeamIsDissolved, collides=Collision("teams", TEAM)
    )


@pytest.mark.parametrize("text", ["84022912345", "rodzina 84022912345.", "a.nowak@example.org"])
def test_a_reference_or_outcome_that_looks_like_personal_data_is_invalid(text: str) -> None:
    opening(text).invalid("reference")
    opened().when(CloseSupportCase(outcome=text)).invalid("outcome")


def test_a_longer_number_is_no_pesel() -> None:
    opening("840229123456").then(
        SupportCaseOpened(project=PROJECT, team=TEAM, subject="family", reference="840229123456")
    )


def test_a_case_is_closed_with_its_outcome() -> None:
    opened().when(CloseSupportCase(outcome="Poprawa")).then(SupportCaseClosed(outcome="Poprawa"))


def test_a_case_is_closed_once() -> None:
    opened().given(SupportCaseClosed(outcome="Poprawa")).when(
        CloseSupportCase(outcome="Poprawa")
    ).refused(CaseIsClosed, collides=Collision("support-cases", ITSELF))
