"""Who is appointed to a team? One member or nine of them at once, all or none."""

from typing import Any, get_args

from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.gathering.roll import Entry, Roll, value_of
from api.pages.gathering.sheet import Sheet
from ledger.application import RefusedInBatch, Wish
from ledger.kernel.errors import KeyReused, NotFound
from ledger.kernel.fields import Role

COORDINATORS = frozenset({"coordinator"})
PATH = "/teams/{id:str}/appoint"
ROLES: tuple[str, ...] = get_args(Role)
USUAL = "member"


@page(PATH, roles=COORDINATORS)
async def sheet(page: Page) -> Response[Any]:
    """The list: the parties of the team's agreement, those who are members left out."""
    if "known_at" in page.query or "valid_at" in page.query:
        return page.go(page.now())  # what is recorded is recorded now
    team = await _team(page)
    today = page.parts.ledger.today().isoformat()
    return _shown(Sheet(page, Roll(await _parties(page, team)), today, "role"), team)


@posted(PATH, roles=COORDINATORS)
async def send(page: Page) -> Response[Any]:
    """Appoints those who were ticked, all or none."""
    team = await _team(page)
    made = Sheet(page, Roll([]), "", "role")
    if not await made.take():
        return _shown(made, team)
    wishes = [
        Wish(
            collection="teams",
            command="appoint",
            id=page.id(),
            body={**one.who, "role": _role(page, one.extra), **made.common},
        )
        for one in made.sent
    ]
    if not made.thought_over(wishes[0]):
        return _shown(made, team)
    try:
        receipts = await page.parts.ledger.handle_all(
            wishes, page.caller, page.request.state.request_id, f"form:{made.key}"
        )
    except RefusedInBatch as refused:
        made.tell(refused.error, refused.index)
        return _shown(made, team)
    except KeyReused as error:
        made.tell(error)
        return _shown(made, team)
    return page.go(page.link(f"/teams/{page.id()}", recorded=receipts[-1].position))


def _shown(made: Sheet, team: dict[str, Any]) -> Response[Any]:
    status = 422 if made.problems or made.cautions else 200
    return made.page.show(
        "appointing.html", status=status, sheet=made, team=team, roles=ROLES, usual=USUAL
    )


def _role(page: Page, text: str) -> str:
    """The role as commands name it; a role that was typed is known by its name."""
    for one in ROLES:
        if text.casefold() in (one, page.words.name("Role", one).casefold()):
            return one
    return text or USUAL


async def _team(page: Page) -> dict[str, Any]:
    row = await page.one("/api/teams", page.id())
    await page.enter(row["project"])
    return row


async def _parties(page: Page, team: dict[str, Any]) -> list[Entry]:
    """The parties of the agreement, without those who are members already."""
    if team["agreement"] is None:
        return []
    try:
        agreement = await page.one("/api/agreements", team["agreement"])
    except NotFound:
        return []
    members = {one["institution"] for one in team["members"] if one["person"] is None}
    return [
        Entry(value_of(one["institution"], None), one["institution_name"] or "", "", False, USUAL)
        for one in agreement["parties"]
        if one["institution"] not in members and one.get("until") is None
    ]
