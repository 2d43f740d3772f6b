"""How does a file of documents come into the ledger? Checked first, then whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from ledger.cli.asking import parts_at
from ledger.cli.load import caught_up
from ledger.cli.outcome import DONE, FOUND_WRONG, BadUsage, complain, print_json
from ledger.cli.place import HERE, Json, Place, opened
from ledger.cli.progress import Tell, progress

if TYPE_CHECKING:
    from ledger.imports.expenditures import Outcome
    from ledger.imports.problems import CellProblem

CALLER = "ledger import"
SHOWN = 50  # problems that people are shown; --json lists up to 1 000


def expenditures(
    file: Annotated[Path, Parameter(name="FILE", help="XLSX, CSV, or KSeF invoices (XML, ZIP).")],
    /,
    *,
    project: Annotated[str, Parameter(help="The project's code.")],
    line: Annotated[
        str | None, Parameter(help="The budget line to which whole invoices are charged.")
    ] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Checks and records nothing.")] = False,
    lang: Annotated[Literal["pl", "en"], Parameter(help="The language of what is wrong.")] = "pl",
    by: Annotated[str, Parameter(name="--as", help="Who is named as having recorded it.")] = CALLER,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Records the documents of a file with their charges.

    The file is recorded whole or not at all; every bad row is named with its column and why.
    What is recorded already is not recorded again.
    """
    import asyncio

    from ledger.imports.problems import Unreadable

    if not file.is_file():
        raise BadUsage(f"There is no file {file}.")
    if not by.strip() or not by.isprintable():
        raise BadUsage("--as takes a name.")
    with opened(place) as url, progress(file.name) as tell:
        asked = _Asked(file, project, line, lang, by.strip(), record=not dry_run)
        try:
            outcome = asyncio.run(_import(url, place, asked, tell))
        except Unreadable as error:
            return _unreadable(file, error, json=json)
    _report(file, outcome, dry_run=dry_run, json=json)
    return FOUND_WRONG if outcome.errors_count else DONE


class _Asked:
    """What was typed."""

    def __init__(
        self,
        file: Path,
        project: str,
        line: str | None,
        lang: Literal["pl", "en"],
        by: str,
        *,
        record: bool,
    ) -> None:
        self.file, self.project, self.line = file, project, line
        self.lang, self.by, self.record = lang, by, record


async def _import(url: str, place: Place, asked: _Asked, tell: Tell) -> "Outcome":
    import asyncio

    from ledger.application import Caller, new_id
    from ledger.imports.expenditures import Imports, Order
    from ledger.imports.recorded import budget_of
    from ledger.worker import Worker

    worker = Worker(url)
    worker.start()
    try:
        async with parts_at(url, place) as made:
            await caught_up(made, tell)
            tell(0, 0)
            budget = await budget_of(made.reading, asked.project)
            if budget is None or budget.code != asked.project:
                raise BadUsage(f"There is no project with the code {asked.project}.")
            order = Order(
                name=asked.file.name,
                budget=budget,
                line=asked.line,
                lang=asked.lang,
                caller=Caller(id=CALLER, name=asked.by, role="admin"),
                request_id=new_id(),
                record=asked.record,
            )
            imports = Imports(made.url, made.ledger, made.log, made.reading, made.documents)
            with asked.file.open("rb") as opened_file:
                outcome = await imports.run(opened_file, order, tell)
            await caught_up(made, tell)
            return outcome
    finally:
        await asyncio.to_thread(worker.stop)


def _unreadable(file: Path, error: Exception, *, json: bool) -> int:
    if json:
        print_json({"file": str(file), "detail": str(error), "errors_count": 1, "recorded": 0})
    complain(f"{file}: {error}")
    return FOUND_WRONG


def _report(file: Path, outcome: "Outcome", *, dry_run: bool, json: bool) -> None:
    if json:
        import msgspec

        print_json({"file": str(file), **msgspec.structs.asdict(outcome)})
    else:
        print(_summary(file, outcome, dry_run=dry_run))
    if outcome.cautions_count and not json:
        _show(outcome.cautions)
        complain(f"{file}: texts that look like personal data: {outcome.cautions_count}.")
    if outcome.errors_count:
        _show(outcome.errors if not json else ())
        complain(f"{file}: problems: {outcome.errors_count}; nothing of this file was recorded.")


def _summary(file: Path, outcome: "Outcome", *, dry_run: bool) -> str:
    done = "would be recorded" if dry_run else "recorded"
    count = outcome.new if dry_run and not outcome.errors_count else outcome.recorded
    return (
        f"{file}: rows {outcome.rows}, documents {outcome.documents}; {count} {done},"
        f" {outcome.known} known already; gross {outcome.totals.gross},"
        f" eligible {outcome.totals.eligible}, EU {outcome.totals.eu_amount}."
    )


def _show(errors: "Sequence[CellProblem]") -> None:
    for one in errors[:SHOWN]:
        what: list[Any] = [one.spot().text()]
        if one.field:
            what.append(f"({one.field})")
        if one.value:
            what.append(f"„{one.value}”")
        complain(f"{' '.join(filter(None, what))}: {one.message}")
    if len(errors) > SHOWN:
        complain(f"… and {len(errors) - SHOWN} more: see --json.")
