"""Who was there? An attendance sheet, ticked and typed by keyboard, recorded at once."""

from datetime import date
from typing import Any

from litestar import Response

from api.commands import carry_out
from api.pages.frame.forms import typed
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.gathering.roll import Entry, Roll, value_of
from api.pages.gathering.sheet import Sheet
from ledger.application import Wish
from ledger.kernel.errors import Invalid, KeyReused, NotFound, Refusal

COORDINATORS = frozenset({"coordinator"})
PATH = "/activities/{id:str}/record-attendance"


@page(PATH, roles=COORDINATORS)
async def sheet(page: Page) -> Response[Any]:
    """The sheet: the members of the activity's team, those who are on it left out."""
    if "known_at" in page.query or "valid_at" in page.query:
        return page.go(page.now())  # what is recorded is recorded now
    activity = await _activity(page)
    made = Sheet(page, Roll(await _members(page, activity)), _day(page, activity), "hours")
    return _shown(made, activity)


@posted(PATH, roles=COORDINATORS)
async def send(page: Page) -> Response[Any]:
    """Records those who were ticked, all or none."""
    activity = await _activity(page)
    made = Sheet(page, Roll([]), _day(page, activity), "hours")
    if not await made.take():
        return _shown(made, activity)
    attendees = [
        one.who | ({"hours": typed.decimal(one.extra, page.lang)} if one.extra else {})
        for one in made.sent
    ]
    body = {"attendees": attendees, **made.common}
    wish = Wish(collection="activities", command="record-attendance", id=page.id(), body=body)
    if not made.thought_over(wish):
        return _shown(made, activity)
    try:
        receipt = await carry_out(page.request, page.caller, wish, f"form:{made.key}")
    except (Refusal, Invalid, KeyReused) as error:
        made.tell(error)
        return _shown(made, activity)
    return page.go(page.link(f"/activities/{page.id()}", recorded=receipt.position))


def _shown(made: Sheet, activity: dict[str, Any]) -> Response[Any]:
    status = 422 if made.problems or made.cautions else 200
    return made.page.show("attendance.html", status=status, sheet=made, activity=activity)


async def _activity(page: Page) -> dict[str, Any]:
    row = await page.one("/api/activities", page.id())
    await page.enter(row["project"])
    return row


def _day(page: Page, activity: dict[str, Any]) -> str:
    """The last day of the activity, or today while it lasts."""
    today = page.parts.ledger.today()
    last = date.fromisoformat(activity["ends_on"])
    return min(last, today).isoformat()


async def _members(page: Page, activity: dict[str, Any]) -> list[Entry]:
    """The team's members, without those recorded already."""
    if activity["team"] is None:
        return []
    try:
        team = await page.one("/api/teams", activity["team"])
    except NotFound:
        return []
    there = {value_of(one["institution"], one["person"]) for one in activity["attendees"]}
    persons = {one["person"] for one in activity["attendees"] if one["person"]}
    found: dict[str, Entry] = {}
    for one in team["members"]:
        value = value_of(one["institution"], one["person"])
        if value not in there and one["person"] not in persons:
            label = one["person_name"] or one["institution_name"] or ""
            note = one["institution_name"] if one["person_name"] else ""
            role = page.words.name("Role", one["role"])
            found[value] = Entry(value, label, " · ".join(filter(None, (note, role))), False, "")
    return list(found.values())
