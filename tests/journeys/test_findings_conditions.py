"""What a rule leaves where it is, it would not have found: its conditions cost no finding."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.findings import catalogue
from ledger.findings.judging import Finding, judged
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
        for one in (
            await judged(question.rows, question.moment, project, scope=None, rules=[rule.id])
        ).told("en")
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


def test_the_first_findings_and_their_number_are_those_of_all(real_case: Service) -> None:
    portal, parts = real_case.http.blocking_portal, real_case.http.app.state.parts

    async def compared() -> int:
        question = Question(parts.reading, Moment(DAYS[-1], await parts.log.head()), Asker())
        seen = 0
        for (project,) in await question.rows("SELECT p.project::text FROM {projects} AS p"):
            everything = await judged(question.rows, question.moment, project, scope=None)
            for first in (1, 3):
                some = await judged(
                    question.rows, question.moment, project, scope=None, first=first
                )
                assert some.told("pl", 0, first) == everything.told("pl", 0, first)
                assert some.by_rule() == everything.by_rule()
                assert some.by_severity() == everything.by_severity()
                assert len(some) == len(everything)
            seen = max(seen, everything.by_rule()["evidence_missing"])
        return seen

    assert portal.call(compared) > 3
