"""Writes docs/reference/who-may-what.md from the code: `python -m tests.contracts.write_reference`.

Run it from the top of the project after adding a command or a list, and commit what changed.
"""

from pathlib import Path

from api.identity import READ_PERSONS
from ledger import catalogue
from ledger.access import ROLES
from ledger.kernel.messages import CommandTerms
from ledger.projections.engine.query import Listing, listings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "who-may-what.md"
HEAD = """\
# Who may send what

Made from the code by `python -m tests.contracts.write_reference`; a test fails when it is stale.

A role is granted for all projects or for one. What belongs to another project than the one of the
grant does not exist for its holder: it answers 404. Somebody acts under one grant at a time.
A person belongs to the projects in which she takes part, and to the one for which somebody of that
project entered her; who belongs to several is updated and erased with a grant of all projects only.

| mark | meaning |
| --- | --- |
| ● | may send it; with a grant of one project, for that project |
| ◐ | may send it with a grant of all projects only |
| R | a reason is required |
| 4 | four eyes: refused (409, rule `four_eyes`) to whoever did what is to be approved |
| C | a correction: goes on after the project is closed |

What is sent by nobody but the operator, at the command line, has no mark.
"""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mark(terms: CommandTerms, role: str) -> str:
    if role not in terms.roles or terms.operator_only:
        return ""
    return "◐" if terms.all_projects else "●"


def _notes(terms: CommandTerms) -> str:
    said = {"R": terms.needs_reason, "4": terms.four_eyes, "C": terms.is_correction}
    return " ".join(mark for mark, holds in said.items() if holds)


def _commands() -> list[str]:
    lines = [_row(["command", *ROLES, ""]), _row(["---", *[":-:"] * len(ROLES), "---"])]
    for collection, aggregate in catalogue.aggregates().items():
        for name, kind in aggregate.commands.items():
            marks = [_mark(kind.terms, role) for role in ROLES]
            lines.append(_row([f"`{collection}/{name}`", *marks, _notes(kind.terms)]))
    return lines


def _may_read(listing: Listing, role: str) -> bool:
    allowed = listing.readers or set(ROLES)
    return role in (allowed & READ_PERSONS if listing.reads_persons else allowed)


def _lists() -> list[str]:
    lines = [_row(["list", *ROLES]), _row(["---", *[":-:"] * len(ROLES)])]
    for one in listings():
        marks = ["●" if _may_read(one, role) else "" for role in ROLES]
        lines.append(_row([f"`{one.path}`", *marks]))
    return lines


def page() -> str:
    """The page as it should be."""
    parts = [HEAD, "## Commands\n", *_commands(), "", "## Lists\n", *_lists()]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
