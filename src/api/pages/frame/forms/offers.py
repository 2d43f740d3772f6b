"""Which parts of an object can a command be about? Members, obligations, charges, by their names.

What identifies a part (the id of an appointment, the number of an obligation) is not to be typed:
the object itself says what there is to choose from.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from api.pages.frame import written
from api.pages.frame.forms.choices import Option
from api.pages.frame.page import Page
from ledger.queries.budget import budget
from ledger.queries.indicators import indicators
from ledger.queries.retention import retention

Row = dict[str, Any]
Offer = Callable[[Page, Row], Awaitable[list[Option]]]


async def offered(page: Page, collection: str, command: str, field: str, row: Row) -> list[Option]:
    """What a field of the command can be, told from the object; nothing: anything may be typed."""
    offer = _OFFERS.get((collection, command, field)) or _OFFERS.get((collection, "", field))
    return await offer(page, row) if offer else []


async def _appointments(page: Page, team: Row) -> list[Option]:
    return [
        Option(
            one["appointment"],
            one.get("institution_name") or one.get("person_name") or one["appointment"],
            f"{page.words.name('Role', one['role'])}, {written.day(page.lang, one['since'])}",
        )
        for one in team.get("members", ())
    ]


async def _obligations(page: Page, agreement: Row) -> list[Option]:
    return [
        Option(str(one["number"]), f"{one['number']}. {one['text'][:120]}", one["party_name"] or "")
        for one in agreement.get("obligations", ())
    ]


async def _parties(page: Page, agreement: Row) -> list[Option]:
    return _institutions(agreement.get("parties", ()))


async def _partners(page: Page, project: Row) -> list[Option]:
    return _institutions(project.get("partners", ()))


async def _candidates(page: Page, recruitment: Row) -> list[Option]:
    return _institutions(recruitment.get("ranking", ()))


def _institutions(rows: Iterable[Row]) -> list[Option]:
    return [
        Option(one["institution"], one["institution_name"] or one["institution"]) for one in rows
    ]


async def _versions(page: Page, deliverable: Row) -> list[Option]:
    return [
        Option(one["version"], one["version"], page.words.status(one["status"], "deliverables"))
        for one in deliverable.get("versions", ())
    ]


async def _charges(page: Page, expenditure: Row) -> list[Option]:
    return [
        Option(
            one["charge"],
            f"{one['budget_line']}: {written.money(page.lang, one['eligible'])}",
            one.get("project_name") or "",
        )
        for one in expenditure.get("charges", ())
    ]


async def _milestones(page: Page, project: Row) -> list[Option]:
    rows = await page.all_rows("/api/projects/{id}/milestones", id=project["id"])
    return [Option(str(one["number"]), f"{one['number']}. {one['name']}") for one in rows]


async def _lines(page: Page, project: Row) -> list[Option]:
    found = await budget(page.question, project["id"])
    return [
        Option(
            one.line,
            f"{one.line} {one.category}",
            page.say("%(left)s left", left=written.money(page.lang, one.remaining)),
        )
        for one in found
        if one.line and one.task is not None
    ]


async def _indicators(page: Page, project: Row) -> list[Option]:
    found = await indicators(page.question, project["id"])
    return [Option(one.code, one.name, one.code) for one in found]


async def _open_holds(page: Page, project: Row) -> list[Option]:
    found = await retention(page.question, project["id"])
    return [
        Option(one.hold, one.hold, written.day(page.lang, one.placed_on))
        for one in found.holds
        if one.lifted_on is None
    ]


async def _subregions(page: Page, recruitment: Row) -> list[Option]:
    return [Option(one["subregion"], one["subregion"]) for one in recruitment.get("quotas", ())]


async def _roles(page: Page, holder: Row) -> list[Option]:
    return [_role(page, one) for one in holder.get("roles", ())]


async def _proposals(page: Page, holder: Row) -> list[Option]:
    return [_role(page, one) for one in holder.get("roles", ()) if one["proposed"]]


def _role(page: Page, role: Row) -> Option:
    where = role["project_name"] or page.say("all projects")
    return Option(role["grant"], page.words.name("AccessRole", role["role"]), where)


_OFFERS: dict[tuple[str, str, str], Offer] = {
    ("access", "confirm", "grant"): _proposals,
    ("access", "revoke", "grant"): _roles,
    ("teams", "dismiss", "appointment"): _appointments,
    ("teams", "void", "appointment"): _appointments,
    ("agreements", "fulfil", "number"): _obligations,
    ("agreements", "reopen", "number"): _obligations,
    ("agreements", "withdraw", "institution"): _parties,
    ("projects", "remove-partner", "institution"): _partners,
    ("projects", "reschedule-milestone", "number"): _milestones,
    ("projects", "complete-milestone", "number"): _milestones,
    ("projects", "approve-milestone", "number"): _milestones,
    ("projects", "shift-budget", "from_line"): _lines,
    ("projects", "shift-budget", "to_line"): _lines,
    ("projects", "drop-indicator", "code"): _indicators,
    ("projects", "lift-hold", "hold"): _open_holds,
    ("deliverables", "submit", "version"): _versions,
    ("deliverables", "approve", "version"): _versions,
    ("deliverables", "reject", "version"): _versions,
    ("expenditures", "", "charge"): _charges,
    ("recruitments", "score", "subregion"): _subregions,
    ("recruitments", "select", "institutions"): _candidates,
}
