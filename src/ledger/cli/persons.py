"""What is held about a person, and who read it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from cyclopts import Parameter

from ledger.cli.asking import parts_at, question_at
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from ledger.privacy.journal import Read
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
