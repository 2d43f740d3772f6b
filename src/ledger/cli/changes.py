"""What changed in a project between two moments of knowledge? Rows, and the events behind them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ledger.cli.asking import parts_at, question_at
from ledger.cli.moments import day_of, known_at_of, moment_of
from ledger.cli.outcome import DONE, BadUsage, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from ledger.queries.changes import RowChange

PAGE = 500


def changes(
    *,
    project: Annotated[str, Parameter(help="The project's code.")],
    from_: Annotated[str, Parameter(name="--from", help="An RFC 3339 time, or a position.")],
    to: Annotated[str | None, Parameter(help="A later one; else now.")] = None,
    valid_at: Annotated[str | None, Parameter(help="A day; else today.")] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Shows what is known of a project otherwise than it was, for the same day of the world."""
    import asyncio

    from ledger.worker import Worker

    since, day = _position("--from", from_), day_of(valid_at)
    upto = _position("--to", to or str(2**62))
    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        found = asyncio.run(_ask(url, place, project, since, upto, day))
    if json:
        print_json(found)
    else:
        _show(found)
    return DONE


def _position(name: str, text: str) -> int | str:
    try:
        return known_at_of(text)
    except BadUsage as error:
        raise BadUsage(str(error).replace("--known-at", name)) from None


async def _ask(
    url: str, place: Place, code: str, since: int | str, upto: int | str, day: date | None
) -> dict[str, Any]:
    from ledger.queries.changes import BEGINNING
    from ledger.queries.changes import changes as ask

    async with parts_at(url, place) as made:
        project = await project_of(made.reading, code)
        earlier = await moment_of(made, since, day)
        moment = await moment_of(made, upto, day)
        if earlier.known_at > moment.known_at:
            raise BadUsage("--from must not come after --to.")
        question = question_at(made, moment, "ledger changes")
        items: list[RowChange] = []
        after = BEGINNING
        while True:
            page = await ask(question, project, earlier.known_at, limit=PAGE, after=after)
            items += page.items
            if page.next is None:
                break
            after = page.next
        return {
            "project": code,
            "from": earlier.known_at,
            "to": moment.known_at,
            "valid_at": moment.valid_at,
            "totals": page.totals,
            "items": items,
        }


def _show(found: Mapping[str, Any]) -> None:
    from rich.table import Table

    from ledger.cli.tables import console

    when = f"{found['valid_at']}, as known at position {found['from']} and at {found['to']}"
    table = Table("position", "event", "by", "table", "what", "row", "fields", title=when)
    items: Sequence[RowChange] = found["items"]
    for one in items:
        table.add_row(
            str(one.position), one.type, one.recorded_by, one.table, one.change,
            one.name or " ".join(map(str, one.key.values())), _fields(one),
        )  # fmt: skip
    out = console()
    out.print(table)
    for name, of in found["totals"].items():
        out.print(f"{name}: " + ", ".join(f"{n} {how}" for how, n in of.items() if n))


def _fields(one: "RowChange") -> str:
    if one.change != "changed":
        return ""
    return "; ".join(f"{f.field}: {f.before} → {f.after}" for f in one.fields)
