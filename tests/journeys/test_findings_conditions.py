"""What a rule leaves where it is, it would not have found: its conditions cost no finding."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.findings import catalogue
from ledger.findings.judging import Finding, findings
from ledger.findings.model import Rule
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import Asker, Question
from tests.journeys.conftest import Service

CONDITIONED = [one for one in catalogue.rules() if one.only]
DAYS = (date(2019, 6, 30), date(2020, 6, 30), date(2026, 1, 1))


async def _found(parts: Any, rules: list[Rule], on: date) -> list[Finding]:
    """What one rule after the other finds of all projects on the day."""
    question = Question(parts.reading, Moment(on, await parts.log.head()), Asker())
    projects = await question.rows("SELECT p.project::text FROM {projects} AS p")
    return [
        one
        for (project,) in projects
        for rule in rules
        for one in await findings(
            question.rows, question.moment, project, scope=None, lang="en", rules=[rule.id]
        )
    ]


@pytest.mark.parametrize("on", DAYS)
def test_conditions_cost_no_finding(
    real_case: Service, on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, parts = real_case.http.blocking_portal, real_case.http.app.state.parts

    def found(rules: list[Rule]) -> list[Finding]:
        monkeypatch.setattr(catalogue, "rules", lambda: tuple(rules))
        return portal.call(_found, parts, rules, on)

    narrow = found(CONDITIONED)
    assert narrow == found([replace(one, only={}) for one in CONDITIONED])
    if on == DAYS[-1]:
        assert len({one.rule for one in narrow}) > len(CONDITIONED) / 2
