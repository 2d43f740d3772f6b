"""Who is in a team, and who was in it when?"""

from typing import Any

from litestar import Response

from api.pages.frame import charts, written
from api.pages.frame.charts import Row, Span
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.objects import changes_of, commands_of
from ledger.queries.composition import Membership, composition


@page("/teams/{id:str}")
async def team(page: Page) -> Response[Any]:
    """The team on the day, and its composition over time."""
    row = await page.one("/api/teams", page.id())
    await page.enter(row["project"])
    everyone = await composition(page.question, row["id"])
    return page.show(
        "team.html",
        team=row,
        everyone=everyone,
        chart=charts.spans(_rows(page, everyone), page.question.moment.valid_at, page.lang),
        commands=commands_of(page, "teams"),
        changes=await changes_of(page, row["id"]),
    )


def _rows(page: Page, everyone: list[Membership]) -> list[Row]:
    """One row for each member, with all of its appointments."""
    rows: dict[str, list[Span]] = {}
    for one in everyone:
        role = page.words.name("Role", one.role)
        name = one.person_name or one.institution_name or role
        until = written.day(page.lang, one.until) if one.until else "…"
        said = f"{name}, {role}: {written.day(page.lang, one.since)} – {until}"
        tone: charts.Tone = "1" if one.role == "member" else "2"
        rows.setdefault(name, []).append(Span(one.since, one.until, tone, said))
    return [Row(name, spans) for name, spans in rows.items()]
