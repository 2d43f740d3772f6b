"""How did a project stand, as it was known then? Its summary at two points in time."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast

from cyclopts import Parameter

from ledger.cli.asking import parts_at, question_at
from ledger.cli.moments import day_of, known_at_of, moment_of
from ledger.cli.outcome import DONE, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from rich.table import Table


def replay(
    *,
    known_at: Annotated[str, Parameter(help="An RFC 3339 time, or a position of the log.")],
    project: Annotated[str, Parameter(help="The project's code.")],
    valid_at: Annotated[str | None, Parameter(help="A day; else today.")] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Shows a project's summary on a day, as the ledger knew it at a time or position."""
    import asyncio

    from ledger.worker import Worker

    moment, day = known_at_of(known_at), day_of(valid_at)
    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        found = asyncio.run(_ask(url, place, project, moment, day))
    if json:
        print_json(found)
    else:
        _show(found)
    return DONE


async def _ask(
    url: str, place: Place, code: str, known_at: int | str, day: date | None
) -> dict[str, Any]:
    import msgspec

    from ledger.kernel.errors import NotFound
    from ledger.queries.report import report

    async with parts_at(url, place) as made:
        project = await project_of(made.reading, code)
        moment = await moment_of(made, known_at, day)
        question = question_at(made, moment, "ledger replay")
        try:
            found = await report(question, project)
        except NotFound:
            when = f"on {moment.valid_at}, as known at position {moment.known_at}"
            raise Failed(f"There was no project {code} {when}.") from None
        return cast(dict[str, Any], msgspec.to_builtins(found))


def _show(found: Mapping[str, Any]) -> None:
    from rich.panel import Panel

    from ledger.cli.tables import console

    project, out = found["project"], console()
    lines = [
        f"{project['title']} ({project['code']}), {project['status']}",
        f"{project['starts_on']} to {project['ends_on']}, value {project['value']} PLN",
        f"led by {project['leader_name']}, {len(project['partners'])} partners",
    ]
    when = f"{found['valid_at']}, as known at position {found['known_at']}"
    out.print(Panel.fit("\n".join(lines), title=when))
    out.print(_table("Milestones", _MILESTONE, found["milestones"]))
    out.print(_table("Indicators", _INDICATOR, found["indicators"]))
    teams = [{"kind": kind, "teams": n} for kind, n in found["teams"]["by_kind"].items()]
    out.print(_table("Money", (*found["budget"],), [found["budget"]]))
    rules = [{"rule": rule, "findings": n} for rule, n in found["findings"]["by_rule"].items()]
    out.print(_table("Findings", ("rule", "findings"), rules))
    out.print(_table("Teams", ("kind", "teams"), teams))
    open_ones = found["agreements"]["open_obligations"]
    out.print(_table("Open obligations", _OBLIGATION, open_ones))
    activities = found["activities"]
    out.print(
        f"{activities['total']} activities, {activities['attendance']} attendances;"
        f" {found['agreements']['total']} agreements"
    )


_MILESTONE = ("number", "name", "starts_on", "ends_on", "status")
_INDICATOR = ("code", "name", "target", "achieved", "share")
_OBLIGATION = ("agreement_name", "number", "party_name", "text", "due_on", "status")


def _table(title: str, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> "Table":
    from rich.table import Table

    names = list(names)
    table = Table(*(n.removesuffix("_name").replace("_", " ") for n in names), title=title)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in names))
    return table
