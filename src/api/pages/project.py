"""How does a project stand? Everything that a manager asks first, on one page."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Response

from api.pages.frame import charts
from api.pages.frame.charts import Line, Lines
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from api.pages.milestones import milestones_of
from ledger.findings.model import Lang
from ledger.queries.naming import named
from ledger.queries.report import report
from ledger.queries.side_by_side import side_by_side
from ledger.queries.spending_curve import Spending, spending


@page("/projects/{id:str}", nav=Nav(later("Summary"), 10, group=""))
async def project(page: Page) -> Response[Any]:
    """The project on one page: time, milestones, indicators, money, teams, findings, events."""
    assert page.project is not None
    id = page.project["id"]
    lang: Lang = "pl" if page.lang == "pl" else "en"
    told, (milestones, time_line), spent = await side_by_side(
        report(page.question, id, lang), milestones_of(page, id), spending(page.question, id)
    )
    found = msgspec.to_builtins(told)
    streams = {one["stream"] for one in found["latest_events"]}
    return page.show(
        "project.html",
        project=page.project,
        report=found,
        milestones=milestones,
        time_line=time_line,
        curve=_curve(page, found, spent) if spent.recorded else None,
        by_year=_by_year(spent),
        names=await named(page.question, streams),
    )


def _curve(page: Page, found: dict[str, Any], spent: Spending) -> Lines:
    """How spending grew, beside the plan spread evenly over the project's time."""
    begins, ends = (date.fromisoformat(found["project"][n]) for n in ("starts_on", "ends_on"))
    plan = [(begins, Decimal(0)), (ends, Decimal(found["budget"]["planned"]))]
    series = [
        Line(page.say("Recorded"), charts.cumulated(spent.recorded)),
        Line(page.say("Approved"), charts.cumulated(spent.approved)),
        Line(page.say("Plan, spread evenly"), plan, planned=True),
    ]
    today = page.question.moment.valid_at
    return charts.lines([one for one in series if one.values], today, page.lang)


def _by_year(spent: Spending) -> list[tuple[int, Decimal, Decimal]]:
    """What was recorded and approved in each year."""
    years: dict[int, list[Decimal]] = {}
    for place, daily in enumerate(spent):
        for day, amount in daily:
            years.setdefault(day.year, [Decimal(0), Decimal(0)])[place] += amount
    return [(year, sums[0], sums[1]) for year, sums in sorted(years.items())]
