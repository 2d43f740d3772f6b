"""Where does each milestone stand? Planned at first, planned now, and what became of it."""

from datetime import date
from typing import Any

from litestar import Response

from api.pages.frame import charts, written
from api.pages.frame.charts import Mark, Row, Span, Spans
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from ledger.queries.first_plans import first_plans

_TONES: dict[str, charts.Tone] = {
    "approved": "3",
    "completed": "3",
    "in_progress": "1",
    "overdue": "5",
    "planned": "rest",
}


async def milestones_of(page: Page, project: str) -> tuple[list[dict[str, Any]], Spans]:
    """The milestones of a project, each with its first plan (`first`), and their time line."""
    first = await first_plans(page.question, project)
    found = [
        {**one, "first": first.get(one["number"])}
        for one in await page.all_rows("/api/projects/{id}/milestones", id=project)
    ]
    rows = [_row(page, one) for one in found]
    return found, charts.spans(rows, page.question.moment.valid_at, page.lang)


def _row(page: Page, one: dict[str, Any]) -> Row:
    label = f"{one['number']}. {one['name']}"
    begins, ends = date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"])
    spans = [Span(begins, ends, _TONES[one["status"]], _said(page, label, begins, ends))]
    if first := one["first"]:
        text = _said(page, page.say("planned at first"), first.starts_on, first.ends_on)
        spans.insert(0, Span(first.starts_on, first.ends_on, "planned", text))
    reached = {one[name] for name in ("completed_on", "approved_on") if one[name]}
    marks = [
        Mark(date.fromisoformat(day), f"{label}: {written.day(page.lang, day)}") for day in reached
    ]
    return Row(label, spans, marks)


def _said(page: Page, what: str, begins: date, ends: date) -> str:
    return f"{what}: {written.day(page.lang, begins)} – {written.day(page.lang, ends)}"


@page("/projects/{id:str}/milestones", nav=Nav(later("Milestones"), 20, group=""))
async def milestones(page: Page) -> Response[Any]:
    """The milestones of the project."""
    found, chart = await milestones_of(page, page.id())
    return page.show("milestones.html", milestones=found, chart=chart)
