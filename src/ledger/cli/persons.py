"""What is held about a person, who read it, and whose data need not be kept any more?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from cyclopts import Parameter

from ledger.cli.asking import operator, parts_at, question_at
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from ledger.privacy.journal import Read
    from ledger.queries.due_erasures import DueRow
    from ledger.queries.personal_file import PersonalFile

Person = Annotated[str, Parameter(help="The person's id.")]


def export(
    id: Person,
    /,
    *,
    out: Annotated[Path | None, Parameter(help="A file; else standard output.")] = None,
    place: Place = HERE,
) -> int:
    """Everything that is held about a person, as JSON: for the person (GDPR articles 15 and 20)."""
    import msgspec

    person = _id_of(id)
    if out is not None:  # before anything is read, and for nobody but its owner
        try:
            out.touch(0o600, exist_ok=False)
        except OSError as error:
            raise Failed(f"{out} cannot be written: {error.strerror}.") from None
    found = msgspec.json.format(msgspec.json.encode(_asked(place, person)), indent=2)
    if out is None:
        print(found.decode())
    else:
        out.write_bytes(found + b"\n")
    return DONE


def reads(id: Person, /, *, place: Place = HERE, json: Json = False) -> int:
    """Who read a person's data, when and where; the latest first."""
    import asyncio

    import msgspec

    person = _id_of(id)

    async def ask(url: str) -> "list[Read]":
        async with parts_at(url, place) as made:
            return await made.journal.reads_of(person)

    with opened(place) as url:
        found = asyncio.run(ask(url))
    if json:
        print_json(msgspec.to_builtins(found))
        return DONE
    from rich.table import Table

    from ledger.cli.tables import print_table

    table = Table("read", "by", "where", "request")
    for one in found:
        table.add_row(one.read_at, one.reader_name, one.path, one.request_id)
    print_table(table)
    return DONE


def _id_of(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise BadUsage(f"{text} is not the id of a person.") from None


def _asked(place: Place, person: str) -> "PersonalFile":
    import asyncio

    from ledger.cli.moments import moment_of
    from ledger.kernel.errors import NotFound
    from ledger.queries.personal_file import personal_file
    from ledger.worker import Worker

    async def ask(url: str) -> "PersonalFile":
        async with parts_at(url, place) as made:
            question = question_at(made, await moment_of(made, 2**62, None), "ledger person export")
            try:
                return await personal_file(question, made.log, made.journal, person)
            except NotFound:
                raise Failed(f"There is no person {person}.") from None

    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        return asyncio.run(ask(url))


By = Annotated[str | None, Parameter(help="Who acts; else the account that runs the command.")]


def due(*, place: Place = HERE, json: Json = False) -> int:
    """Persons whose data need not be kept any more, and since when; by id, not by name."""
    import asyncio

    import msgspec

    from ledger.worker import Worker

    async def ask(url: str) -> "list[DueRow]":
        from ledger.cli.moments import moment_of
        from ledger.queries.due_erasures import due_erasures

        async with parts_at(url, place) as made:
            moment = await moment_of(made, 2**62, None)
            found = await due_erasures(question_at(made, moment, "ledger person due"))
            return found.rows

    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        found = asyncio.run(ask(url))
    if json:
        print_json(msgspec.to_builtins(found))
    else:
        for one in found:
            print(f"{one.id}  since {one.due_since}, {len(one.projects)} projects")
    return DONE


def request_erasure(
    *ids: Annotated[str, Parameter(name="ID", help="As `ledger person due` shows them.")],
    reason: Annotated[str, Parameter(help="Why; it is recorded openly.")],
    by: By = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Asks that persons be erased whose data need not be kept any more; another one approves it."""
    if not ids:
        raise BadUsage("Name at least one person.")
    body = {"persons": [_id_of(one) for one in ids], "reason": reason}
    return _tell(place, "create", None, body, by, json=json)


def approve_erasure(
    id: Annotated[str, Parameter(help="The request's id.")],
    /,
    *,
    by: By = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Approves what somebody else asked for: the persons are erased at once, for ever."""
    return _tell(place, "approve", _id_of(id), {}, by, json=json)


def _tell(
    place: Place, command: str, id: str | None, body: dict[str, Any], by: str | None, *, json: bool
) -> int:
    import asyncio

    from ledger.application import Caller, Wish, new_id
    from ledger.worker import Worker

    wish = Wish(collection="erasures", command=command, id=id, body=body)
    caller = Caller(id="ledger person", name=by or operator(), role="admin", operator=True)

    async def carry_out(url: str) -> dict[str, Any]:
        worker = Worker(url)
        worker.start()
        try:
            async with parts_at(url, place) as made:
                return (await made.ledger.handle(wish, caller, new_id())).answer()
        finally:
            await asyncio.to_thread(worker.stop)

    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        answer = asyncio.run(carry_out(url))
    print_json(answer) if json else print(answer["id"])
    return DONE
