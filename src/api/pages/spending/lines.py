"""On which budget lines can something be charged, and what is left there?"""

from typing import Any, NamedTuple

import msgspec

from api.pages.frame.page import Page
from ledger.queries.asking import listing
from ledger.queries.budget import BudgetRow, budget

OTHERS = 3  # lines of so many other projects are offered in the same form
BETWEEN = "|"  # between the project and the line in the value of a choice


class Lines(NamedTuple):
    """The lines of a project, as a choice offers them."""

    project: str
    title: str
    rows: list[BudgetRow]

    def find(self, line: str) -> BudgetRow | None:
        """The line of that name."""
        return next((one for one in self.rows if one.line == line), None)


def choice_of(project: str, line: str) -> str:
    """The value of a choice."""
    return f"{project}{BETWEEN}{line}"


def chosen(value: str, project: str) -> tuple[str, str]:
    """Project and line that a choice stands for; a line alone is one of `project`."""
    before, between, line = value.partition(BETWEEN)
    return (before, line) if between else (project, value)


async def lines_offered(page: Page) -> list[Lines]:
    """The lines of the page's project first, then those of a few others that the reader sees."""
    assert page.project is not None
    own = page.project["id"]
    found = [Lines(own, page.project["title"], await _lines(page, own))]
    if page.caller.project is None:
        projects = await page.question.page(listing("/api/projects"), {}, limit=OTHERS + 2)
        others = [one for one in map(msgspec.json.decode, projects.rows) if one["id"] != own]
        if len(others) <= OTHERS:
            found += [await _of(page, one) for one in others]
    return [one for one in found if one.rows or one.project == own]


async def _of(page: Page, project: dict[str, Any]) -> Lines:
    return Lines(project["id"], project["title"], await _lines(page, project["id"]))


async def _lines(page: Page, project: str) -> list[BudgetRow]:
    return [one for one in await budget(page.question, project) if one.task is not None]
